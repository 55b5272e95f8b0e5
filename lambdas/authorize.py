"""Whether a request may pass, from its headers alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.auth import Unauthenticated, verified
from lambdas.log import log
from lambdas.metrics import embedded
from lambdas.model import Source
from lambdas.request import Request
from lambdas.secrets import NoSecret, Secrets, UnusableSecret


def authorized(
    source: Source, secrets: Secrets, event: Mapping[str, Any], now: float, stack: str = ""
) -> dict[str, Any]:
    """A simple response; the handler demands the context that a pass carries.

    API Gateway asks once a minute for each value of the header, and answers 500 where this raises, which it does not
    cache. So a store that is down raises: the next try may fare better. A secret that somebody has to store first is
    the handler's to answer, with 503: it takes nothing from a request that passes without `verified_for`.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    request = Request.from_event({**event, "body": None, "isBase64Encoded": False}, now)
    try:
        verified(source.webhook.auth, request, secrets)
    except Unauthenticated as refused:
        counted = embedded(stack, now, {"Unauthenticated": 1}) if stack else {}
        log("WARN", "unauthenticated", now, source=source.name, requestId=request.id, why=str(refused), **counted)
        return {"isAuthorized": False}
    except (NoSecret, UnusableSecret) as missing:
        why = f"{type(missing).__name__}: {missing}"
        log("ERROR", "no secret", now, source=source.name, requestId=request.id, why=why)
        return {"isAuthorized": True, "context": {"no_secret": True}}
    return {"isAuthorized": True, "context": {"verified_for": source.name}}
