"""What an event source costs a month, from its template and AWS's prices in us-west-2, without the free tier."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.runtime.secrets import TTL

MONTH_SECONDS = 30 * 86_400

# Dollars for a million, unless the comment names another unit.
API_REQUESTS = {"HTTP": 1.00, "REST": 3.50}
INVOCATIONS = 0.20
GB_SECOND = {"arm64": 1.33334e-5, "x86_64": 1.66667e-5}  # one GB-second
SQS_REQUESTS = 0.40
FIFO_REQUESTS = 0.50
KMS_REQUESTS = 3.00
TRACES = 5.00
S3_PUTS = 5.00
DYNAMODB_WRITES = 0.625  # on demand, an item of at most 1 KB
EGRESS = 0.05
LOGS_GB = 0.50  # one GB
FIREHOSE_GB, FIREHOSE_STEP_KB = 0.029, 5  # one GB, of records that count in steps of so many KB
S3_GB = 0.023  # one GB, a month
QUEUE_KEY_SECONDS = 300  # how long SQS reuses a data key of the source's own key
FIXED_PRICES = {
    "AWS::CloudWatch::Alarm": 0.10,
    "AWS::CloudWatch::Dashboard": 3.00,
    "AWS::KMS::Key": 1.00,
    "AWS::Logs::MetricFilter": 0.30,
    "AWS::SecretsManager::Secret": 0.40,
}  # one resource, a month

# Assumed after comparable functions, not measured: durations, cold starts and sizes.
EVENT_KB = 4
HANDLER_MS, AUTHORIZER_MS, COLD_SHARE, INIT_MS = 20, 60, 0.01, 550
FUNCTION_LOG_BYTES, ACCESS_LOG_BYTES = 850, 300
CLAIM_MS, CLAIM_WRITES = 20, 2  # an event with `dedupe`: the claim is pending, then done
ARCHIVE_MS, ARCHIVE_KB = 15, 5  # an event with its envelope
GZIP_RATIO = 5  # how much smaller gzip makes it

ASSUMPTIONS = (
    f"{EVENT_KB} KB an event, one event a request, evenly spread; handler {HANDLER_MS} ms, authorizer "
    f"{AUTHORIZER_MS} ms, {COLD_SHARE:.0%} cold starts of {INIT_MS} ms; {FUNCTION_LOG_BYTES} B of log an invocation, "
    f"{ACCESS_LOG_BYTES} B of access log; with `dedupe` {CLAIM_WRITES} writes and {CLAIM_MS} ms more, with `archive` "
    f"{ARCHIVE_KB} KB and {ARCHIVE_MS} ms more; us-west-2, no free tier. What your SIEM spends on reading is not in it"
)


@dataclass(frozen=True)
class Cost:
    """Dollars for a million events, and for a month without any: for which resources is in `fixed_cost_resources`."""

    per_million: float
    fixed: float
    fixed_cost_resources: Mapping[str, int]

    def month(self, events: int) -> float:
        """Return the dollars of a month with so many events."""
        return self.fixed + self.per_million * events / 1e6


def estimate_cost(resources: Mapping[str, Any], events: int) -> Cost:
    """Return the cost of a template's resources, at so many events a month."""
    fixed, types = fixed_cost(resources)
    return Cost(per_million(resources, events), fixed, types)


def fixed_cost(resources: Mapping[str, Any]) -> tuple[float, dict[str, int]]:
    """Return the dollars a month for what costs the same without any event, and how many resources of which kind."""
    types = Counter(resource["Type"] for resource in resources.values() if resource["Type"] in FIXED_PRICES)
    fixed = sum(FIXED_PRICES[resource_type] * count for resource_type, count in types.items())
    return fixed, {resource_type.rpartition("::")[2]: count for resource_type, count in sorted(types.items())}


