"""The record in each event is JSON written as text: taken apart, or its first line where it is no JSON."""

from __future__ import annotations

from typing import Any

import lambdas.body
import lambdas.request


def transform(event: dict[str, Any], request: lambdas.request.Request) -> list[dict[str, Any]]:
    rest = {key: value for key, value in event.items() if key != "record"}
    rest["region"] = request.query("region") or request.headers.get("x-acme-region", "-")
    try:
        return [{**rest, "record": lambdas.body.parse(event["record"].encode())}]
    except lambdas.body.Rejected as rejected:
        return [{**rest, "line": event["record"].partition("\n")[0], "why": rejected.reason}]
