"""What a flood costs at most, and that the guide says the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from generator.commands import main
from generator.templates import event_source, flood
from generator.templates.text import template_text
from lambdas.model import Throttle
from tests.definitions import ROOT, bundled_source
from tests.pages import assert_generated

PAGE = ROOT / "docs" / "how-to" / "flood.md"


def resources(name: str, **webhook: Any) -> dict[str, Any]:
    source = bundled_source(name).source
    template = event_source.build(replace(source, webhook=replace(source.endpoint, **webhook)), "code/0.zip")
    document: dict[str, Any] = json.loads(template_text(template))["Resources"]
    return document


def test_the_throttle_bounds_what_comes_and_the_concurrency_what_is_looked_at() -> None:
    few = flood.estimate_flood(resources("zoom", throttle=Throttle(100, 100), concurrency=1))
    assert (few.rate, few.handled) == (100, 50)
    free = flood.estimate_flood(resources("zoom", throttle=Throttle(100, 100), concurrency=None))
    assert (free.rate, free.handled) == (100, 100)
    assert flood.estimate_flood(resources("zoom")).most > free.most > few.most


def test_an_hour_of_forged_requests_is_the_sum_of_its_parts() -> None:
    estimate = flood.estimate_flood(resources("zoom", throttle=Throttle(1_000, 1_000), concurrency=10))
    millions_passed, millions_handled = 3.6, 1.8
    api = millions_passed * (1.00 + 0.05 + 300 * 0.5e-3)
    busy = 10 * 3_600 * 0.25 * 1.33334e-5
    assert estimate.forged == pytest.approx(api + busy + millions_handled * (0.20 + 850 * 0.5e-3), rel=0.05)
    assert estimate.events == pytest.approx(estimate.forged + millions_handled * 0.40)
    assert estimate.rejected == pytest.approx(estimate.forged + millions_handled * 5.00)


def test_forged_requests_behind_an_authorizer_are_its_own_and_not_the_handlers() -> None:
    usual, dear = resources("okta"), resources("okta")
    dear["Webhook"]["Properties"]["MemorySize"] = 4_096
    assert flood.estimate_flood(dear).forged == flood.estimate_flood(usual).forged
    dear["Verify"]["Properties"]["MemorySize"] = 4_096
    assert flood.estimate_flood(dear).forged > flood.estimate_flood(usual).forged


def test_the_command_prints_the_cost_of_a_flood(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "zoom", "--json"]) == 0
    assert (
        json.loads(capsys.readouterr().out)["sources"]["zoom"]["hourOfFlood"]
        == flood.estimate_flood(resources("zoom")).most
    )


WAYS: list[tuple[str, str, dict[str, Any]]] = [
    ("as shipped, a signature (zoom)", "zoom", {}),
    ("as shipped, a token behind an authorizer (okta)", "okta", {}),
    ("`concurrency: null`", "zoom", {"concurrency": None}),
    ("`throttle: {rate: 200, burst: 200}`", "zoom", {"throttle": Throttle(200, 200)}),
]


def test_the_guide_has_the_figures_of_the_template(update: bool) -> None:
    head = "| | let through | looked at | forged | events | that can't be shaped |\n|---|---|---|---|---|---|\n"
    rows = [(label, flood.estimate_flood(resources(name, **more))) for label, name, more in WAYS]
    lines = [
        f"| {label} | {estimate.rate:,.0f} a second | {estimate.handled:,.0f} | ${estimate.forged:.0f} | "
        f"${estimate.events:.0f} | ${estimate.rejected:.0f} |"
        for label, estimate in rows
    ]
    assert_generated(PAGE, "test_flood.py", head + "\n".join(lines), update=update)
