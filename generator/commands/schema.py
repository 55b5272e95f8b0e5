"""The definition's JSON Schema."""

from __future__ import annotations

import json

import click


@click.command(short_help="Print the JSON Schema of source.yml.")
def command() -> None:
    """Print the JSON Schema of source.yml, for an editor's completion (sources/schema.json is this)."""
    from generator.reference.definition_keys import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