def per_million(resources: Mapping[str, Any], events: int) -> float:
    """Return the dollars for a million events, at so many a month, without the fixed part."""
    by_type: dict[str, list[dict[str, Any]]] = {}
    for resource in resources.values():
        by_type.setdefault(resource["Type"], []).append(resource.get("Properties", {}))
    functions = {function["Handler"]: function for function in by_type["AWS::Lambda::Function"]}
    authorizers = [
        authorizer
        for authorizer in by_type.get("AWS::ApiGatewayV2::Authorizer", ())
        if authorizer["AuthorizerType"] == "REQUEST"
    ]
    rate = max(events, 1) / MONTH_SECONDS
    api = "HTTP" if "AWS::ApiGatewayV2::Api" in by_type else "REST"
    total: float = API_REQUESTS[api] * math.ceil(EVENT_KB / 512) + EGRESS
    claims = "AWS::DynamoDB::Table" in by_type
    archive = resources.get("Archive")
    handler_ms = HANDLER_MS + (CLAIM_MS if claims else 0) + (ARCHIVE_MS if archive else 0)
    total += invocations(functions["lambdas.webhook.handler"], handler_ms, rate, reads_secret=not authorizers)
    total += DYNAMODB_WRITES * CLAIM_WRITES if claims else 0
    total += archived(archive["Properties"]) if archive else 0
    for authorizer in authorizers:
        called_share = cache_miss_share(rate, authorizer.get("AuthorizerResultTtlInSeconds", 0))
        function = functions["lambdas.authorizer.handler"]
        total += called_share * invocations(function, AUTHORIZER_MS, called_share * rate, reads_secret=True)
    total += delivered(resources, rate)
    if any("AccessLogSettings" in stage for stage in by_type["AWS::ApiGatewayV2::Stage"]):
        total += log_lines(ACCESS_LOG_BYTES)
    return total


def invocations(properties: dict[str, Any], ms: float, rate: float, *, reads_secret: bool) -> float:
    """Return the dollars for a million invocations of `ms`, with their log, traces and decryptions."""
    total = INVOCATIONS + run_time(properties, ms + COLD_SHARE * INIT_MS) + log_lines(FUNCTION_LOG_BYTES)
    if reads_secret:
        total += KMS_REQUESTS * (COLD_SHARE + cache_miss_share(rate, TTL))
    if "KmsKeyArn" in properties:
        total += KMS_REQUESTS * COLD_SHARE
    if properties.get("TracingConfig", {}).get("Mode") == "Active":
        total += TRACES * _traced(rate)
    return total


def run_time(properties: Mapping[str, Any], ms: float) -> float:
    """Return the dollars for a million times so many milliseconds of a function."""
    gb = float(properties.get("MemorySize", 128)) / 1024
    return 1e6 * gb * ms / 1000 * GB_SECOND[properties.get("Architectures", ["x86_64"])[0]]


def delivered(resources: Mapping[str, Any], rate: float) -> float:
    """Return the dollars for a million messages, at `rate` a second, onto the queue or into objects."""
    if writer := resources.get("Writer"):
        hints = writer["Properties"]["ExtendedS3DestinationConfiguration"]["BufferingHints"]
        return written(resources, cache_miss_share(rate, hints["IntervalInSeconds"]))
    queue = resources["Events"]["Properties"]
    total = (FIFO_REQUESTS if queue.get("FifoQueue") else SQS_REQUESTS) * math.ceil(EVENT_KB / 64)
    if "KmsMasterKeyId" in queue:
        total += KMS_REQUESTS * cache_miss_share(rate, QUEUE_KEY_SECONDS)
    return total


def written(resources: Mapping[str, Any], objects: float) -> float:
    """Return the dollars for a million messages in so many objects each: S3 stores each and sends a notification."""
    total = streamed(resources["ObjectsBucket"]["Properties"], EVENT_KB) + objects * (S3_PUTS + SQS_REQUESTS)
    if "KmsMasterKeyId" in resources["Objects"]["Properties"]:
        total += objects * KMS_REQUESTS
    return total


def archived(bucket: Mapping[str, Any]) -> float:
    """Return the dollars for a million archived requests."""
    return streamed(bucket, ARCHIVE_KB)


def streamed(bucket: Mapping[str, Any], record_kb: float) -> float:
    """Return the dollars for a million records: to bring them into a bucket, and to keep them until they expire."""
    gb = math.ceil(record_kb / FIREHOSE_STEP_KB) * FIREHOSE_STEP_KB * 1e6 / 1024**2
    stored_gb = record_kb * 1e6 / 1024**2 / GZIP_RATIO
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    return gb * FIREHOSE_GB + stored_gb * S3_GB * float(rule["ExpirationInDays"]) / 30


def log_lines(size: float) -> float:
    """Return the dollars for a million log lines of so many bytes."""
    return size * 1e6 / 1e9 * LOGS_GB


def cache_miss_share(rate: float, ttl_seconds: float) -> float:
    """Return the share of requests, at `rate` a second, that miss a cache with this time to live."""
    return 1 / (1 + rate * ttl_seconds)


def _traced(rate: float) -> float:
    """Return the share of requests that X-Ray's default rule records: the first of each second, and 5 % of the rest."""
    first_of_second = 1 - math.exp(-rate)
    return (first_of_second + 0.05 * (rate - first_of_second)) / rate
