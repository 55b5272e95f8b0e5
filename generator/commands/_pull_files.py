"""Take positions of a deployed source into a file, and from there into another stack: `pull export` and `import`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.commands import _console, _layout
from generator.commands._pull_run import position_text
from generator.commands._pull_times import time_text
from generator.errors import GeneratorError
from generator.files import regular_file
from generator.operate.position_files import positions_text, read_positions

if TYPE_CHECKING:
    from generator.commands.pull import PullCall
    from generator.operate.pull_positions import StreamState

_PRIVATE = 0o600
"""A next link may let in whoever has it."""


def export_positions(call: PullCall, file: Path) -> int:
    """Write how far each stream is read into a new file."""
    out = _console.console()
    states = [call.table.state(key, stream) for key, stream in call.table.streams()]
    positions = {state.stream: state.fields for state in states if state.fields}
    if not positions:
        raise GeneratorError(f"no stream of {call.source.name} is read yet: there is nothing to export")
    if os.path.lexists(file):
        raise GeneratorError(f"{file}: exists already, and is not overwritten")
    try:
        regular_file.write(file, positions_text(call.source.name, positions, time.time()).encode(), _PRIVATE)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be written: {error.strerror}") from None
    for state in states:
        out.print(_console.safe(f"  {state.stream}: {_now_text(state)}"))
    _layout.paragraph(
        out, f"exported to {file}, without backfills, and without what was sent: that is known to this stack alone"
    )
    if not call.paused:
        _console.warning("it is not paused, so its next run reads on, and what it sends is sent again by an import")
    return 0


def import_positions(call: PullCall, file: Path) -> int:
    """Show what a file changes, and take its positions for those of the streams."""
    out = _console.console()
    states = {str(key): (call.table.state(key, stream), stream) for key, stream in call.table.streams()}
    now = time.time()
    try:
        content = regular_file.read(file)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read: {error.strerror}") from None
    positions, mistakes = read_positions(content, call.source.name, list(states), now)
    if mistakes := [*(f"{file}: {mistake}" for mistake in mistakes), *_obstacles(call, now)]:
        raise GeneratorError("\n".join([*mistakes, "nothing was changed"]))
    changed = {name: fields for name, fields in positions.items() if fields != states[name][0].fields}
    if not changed:
        _layout.paragraph(out, "each stream is where the file has it; nothing was changed")
        return 0
    _layout.paragraph(out, f"{call.source.name} would read on from where {file} says:")
    for name, (state, _) in states.items():
        after = f", then {position_text(changed[name])}" if name in changed else "; it stays there"
        out.print(_console.safe(f"  {name}: {_now_text(state)}{after}"))
    for name, fields in changed.items():
        _warn(name, *states[name], fields, now)
    _layout.paragraph(
        out, "What another stack has sent is not known to this one: the overlap of each stream is sent again"
    )
    if not call.confirmed("Do that?"):
        return 1
    for name, fields in changed.items():
        call.table.put(states[name][0], fields)
    _layout.paragraph(out, f"imported; it reads on once it is resumed: {call.resume_command}")
    return 0


def _now_text(state: StreamState) -> str:
    return position_text(dict(state.fields)) if state.fields else "not read yet"


def _obstacles(call: PullCall, now: float) -> list[str]:
    """Return why no position may be moved at present."""
    held_until = call.table.lease().held_until
    obstacles = []
    if not call.paused:
        obstacles.append(f"{call.source.name} is not paused, so a run could move positions: {call.pause_command}")
    if held_until > now:
        obstacles.append(f"a run is under way, until {time_text(held_until)} at the latest: wait for its end")
    return obstacles


def _warn(name: str, state: StreamState, stream: Any, fields: dict[str, Any], now: float) -> None:
    at: int = fields.get("at") or fields.get("since") or fields["start"]
    retention = stream.window.retention
    if retention and at < now - retention:
        _console.warning(f"{name}: the vendor has nothing from before {time_text(now - retention)}")
    if state.read_to is not None and at > state.read_to:
        _console.warning(f"{name}: what lies between {time_text(state.read_to)} and then is never read")
