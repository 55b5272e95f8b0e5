"""Twilio's callbacks, its debugger, and Event Streams: https://www.twilio.com/docs/usage/webhooks"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.shipped_messages import facts_of, messages_of

FORM = {"content-type": "application/x-www-form-urlencoded"}
ACCOUNT = "AC00000000000000000000000000000001"
OF = {"AccountSid": ACCOUNT}
ANN, BOB = "+15005550006", "+15005550009"
BETWEEN = {**OF, "From": ANN, "To": BOB}
DEBUGGED = {
    "resource_sid": "CA01",
    "error_code": "11200",
    "more_info": {"Msg": "Got HTTP 502 response"},
    "webhook": {"request": {"url": "https://hooks.example.com/voice", "parameters": {"Digits": "4711", "From": ANN}}},
}


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def stream(event_type: str, **data: Any) -> list[dict[str, Any]]:
    fixed = {"specversion": "1.0", "id": "EZ01", "time": "2026-03-02T10:21:17.000Z", "source": f"/Accounts/{ACCOUNT}"}
    return [{**fixed, "type": f"com.twilio.{event_type}", "data": {"accountSid": ACCOUNT, **data}}]


@pytest.mark.parametrize(
    ("fields", "line", "severity", "facts"),
    [
        (
            {**BETWEEN, "MessageSid": "SM01", "MessageStatus": "delivered"},
            f"message delivered from {ANN} to {BOB}",
            "INFO",
            {
                "eventname": "message delivered",
                "success": True,
                "session": "SM01",
                "from": ANN,
                "to": BOB,
                "target": BOB,
            },
        ),
        (
            {**BETWEEN, "MessageSid": "SM01", "MessageStatus": "undelivered", "ErrorCode": "30007"},
            f"message undelivered from {ANN} to {BOB}: 30007",
            "NOTICE",
            {"success": False, "reason": "30007", "error": "30007", "organization": ACCOUNT},
        ),
        (
            {**BETWEEN, "MessageSid": "SM01", "MessageStatus": "failed", "ErrorMessage": "Unreachable"},
            f"message failed from {ANN} to {BOB}: Unreachable",
            "NOTICE",
            {"success": False, "reason": "Unreachable"},
        ),
        (
            {**BETWEEN, "MessageSid": "SM01", "SmsStatus": "received", "Body": "Hello"},
            f"message received from {ANN} to {BOB}",
            "INFO",
            {"eventname": "message received", "success": True},
        ),
        (
            {
                **BETWEEN,
                "CallSid": "CA01",
                "CallStatus": "completed",
                "CallDuration": "42",
                "Direction": "outbound-api",
            },
            f"call completed from {ANN} to {BOB}",
            "INFO",
            {"eventname": "call completed", "success": True, "duration": "42", "direction": "outbound-api"},
        ),
        (
            {**BETWEEN, "CallSid": "CA01", "CallStatus": "ringing", "StirVerstat": "TN-Validation-Failed-A"},
            f"call ringing from {ANN} to {BOB}: TN-Validation-Failed-A",
            "WARNING",
            {"verification": "TN-Validation-Failed-A", "success": None},
        ),
        (
            {**BETWEEN, "CallSid": "CA01", "CallStatus": "busy"},
            f"call busy from {ANN} to {BOB}",
            "INFO",
            {"success": False},
        ),
        (
            {
                **OF,
                "CallSid": "CA01",
                "RecordingSid": "RE01",
                "RecordingStatus": "completed",
                "RecordingDuration": "31",
            },
            f"recording completed of {ACCOUNT}",
            "INFO",
            {"eventname": "recording completed", "duration": "31"},
        ),
        (
            {**OF, "CallSid": "CA01", "FriendlyName": "incident-412", "StatusCallbackEvent": "participant-join"},
            "conference participant-join of incident-412",
            "INFO",
            {"eventname": "conference participant-join"},
        ),
        (
            {**OF, "EventType": "onMessageAdded", "ConversationSid": "CH01", "Author": "ann@example.com", "Body": "Hi"},
            "onMessageAdded from ann@example.com",
            "INFO",
            {"eventname": "onMessageAdded", "username": "ann@example.com", "email": "ann@example.com"},
        ),
        (
            {**OF, "Sid": "NO01", "Level": "ERROR", "Payload": json.dumps(DEBUGGED)},
            f"debugger ERROR of {ACCOUNT}: 11200 Got HTTP 502 response",
            "ERROR",
            {
                "eventname": "debugger ERROR",
                "error": "11200",
                "reason": "Got HTTP 502 response",
                "session": "CA01",
                "target": "https://hooks.example.com/voice",
            },
        ),
        (
            {**OF, "Sid": "NO01", "Level": "WARNING", "Payload": "no JSON"},
            f"debugger WARNING of {ACCOUNT}",
            "WARNING",
            {"error": None},
        ),
        (OF, f"callback of {ACCOUNT}", "INFO", {"eventname": None}),
    ],
)
def test_callback(fields: dict[str, str], line: str, severity: str, facts: dict[str, Any]) -> None:
    expected = {"summary": f"twilio: {line}", "severity": severity, "kind": "other", **facts}
    assert facts_of("twilio", form(**fields), expected, headers=FORM) == expected


@pytest.mark.parametrize(
    ("body", "line", "severity", "facts"),
    [
        (
            stream("messaging.message.delivered", **{"from": ANN, "to": BOB, "messageSid": "SM01"}),
            f"com.twilio.messaging.message.delivered from {ANN} to {BOB}",
            "INFO",
            {"success": True, "session": "SM01", "organization": ACCOUNT},
        ),
        (
            stream("messaging.message.undelivered", **{"from": ANN, "to": BOB, "errorCode": 30007}),
            f"com.twilio.messaging.message.undelivered from {ANN} to {BOB}: 30007",
            "NOTICE",
            {"success": False, "error": "30007", "reason": "30007"},
        ),
        (
            stream("error-logs.error.logged", level="WARNING", error_code="93101", payload='{"message": "not sent"}'),
            f"com.twilio.error-logs.error.logged WARNING of {ACCOUNT}: 93101 not sent",
            "WARNING",
            {"error": "93101", "reason": "not sent"},
        ),
        (
            stream("taskrouter.task.created"),
            f"com.twilio.taskrouter.task.created of {ACCOUNT}",
            "INFO",
            {"eventname": "com.twilio.taskrouter.task.created"},
        ),
    ],
)
def test_streamed_event(body: Any, line: str, severity: str, facts: dict[str, Any]) -> None:
    expected = {"summary": f"twilio: {line}", "severity": severity, **facts}
    assert facts_of("twilio", body, expected) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"Digits": "4711", "CallSid": "CA01", "CallStatus": "in-progress"},
        {"CallToken": "4711", "CallSid": "CA01", "CallStatus": "ringing"},
        {"RecordingUrl": "https://api.twilio.com/4711", "RecordingStatus": "completed"},
        {
            "MediaUrl0": "https://api.twilio.com/4711",
            "MediaUrl9": "https://api.twilio.com/4711",
            "SmsStatus": "received",
        },
        {"Level": "ERROR", "Payload": json.dumps(DEBUGGED)},
    ],
)
def test_what_a_caller_typed_and_links_are_masked(fields: dict[str, str]) -> None:
    assert "4711" not in json.dumps(messages_of("twilio", form(**OF, **fields), headers=FORM))


def test_text_of_a_streamed_message_is_masked() -> None:
    assert "4711" not in json.dumps(messages_of("twilio", stream("messaging.message.sent", body="Your code is 4711")))


@pytest.mark.parametrize("payload", ["[]", '{"webhook": 1}', '{"webhook": {"request": []}}', '{"more_info": "x"}', "{"])
def test_payload_of_another_shape_is_an_event_too(payload: str) -> None:
    assert messages_of("twilio", form(**OF, Level="ERROR", Payload=payload), headers=FORM)
