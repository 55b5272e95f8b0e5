"""The JSON Schemas of definitions and of their defaults."""

from __future__ import annotations

import json

import click

from generator.commands import _options


@_options.command(short_help="Print the JSON Schema of source.yml.")
@click.option("--defaults", is_flag=True, help="Print that of defaults.yml, as in sources/defaults.schema.json.")
def command(defaults: bool) -> None:
    """Print the JSON Schema of source.yml, as in sources/schema.json. Editors complete and check keys with it."""
    from generator.reference.json_schema import defaults_schema, json_schema

    click.echo(json.dumps(defaults_schema() if defaults else json_schema(), indent=2, ensure_ascii=False))
