"""What a source costs, by its kind: one that its vendor calls can be flooded, and one that is pulled asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.templates import pull_cost
from generator.templates.cost import Cost, estimate_cost
from generator.templates.flood import Flood, estimate_flood
from lambdas.model import Source


class Estimate(NamedTuple):
    """What a source costs; a pulled one has no endpoint that could be flooded, but asks so often a month."""

    cost: Cost
    flood: Flood | None
    requests: int | None


def estimate(resources: Mapping[str, Any], source: Source, events: int) -> Estimate:
    """Return what the resources of a source's template cost, at so many events a month."""
    if source.pull:
        requests = pull_cost.requests_a_month(source.pull)
        return Estimate(pull_cost.estimate_pull_cost(resources, source.pull), None, requests)
    return Estimate(estimate_cost(resources, events), estimate_flood(resources), None)
