"""What a flood costs at most, from the built template: as much as API Gateway lets through, for an hour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.templates.cost import (
    ACCESS_LOG_BYTES,
    API,
    AUTHORIZER_MS,
    EGRESS,
    EVENT_KB,
    HANDLER_MS,
    PUT,
    SQS,
    invocations,
    log_lines,
)

ACCOUNT_CONCURRENCY = 1_000
"""What all functions of an account have together that reserve none; a new account has fewer."""
_HOUR = 3_600


@dataclass(frozen=True)
class Flood:
    """Requests a second that come through, those that are looked at, and dollars an hour of each kind of flood.

    `forged`: none verifies; `events`: each is one, and arrives; `rejected`: each is authentic, and can't be shaped.
    """

    rate: float
    handled: float
    forged: float
    events: float
    rejected: float

    @property
    def most(self) -> float:
        """Dollars an hour, whatever comes."""
        return max(self.forged, self.events, self.rejected)


def estimate_flood(resources: Mapping[str, Any]) -> Flood:
    """The flood that a template's resources let through; what is beyond it is answered 429 or 5xx, unread.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
    """
    rate = float(resources["Stage"]["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"])
    handler = resources["Webhook"]["Properties"]
    handled = min(rate, _room(handler) * 1_000 / HANDLER_MS)
    # One sender, whose token is remembered, so that its authorizer costs nothing to speak of.
    one = invocations(handler, HANDLER_MS, handled, reads_secret="Verify" not in resources)
    refused = handled * one
    if authorizer := resources.get("Verify"):
        asked = min(rate, _room(authorizer["Properties"]) * 1_000 / AUTHORIZER_MS)
        refused = asked * invocations(authorizer["Properties"], AUTHORIZER_MS, asked, reads_secret=True)
    api = rate * (API["HTTP"] * math.ceil(EVENT_KB / 512) + EGRESS + log_lines(ACCESS_LOG_BYTES))
    hourly = _HOUR / 1e6
    return Flood(
        rate,
        handled,
        forged=hourly * (api + refused),
        events=hourly * (api + handled * (one + SQS * math.ceil(EVENT_KB / 64))),
        rejected=hourly * (api + handled * (one + PUT)),
    )


def _room(properties: Mapping[str, Any]) -> float:
    reserved = properties.get("ReservedConcurrentExecutions")
    return reserved if isinstance(reserved, int) else ACCOUNT_CONCURRENCY
