"""Play the samples of a pulled source as its vendor, and print what its puller does: the part of `run` for those."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click

from generator.commands import _console, _layout
from generator.commands._pull_report import stream_line
from generator.commands._pull_times import time_text
from generator.errors import GeneratorError
from generator.samples.message_view import shown

if TYPE_CHECKING:
    from generator.definition.read import Definition
    from generator.samples.pulled import Step
    from generator.samples.pulled_files import PullSample
    from lambdas.model import Source
    from lambdas.model_pull import Pull


def run_samples(definition: Definition, source: Source, *, as_json: bool) -> int:
    """Play each sample to the source, which may have other values; return 0 where all became messages."""
    from generator.definition.parameter_values import changed_urls
    from generator.samples.files import load_samples
    from generator.samples.pulled_files import PullSample

    example = definition.source.pull
    assert source.pull is not None  # noqa: S101 - the caller has looked
    assert example is not None  # noqa: S101 - it has the same keys
    samples, problems = load_samples(definition)
    if broken := [problem for problem in problems if not problem.warning]:
        raise GeneratorError("\n".join(map(str, broken)))
    played = [sample for sample in samples if isinstance(sample, PullSample)]
    if not played:
        stream = next(iter(source.pull.streams))
        raise GeneratorError(
            f"{source.name} has no samples to play: store an answer of the vendor as samples/{stream}.json"
        )
    out = _console.console(stderr=as_json)
    played_as = f"its samples are played as {source.pull.url}; nothing leaves this machine"
    out.print()
    _layout.columns(out, [(f"[bold]{source.name}[/] ", played_as)])
    urls = changed_urls(example, source.pull)
    return max(_play(source, source.pull, sample.with_urls(urls), as_json=as_json) for sample in played)


def _play(source: Source, pull: Pull, sample: PullSample, *, as_json: bool) -> int:
    from rich.markup import escape

    from generator.samples import pulled

    out = _console.console(stderr=as_json)
    out.print(f"\n[bold]{escape(stream_line(str(sample.key), pull.streams[sample.key.name]))}[/]")

    steps: list[Step] = []
    report, messages, requests = pulled.play(source, sample, steps.append)
    problems = pulled.problems(sample, report)
    if as_json:
        for message in messages:
            click.echo(json.dumps(message, ensure_ascii=False))
    lines = [line for step, after in zip_longest(steps, steps[1:]) for line in _lines(pull, step, after)]
    dropped = f", {_console.count(report.counts['dropped'], 'event')} dropped" if report.counts["dropped"] else ""
    done = f"{_console.count(len(requests), 'request')}, {_console.count(len(messages), 'message')}{dropped}"
    rows = [(label, _console.safe(text)) for label, text in lines]
    rows += [("failed", f"[red]{_console.safe(str(problem))}[/]") for problem in problems]
    _console.rows(out, [*rows, ("done", done)])
    return 1 if problems else 0


def _lines(pull: Pull, step: Step, after: Step | None) -> Iterator[tuple[str, str]]:
    """Yield label and text of what is shown of a step; `after` is the next, None at the end."""
    if step.kind == "asked":
        yield "asks", f"{step.value.method} {step.value.url.removeprefix(pull.url)}"
        if step.value.body:
            yield "", step.value.body.decode(errors="replace")
    elif step.kind == "answered":
        yield "answer", f"{step.value.status}, {_console.size(len(step.value.body))}"
    elif step.kind == "sent":
        yield "message", shown(step.value).line
    elif step.value[0].startswith("position#"):  # the position of the look at the last day is stored beside it
        _name, fields = step.value
        goes_on = after is not None and after.kind == "asked"
        where = position_text(fields).replace(pull.url, "")
        yield "paging", f"goes on {where}" if goes_on else f"was the last page; the next run goes on {where}"


def position_text(fields: dict[str, Any]) -> str:
    """Return in words how far a stream is read, from its stored position."""
    if page := fields.get("page"):
        return f"of {time_text(fields['start'])} to {time_text(fields['end'])}, at page {page}"
    if token := fields.get("token"):
        return f"at {token}"
    if "since" in fields:
        return f"from {time_text(fields['since'])}"
    goal = f" towards {time_text(fields['goal'])}" if fields.get("goal") else ""
    return f"from {time_text(fields['start'])}{goal}"
