"""The JSON Schemas of definitions and of their defaults."""

from __future__ import annotations

import json

import click


@click.command(short_help="Print the JSON Schema of source.yml.")
@click.option("--defaults", is_flag=True, help="That of defaults.yml (sources/defaults.schema.json is this).")
def command(defaults: bool) -> None:
    """Print the JSON Schema of source.yml, for an editor's completion (sources/schema.json is this)."""
    from generator.reference.json_schema import defaults_schema, json_schema

    click.echo(json.dumps(defaults_schema() if defaults else json_schema(), indent=2, ensure_ascii=False))
