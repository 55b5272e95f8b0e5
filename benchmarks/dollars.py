"""Dollars per million events, by the formula of the command `cost`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.processes import built
from benchmarks.row import Row
from generator.templates import cost

A_MONTH = 1_000_000
NOTE = f"dollars: {A_MONTH:,} events a month. Assumed: {cost.ASSUMPTIONS}."


def measure() -> list[Row]:
    """Estimate the cost per event and per month, of a source verified in the handler and one behind an authorizer."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        build = built(Path(folder), "zoom", "okta")
        for name in ("zoom", "okta"):
            resources = json.loads((build / name / "event-source.json").read_bytes())["Resources"]
            estimate = cost.estimate_cost(resources, A_MONTH)
            counts = ", ".join(f"{count} {kind}" for kind, count in estimate.fixed_cost_resources.items()) or "nothing"
            million = f"a million events of {name}"
            rows.append(Row(million, estimate.per_million, "$", budget=2.60, budget_on="measured", note=NOTE))
            rows.append(Row(f"fixed a month, {name}: {counts}", estimate.fixed, "$", note=NOTE))
    return rows
