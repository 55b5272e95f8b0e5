"""What an event source costs, from its built template and AWS's prices in us-west-2, without the free tier."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.runtime.secrets import TTL

_SECONDS_A_MONTH = 30 * 86_400

# Dollars per million, but where another unit is said.
API = {"HTTP": 1.00, "REST": 3.50}
INVOCATIONS = 0.20
GB_SECOND = {"arm64": 1.33334e-5, "x86_64": 1.66667e-5}  # dollars each
SQS, FIFO, KMS, TRACES, PUT = 0.40, 0.50, 3.00, 5.00, 5.00
WRITE = 0.625  # of a DynamoDB item of at most 1 KB, on demand
# Seconds for which a queue goes on with a key that it got of the source's own.
QUEUE_KEY_SECONDS = 300
LOGS_GB, EGRESS = 0.50, 0.05
FIXED_PRICES = {
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
CLAIM_MS, CLAIM_WRITES = 20, 2  # of an event with `dedupe`: pending, and done

ASSUMPTIONS = (
    f"{EVENT_KB} KB an event, one event a request, evenly spread; handler {HANDLER_MS} ms, authorizer "
    f"{AUTHORIZER_MS} ms, {COLD_SHARE:.0%} cold starts of {INIT_MS} ms; {FUNCTION_LOG_BYTES} B of log an invocation, "
    f"{ACCESS_LOG_BYTES} B of access log; with `dedupe` {CLAIM_WRITES} writes and {CLAIM_MS} ms more; us-west-2, "
    "no free tier. What MozDef spends on receiving is not in it"
)


@dataclass(frozen=True)
class Cost:
    """Dollars: for a million events, and a month without any; `dear` is what the latter is for."""

    per_million: float
    fixed: float
    fixed_cost_resources: Mapping[str, int]

    def month(self, events: int) -> float:
        """A month with so many events."""
        return self.fixed + self.per_million * events / 1e6


def estimate_cost(resources: Mapping[str, Any], events: int) -> Cost:
    """The cost of a template's resources, at so many events a month."""
    dear = Counter(one["Type"] for one in resources.values() if one["Type"] in FIXED_PRICES)
    there = {kind.rpartition("::")[2]: count for kind, count in sorted(dear.items())}
    return Cost(per_million(resources, events), sum(FIXED_PRICES[kind] * count for kind, count in dear.items()), there)


def per_million(resources: Mapping[str, Any], events: int) -> float:
    """What a million events cost beside the fixed part."""
    by_type: dict[str, list[dict[str, Any]]] = {}
    for one in resources.values():
        by_type.setdefault(one["Type"], []).append(one.get("Properties", {}))
    functions = {one["Handler"]: one for one in by_type["AWS::Lambda::Function"]}
    authorizers = [
        one for one in by_type.get("AWS::ApiGatewayV2::Authorizer", ()) if one["AuthorizerType"] == "REQUEST"
    ]
    rate = max(events, 1) / _SECONDS_A_MONTH
    total: float = API["HTTP" if "AWS::ApiGatewayV2::Api" in by_type else "REST"] * math.ceil(EVENT_KB / 512) + EGRESS
    claims = "AWS::DynamoDB::Table" in by_type
    handler_ms = HANDLER_MS + (CLAIM_MS if claims else 0)
    total += invocations(functions["lambdas.webhook.handler"], handler_ms, rate, reads_secret=not authorizers)
    total += WRITE * CLAIM_WRITES if claims else 0
    for one in authorizers:
        asked = cache_miss_share(rate, one.get("AuthorizerResultTtlInSeconds", 0))
        function = functions["lambdas.authorizer.handler"]
        total += asked * invocations(function, AUTHORIZER_MS, asked * rate, reads_secret=True)
    fifo = resources["Events"]["Properties"].get("FifoQueue")
    total += (FIFO if fifo else SQS) * math.ceil(EVENT_KB / 64)
    if "KmsMasterKeyId" in resources["Events"]["Properties"]:
        total += KMS * cache_miss_share(rate, QUEUE_KEY_SECONDS)
    if any("AccessLogSettings" in one for one in by_type["AWS::ApiGatewayV2::Stage"]):
        total += log_lines(ACCESS_LOG_BYTES)
    return total


def invocations(properties: dict[str, Any], ms: float, rate: float, *, reads_secret: bool) -> float:
    """Dollars for a million invocations, with their log, traces and decryptions."""
    gb = float(properties.get("MemorySize", 128)) / 1024
    price = GB_SECOND[properties.get("Architectures", ["x86_64"])[0]]
    total = INVOCATIONS + 1e6 * gb * (ms + COLD_SHARE * INIT_MS) / 1000 * price + log_lines(FUNCTION_LOG_BYTES)
    if reads_secret:
        total += KMS * (COLD_SHARE + cache_miss_share(rate, TTL))
    if "KmsKeyArn" in properties:
        total += KMS * COLD_SHARE
    if properties.get("TracingConfig", {}).get("Mode") == "Active":
        total += TRACES * _traced(rate)
    return total


def log_lines(size: float) -> float:
    """A million lines of so many bytes."""
    return size * 1e6 / 1e9 * LOGS_GB


def cache_miss_share(rate: float, kept: float) -> float:
    """The share of requests, so many a second, that find nothing in a cache that keeps for so many seconds."""
    return 1 / (1 + rate * kept)


def _traced(rate: float) -> float:
    """The share of requests that X-Ray's default rule records: the first of each second, and 5 % of the rest."""
    once = 1 - math.exp(-rate)
    return (once + 0.05 * (rate - once)) / rate
