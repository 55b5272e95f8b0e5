"""What a source costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.commands import _console, _options
from generator.definition.read import load, source_names
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.templates.cost import Cost
    from generator.templates.flood import Flood


@click.command(short_help="What a source costs in AWS.")
@click.argument("sources_named", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source.")
@click.option(
    "--events-per-month", "events", type=click.IntRange(0), default=1_000_000, show_default=True, help="How many."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_options.sources
def command(sources_named: tuple[str, ...], everything: bool, events: int, as_json: bool, sources: Path) -> int:
    """Dollars a month for SOURCE, from its template: for each million events, and fixed."""
    if bool(sources_named) == everything:
        raise click.UsageError("name sources, or say --all")
    from generator.templates import cost, event_source, flood
    from generator.templates.text import template_text

    names = source_names(sources) if everything else list(dict.fromkeys(sources_named))
    if not names:
        raise GeneratorError(f"{sources}: has no source yet")
    found, floods = {}, {}
    for one in load(sources, names):
        resources = json.loads(template_text(event_source.build(one.source, "code/any.zip")))["Resources"]
        found[one.source.name], floods[one.source.name] = (
            cost.estimate_cost(resources, events),
            flood.estimate_flood(resources),
        )
    if as_json:
        rows = {
            name: {
                "perMillion": one.per_million,
                "fixed": one.fixed,
                "month": one.month(events),
                "hourOfFlood": floods[name].most,
            }
            for name, one in found.items()
        }
        click.echo(json.dumps({"eventsPerMonth": events, "sources": rows}, indent=2))
    else:
        _table(found, floods, events)
    return 0


def _table(found: dict[str, Cost], floods: dict[str, Flood], events: int) -> None:
    from rich.table import Table

    from generator.templates.cost import ASSUMPTIONS

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("source")
    for column in ("a million events", "fixed a month", f"{events:,} events a month", "an hour of flood, at most"):
        table.add_column(column, justify="right")
    for name, one in found.items():
        dollars = (one.per_million, one.fixed, one.month(events), floods[name].most)
        table.add_row(f"[bold]{name}[/]", *(f"${each:.2f}" for each in dollars))
    out = _console.console()
    out.print(table)
    out.print(f"[dim]assumed: {ASSUMPTIONS}[/]")
