"""What a flood of requests costs an hour at most, from the template: as many as API Gateway lets through."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.templates.cost import (
    ACCESS_LOG_BYTES,
    API_REQUESTS,
    AUTHORIZER_MS,
    EGRESS,
    EVENT_KB,
    HANDLER_MS,
    S3_PUTS,
    delivered,
    invocations,
    log_lines,
)

ACCOUNT_CONCURRENCY = 1_000
"""Concurrency shared by all functions of an account that reserve none; a new account has less."""
_HOUR = 3_600


@dataclass(frozen=True)
class Flood:
    """Requests a second that API Gateway passes on and that functions handle, and dollars an hour by kind of flood.

    `forged`: no request verifies; `events`: each is an event that arrives; `rejected`: each is authentic, and is kept.
    """

    rate: float
    handled: float
    forged: float
    events: float
    rejected: float

    @property
    def most(self) -> float:
        """The dollars an hour of the most expensive kind."""
        return max(self.forged, self.events, self.rejected)


def estimate_flood(resources: Mapping[str, Any]) -> Flood:
    """Return the flood that a template's resources let through; beyond it requests are answered 429 or 5xx, unread.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
    """
    rate = float(resources["Stage"]["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"])
    handler = resources["Webhook"]["Properties"]
    handled = min(rate, _concurrency(handler) * 1_000 / HANDLER_MS)
    # One sender, whose token the API caches, so that its authorizer costs next to nothing.
    handling = invocations(handler, HANDLER_MS, handled, reads_secret="Verify" not in resources)
    verifying = handled * handling
    if authorizer := resources.get("Verify"):
        authorized = min(rate, _concurrency(authorizer["Properties"]) * 1_000 / AUTHORIZER_MS)
        verifying = authorized * invocations(authorizer["Properties"], AUTHORIZER_MS, authorized, reads_secret=True)
    api = rate * (API_REQUESTS["HTTP"] * math.ceil(EVENT_KB / 512) + EGRESS + log_lines(ACCESS_LOG_BYTES))
    hourly = _HOUR / 1e6
    return Flood(
        rate,
        handled,
        forged=hourly * (api + verifying),
        events=hourly * (api + handled * (handling + delivered(resources, handled))),
        rejected=hourly * (api + handled * (handling + S3_PUTS)),
    )


def _concurrency(properties: Mapping[str, Any]) -> float:
    """Return how many invocations of a function may run at once."""
    reserved = properties.get("ReservedConcurrentExecutions")
    return reserved if isinstance(reserved, int) else ACCOUNT_CONCURRENCY
