"""Steer the puller of a deployed source: the command `pull`. Each action shows what it changes, and asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from generator.aws import Target
from generator.commands import _console, _kept_options, _layout, _options
from generator.commands._pull_times import parse_time, time_text
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.operate.pull_positions import PullTable
    from lambdas.model import Source
    from lambdas.model_pull import Pull, Stream

_WORDS: dict[str, tuple[str, ...]] = {
    "run": (),
    "pause": (),
    "resume": (),
    "rewind": ("TIME",),
    "backfill": ("FROM", "TO"),
    "export": ("FILE",),
    "import": ("FILE",),
}


class PullCall(NamedTuple):
    """What the user wants of a deployed source's puller."""

    source: Source
    table: PullTable
    url: str
    stream: str | None
    yes: bool
    next_command: Callable[[str], str]

    @property
    def status_command(self) -> str:
        return self.next_command(f"status {self.source.name}")

    @property
    def pause_command(self) -> str:
        return self.next_command(f"pull {self.source.name} pause")

    @property
    def resume_command(self) -> str:
        return self.next_command(f"pull {self.source.name} resume")

    @property
    def paused(self) -> bool:
        """Whether people want nobody to ask."""
        return bool(self.table.control()[0].get("paused"))

    def confirmed(self, question: str) -> bool:
        return self.yes or _console.confirm(question, "nothing was changed")


@_options.command(short_help="Run, pause, rewind or move the puller of a pulled source.")
@_options.source
@click.argument("action", metavar="ACTION", type=click.Choice(list(_WORDS)))
@click.argument("words", metavar="[TIME | FILE]...", nargs=-1)
@click.option("--stream", metavar="STREAM", help="Rewind or backfill only this stream, such as logins[staff].")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@_options.target
@_options.sources
def command(
    source: str, action: str, words: tuple[str, ...], stream: str | None, yes: bool, target: Target, sources: Path
) -> int:
    """Steer the puller of SOURCE. `status SOURCE` shows how far it has read.

    \b
    ACTION is one of these:
      run               call the puller once, now
      pause             stop asking the vendor
      resume            go on where it was paused
      rewind TIME       read each stream again from this time on
      backfill FROM TO  also read this period, beside what is new
      export FILE       write how far each stream is read into FILE
      import FILE       go on from there, in another stack that is paused

    TIME, FROM and TO are a day or a minute in UTC, a time as in RFC 3339, or how long ago, such as 6h.
    """  # noqa: D301 - click keeps the lines of a paragraph that begins with \b
    _check_words(action, words, stream)
    if not (yes or action in ("run", "export") or _console.is_interactive()):
        raise click.UsageError(f"no terminal to ask in: use --yes to {action}")
    now = time.time()
    seconds = [parse_time(text, now) for text in words] if action in ("rewind", "backfill") else []
    if action == "backfill" and seconds[0] >= seconds[1]:
        raise click.UsageError(f"{words[0]} is not before {words[1]}")
    from generator.definition.read import load

    definition = load(sources, [source])[0].source
    if definition.pull is None:
        raise GeneratorError(f"{source} is not pulled: its vendor calls it")
    if action == "run":
        return _run(target, source)
    table, url = _find_deployed(target, definition, definition.pull)

    def next_command(command_words: str) -> str:
        return _kept_options.next_command(command_words, target, sources)

    call = PullCall(definition, table, url, stream, yes, next_command)
    if action in ("export", "import"):
        from generator.commands._pull_files import export_positions, import_positions

        return (export_positions if action == "export" else import_positions)(call, Path(words[0]))
    if action in ("pause", "resume"):
        return _set_paused(call, paused=action == "pause")
    return _rewind(call, seconds[0], now) if action == "rewind" else _backfill(call, seconds[0], seconds[1], now)


def _check_words(action: str, words: tuple[str, ...], stream: str | None) -> None:
    needed = _WORDS[action]
    if len(words) != len(needed):
        wanted = f"{action} {' '.join(needed)}".strip()
        raise click.UsageError(f"write it so: pull SOURCE {wanted}")
    if stream and action not in ("rewind", "backfill"):
        raise click.UsageError(f"--stream can't be used with {action}, which is for the source as a whole")


