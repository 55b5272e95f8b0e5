"""The authorizer: whether a request may pass, judged by its headers alone."""

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
    """Return API Gateway's simple response: `isAuthorized`.

    The authorizer keeps forgeries from the handler, which verifies again what passes. Without a usable secret the
    authorizer lets everything pass: the handler has none either, and answers 503. An error raised by an authorizer
    would make API Gateway answer 500, and API Gateway would cache a refusal.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    request = Request.from_event({**event, "body": None, "isBase64Encoded": False}, now)
    try:
        verify_or_reread_secrets(source.endpoint.auth, request, secrets)
    except Unauthenticated as error:
        metrics = embedded_metrics(stack, now, {"Unauthenticated": 1}) if stack else {}
        log("WARN", "unauthenticated", now, source=source.name, requestId=request.id, why=str(error), **metrics)
        return {"isAuthorized": False}
    except SecretsUnavailable as error:
        reason = f"{type(error).__name__}: {error}"
        log("WARN", "left to the handler", now, source=source.name, requestId=request.id, why=reason)
    return {"isAuthorized": True}
