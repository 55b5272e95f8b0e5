"""Okta's endpoint, whose credential an authorizer verifies."""

from __future__ import annotations

import json

import pytest

from generator.testing import event_of
from tests.definitions import SOURCES
from tests.emulator.mozdef import assert_acceptable
from tests.emulator.service import SECRET, Service
from tests.emulator.vendors import OKTA_TOKEN, okta_batch

pytestmark = pytest.mark.emulator

CHALLENGE = {"x-okta-verification-challenge": "Vm9sdW1lIG9mIGEgY3lsaW5kZXI"}
SAMPLES = SOURCES / "okta" / "samples"


def ids_once_the_last_is_there(okta: Service) -> list[str]:
    """Of all that came to the queue: what was refused before would be there before the last."""
    assert okta.post(okta_batch("last"), OKTA_TOKEN).status == 204
    return [event_of(message)["uuid"] for message in okta.arrived()]


def test_the_challenge_is_answered_to_who_has_the_token(okta: Service) -> None:
    answer = okta.call("GET", None, OKTA_TOKEN | CHALLENGE)

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"verification": "Vm9sdW1lIG9mIGEgY3lsaW5kZXI"}
    assert ids_once_the_last_is_there(okta) == ["last"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"authorization": "wrong"}, 403), ({"authorization": f"Bearer {SECRET}"}, 403)],
    ids=["missing", "wrong", "in another form"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_token_nothing_is_answered_and_nothing_arrives(
    okta: Service, method: str, headers: dict[str, str], status: int
) -> None:
    body = okta_batch("refused") if method == "POST" else None
    answer = okta.call(method, body, CHALLENGE | headers)

    assert answer.status == status
    assert b"Vm9s" not in answer.data
    assert ids_once_the_last_is_there(okta) == ["last"]
    assert okta.kept() == {}


def test_a_batch_is_a_message_for_each_of_its_events(okta: Service) -> None:
    body = okta_batch("one", "two", "three")

    answer = okta.post(body, OKTA_TOKEN)

    assert (answer.status, answer.data) == (204, b"")
    messages = okta.arrived()
    for message, event in zip(messages, json.loads(body)["data"]["events"], strict=True):
        assert_acceptable(message, "okta", event, "2026-03-02T12:00:01.114+00:00")
        addresses = [message["details"][key] for key in ("sourceipaddress", "sourceipv6address")]
        assert addresses == ["0.0.0.0", "2001:db8::7334"]  # noqa: S104 - as MozDef writes it
    assert [message["tags"] for message in messages] == [["okta", "id:one"], ["okta", "id:two"], ["okta", "id:three"]]
    assert {message["severity"] for message in messages} == {"WARNING"}
    assert {message["category"] for message in messages} == {"authentication"}
    assert {message["summary"] for message in messages} == {"okta: user.session.start by analyst@example.com: FAILURE"}


def test_one_event_of_a_batch_that_cannot_be_a_message_holds_up_none_of_the_others(okta: Service) -> None:
    body = okta_batch("one", "two", "three").replace(b'"two"', b"null")

    assert okta.post(body, OKTA_TOKEN).status == 204

    assert [event_of(message)["uuid"] for message in okta.arrived()] == ["one", "three"]
    [content] = okta.kept().values()
    assert json.loads(content)["events"] == [{"index": 1, "detail": "no uuid"}]
    assert SECRET not in content.decode()


def test_every_sample_becomes_the_messages_stored_beside_it(okta: Service) -> None:
    stored = sorted(SAMPLES.glob("*.mozdef.json"))
    expected = [message for file in stored for message in _list(json.loads(file.read_bytes()))]
    assert expected

    for file in stored:
        assert okta.post(file.with_name(file.name.replace(".mozdef", "")).read_bytes(), OKTA_TOKEN).status == 204

    assert [{**message, "processid": "sample"} for message in okta.arrived()] == expected


def _list(stored: object) -> list[object]:
    return stored if isinstance(stored, list) else [stored]
