"""What the vendors send."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from tests.emulator.service import SECRET

Headers = dict[str, str]

# Spaces, an escape and characters beyond ASCII: a body that was parsed and written anew would not verify.
ZOOM = (
    '{"event": "user.signed_in",  "payload": {"account_id": "Exa4mple", "object": '
    '{"email": "analyst@example.com", "note": "Z\\u00fcrich, \u6771\u4eac"}}, "event_ts": 1772439295310}'
).encode()
OKTA_TOKEN = {"authorization": SECRET}


def zoom_headers(body: bytes, *, age: int = 0, secret: str = SECRET) -> Headers:
    """https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events"""
    at = str(int(time.time()) - age)
    signature = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-zm-request-timestamp": at, "x-zm-signature": f"v0={signature}"}


def okta_batch(*uuids: str) -> bytes:
    events = [
        {
            "uuid": uuid,
            "published": "2026-03-02T12:00:01.114Z",
            "eventType": "user.session.start",
            "severity": "WARN",
            "actor": {"alternateId": "analyst@example.com"},
            "outcome": {"result": "FAILURE"},
            "client": {"ipAddress": "2001:db8::7334"},
        }
        for uuid in uuids
    ]
    return json.dumps({"eventType": "com.okta.event_hook", "data": {"events": events}}).encode()
