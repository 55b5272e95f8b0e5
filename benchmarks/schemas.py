"""The cost of a JSON Schema: Zoom's events with a schema that has a rule for every field, and without one."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.receiving import endpoint, event_of, seconds
from benchmarks.row import Row
from benchmarks.start import HANDLER, start, unpack
from generator.definition.read import Definition, load
from generator.packaging import bundle

ROUNDS = 15
NAMES = ("with", "without")
NOTE = "schemas: the same source in one run, with a schema that names, types and requires every field, and without it."


def measure() -> list[Row]:
    """Measure events a second, size of the zip and time of a start; the reference is the source without a schema."""
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder, "sources")
        schema = _schema(event_of("zoom"))
        for name in NAMES:
            (sources / name / "schemas").mkdir(parents=True)
            (sources / name / "schemas" / "event.json").write_text(json.dumps(schema), encoding="utf-8")
        common = "extends: zoom\ndescription: Zoom's events\n"
        (sources / "with" / "source.yml").write_text(f'{common}events: {{schemas: {{"*": schemas/event.json}}}}\n')
        (sources / "without" / "source.yml").write_text(common)
        definitions = load(sources, NAMES)
        sizes = [len(bundle.lambdas_zip(definition)) / 1024 for definition in definitions]
        starts = _starts(definitions, Path(folder))
    events = _events(definitions)
    return [
        Row("events with a JSON Schema / without", *events, budget=0.85, at_least=True, note=NOTE),
        Row("zip with a JSON Schema / without", sizes[0], "KB", sizes[1], note=NOTE),
        Row("cold start with a JSON Schema / without", starts[0], "ms", starts[1], budget=1.1, note=NOTE),
    ]


def _schema(value: Any) -> dict[str, Any]:
    """Return the strictest schema that a value satisfies."""
    if isinstance(value, dict):
        fields = {name: _schema(member) for name, member in value.items()}
        return {"type": "object", "required": list(value), "properties": fields}
    if isinstance(value, list):
        return {"type": "array", "items": _schema(value[0])} if value else {"type": "array"}
    kinds: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return {"type": kinds[type(value)]}


def _events(definitions: list[Definition]) -> tuple[float, str, float]:
    requests = [endpoint(definition.source, "zoom")[:2] for definition in definitions]
    spent: list[list[float]] = [[], []]
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        for _ in range(ROUNDS):
            for times, (receiver, event) in zip(spent, requests, strict=True):
                times.append(seconds(lambda receiver=receiver, event=event: receiver.respond(event)))
    with_schema, without = (1 / median(times) for times in spent)
    return with_schema, "/s", without


def _starts(definitions: list[Definition], folder: Path) -> list[float]:
    spent: list[list[float]] = [[], []]
    for definition in definitions:
        name = definition.source.name
        (folder / f"{name}.zip").write_bytes(bundle.lambdas_zip(definition))
        unpack(folder / f"{name}.zip", folder / name)
    for _ in range(ROUNDS):
        for times, definition in zip(spent, definitions, strict=True):
            times.append(start(HANDLER, folder / definition.source.name)[0])
    return [median(times) for times in spent]
