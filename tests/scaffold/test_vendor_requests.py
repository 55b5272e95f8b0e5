"""What is proposed for requests as vendors document them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.definition.read import Definition
from generator.definition.source_folders import source_names
from generator.samples.captured import Captured
from generator.scaffold import first_sample, texts
from generator.scaffold.definition_yaml import yaml_form
from generator.scaffold.first_mapping import MappingGuess, guess_mapping
from generator.scaffold.recognize import Recognition, recognize
from generator.scaffold.texts import DefinitionDraft
from tests.definitions import SOURCES, bundled_source, make_definition
from tests.published import ALL_VECTORS
from tests.scaffold.vendor_requests import REQUESTS, SHA256, SHA512, VendorRequest


@cache
def every() -> tuple[Definition, ...]:
    """All sources but those of the vendors below, which are to be proposed as if nobody had described them."""
    return tuple(bundled_source(name) for name in source_names(SOURCES) if name not in REQUESTS)


def captured(request: VendorRequest) -> Captured:
    return Captured("POST", request.url, tuple(request.headers.items()), json.dumps(request.body).encode())


def proposed(request: VendorRequest) -> tuple[Recognition, MappingGuess]:
    capture = captured(request)
    body = first_sample.read_body(Path("request"), capture)
    return recognize(capture, every()), guess_mapping("made", capture, body)


@pytest.mark.parametrize("vendor", REQUESTS)
def test_request_of_a_vendor_that_nobody_has_described(vendor: str, tmp_path: Path) -> None:
    request = REQUESTS[vendor]
    recognition, mapping = proposed(request)
    assert recognition.auth == request.auth
    assert recognition.recognized_source is None
    events = {key: value for key, value in mapping.events.items() if key != "mask"}
    assert events == request.events
    assert len(mapping.to_check) == len(request.checks)
    assert all(piece in line for piece, line in zip(request.checks, mapping.to_check, strict=True))
    # A build takes what is proposed.
    draft = DefinitionDraft(
        "made",
        "Made",
        None,
        recognition.auth,
        recognition.to_check,
        mapping.events,
        mapping.facts,
        events_to_check=mapping.to_check,
    )
    definition = make_definition(tmp_path, texts.definition_text(draft))
    assert yaml_form(definition.source.endpoint.auth) == recognition.auth


def test_a_request_with_the_headers_of_another_vendor_is_not_surely_that_vendors() -> None:
    recognition, _ = proposed(REQUESTS["gitea"])
    assert recognition.certain == ("X-Gitea-Signature carries 32 bytes in hex, as HMAC-SHA256 makes them",)
    assert recognition.similarities == (
        "its other headers look as in requests of github and meta,"
        " which send no X-Gitea-Signature and X-Gogs-Signature",
    )


def test_what_is_proposed_for_a_credential_in_the_body_is_to_be_checked() -> None:
    token, _ = proposed(REQUESTS["meraki"])
    assert (token.certain, token.to_check) == (
        (),
        ("that sharedSecret in the body is a token of yours, the same in every request",),
    )
    signature, _ = proposed(REQUESTS["adyen"])
    place = "additionalData.hmacSignature of each item of notificationItems[].NotificationRequestItem"
    assert signature.certain == (f"{place} carries 32 bytes in base64, as HMAC-SHA256 makes them",)
    assert signature.to_check[0].startswith("what is signed: {eventCode}:{eventDate}")


def test_a_signature_in_the_body_beside_another_credential_is_named() -> None:
    request = REQUESTS["adyen"]
    both = VendorRequest(request.page, {"Authorization": "Basic YTpi"}, request.body, {})
    recognition, _ = proposed(both)
    assert recognition.auth == {"basic": {}}
    assert recognition.to_check == (
        "additionalData.hmacSignature in the body may be a signature too: `all_of` verifies both",
    )


def test_claims_that_bind_a_request_are_certain() -> None:
    recognition, _ = proposed(REQUESTS["netlify"])
    assert recognition.certain == (
        "X-Webhook-Signature carries a JWT of netlify, signed by HS256",
        "its claim sha256 is body_sha256 of this request",
    )
    assert recognition.to_check == (
        "the key: the secret's text as it is, or decoded from hex or base64 first (`key`)",
        "how old its time of issue `iat` may be (`tolerance`)",
    )
    unbound, _ = proposed(REQUESTS["messagebird"])
    assert unbound.to_check[1:] == (
        "that url_hash is the SHA-256 of the URL that the vendor was told (`url`)",
        "whether a claim holds a hash of the body: if none does, the token is good for another body too",
    )


def test_a_prefix_that_names_the_hash_leaves_no_other_way_to_sign() -> None:
    # https://developer.hashicorp.com/hcp/docs/vault-radar/get-started/set-up-alerting/webhooks/payloads
    named, _ = proposed(VendorRequest("", {"X-HCP-Radar-Signature": f"sha512={SHA512}"}, {"event_id": "e-1"}, {}))
    checks = (
        "what is signed: {body} alone is a guess; others add the URL, an id or a time",
        "the key: the secret's text as it is, or decoded from hex or base64 first (`key`)",
    )
    assert named.to_check == checks
    bare, _ = proposed(VendorRequest("", {"X-Sig": SHA512}, {"event_id": "e-1"}, {}))
    other = "64 bytes are Ed25519's and ECDSA's too: then it is `ed25519` or `ecdsa`, with the vendor's public key"
    assert bare.to_check == (other, *checks)


def test_an_event_whose_fields_have_no_usual_names_is_said() -> None:
    # As Persona writes its events, by JSON:API: https://docs.withpersona.com/docs/webhooks
    event = {"type": "event", "id": "evt_1", "attributes": {"name": "inquiry.approved"}}
    _, mapping = proposed(VendorRequest("", {"X-Sig": SHA256}, {"data": event}, {}))
    assert mapping.events == {}
    assert mapping.to_check == ("where an event has its id, its type and its time: no field has a usual name for one",)
    _, named = proposed(VendorRequest("", {"X-Sig": SHA256}, event, {}))
    assert named.to_check == ()


IDS: list[tuple[Any, str | None, str]] = [
    ({"type": "a", "id": "e-1", "at": "x"}, "id", ""),
    ({"type": "a", "id": "w-123", "data": {"webhookId": "w-123"}}, None, "`id` is the same as `data.webhookId`"),
    ({"type": "a", "id": "o-123", "url": "https://acme.example.com/orders/o-123"}, None, "`id` is in the URL of `url`"),
    ({"type": "a", "id": "e-123", "url": "https://acme.example.com/events/e-123"}, "id", ""),
    ({"type": "a", "id": 7, "createdAt": 1, "updatedAt": 2}, None, "`id` stands beside `createdAt` and `updatedAt`"),
    ({"type": "a", "order_number_id": "o-123456"}, "order_number_id", "that `order_number_id` is the event's own"),
    ({"type": "a", "networkId": "n-123456", "configId": "c-123456"}, None, ""),
    ([{"type": "a", "id": "w-123"}, {"type": "b", "id": "w-123"}], None, "`id` is the same in several events"),
    ([{"type": "a", "id": "e-123"}, {"type": "b", "id": "e-124"}], "id", ""),
]


@pytest.mark.parametrize(("body", "path", "check"), IDS)
def test_an_id_that_is_not_the_events_own_is_not_proposed(body: Any, path: str | None, check: str) -> None:
    _, mapping = proposed(VendorRequest("", {"X-Sig": SHA256}, body, {}))
    assert mapping.events.get("id") == path
    assert [check in line for line in mapping.to_check] == [True] * bool(check)


LISTS: list[tuple[Any, str | None]] = [
    ({"data": {"events": [{"type": "a"}]}}, "data.events"),
    ({"events": []}, "events"),
    ({"value": [{"type": "a"}]}, "value"),
    ({"type": "a", "items": [{"id": 1}]}, None),
    ({"ref": "a", "commits": [{"id": 1}]}, None),
    ({"items": ["a"]}, None),
]


@pytest.mark.parametrize(("body", "split"), LISTS)
def test_a_list_of_events_is_told_from_a_list_in_an_event(body: Any, split: str | None) -> None:
    _, mapping = proposed(VendorRequest("", {"X-Sig": SHA256}, body, {}))
    assert mapping.events.get("split") == split


UNCOVERED = "all that `signed` does not name"
PUBLISHED = {
    "recurly": {
        "hmac": {
            "signature": {"header": "recurly-signature", "split": ",", "part": 2},
            "timestamp": {"header": "recurly-signature", "split": ",", "part": 1, "format": "unix_ms"},
            "signed": "{timestamp}.{body}",
        }
    },
    "transloadit": {
        "hmac": {
            "signature": {"form": "signature", "prefix": "sha384:"},
            "signed": "{form('transloadit')}",
            "algorithm": "sha384",
        }
    },
    "braintree": {
        "body_hmac": {
            "signature": {"path": "bt_signature", "prefix": "*|", "split": "&"},
            "signed": "{bt_payload}",
            "uncovered": UNCOVERED,
            "algorithm": "sha1",
        }
    },
    "dropbox-sign": {
        "body_hmac": {
            "signature": {"path": "event.event_hash"},
            "signed": "{event.event_time}{event.event_type}",
            "uncovered": UNCOVERED,
            "timestamp": {"path": "event.event_time"},
        }
    },
    "hook0": {
        "hmac": {
            "signature": {"header": "X-Hook0-Signature", "prefix": "v1=", "split": ","},
            "timestamp": {"header": "X-Hook0-Signature", "prefix": "t=", "split": ","},
            "signed_headers": {"header": "X-Hook0-Signature", "prefix": "h=", "split": ",", "separator": " "},
            "signed": "{timestamp}.{header_names}.{headers}.{body}",
        }
    },
    "contentful": {
        "hmac": {
            "signature": {"header": "X-Contentful-Signature"},
            "timestamp": {"header": "X-Contentful-Timestamp", "format": "unix_ms"},
            "signed_headers": {"header": "X-Contentful-Signed-Headers"},
            "signed": "{timestamp}.{header_names}.{headers}.{body}",
        }
    },
    "scalr": {
        "hmac": {
            "signature": {"header": "X-Signature"},
            "timestamp": {"header": "Date", "format": "http_date"},
            "signed": "{timestamp}.{body}",
            "algorithm": "sha1",
        }
    },
    "wise": {"rsa": {"signature": {"header": "X-Signature-SHA256", "encoding": "base64"}}},
}


def test_signature_in_the_query_is_recognized() -> None:
    url = f"https://example.com/hook?tenant=7&signature={SHA256}"
    recognition = recognize(Captured("POST", url, (("Content-Type", "application/json"),), b'{"a":1}'), every())
    assert recognition.auth == {"hmac": {"signature": {"query": "signature"}}}


@pytest.mark.parametrize("scheme", PUBLISHED)
def test_form_of_a_published_request_is_recognized(scheme: str, tmp_path: Path) -> None:
    vectors = [vector for vector in ALL_VECTORS if vector["scheme"] == scheme and vector["valid"]]
    assert vectors
    for vector in vectors:
        content = vector["body"].encode()
        capture = Captured("POST", vector["url"], tuple(vector["headers"].items()), content)
        recognition = recognize(capture, every())
        assert recognition.auth == PUBLISHED[scheme]
        body = first_sample.read_body(Path("request"), capture)
        mapping = guess_mapping("made", capture, body)
        draft = DefinitionDraft("made", "Made", auth=recognition.auth, events=mapping.events, facts=mapping.facts)
        make_definition(tmp_path, texts.definition_text(draft))
