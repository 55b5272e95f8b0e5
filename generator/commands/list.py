"""List the sources: the command `list`, and the overview that a call without a command prints."""

from __future__ import annotations

import json
from pathlib import Path

import click

from generator.commands import _console, _layout, _options
from generator.definition.auth_types import auth_type_name
from generator.definition.pull_words import credential_type_name
from generator.definition.read import Definition, load
from generator.definition.source_folders import all_source_names, source_names
from generator.errors import BUNDLED, display_path, program


@_options.command(short_help="List the sources.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--markdown",
    is_flag=True,
    help="Print Markdown: how each source of yours is verified or asked, and what its vendor does.",
)
@_options.sources
def command(as_json: bool, markdown: bool, sources: Path) -> None:
    """List the sources: yours, and those that come with the framework."""
    definitions = load(sources, source_names(sources) if markdown else all_source_names(sources))
    if markdown:
        from generator.reference.source_table import pulled_table, source_table

        tables = source_table(definitions, str(sources)), pulled_table(definitions, str(sources))
        click.echo("\n\n".join(filter(None, tables)))
    elif as_json:
        rows = [_row(definition) | {"folder": _folder(definition)} for definition in definitions]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _table(definitions)
        _print_folders(definitions, sources)


def overview() -> None:
    """Print the names of the sources and the next commands."""
    sources = _options.sources_folder()
    definitions = load(sources, all_source_names(sources))
    _print_names(definitions)
    _print_folders(definitions, sources)
    own = [definition.source.name for definition in definitions if not _is_shipped(definition)]
    first = "zoom" if "zoom" in own or not own else own[0]  # as in the README
    out = _console.console()
    out.print("\n[bold]next[/]")
    steps = [
        (first, "build it: template and code, in build/"),
        (f"run {first}", "run it on this machine"),
        ("list", "what each source brings, and how it is verified"),
        ("-h", "the other commands"),
    ]
    if sources == BUNDLED:
        steps.insert(2, ("init DIR", "begin a project of your own"))
    _layout.steps(out, ((f"{program()} {line}", purpose) for line, purpose in steps))


def _row(definition: Definition) -> dict[str, str]:
    source = definition.source
    if source.pull:
        kind, auth = "pull", credential_type_name(source.pull)
    else:
        kind, auth = "webhook", auth_type_name(source.endpoint.auth)
    return {"name": source.name, "kind": kind, "auth": auth, "description": source.description}


def _is_shipped(definition: Definition) -> bool:
    return definition.folders[0].resolve().parent == BUNDLED.resolve()


def _folder(definition: Definition) -> str:
    return display_path(definition.folders[0])


def _print_folders(definitions: list[Definition], sources: Path) -> None:
    """Print how many sources come from the user's folder, and how many with the framework, and where these are."""
    from rich.markup import escape

    shipped = [each for each in definitions if _is_shipped(each)]
    own = len(definitions) - len(shipped)
    lines = [f"{_console.count(own, 'source')} from {sources}/"] if own else []
    if shipped:
        lines.append(f"{_console.count(len(shipped), 'source')} shipped, from {display_path(BUNDLED)}/")
    _console.console().print(f"\n[dim]{escape('; '.join(lines))}[/]")


def _print_names(definitions: list[Definition]) -> None:
    """Print the names of the sources: the user's, and those that are shipped by how their events come."""
    names: dict[str, list[str]] = {"yours": [], "webhook": [], "pulled": []}
    for definition in definitions:
        shipped = "pulled" if definition.source.pull else "webhook"
        names[shipped if _is_shipped(definition) else "yours"].append(definition.source.name)
    lines = [(f"[dim]{label}[/] ", ", ".join(group)) for label, group in names.items() if group]
    _layout.columns(_console.console(), lines)


def _table(definitions: list[Definition]) -> None:
    from rich.markup import escape
    from rich.table import Table

    own = {each.source.name for each in definitions if not _is_shipped(each)}
    mixed = 0 < len(own) < len(definitions)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("source", *(["from"] if mixed else []), "auth", "events"):
        table.add_column(column)
    for definition in sorted(definitions, key=lambda each: each.source.name not in own):
        row = _row(definition)
        pulled = " [dim](pulled)[/]" if row["kind"] == "pull" else ""
        origin = ["[cyan]yours[/]" if row["name"] in own else "[dim]shipped[/]"] if mixed else []
        table.add_row(f"[bold]{row['name']}[/]", *origin, f"{row['auth']}{pulled}", escape(row["description"]))
    _console.console().print(table)
