"""Requests in the shape in which API Gateway hands them to a function."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

URL = "https://sample.execute-api.us-west-2.amazonaws.com/events"


def event(
    method: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    query: Mapping[str, str] | None = None,
    url: str = URL,
    request_id: str = "sample",
    binary: bool = False,
) -> dict[str, Any]:
    """Return a request as an event of payload format 2.0.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    parts = urlsplit(url)
    try:
        text = None if binary else body.decode()
    except UnicodeDecodeError:
        text = None
    return {
        "version": "2.0",
        "rawPath": parts.path,
        "rawQueryString": parts.query or urlencode(query or {}),
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {
            "http": {"method": method},
            "domainName": parts.netloc,
            "requestId": request_id,
            "stage": "$default",
        },
        **({"body": base64.b64encode(body).decode() if text is None else text} if body else {}),
        "isBase64Encoded": text is None and bool(body),
    }
