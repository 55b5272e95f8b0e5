"""Store what the vendor answered to `try` as samples of a source, and say what somebody has to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands import _console
from generator.definition.parameter_values import changed_urls
from generator.errors import GeneratorError, command_line, display_path
from generator.explain.redaction import Redactor
from generator.files import regular_file
from generator.samples import pulled
from generator.samples.pulled_files import PullSample, load_pull_samples
from generator.scaffold.recorded_answer import Recording, record

if TYPE_CHECKING:
    from generator.definition.read import Definition
    from generator.explain.vendor_page import PageTrial
    from lambdas.model_pull import Pull
    from lambdas.pulling.parts import StreamKey

MAX_FIELDS = 5
_CHECK = "names, addresses and ids of real people and systems are in it: look through each file, and replace them"


def samples_folder(definition: Definition) -> Path:
    """Return the folder of a source's own samples, which may not exist yet."""
    return definition.folders[0] / "samples"


def record_samples(
    definition: Definition, pull: Pull, trials: list[PageTrial], secrets: list[str], sources: Path
) -> None:
    """Store the page of each stream that had events, and print what was changed and what is left to check."""
    out, folder, redact = _console.console(stderr=True), samples_folder(definition), Redactor(secrets)
    example = definition.source.pull
    assert example is not None  # noqa: S101 - it is tried

    urls = changed_urls(pull, example)

    def hide(text: str) -> str:
        """Hide the credentials, and take what a deployment's parameters say for the examples of a build."""
        text = redact(text)
        for deployed, in_samples in urls.items():
            text = text.replace(deployed, in_samples)
        return text

    out.print("\n[bold]samples[/]")
    stored = False
    for trial in trials:
        pages = trial.vendor.answered("page")
        answer = pages[-1].answer if pages and trial.outcome == "read" and trial.items else None
        if answer is None:
            _console.rows(out, [("none", _console.safe(f"{trial.key}: no page with events came"))])
            continue
        items = [each.answer for each in trial.vendor.answered("item") if each.answer]
        recording = record(trial.key, pull.streams[trial.key.name], pages[-1].request, answer, items, hide)
        _write(folder, recording.files)
        _console.rows(out, [*_lines(folder, recording), *_problems(definition, folder, trial.key)])
        stored = True
    if stored:
        build = command_line(f"{definition.source.name} --accept", sources=sources)
        _console.rows(out, [("check", _CHECK), ("then", f"{build} stores what they become")])


def _lines(folder: Path, recording: Recording) -> list[tuple[str, str]]:
    lines = [("stored", display_path(folder / name)) for name in recording.files]
    lines += [("changed", text) for text in recording.changes]
    if recording.suspicious:
        fields = _console.shortened(recording.suspicious, MAX_FIELDS)
        lines.append(("check", f"texts that may be secrets are at {fields}"))
    return [(label, _console.safe(text)) for label, text in lines]


def _problems(definition: Definition, folder: Path, key: StreamKey) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a sample, once it is played as a build does."""
    samples, problems = load_pull_samples(definition, folder)
    yield from (("wrong", _console.safe(str(problem))) for problem in problems if not problem.warning)
    for sample in samples:
        if isinstance(sample, PullSample) and sample.key == key:
            report, _, _ = pulled.play(definition.source, sample)
            yield from (("wrong", _console.safe(str(problem))) for problem in pulled.problems(sample, report))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        regular_file.make_folder(folder)
        for name, content in files.items():
            regular_file.write(folder / name, content)
    except OSError as error:
        raise GeneratorError(f"{display_path(folder)}: can't be written: {error.strerror}") from None
