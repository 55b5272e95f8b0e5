"""Requests in the shape that vendors document, and what `new --from-request` is to propose for each.

The names, the forms and the order of the fields are those of the page; the values are not.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

SHA1, SHA256, SHA512 = "5a" * 20, "5a" * 32, "5a" * 64
BASE64 = base64.b64encode(b"Z" * 32).decode()
UUID = "0b9f1c1e-3c1c-4a53-9d5c-9d6c1f0e7a11"


@dataclass(frozen=True)
class VendorRequest:
    """A request, the settings to be proposed, and a piece of each line that is to be checked in several events."""

    page: str
    headers: dict[str, str]
    body: Any
    auth: dict[str, Any]
    events: dict[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    url: str = "/events"


def jwt(claims: dict[str, Any], algorithm: str = "HS256") -> str:
    """A token with these claims, which nobody has signed."""
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, b"signature"))


def hash_of(body: Any) -> bytes:
    return hashlib.sha256(json.dumps(body).encode()).digest()


NETLIFY = {"id": "5f1b2c3d4e", "site_id": "site1", "state": "ready", "created_at": "2026-03-01T09:00:00Z"}
LIVEKIT = {"event": "room_started", "room": {"sid": "RM_1"}, "id": "EV_eugWmGhovZmm", "createdAt": "1692985556"}
VONAGE = {"channel": "sms", "message_uuid": UUID, "timestamp": "2026-01-01T14:00:00.000Z"}
REQUESTS = {
    "webex": VendorRequest(
        "https://developer.webex.com/docs/receive-and-verify-webhooks",
        {"X-Spark-Signature": SHA1},
        {
            "id": base64.urlsafe_b64encode(f"ciscospark://us/WEBHOOK/{UUID}".encode()).decode().rstrip("="),
            "name": "New message in a room",
            "resource": "messages",
            "event": "created",
            "filter": "roomId=Y2lz",
            "orgId": "OTZhYmMyYWEtM2RjYy0xMWU1",
            "createdBy": "Y2lzY29zcGFyazovL3VzL1BFT1BMRS8x",
            "ownedBy": "creator",
            "status": "active",
            "actorId": "Y2lzY29zcGFyazovL3VzL1BFT1BMRS8y",
            "data": {"id": "Y2lzY29zcGFyazovL3VzL01FU1NBR0UvMQ", "created": "2026-03-01T09:00:00.123Z"},
        },
        {"hmac": {"signature": {"header": "X-Spark-Signature"}, "algorithm": "sha1"}},
        {"type": "event"},
        ("`id` stands beside `filter` and `ownedBy`, which a webhook has",),
    ),
    "meraki": VendorRequest(
        "https://developer.cisco.com/meraki/webhooks/introduction/",
        {},
        {
            "version": "0.1",
            "sharedSecret": "of mine",
            "sentAt": "2026-03-01T09:00:08.608245Z",
            "organizationId": "123456",
            "networkId": "L_123456789123456789",
            "networkUrl": "https://n1.meraki.com/L_123456789123456789",
            "alertId": "643451796765320956",
            "alertType": "Network usage alert",
            "occurredAt": "2026-03-01T09:00:00.623000Z",
            "alertData": {"period": 1200},
        },
        {"body_token": {"field": "sharedSecret"}},
        {"id": "alertId", "type": "alertType", "time": "occurredAt"},
    ),
    "meraki, without an id": VendorRequest(
        "https://developer.cisco.com/meraki/webhooks/introduction/",
        {},
        {
            "sharedSecret": "of mine",
            "networkId": "L_123456789123456789",
            "alertId": "",
            "alertType": "Settings changed",
        },
        {"body_token": {"field": "sharedSecret"}},
        {"type": "alertType"},
    ),
    "hcp-terraform": VendorRequest(
        "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#run-notification-payload",
        {"X-TFE-Notification-Signature": SHA512},
        {
            "payload_version": 1,
            "notification_configuration_id": "nc-AeUQ2zfKZzW9TiGZ",
            "run_url": "https://app.terraform.io/app/acme/my-workspace/runs/run-FwnENkvDnrpyFC7M",
            "run_id": "run-FwnENkvDnrpyFC7M",
            "run_created_at": "2026-03-01T09:00:00.000Z",
            "run_created_by": "ann",
            "workspace_id": "ws-XdeUVMWShTesDMME",
            "organization_name": "acme",
            "notifications": [
                {
                    "message": "Run Canceled",
                    "trigger": "run:errored",
                    "run_status": "canceled",
                    "run_updated_at": "2026-03-01T09:00:01.000Z",
                    "run_updated_by": "ann",
                }
            ],
        },
        {"hmac": {"signature": {"header": "X-TFE-Notification-Signature"}, "algorithm": "sha512"}},
        {"split": "notifications", "type": "trigger", "time": "run_updated_at"},
        ("that each item of `notifications` is an event of its own",),
    ),
    "hubspot": VendorRequest(
        "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
        {
            "X-HubSpot-Signature": SHA256,
            "X-HubSpot-Signature-Version": "v1",
            "X-HubSpot-Signature-v3": BASE64,
            "X-HubSpot-Request-Timestamp": "1772446878000",
        },
        [
            {
                "eventId": 567890123,
                "subscriptionId": 234567,
                "portalId": 12345678,
                "occurredAt": 1772446877741,
                "subscriptionType": "contact.creation",
                "attemptNumber": 0,
            }
        ],
        {
            "hmac": {
                "signature": {"header": "X-HubSpot-Signature-v3", "encoding": "base64"},
                "timestamp": {"header": "X-HubSpot-Request-Timestamp", "format": "unix_ms"},
                "signed": "{timestamp}.{body}",
            }
        },
        {"split": "@", "id": "eventId", "type": "subscriptionType", "time": "occurredAt", "time_format": "unix_ms"},
    ),
    "figma": VendorRequest(
        "https://developers.figma.com/docs/rest-api/webhooks-events",
        {},
        {
            "event_type": "FILE_UPDATE",
            "file_key": "CL06nJNn5eZLQKDoARMND5",
            "file_name": "A page",
            "passcode": "of mine",
            "timestamp": "2026-02-23T20:27:16Z",
            "webhook_id": "22",
        },
        {"body_token": {"field": "passcode"}},
        {"type": "event_type", "time": "timestamp"},
    ),
    "mailgun": VendorRequest(
        "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
        {},
        {
            "signature": {
                "token": "e0b5477167110d68991efc6b9f89f0a11066af",
                "timestamp": "1770920772",
                "signature": SHA256,
            },
            "event-data": {"id": "CPgfbmQMTCKtHW6uIWtuVe", "timestamp": 1521472262.908181, "event": "delivered"},
        },
        {
            "body_hmac": {
                "signature": {"path": "signature.signature"},
                "signed": "{signature.timestamp}{signature.token}",
                "uncovered": "all that `signed` does not name",
                "timestamp": {"path": "signature.timestamp"},
            }
        },
        {
            "id": '"event-data".id',
            "type": '"event-data".event',
            "time": '"event-data".timestamp',
            "time_format": "unix",
        },
    ),
    "adyen": VendorRequest(
        "https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures",
        {},
        {
            "live": "false",
            "notificationItems": [
                {
                    "NotificationRequestItem": {
                        "additionalData": {"hmacSignature": BASE64},
                        "amount": {"currency": "EUR", "value": 1130},
                        "eventCode": "AUTHORISATION",
                        "eventDate": "2026-03-01T09:00:00+02:00",
                        "merchantAccountCode": "Acme",
                        "pspReference": "7914073381342284",
                        "success": "true",
                    }
                }
            ],
        },
        {
            "body_hmac": {
                "each": "notificationItems[].NotificationRequestItem",
                "signature": {"path": "additionalData.hmacSignature", "encoding": "base64"},
                "signed": "{eventCode}:{eventDate}:{merchantAccountCode}:{pspReference}:{success}",
                "uncovered": "all that `signed` does not name",
            }
        },
        {"split": "notificationItems[].NotificationRequestItem", "type": "eventCode", "time": "eventDate"},
        ("that each item of `notificationItems` is an event of its own",),
    ),
    "gitea": VendorRequest(
        "https://docs.gitea.com/usage/webhooks",
        {
            # Go writes headers in the order of the alphabet.
            "X-Gitea-Delivery": UUID,
            "X-Gitea-Event": "push",
            "X-Gitea-Signature": SHA256,
            "X-GitHub-Delivery": UUID,
            "X-GitHub-Event": "push",
            "X-Gogs-Delivery": UUID,
            "X-Gogs-Event": "push",
            "X-Gogs-Signature": SHA256,
            "X-Hub-Signature": f"sha1={SHA1}",
            "X-Hub-Signature-256": f"sha256={SHA256}",
        },
        {
            "ref": "refs/heads/main",
            "commits": [{"id": SHA1, "timestamp": "2026-03-01T09:00:00Z"}],
            "repository": {"id": 140, "full_name": "acme/tool"},
            "sender": {"id": 1, "login": "ann"},
        },
        {"hmac": {"signature": {"header": "X-Gitea-Signature"}}},
        {"type": "header('x-gitea-event')"},
    ),
    "intercom": VendorRequest(
        "https://developers.intercom.com/docs/references/webhooks/webhook-models",
        {"X-Hub-Signature": f"sha1={SHA1}"},
        {
            "type": "notification_event",
            "app_id": "d90noo0b",
            "data": {"type": "notification_event_data", "item": {"type": "admin", "id": "1"}},
            "topic": "admin.added_to_workspace",
            "id": f"notif_{UUID}",
            "created_at": 1571080403,
        },
        {"hmac": {"signature": {"header": "X-Hub-Signature", "prefix": "sha1="}, "algorithm": "sha1"}},
        {"id": "id", "type": "topic", "time": "created_at", "time_format": "unix"},
    ),
    "line": VendorRequest(
        "https://developers.line.biz/en/reference/messaging-api/#request-body",
        {"x-line-signature": BASE64},
        {
            "destination": "U0123456789abcdef0123456789abcdef",
            "events": [
                {
                    "type": "message",
                    "message": {"type": "text", "id": "14353798921116", "text": "Hello"},
                    "timestamp": 1772446878070,
                    "source": {"type": "user", "userId": "U80696558e1aa831"},
                    "replyToken": "757913772c4646b784d4b7ce46d12671",
                    "mode": "active",
                    "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
                    "deliveryContext": {"isRedelivery": False},
                }
            ],
        },
        {"hmac": {"signature": {"header": "x-line-signature", "encoding": "base64"}}},
        {"split": "events", "id": "webhookEventId", "type": "type", "time": "timestamp", "time_format": "unix_ms"},
    ),
    "trello": VendorRequest(
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
        {"X-Trello-Webhook": base64.b64encode(b"Z" * 20).decode()},
        {
            "model": {"id": "4d5ea62fd76aa1136000000c", "name": "Board", "url": "https://trello.com/b/abc/board"},
            "action": {
                "id": "51f9424bcd6e040f3c002412",
                "idMemberCreator": "4fc78a59a885233f4b349bd9",
                "type": "updateBoard",
                "date": "2026-03-01T09:00:00.902Z",
            },
        },
        {"hmac": {"signature": {"header": "X-Trello-Webhook", "encoding": "base64"}, "algorithm": "sha1"}},
        {"id": "action.id", "type": "action.type", "time": "action.date"},
    ),
    "twitch": VendorRequest(
        "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
        {
            "Twitch-Eventsub-Message-Id": "e76c6bd4-55c9-4987-8304-da1588d8988b",
            "Twitch-Eventsub-Message-Type": "notification",
            "Twitch-Eventsub-Message-Timestamp": "2026-03-01T09:00:00.634234626Z",
            "Twitch-Eventsub-Message-Signature": f"sha256={SHA256}",
        },
        {
            "subscription": {
                "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
                "type": "channel.follow",
                "version": "1",
                "created_at": "2026-02-11T10:11:12.123Z",
            },
            "event": {"user_id": "1337", "followed_at": "2026-03-01T09:00:00.634Z"},
        },
        {
            "hmac": {
                "signature": {"header": "Twitch-Eventsub-Message-Signature", "prefix": "sha256="},
                "timestamp": {"header": "Twitch-Eventsub-Message-Timestamp", "format": "rfc3339"},
                "signed": "{timestamp}.{body}",
            }
        },
        {"id": "header('twitch-eventsub-message-id')", "type": "subscription.type"},
        ("that twitch-eventsub-message-id is the same when the vendor sends an event again",),
    ),
    "elevenlabs": VendorRequest(
        "https://elevenlabs.io/docs/eleven-agents/workflows/post-call-webhooks",
        {"ElevenLabs-Signature": f"t=1772446878,v0={SHA256}"},
        {"type": "post_call_transcription", "event_timestamp": 1772446878, "data": {"agent_id": "xyz"}},
        {
            "hmac": {
                "signature": {"header": "ElevenLabs-Signature", "prefix": "v0=", "split": ","},
                "timestamp": {"header": "ElevenLabs-Signature", "prefix": "t=", "split": ","},
                "signed": "{timestamp}.{body}",
            }
        },
        {"type": "type", "time": "event_timestamp", "time_format": "unix"},
    ),
    "lark": VendorRequest(
        "https://open.larkoffice.com/document/ukTMukTMukTM/uYDNxYjL2QTM24iN0EjN/event-subscription-configure-/encrypt-key-encryption-configuration-case",
        {"X-Lark-Request-Timestamp": "1772446878", "X-Lark-Request-Nonce": "1626757399", "X-Lark-Signature": SHA256},
        {
            "schema": "2.0",
            "header": {
                "event_id": "5e3702a84e847582be8db7fb73283c02",
                "event_type": "im.message.receive_v1",
                "create_time": "1772446878000",
            },
            "event": {"message": {"message_id": "om_1"}},
        },
        {
            "hmac": {
                "signature": {"header": "X-Lark-Signature"},
                "timestamp": {"header": "X-Lark-Request-Timestamp"},
                "signed": "{timestamp}.{body}",
            }
        },
        {"id": "header.event_id", "type": "header.event_type", "time": "header.create_time", "time_format": "unix_ms"},
    ),
    "flutterwave": VendorRequest(
        "https://developer.flutterwave.com/v3.0/docs/webhooks",
        {"verif-hash": "of-mine"},
        {"event": "charge.completed", "data": {"id": 285959875, "tx_ref": "x"}},
        {"token": {"header": "verif-hash"}},
        {"type": "event"},
    ),
    "webflow": VendorRequest(
        "https://developers.webflow.com/data/docs/working-with-webhooks",
        {"x-webflow-signature": SHA256, "x-webflow-timestamp": "1772446878123"},
        {"triggerType": "form_submission", "payload": {"name": "Contact", "siteId": "65427cf400e02b306eaa049c"}},
        {
            "hmac": {
                "signature": {"header": "x-webflow-signature"},
                "timestamp": {"header": "x-webflow-timestamp", "format": "unix_ms"},
                "signed": "{timestamp}.{body}",
            }
        },
        {"type": "triggerType"},
    ),
    "clickup": VendorRequest(
        "https://developer.clickup.com/docs/webhooksignature",
        {"X-Signature": SHA256},
        {"webhook_id": "7689a169-a000-4985-8676-6902b96d6627", "event": "taskCreated", "task_id": "1vj38vv"},
        {"hmac": {"signature": {"header": "X-Signature"}}},
        {"type": "event"},
    ),
    "sanity": VendorRequest(
        "https://www.sanity.io/docs/content-lake/webhook-best-practices",
        {"sanity-webhook-signature": f"t=1772446878123,v1={BASE64.rstrip('=')}"},
        {
            "_id": "drafts.1",
            "_type": "post",
            "_updatedAt": "2026-03-01T09:00:00Z",
        },
        {
            "hmac": {
                "signature": {
                    "header": "sanity-webhook-signature",
                    "prefix": "v1=",
                    "split": ",",
                    "encoding": "base64url",
                },
                "timestamp": {
                    "header": "sanity-webhook-signature",
                    "prefix": "t=",
                    "split": ",",
                    "format": "unix_ms",
                },
                "signed": "{timestamp}.{body}",
            }
        },
        {"time": "_updatedAt"},
        ("`_id` stands beside `_updatedAt`",),
    ),
    "xero": VendorRequest(
        "https://developer.xero.com/documentation/guides/webhooks/overview/",
        {"x-xero-signature": BASE64},
        {
            "events": [
                {
                    "resourceUrl": f"https://api.xero.com/api.xro/2.0/Contacts/{UUID}",
                    "resourceId": UUID,
                    "eventDateUtc": "2026-03-01T09:00:00.902",
                    "eventType": "UPDATE",
                    "eventCategory": "CONTACT",
                    "tenantId": "c2cc9b6e-9458-4c7d-93cc-f02b81b0594f",
                }
            ],
            "lastEventSequence": 1,
            "firstEventSequence": 1,
            "entropy": "S0m3r4Nd0mt3xt",
        },
        {"hmac": {"signature": {"header": "x-xero-signature", "encoding": "base64"}}},
        {"split": "events", "type": "eventType"},
    ),
    "wise": VendorRequest(
        "https://docs.wise.com/api-docs/webhooks-notifications/event-handling",
        {"X-Signature-SHA256": base64.b64encode(b"Z" * 256).decode()},
        {
            "data": {"resource": {"id": 1, "type": "transfer"}, "occurred_at": "2026-03-01T09:00:00Z"},
            "subscription_id": UUID,
            "event_type": "transfers#state-change",
            "sent_at": "2026-03-01T09:00:01Z",
        },
        {"rsa": {"signature": {"header": "X-Signature-SHA256", "encoding": "base64"}}},
        {"type": "event_type", "time": "sent_at"},
    ),
    "netlify": VendorRequest(
        "https://docs.netlify.com/deploy/deploy-notifications/#payload-signature",
        {"X-Webhook-Signature": jwt({"iss": "netlify", "sha256": hash_of(NETLIFY).hex()})},
        NETLIFY,
        {
            "jwt": {
                "secret": "auth_token",
                "algorithms": "HS256",
                "claims": {"sha256": "{body_sha256}"},
                "header": "X-Webhook-Signature",
                "prefix": "",
            }
        },
        {"id": "id", "time": "created_at"},
    ),
    "livekit": VendorRequest(
        "https://docs.livekit.io/home/server/webhooks/",
        {"Authorization": jwt({"iss": "mykey", "exp": 1, "sha256": base64.b64encode(hash_of(LIVEKIT)).decode()})},
        LIVEKIT,
        {
            "jwt": {
                "secret": "auth_token",
                "algorithms": "HS256",
                "claims": {"sha256": "{body_sha256_base64}"},
                "prefix": "",
            }
        },
        {"id": "id", "type": "event", "time": "createdAt", "time_format": "unix"},
    ),
    "vonage": VendorRequest(
        "https://developer.vonage.com/en/getting-started/concepts/webhooks",
        {"Authorization": f"Bearer {jwt({'iss': 'Vonage', 'payload_hash': hash_of(VONAGE).hex()})}"},
        VONAGE,
        {"jwt": {"secret": "auth_token", "algorithms": "HS256", "claims": {"payload_hash": "{body_sha256}"}}},
        {"id": "message_uuid", "time": "timestamp"},
    ),
    "messagebird": VendorRequest(
        "https://developers.messagebird.com/api/#verifying-http-requests",
        {"MessageBird-Signature-JWT": jwt({"iss": "MessageBird", "url_hash": SHA256, "exp": 1})},
        {"id": "e2c0", "createdDatetime": "2026-03-01T09:00:00Z", "updatedDatetime": "2026-03-01T09:00:01Z"},
        {
            "jwt": {
                "secret": "auth_token",
                "algorithms": "HS256",
                "claims": {"url_hash": "{url_sha256}"},
                "header": "MessageBird-Signature-JWT",
                "prefix": "",
            }
        },
        {"time": "createdDatetime"},
        ("`id` stands beside `createdDatetime` and `updatedDatetime`, so it is that of an object",),
    ),
}
