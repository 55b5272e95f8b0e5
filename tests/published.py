"""What vendors, their SDKs and others have published: requests, each with the source that it is for and its verdict."""

from __future__ import annotations

import base64
import email
import email.policy
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from generator.definition.read import Definition, load
from generator.definition.source_folders import source_names
from generator.testing import event_of
from lambdas.auth_type import OutgoingRequest
from lambdas.model import Reply, Source, verified_by
from lambdas.reading.masking import MASK
from tests import issuers
from tests.definitions import CASES, SOURCES
from tests.fakes import NOW, SECRET, signed_request

Vector = dict[str, Any]

ALL_VECTORS: list[Vector] = json.loads(
    (Path(__file__).parent / "vectors" / "webhooks.json").read_text(encoding="utf-8")
)
# Left out: what we would sign, for a vendor to verify, once events are pulled. Nothing receives these.
OUTBOUND = {"outbound:duo-v2-sha1", "outbound:duo-v2-sha512"}
REQUESTS = [
    vector
    for vector in ALL_VECTORS
    if not vector["scheme"].startswith("challenge:") and vector["scheme"] not in OUTBOUND
]
HANDSHAKES = [vector for vector in ALL_VECTORS if vector["scheme"].startswith("challenge:")]

# By the scheme, or by the vendor where a scheme is of several. A source that is shipped is taken before a case.
SOURCE_OF = {
    "github": "github",
    "github-sha1": "hub-sha1",
    "xhub-sha256": "hub-sha256",
    "Atlassian Jira/Bitbucket": "bitbucket",
    "Bitbucket Server/Data Center": "bitbucket",
    "xhub-multi-sha256": "hub-list",
    "generic-sha512-prefixed": "sha512",
    "generic-sha512-hex": "sha512-bare",
    "gitlab-token": "gitlab",
    "slack": "slack",
    "twilio-form": "twilio",
    "twilio-json": "twilio",
    "sendgrid": "sendgrid",
    "pagerduty": "pagerduty",
    "standard-webhooks": "standard-webhooks",
    "standard-webhooks-v1a": "svix-v1a",
    "svix": "svix",
    "shopify": "shopify",
    "sns": "sns",
    "ed25519-rfc8032": "ed25519",
    "wise": "wise",
    "messagebird": "messagebird",
    "vonage": "vonage",
    "livekit": "livekit",
    "netlify": "netlify",
    "hcp-terraform": "hcp-terraform",
    "zendesk": "zendesk",
    "workos": "workos",
    "openai": "openai",
    "buildkite": "buildkite",
    "recurly": "recurly",
    "hook0": "hook0",
    "contentful": "contentful",
    "plivo-v3": "plivo-v3",
    "lark": "lark",
    "cloudinary": "cloudinary",
    "transloadit": "transloadit",
    "surveymonkey": "surveymonkey",
    "mailgun": "mailgun",
    "scalr": "scalr",
    "braintree": "braintree",
    "dropbox-sign": "dropbox-sign",
    "rsa-sha512": "rsa-sha512",
    "rsa-pss-sha256": "rsa-pss",
    "ecdsa-p384": "ecdsa-p384",
    "challenge:zoom-crc": "zoom",
    "challenge:twitter-crc": "twitter",
    "challenge:json-echo": "slack",
    "challenge:header-to-json": "okta",
    "challenge:header-echo": "asana",
    "challenge:body-secret": "notion",
    "challenge:static": "discord",
    "challenge:sns-confirm": "sns",
    "Microsoft Graph": "ms-graph",
    "Meta (Facebook/WhatsApp)": "meta",
    "Dropbox": "dropbox",
    "circleci": "circleci",
}
# A signature that is good at any time was published, of a scheme that we take only around its own.
SIGNED_AT = {"sendgrid": 1_600_112_502}
# What a vendor sends beside it, and nobody published, since no signature covers it.
BESIDE = {
    "github": {"X-GitHub-Event": "push"},
    "bitbucket": {"X-Event-Key": "repo:push"},
    "shopify": {"X-Shopify-Topic": "orders/create", "X-Shopify-Triggered-At": "2026-01-01T00:00:00Z"},
}
_BRIDGE = "data.conference_bridge"
MASKED = {
    "slack": ("token", "response_url"),
    "twilio": ("Digits",),
    "sns": ("UnsubscribeURL",),
    "braintree": ("bt_signature",),
    "dropbox-sign": ("event.event_hash",),
    "pagerduty": (f"{_BRIDGE}.conference_number", f"{_BRIDGE}.conference_url"),
}
# What definitions take an event out of.
ENVELOPES = {"pagerduty": "event", "mailgun": "event-data"}
# What definitions add to the vendor's event, under names that no vendor's event here has.
ADDED = {"about", "names", "published"}


def source_of(vector: Vector) -> str:
    return SOURCE_OF.get(vector["vendor"]) or SOURCE_OF[vector["scheme"]]


VALID_OF = {
    name: [vector for vector in REQUESTS if vector["valid"] and source_of(vector) == name]
    for name in SOURCE_OF.values()
}


class Delivery(NamedTuple):
    """A request that arrives: what is stored for its source, when, and what its host would publish."""

    definition: Definition
    sent: OutgoingRequest
    stored: str | None
    now: float
    pages: Mapping[str, bytes]

    @property
    def source(self) -> Source:
        return self.definition.source


