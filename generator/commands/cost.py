"""Estimate what a source costs: the command `cost`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from generator.commands import _console, _layout, _options
from generator.definition.read import load
from generator.definition.source_folders import source_names
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.templates.source_cost import Estimate
    from lambdas.model import Source


@_options.command(short_help="Estimate what a source costs in AWS.")
@_options.sources_named
@click.option("--all", "everything", is_flag=True, help="Estimate every source.")
@click.option(
    "--events-per-month",
    "events",
    metavar="NUMBER",
    type=click.IntRange(0),
    default=1_000_000,
    show_default=True,
    help="Number of events for the total of a month.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_options.sources
def command(sources_named: tuple[str, ...], everything: bool, events: int, as_json: bool, sources: Path) -> int:
    """Estimate what SOURCE costs in AWS: US dollars a month that are fixed, and for each million events.

    The figures come from the source's template. They also say what an hour of flood costs at most.
    """
    if bool(sources_named) == everything:
        raise click.UsageError("name sources, or use --all")
    names = source_names(sources) if everything else list(dict.fromkeys(sources_named))
    if not names:
        raise GeneratorError(f"{sources}: has no sources yet")
    estimates = [_estimate(definition.source, events) for definition in load(sources, names)]
    if as_json:
        rows = {name: _row(estimate, events) for name, estimate in estimates}
        click.echo(json.dumps({"eventsPerMonth": events, "sources": rows}, indent=2))
    else:
        _table(estimates, events)
    return 0


class _SourceEstimate(NamedTuple):
    name: str
    estimate: Estimate


def _estimate(source: Source, events: int) -> _SourceEstimate:
    from generator.templates import event_source
    from generator.templates.source_cost import estimate
    from generator.templates.text import template_text

    resources = json.loads(template_text(event_source.build(source, "code/any.zip")))["Resources"]
    return _SourceEstimate(source.name, estimate(resources, source, events))


def _row(estimate: Estimate, events: int) -> dict[str, Any]:
    cost = estimate.cost
    row = {"perMillion": cost.per_million, "fixed": cost.fixed, "month": cost.month(events)}
    if estimate.flood:
        return {**row, "hourOfFlood": estimate.flood.most}
    return {**row, "requestsPerMonth": estimate.requests}


def _table(estimates: list[_SourceEstimate], events: int) -> None:
    from rich.table import Table

    from generator.templates.cost import ASSUMPTIONS
    from generator.templates.pull_cost import PULL_ASSUMPTIONS

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("source")
    has_webhooks = any(each.flood for _, each in estimates)
    has_pulled = any(each.requests for _, each in estimates)
    flood_columns = ["an hour of flood, at most"] if has_webhooks else []
    request_columns = ["requests a month"] if has_pulled else []
    # Without events, a month costs what is fixed.
    event_columns = [f"{events:,} event{'' if events == 1 else 's'} a month"] if events else []
    for column in ("a million events", "fixed a month", *event_columns, *flood_columns, *request_columns):
        table.add_column(column, justify="right")
    for name, (cost, flood, requests) in estimates:
        cells = [
            f"${amount:.2f}" for amount in (cost.per_million, cost.fixed, *([cost.month(events)] if events else []))
        ]
        cells += [f"${flood.most:.2f}" if flood else "none"] if has_webhooks else []
        cells += [f"{requests:,}" if requests else "none"] if has_pulled else []
        table.add_row(f"[bold]{name}[/]", *cells)
    out = _console.console()
    out.print(table)
    if has_webhooks:
        _layout.columns(out, [("[dim]assumed:[/]", f"[dim]{ASSUMPTIONS}[/]")])
    if has_pulled:
        _layout.columns(out, [("[dim]assumed:[/]", f"[dim]{PULL_ASSUMPTIONS}; us-west-2, no free tier[/]")])
