"""The status of all deployed sources, a row each: `status` without a name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.aws import Target
from generator.commands import _console, _layout
from generator.errors import GeneratorError, command_line

if TYPE_CHECKING:
    from generator.operate.overview import SourceRow
    from lambdas.model import Source


def show_all(target: Target, sources: Path, environment: str | None, *, as_json: bool) -> int:
    """Print a row for each deployed source, those with something to do first; return the exit status."""
    from generator.operate.overview import read_overview

    rows = read_overview(target, environment, lambda name: _definition(sources, name))
    if as_json:
        click.echo(json.dumps([{**asdict(row), "well": row.well} for row in rows], indent=2, ensure_ascii=False))
    elif rows:
        _print(rows, target, sources)
    else:
        where = f"{target.region}{f' with --env {environment}' if environment else ''}"
        raise GeneratorError(
            f"no source of the project {target.project} is deployed in {where}; --project and --region choose another"
        )
    return 0 if rows and all(row.well for row in rows) else 1


def _definition(sources: Path, name: str) -> Source | None:
    """Return a definition, which need not be here; None where there is none that can be read."""
    from generator.definition.read import load

    try:
        return load(sources, [name])[0].source
    except GeneratorError:
        return None


def _print(rows: Sequence[SourceRow], target: Target, sources: Path) -> None:
    out, ill = _console.console(), [row for row in rows if not row.well]
    of_them = f"{len(ill)} of them " if len(rows) > 1 else ""
    to_do = f"{of_them}with something to do" if ill else "nothing to do"
    count = _console.count(len(rows), "deployed source")
    out.print(f"\n[bold]{target.project}[/]  {target.region}, {count}, {to_do}\n")
    _layout.columns(out, [_cells(row) for row in rows])
    if ill:
        scope = target.in_environment(ill[0].environment)
        command = command_line(f"status {ill[0].source}{scope.options}", sources=sources)
        out.print(f"\n[dim]to see more, and what to do:[/] [cyan]{_console.safe(command)}[/]")


def _cells(row: SourceRow) -> tuple[str, str, str]:
    notes = [_console.safe(note) for note in row.notes]
    if row.requests is not None:
        notes.insert(0, f"{row.requests:,.0f} request{'' if row.requests == 1 else 's'} in the last day")
    color = "red" if row.problems else "green"
    state = "; ".join(map(_console.safe, row.problems)) or "well"
    more = f"  [dim]{'; '.join(notes)}[/]" if notes else ""
    return f"  [bold]{row.source}[/] ", f"{row.environment} ", f"[{color}]{state}[/]{more}"