class Outcome(NamedTuple):
    """What has come of a request: the answer's status, events on the queue, and what was kept, with its reason."""

    status: int
    events: list[Any]
    kept: list[tuple[str, bytes]]


def vector_names(vectors: list[Vector]) -> list[str]:
    return [f"{ALL_VECTORS.index(vector)}-{vector['scheme']}-{vector['note'] or 'plain'}"[:70] for vector in vectors]


def _definitions(names: set[str]) -> dict[str, Definition]:
    shipped = names & set(source_names(SOURCES))
    definitions = [*load(SOURCES, sorted(shipped)), *load(CASES, sorted(names - shipped))]
    return {definition.source.name: definition for definition in definitions}


DEFINITIONS = _definitions({source_of(vector) for vector in (*REQUESTS, *HANDSHAKES)})


def delivery(vector: Vector) -> Delivery:
    """A published request as it arrives."""
    name = source_of(vector)
    sent = OutgoingRequest(
        vector["method"], vector["url"], {**BESIDE.get(name, {}), **vector["headers"]}, vector["body"].encode()
    )
    pages = {}
    if "ctx" in vector:
        # Its certificate is wherever the message says: what is refused is not refused for want of it.
        message = json.loads(vector["body"])
        pages[message.get("SigningCertURL") or message["SigningCertUrl"]] = vector["ctx"]["cert_pem"].encode()
    now = float(vector.get("now") or SIGNED_AT.get(vector["scheme"]) or NOW)
    return Delivery(DEFINITIONS[name], sent, vector["secret"], now, pages)


def handshake(vector: Vector) -> Delivery:
    """A published handshake as it arrives; what its page shows without a signature is signed here."""
    arrives = delivery(vector)
    auth, sent = arrives.source.endpoint.auth, arrives.sent
    if vector["scheme"] == "challenge:sns-confirm":
        shown = json.loads(sent.body)
        body = issuers.signed_message({**issuers.message(Token="2336412f37"), **shown})
        pages = {issuers.CERTIFICATE_URL: issuers.certificate(), shown["SubscribeURL"]: b"<Confirmed/>"}
        return arrives._replace(sent=sent._replace(body=json.dumps(body).encode()), pages=pages)
    if vector["scheme"] in ("challenge:json-echo", "challenge:static"):
        pair: Any = getattr(auth.type, "key_pair", lambda _settings: (SECRET, SECRET))
        stored, held = pair(auth.settings)
        signed = signed_request(auth, sent.body, sent.headers, secret=held, now=arrives.now, url=sent.url)
        return arrives._replace(sent=signed, stored=stored)
    return arrives


def expected(vector: Vector) -> Outcome:
    """What a request comes to: of one that is valid, every event is on the queue, or its body kept."""
    webhook = DEFINITIONS[source_of(vector)].source.webhook
    if vector["secret"] == "":
        return Outcome(503, [], [])
    if not vector["valid"]:
        return Outcome(403 if verified_by(webhook) == "authorizer" else 401, [], [])
    if not vector["body"]:
        return Outcome(400, [], [])
    status = (webhook.answer or Reply()).status
    reason, events = _events(vector)
    return Outcome(status, events, [(reason, vector["body"].encode())] if reason else [])


def _events(vector: Vector) -> tuple[str | None, list[Any]]:
    """The events in a body, or why it is kept."""
    name, body = source_of(vector), vector["body"]
    content_type, payload = vector["headers"].get("Content-Type", ""), DEFINITIONS[name].source.events.payload
    if "form" in content_type:
        fields = _parts(body, content_type) if "multipart" in content_type else _form(body)
        document: Any = {field: values[0] if len(values) == 1 else values for field, values in fields.items()}
        document = json.loads(document[payload]) if payload in document else document
    else:
        try:
            document = json.loads(body)
        except ValueError:
            return "not-json", []
    if not isinstance(document, dict | list):
        return "not-an-object", []
    if name == "gitlab" and not document:
        return "missing", []
    if name in ENVELOPES:
        document = document[ENVELOPES[name]]
    events = document if isinstance(document, list) else [document]
    for event, field in itertools.product(events, MASKED.get(name, ())):
        _mask(event, *field.split("."))
    return None, events


def _mask(value: dict[str, Any], first: str, *below: str) -> None:
    if below:
        _mask(value[first], *below)
    elif first in value:
        value[first] = MASK


def _form(body: str) -> dict[str, list[str]]:
    return parse_qs(body, keep_blank_values=True)


def _parts(body: str, content_type: str) -> dict[str, list[str]]:
    """The fields of a form in parts, as Python's parser of mail reads them."""
    message = email.message_from_string(f"content-type: {content_type}\n\n{body}", policy=email.policy.HTTP)
    return {
        str(part.get_param("name", header="content-disposition")): [part.get_payload()]  # type: ignore[union-attr]
        for part in message.get_payload()
    }


def outcome(status: int, messages: list[dict[str, Any]], objects: Mapping[str, bytes]) -> Outcome:
    """What has come of a request, from the messages on the queue, and the bucket's objects by their keys."""
    events = [{key: value for key, value in event_of(message).items() if key not in ADDED} for message in messages]
    kept = [(key.split("/")[2], base64.b64decode(json.loads(content)["body"])) for key, content in objects.items()]
    return Outcome(status, events, kept)


def parse_answer(body: str) -> Any:
    """A handshake's answer, as vectors write it: JSON taken apart, or text."""
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    return answer if isinstance(answer, dict) else body
