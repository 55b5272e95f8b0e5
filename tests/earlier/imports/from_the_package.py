"""The record in each event is JSON written as text: taken apart, or its first line where it is no JSON."""

from __future__ import annotations

from typing import Any

from lambdas import body, request as requests


def transform(event: dict[str, Any], request: requests.Request) -> list[dict[str, Any]]:
    rest = {key: value for key, value in event.items() if key != "record"}
    rest["region"] = request.query("region") or request.headers.get("x-acme-region", "-")
    try:
        return [{**rest, "record": body.parse(event["record"].encode())}]
    except body.Rejected as rejected:
        return [{**rest, "line": event["record"].partition("\n")[0], "why": rejected.reason}]
