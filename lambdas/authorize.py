"""Whether a request may pass, from its headers alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.auth import Unauthenticated, verified
from lambdas.log import log
from lambdas.metrics import embedded
from lambdas.model import Source
from lambdas.request import Request
from lambdas.secrets import Secrets


def authorized(
    source: Source, secrets: Secrets, event: Mapping[str, Any], now: float, stack: str = ""
) -> dict[str, Any]:
    """A simple response. It keeps forgeries from the handler, which verifies what passes by itself.

    SecretsDown goes through: API Gateway answers 500 and caches nothing, whereas a Deny would be cached.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    request = Request.from_event({**event, "body": None, "isBase64Encoded": False}, now)
    try:
        verified(source.webhook.auth, request, secrets)
    except Unauthenticated as refused:
        counted = embedded(stack, now, {"Unauthenticated": 1}) if stack else {}
        log("WARN", "unauthenticated", now, source=source.name, requestId=request.id, why=str(refused), **counted)
        return {"isAuthorized": False}
    return {"isAuthorized": True}
