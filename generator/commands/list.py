"""List the sources: the command `list`, and the overview that a call without a command prints."""

from __future__ import annotations

import json
from pathlib import Path

import click

from generator.commands import _console, _options
from generator.definition.auth_types import auth_type_name
from generator.definition.pull_words import credential_type_name
from generator.definition.read import Definition, load, source_names


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--markdown", is_flag=True, help="As Markdown: how each is verified or asked, and what its vendor does.")
@_options.sources
def command(as_json: bool, markdown: bool, sources: Path) -> None:
    """List the sources."""
    definitions = load(sources, source_names(sources))
    if markdown:
        from generator.reference.source_table import pulled_table, source_table

        tables = source_table(definitions, str(sources)), pulled_table(definitions, str(sources))
        click.echo("\n\n".join(filter(None, tables)))
    elif as_json:
        click.echo(json.dumps([_row(definition) for definition in definitions], indent=2, ensure_ascii=False))
    else:
        _table(definitions)


def overview() -> None:
    """Print the sources and the next commands."""
    sources = _options.sources_folder()
    definitions = load(sources, source_names(sources))
    _table(definitions)
    named = [definition.source.name for definition in definitions]
    first = "zoom" if "zoom" in named or not named else named[0]  # as in the README
    out = _console.console()
    out.print("\n[bold]next[/]")
    for line, purpose in (
        (first, "build it: template and code, in build/"),
        (f"run {first}", "run it on this machine"),
        ("--help", "the other commands"),
    ):
        out.print(f"  [cyan]python -m generator {line:<{len(first) + 4}}[/]  [dim]{purpose}[/]")


def _row(definition: Definition) -> dict[str, str]:
    source = definition.source
    if source.pull:
        kind, auth = "pull", credential_type_name(source.pull)
    else:
        kind, auth = "webhook", auth_type_name(source.endpoint.auth)
    return {"name": source.name, "kind": kind, "auth": auth, "description": source.description}


def _table(definitions: list[Definition]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("source", "auth", "events"):
        table.add_column(column)
    for definition in definitions:
        row = _row(definition)
        pulled = " [dim](pulled)[/]" if row["kind"] == "pull" else ""
        table.add_row(f"[bold]{row['name']}[/]", f"{row['auth']}{pulled}", escape(row["description"]))
    _console.console().print(table)
