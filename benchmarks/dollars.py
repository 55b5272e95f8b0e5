"""Dollars per million events, from the built template and AWS's prices in us-west-2, without the free tier."""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.processes import built
from benchmarks.row import Row
from lambdas.secrets import TTL

A_MONTH = 1_000_000
_SECONDS_A_MONTH = 30 * 86_400

# Dollars per million, but where another unit is said.
API = {"HTTP": 1.00, "REST": 3.50}
INVOCATIONS = 0.20
GB_SECOND = {"arm64": 1.33334e-5, "x86_64": 1.66667e-5}  # dollars each
SQS, FIFO, KMS, TRACES = 0.40, 0.50, 3.00, 5.00
LOGS_GB, EGRESS = 0.50, 0.05
FIXED = {
    "AWS::CloudWatch::Alarm": 0.10,
    "AWS::CloudWatch::Dashboard": 3.00,
    "AWS::KMS::Key": 1.00,
    "AWS::Logs::MetricFilter": 0.30,
    "AWS::SecretsManager::Secret": 0.40,
}  # dollars a month each

# Not measured: durations, cold starts and sizes are what comparable functions show.
EVENT_KB = 4
HANDLER_MS, AUTHORIZER_MS, COLD_SHARE, INIT_MS = 20, 60, 0.01, 550
FUNCTION_LOG_BYTES, ACCESS_LOG_BYTES = 850, 300

NOTE = (
    f"dollars: {A_MONTH:,} events a month, evenly spread (Poisson), us-west-2, no free tier, one event a request, none "
    f"sent twice. Assumed: {EVENT_KB} KB an event, handler {HANDLER_MS} ms, authorizer {AUTHORIZER_MS} ms, "
    f"{COLD_SHARE:.0%} cold starts of {INIT_MS} ms, {FUNCTION_LOG_BYTES} B of log an invocation, {ACCESS_LOG_BYTES} B "
    "of access log. From the code and the template: kinds of API and queue, memory, architecture, the authorizer's "
    f"cache, tracing, a secret's {TTL:.0f} s in memory. What MozDef spends on receiving is not in it."
)


def measure() -> list[Row]:
    """Per event and fixed, for a source verified in the handler and one behind an authorizer."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        build = built(Path(folder), "zoom", "okta")
        for name in ("zoom", "okta"):
            resources = json.loads((build / name / "event-source.json").read_bytes())["Resources"]
            rows.append(
                Row(
                    f"a million events of {name}",
                    per_million(resources),
                    "$",
                    budget=2.40,
                    budget_on="measured",
                    note=NOTE,
                )
            )
            dear = Counter(one["Type"] for one in resources.values() if one["Type"] in FIXED)
            said = ", ".join(f"{count} {kind.rpartition('::')[2]}" for kind, count in sorted(dear.items())) or "nothing"
            rows.append(Row(f"fixed a month, {name}: {said}", fixed(dear), "$", note=NOTE))
    return rows


def per_million(resources: dict[str, Any]) -> float:
    """What a million events cost beside the fixed part."""
    of: dict[str, list[dict[str, Any]]] = {}
    for one in resources.values():
        of.setdefault(one["Type"], []).append(one.get("Properties", {}))
    functions = {one["Handler"]: one for one in of["AWS::Lambda::Function"]}
    authorizers = [one for one in of.get("AWS::ApiGatewayV2::Authorizer", ()) if one["AuthorizerType"] == "REQUEST"]
    rate = A_MONTH / _SECONDS_A_MONTH
    total: float = API["HTTP" if "AWS::ApiGatewayV2::Api" in of else "REST"] * math.ceil(EVENT_KB / 512) + EGRESS
    total += _function(functions["lambdas.webhook.handler"], HANDLER_MS, rate, reads_secret=not authorizers)
    for one in authorizers:
        asked = _missed(rate, one.get("AuthorizerResultTtlInSeconds", 0))
        function = functions["lambdas.authorizer.handler"]
        total += asked * _function(function, AUTHORIZER_MS, asked * rate, reads_secret=True)
    fifo = resources["Events"]["Properties"].get("FifoQueue")
    total += (FIFO if fifo else SQS) * math.ceil(EVENT_KB / 64)
    if any("AccessLogSettings" in one for one in of["AWS::ApiGatewayV2::Stage"]):
        total += _log(ACCESS_LOG_BYTES)
    return total


def fixed(dear: Counter[str]) -> float:
    """What a month costs without an event."""
    return sum(FIXED[kind] * count for kind, count in dear.items())


def _function(properties: dict[str, Any], ms: float, rate: float, *, reads_secret: bool) -> float:
    """A million invocations, with their log, traces and decryptions."""
    gb = float(properties.get("MemorySize", 128)) / 1024
    price = GB_SECOND[properties.get("Architectures", ["x86_64"])[0]]
    total = INVOCATIONS + 1e6 * gb * (ms + COLD_SHARE * INIT_MS) / 1000 * price + _log(FUNCTION_LOG_BYTES)
    if reads_secret:
        total += KMS * (COLD_SHARE + _missed(rate, TTL))
    if properties.get("TracingConfig", {}).get("Mode") == "Active":
        total += TRACES * _traced(rate)
    return total


def _log(size: float) -> float:
    """A million lines of so many bytes."""
    return size * 1e6 / 1e9 * LOGS_GB


def _missed(rate: float, kept: float) -> float:
    """The share of requests, so many a second, that find nothing in a cache that keeps for so many seconds."""
    return 1 / (1 + rate * kept)


def _traced(rate: float) -> float:
    """The share of requests that X-Ray's default rule records: the first of each second, and 5 % of the rest."""
    once = 1 - math.exp(-rate)
    return (once + 0.05 * (rate - once)) / rate
