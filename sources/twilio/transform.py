"""Parse the JSON that the debugger sends as a text, and mask in it what is masked everywhere else."""

from __future__ import annotations

from typing import Any

from lambdas.transforming import Rejected, Request, parse

# https://www.twilio.com/docs/usage/troubleshooting/debugging-event-webhooks
SECRETS = ("Digits", "CallToken", "RecordingUrl", *(f"MediaUrl{number}" for number in range(10)))


def transform(event: dict[str, Any], request: Request) -> list[dict[str, Any]]:  # noqa: ARG001 - the framework's form
    if isinstance(event.get("Payload"), str):
        return [{**event, "Payload": _parsed(event["Payload"])}]
    if isinstance(data := event.get("data"), dict) and isinstance(data.get("payload"), str):
        return [{**event, "data": {**data, "payload": _parsed(data["payload"])}}]
    return [event]


def _parsed(payload: str) -> Any:
    """Return the JSON in a text, or the text where it is no JSON object."""
    try:
        parsed = parse(payload.encode())
    except Rejected:
        return payload
    if not isinstance(parsed, dict):
        return payload
    request = (parsed.get("webhook") or {}).get("request") or {} if isinstance(parsed.get("webhook"), dict) else {}
    if isinstance(request, dict) and isinstance(parameters := request.get("parameters"), dict):
        parameters.update((name, "[masked]") for name in SECRETS if name in parameters)
    return parsed
