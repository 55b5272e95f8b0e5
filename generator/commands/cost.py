"""Estimate what a source costs: the command `cost`."""

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


@click.command(short_help="Estimate what a source costs in AWS.")
@click.argument("sources_named", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source.")
@click.option(
    "--events-per-month", "events", type=click.IntRange(0), default=1_000_000, show_default=True, help="Events a month."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_options.sources
def command(sources_named: tuple[str, ...], everything: bool, events: int, as_json: bool, sources: Path) -> int:
    """Estimate the dollars a month for SOURCE from its template: fixed, and for each million events."""
    if bool(sources_named) == everything:
        raise click.UsageError("name sources, or use --all")
    from generator.templates import cost, event_source, flood
    from generator.templates.text import template_text

    names = source_names(sources) if everything else list(dict.fromkeys(sources_named))
    if not names:
        raise GeneratorError(f"{sources}: has no sources yet")
    costs, floods = {}, {}
    for definition in load(sources, names):
        resources = json.loads(template_text(event_source.build(definition.source, "code/any.zip")))["Resources"]
        costs[definition.source.name], floods[definition.source.name] = (
            cost.estimate_cost(resources, events),
            flood.estimate_flood(resources),
        )
    if as_json:
        rows = {
            name: {
                "perMillion": definition.per_million,
                "fixed": definition.fixed,
                "month": definition.month(events),
                "hourOfFlood": floods[name].most,
            }
            for name, definition in costs.items()
        }
        click.echo(json.dumps({"eventsPerMonth": events, "sources": rows}, indent=2))
    else:
        _table(costs, floods, events)
    return 0


def _table(costs: dict[str, Cost], floods: dict[str, Flood], events: int) -> None:
    from rich.table import Table

    from generator.templates.cost import ASSUMPTIONS

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("source")
    for column in ("a million events", "fixed a month", f"{events:,} events a month", "an hour of flood, at most"):
        table.add_column(column, justify="right")
    for name, cost in costs.items():
        dollars = (cost.per_million, cost.fixed, cost.month(events), floods[name].most)
        table.add_row(f"[bold]{name}[/]", *(f"${amount:.2f}" for amount in dollars))
    out = _console.console()
    out.print(table)
    out.print(f"[dim]assumed: {ASSUMPTIONS}[/]")