def _find_deployed(target: Target, source: Source, pull: Pull) -> tuple[PullTable, str]:
    """Return the table of a deployed source, and where its puller asks."""
    from generator.definition.parameter_values import deployed_url
    from generator.operate.kept_events import find_resources
    from generator.operate.pull_positions import PullTable

    resources = find_resources(target, source.name)
    if resources.positions is None:
        raise GeneratorError(f"stack {target.stack(source.name)} has no puller: deploy {source.name} again")
    return PullTable(resources.positions, target.client("dynamodb"), pull), deployed_url(pull, resources.parameters)


def _run(target: Target, source: str) -> int:
    from generator.deploy.pull_canary import run_puller

    for line in run_puller(target, source):
        _console.console().print(f"[green]ok[/]  {_console.safe(line)}")
    return 0


def _set_paused(call: PullCall, *, paused: bool) -> int:
    out, name = _console.console(), call.source.name
    control, version = call.table.control()
    if bool(control.get("paused")) == paused:
        _layout.paragraph(out, f"{name} {'is paused already' if paused else 'is not paused'}; nothing was changed")
        return 0
    if paused:
        kept = "It keeps how far it is read"
        _layout.paragraph(out, f"{name} would not ask {call.url} any more, until it is resumed. {kept}")
    else:
        _layout.paragraph(out, f"{name} would ask {call.url} again, from where it stopped:")
        _print_streams(call)
    if not call.confirmed("Pause it?" if paused else "Resume it?"):
        return 1
    call.table.write_control({**control, "paused": paused}, version)
    done = f"{'paused' if paused else 'resumed'}, from its next run on. To see how it is: {call.status_command}"
    _layout.paragraph(out, done)
    return 0


def _print_streams(call: PullCall) -> None:
    for key, stream in call.table.streams():
        state = call.table.state(key, stream)
        where = "not read yet" if state.read_to is None else f"read up to {time_text(state.read_to)}"
        _console.console().print(_console.safe(f"  {key}: {where}"))


def _rewind(call: PullCall, at: int, now: float) -> int:
    out = _console.console()
    states = [(call.table.state(key, stream), stream) for key, stream in call.table.streams(call.stream)]
    for state, stream in states:
        _refuse_beyond_retention(state.stream, stream, at, now)
    _layout.paragraph(out, f"{call.source.name} would read from {time_text(at)} on:")
    for state, _ in states:
        before = "not read yet" if state.read_to is None else f"read up to {time_text(state.read_to)} now"
        out.print(_console.safe(f"  {state.stream}: {before}"))
        if state.read_to is not None and at > state.read_to:
            _console.warning(f"{state.stream}: what lies between {time_text(state.read_to)} and then is never read")
    out.print(_sent_before())
    if not call.confirmed("Do that?"):
        return 1
    for state, stream in states:
        call.table.move(state, stream, at)
    _layout.paragraph(out, f"done, from its next run on. To see how far it is: {call.status_command}")
    return 0


def _backfill(call: PullCall, start: int, goal: int, now: float) -> int:
    from generator.operate.pull_positions import new_backfill, open_backfills

    out = _console.console()
    streams = call.table.streams(call.stream)
    for key, stream in streams:
        _refuse_beyond_retention(str(key), stream, start, now)
    named = _console.safe(", ".join(str(key) for key, _ in streams))
    _layout.paragraph(
        out,
        f"{call.source.name} would read {time_text(start)} to {time_text(goal)} of {named}, with the time and the "
        "requests that the present leaves",
    )
    for key, stream in streams:
        if not _asks_until(stream):
            _console.warning(f"{key}: its request has no {{to}}, so it is read up to the present")
    out.print(_sent_before())
    if not call.confirmed("Do that?"):
        return 1
    control, version = call.table.control()
    wanted = open_backfills(control.get("backfills") or [], call.table.backfills())
    call.table.write_control({**control, "backfills": [*wanted, new_backfill(start, goal, call.stream)]}, version)
    _layout.paragraph(out, f"it begins with its next run. To see how far it is: {call.status_command}")
    return 0


def _asks_until(stream: Stream) -> bool:
    """Return whether a request says where the asked time ends."""
    return "{to}" in repr((stream.get, stream.post, stream.query, stream.json, stream.form, stream.variables))


def _refuse_beyond_retention(name: str, stream: Stream, at: int, now: float) -> None:
    retention = stream.window.retention
    # A time such as 30d is in whole seconds, and `now` is not.
    if retention and at < int(now) - retention:
        raise GeneratorError(f"{name}: the vendor has nothing from before {time_text(now - retention)}")


def _sent_before() -> str:
    from lambdas.delivering.dedupe import MAX_HOURS

    return f"Events that were sent within the last {MAX_HOURS} hours are not sent again"
