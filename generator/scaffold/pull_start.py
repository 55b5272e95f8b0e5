"""Begin a source that is pulled: from answers alone, or from captured answers of the vendor's API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from generator.definition.parameter_values import as_written
from generator.definition.pull_words import credential_type_name
from generator.definition.read import Definition, load
from generator.errors import GeneratorError
from generator.scaffold import pull_samples, target_folder
from generator.scaffold.captured_answer import CapturedAnswer, read_answer_file
from generator.scaffold.definition_yaml import yaml_form
from generator.scaffold.events_guess import EventsGuess, guess_events
from generator.scaffold.finding import Finding
from generator.scaffold.first_parameters import has_parameters
from generator.scaffold.paging_guess import guess_paging
from generator.scaffold.paging_values import GUIDE, PagingGuess
from generator.scaffold.pull_draft import PullDraft, choose_resume, definition_text
from generator.scaffold.pull_readme import readme_text
from generator.scaffold.request_guess import RequestGuess, read_request
from generator.scaffold.split_guess import find_events, path_mistake
from lambdas.model_pull import HASH_ID
from lambdas.runtime.http_types import HttpAnswer

NO_TIME = (
    "--url: has no time from which events are asked for, so each run would read everything again; write the vendor's "
    "parameter into it, such as ?since=2026-01-01T00:00:00Z"
)


@dataclass
class PullStart:
    """What a new source begins with; `written` and `masked` are what became of the captured answers."""

    name: str
    requests: Sequence[RequestGuess]
    paging: PagingGuess
    resume: str
    events: EventsGuess
    answers: Sequence[CapturedAnswer] = ()
    findings: Sequence[Finding] = ()
    written: list[Path] = field(default_factory=list)
    masked: tuple[str, ...] = ()
    has_end_page: bool = False

    @property
    def file(self) -> Path | None:
        """Return the file of the first answer."""
        return self.answers[0].file if self.answers else None

    def fill(self, description: str, credentials: Mapping[str, Any]) -> target_folder.FillFolder:
        """Return the function that writes the source's files into a folder."""

        def fill(folder: Path, stage: Path) -> None:
            pages = self._pages()
            answer_format = self.answers[0].format if self.answers else "json"
            draft = PullDraft(
                *(self.name, description, credentials, self.requests[0], self.paging, self.resume),
                *(self.events.events, self.events.facts, answer_format, pull_samples.mask_fields(self.masked)),
                self.findings,
            )
            (folder / "source.yml").write_text(definition_text(draft), encoding="utf-8")
            definition = load(stage, [self.name])[0]
            (folder / "samples").mkdir()
            if pages:
                self._write_samples(definition, folder / "samples", pages, draft)
            (folder / "README.md").write_text(readme_text(definition.source, draft.stream), encoding="utf-8")

        return fill

    def _pages(self) -> list[HttpAnswer]:
        pairs = [
            pull_samples.as_sample(answer, number, self.events.events["split"], self.paging, self.requests[0])
            for number, answer in enumerate(self.answers, 1)
        ]
        self.masked = tuple(dict.fromkeys(name for _, masked in pairs for name in masked))
        return [answer for answer, _ in pairs]

    def _write_samples(self, definition: Definition, folder: Path, pages: list[HttpAnswer], draft: PullDraft) -> None:
        assert definition.source.pull is not None  # noqa: S101 - the draft has it
        stream, file = definition.source.pull.streams[draft.stream], self.answers[0].file
        split = self.events.events["split"]
        if last := pull_samples.end_page(self.requests[0].url, stream, pages, split, self.paging, file):
            pages = [*pages, last]
            self.has_end_page = True
        self.written = pull_samples.write_samples(folder, draft.stream, pages, draft.format)


def begin(name: str, urls: Sequence[str], files: Sequence[Path], chosen: Mapping[str, str]) -> PullStart:
    """Return what answers and URLs show, and what the user chooses; GeneratorError where they can't be read."""
    body = _body(chosen.get("data"))
    requests = [read_request(url, body) for url in urls]
    answers = [read_answer_file(file) for file in files]
    if len({answer.format for answer in answers}) > 1:
        raise GeneratorError(f"{files[1]}: is {answers[1].format}, and {files[0]} is {answers[0].format}")
    paths = {key: chosen[key] for key in ("split", "id", "type", "time") if key in chosen}
    for key, path in paths.items():
        if path != HASH_ID and (mistake := path_mistake(path)):
            raise GeneratorError(f"--{key}: {mistake}")
    events = guess_events(name, answers, paths) if answers else _chosen_events(name, paths)
    paging = _paging(answers, requests, events, chosen)
    resume, why = choose_resume(requests[0], paging, events.order)
    if "resume" in chosen:
        resume, why = chosen["resume"], Finding("sure", f"resume: {chosen['resume']}, as you say")
    if resume == "time" and "from" not in requests[0].names:
        raise GeneratorError(NO_TIME)
    findings = [*requests[0].findings, *events.findings, *paging.findings, why]
    return PullStart(name, requests, paging, resume, events, answers, findings)


def _body(data: str | None) -> Any:
    if data is None:
        return None
    try:
        return json.loads(data)
    except ValueError as error:
        raise GeneratorError(f"--data: is not JSON: {error}") from None


def _chosen_events(name: str, paths: Mapping[str, str]) -> EventsGuess:
    kind = f"{{{paths['type']}}}" if "type" in paths else "event"
    return EventsGuess(dict(paths), {"summary": f"{name}: {kind}"})


def _paging(
    answers: Sequence[CapturedAnswer],
    requests: Sequence[RequestGuess],
    events: EventsGuess,
    chosen: Mapping[str, str],
) -> PagingGuess:
    style = chosen.get("paging")
    split = events.events["split"]
    if not style:
        sizes = [len(find_events(answer, split)) for answer in answers]
        return guess_paging(answers, sizes, requests, split, goes_forward=events.order == "oldest first")
    request = requests[0]
    settings: dict[str, Any] = {}
    if style in ("cursor", "next_url"):
        settings["at"] = chosen["next"]
    elif style in ("page", "offset"):
        settings["size"] = request.limit or 1
    parameter = None
    if style in ("cursor", "page", "offset"):
        parameter = chosen.get("page_parameter") or request.names.get(style, style)
    check = Finding("check", f"paging: {style}: which page is the last: {GUIDE}")
    return PagingGuess(style, settings, (check,) if style != "none" else (), parameter)


def similar_source(request: RequestGuess, definitions: Sequence[Definition]) -> Definition | None:
    """Return the source that asks the same list: another host of its domain at most, and the same end of the path."""
    for definition in definitions:
        pull = definition.source.pull
        if not pull or _domain(str(pull.url)) != _domain(request.url):
            continue
        paths = [str(stream.get or stream.post) for stream in pull.streams.values()]
        if request.path.rpartition("/")[2] in [path.rpartition("/")[2] for path in paths]:
            return definition
    return None


def _domain(url: str) -> str:
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])


def credentials_of(definition: Definition) -> dict[str, Any] | None:
    """Return the credentials of a source as a definition has them; None where they have its own parameters."""
    pull = as_written(definition.source).pull
    assert pull is not None  # noqa: S101 - similar_source returns pulled ones
    settings = yaml_form(pull.credentials.settings)
    return None if has_parameters(settings) else {credential_type_name(pull): settings}
