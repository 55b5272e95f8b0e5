"""Whether a request may pass, from its headers alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.auth import verify_or_reread_secrets
from lambdas.auth_type import Unauthenticated
from lambdas.model import Source
from lambdas.reading.request import Request
from lambdas.runtime.log import log
from lambdas.runtime.metrics import embedded_metrics
from lambdas.runtime.secrets import Secrets, SecretsUnavailable


def authorize(
    source: Source, secrets: Secrets, event: Mapping[str, Any], now: float, stack: str = ""
) -> dict[str, Any]:
    """A simple response. It keeps forgeries from the handler, which verifies what passes by itself.

    Without a secret that it can use it lets everything pass: the handler has none either, and answers 503. API Gateway
    would answer 500 to an error here, and remember a refusal.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    request = Request.from_event({**event, "body": None, "isBase64Encoded": False}, now)
    try:
        verify_or_reread_secrets(source.webhook.auth, request, secrets)
    except Unauthenticated as refused:
        counted = embedded_metrics(stack, now, {"Unauthenticated": 1}) if stack else {}
        log("WARN", "unauthenticated", now, source=source.name, requestId=request.id, why=str(refused), **counted)
        return {"isAuthorized": False}
    except SecretsUnavailable as down:
        why = f"{type(down).__name__}: {down}"
        log("WARN", "left to the handler", now, source=source.name, requestId=request.id, why=why)
    return {"isAuthorized": True}
