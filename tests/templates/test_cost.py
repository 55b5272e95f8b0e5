"""What a source costs, by the formula that the figures in the documentation are from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.commands import main
from generator.definition.read import load
from generator.templates import cost, event_source
from generator.templates.text import template_text
from lambdas.model import Archive, Dedupe, Destination, S3Objects
from tests.definitions import CASES, bundled_source, make_definition
from tests.pages import DOCS, assert_generated

OF = {
    name: json.loads(template_text(event_source.build(bundled_source(name).source, "code/0.zip")))["Resources"]
    for name in ("zoom", "okta")
}


def test_a_source_keeps_within_its_budget_of_dollars() -> None:
    for name, resources in OF.items():
        assert cost.estimate_cost(resources, 1_000_000).per_million <= 2.60, name


def test_tracing_a_larger_function_and_a_dearer_api_show() -> None:
    resources = json.loads(json.dumps(OF["zoom"]))
    before = cost.estimate_cost(resources, 1_000_000).per_million
    resources["Webhook"]["Properties"] |= {"TracingConfig": {"Mode": "Active"}}
    traced = cost.estimate_cost(resources, 1_000_000).per_million
    resources["Webhook"]["Properties"] |= {"MemorySize": 1024, "Architectures": ["x86_64"]}
    larger = cost.estimate_cost(resources, 1_000_000).per_million
    assert traced - before == pytest.approx(5 * 0.84, abs=0.1)  # at 0.386 a second, X-Ray records 84 %
    assert larger > traced


def test_sending_once_is_two_writes_and_a_longer_run(tmp_path: Path) -> None:
    text_ = "description: made\nwebhook: {auth: {hmac: {signature: {header: x-signature}}}}\nevents: {id: id}\n"
    often, once = (
        cost.estimate_cost(
            json.loads(template_text(event_source.build(make_definition(tmp_path, text_ + more).source, "0")))[
                "Resources"
            ],
            10**6,
        )
        for more in ("", "dedupe: {}")
    )
    function = 1.33334e-5 * 1e6 * 0.5 * 0.020
    assert once.per_million - often.per_million == pytest.approx(2 * 0.625 + function)
    assert once.fixed == often.fixed


def test_fixed_costs_are_counted() -> None:
    resources = {**OF["zoom"], "A": {"Type": "AWS::CloudWatch::Alarm"}, "B": {"Type": "AWS::CloudWatch::Alarm"}}
    before, after = cost.estimate_cost(OF["zoom"], 0), cost.estimate_cost(resources, 0)
    assert after.fixed - before.fixed == pytest.approx(0.20)
    assert after.fixed_cost_resources["Alarm"] - before.fixed_cost_resources.get("Alarm", 0) == 2


def test_a_key_of_its_own_costs_a_dollar_and_little_more() -> None:
    (definition,) = load(CASES, ["strict"])
    strict, baseline = (
        json.loads(template_text(event_source.build(source, "code/0.zip")))["Resources"]
        for source in (definition.source, replace(definition.source, hardening="baseline"))
    )
    busy, plain = cost.estimate_cost(strict, 10_000_000), cost.estimate_cost(baseline, 10_000_000)
    assert busy.fixed - plain.fixed == pytest.approx(1.00)
    # Two functions start, one of them for one event in sixty; a queue asks once in 300 seconds, of some 1,160 events.
    assert busy.per_million - plain.per_million == pytest.approx(3 * (0.01 + 0.01 / 232 + 1 / 1158), rel=0.02)


def test_a_secret_that_is_asked_for_rarely_costs_less_an_event_the_more_there_are() -> None:
    few, many = cost.estimate_cost(OF["zoom"], 30_000), cost.estimate_cost(OF["zoom"], 30_000_000)
    assert few.per_million > many.per_million
    assert many.month(30_000_000) == pytest.approx(many.fixed + 30 * many.per_million)


def test_the_command_prints_the_cost_of_each_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "zoom", "okta", "--events-per-month", "500000"]) == 0
    head, zoom, okta, assumed = capsys.readouterr().out.splitlines()[:4]
    assert head.split() == [
        "source",
        "a",
        "million",
        "events",
        "fixed",
        "a",
        "month",
        "500,000",
        "events",
        "a",
        "month",
        *["an", "hour", "of", "flood,", "at", "most"],
    ]
    assert (zoom.split()[0], okta.split()[0]) == ("zoom", "okta")
    assert all(cell.startswith("$") for cell in zoom.split()[1:])
    assert assumed.startswith("assumed: 4 KB an event")


def test_the_command_prints_the_cost_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "zoom", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["eventsPerMonth"] == 1_000_000
    assert report["sources"]["zoom"]["perMillion"] == cost.estimate_cost(OF["zoom"], 1_000_000).per_million


@pytest.mark.parametrize("arguments", [[], ["zoom", "--all"]])
def test_sources_are_named_or_all_is_used(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", *arguments]) == 2
    assert "name sources, or use --all" in capsys.readouterr().err


WAYS: list[tuple[str, str, dict[str, Any]]] = [
    ("a signature (zoom)", "zoom", {}),
    ("a token behind an authorizer (okta)", "okta", {}),
    ("with `dedupe`", "zoom", {"dedupe": Dedupe()}),
    ("with `archive`", "zoom", {"archive": Archive()}),
    ("with `delivery: {s3: {}}`", "zoom", {"delivery": Destination(S3Objects())}),
    ("with `hardening: strict`", "zoom", {"hardening": "strict"}),
]
MONTHS = (100_000, 1_000_000, 10_000_000)


def test_the_guide_has_the_figures_of_the_formula(update: bool) -> None:
    months = " | ".join(f"{events:,} events a month" for events in MONTHS)
    lines = [f"| | a million events | fixed a month | {months} |", "|---" * (3 + len(MONTHS)) + "|"]
    for label, name, more in WAYS:
        template = event_source.build(replace(bundled_source(name).source, **more), "code/0.zip")
        resources = json.loads(template_text(template))["Resources"]
        estimates = {events: cost.estimate_cost(resources, events) for events in MONTHS}
        whole = " | ".join(f"${estimate.month(events):.2f}" for events, estimate in estimates.items())
        estimate = estimates[1_000_000]
        lines.append(f"| {label} | ${estimate.per_million:.2f} | ${estimate.fixed:.2f} | {whole} |")
    assert_generated(DOCS / "how-to" / "cost.md", "test_cost.py", "\n".join(lines), update=update)
