"""Auth0's tenant logs through the API: the same messages as through a log stream, and a first page by search."""

from __future__ import annotations

from typing import Any

from tests.definitions import bundled_source
from tests.shipped_messages import line, messages_of, pulled_messages


def entry(kind: str, number: int = 1, **more: Any) -> dict[str, Any]:
    log_id = f"9002026030209010{number}"
    return {
        "_id": log_id,
        "log_id": log_id,
        "date": "2025-12-31T09:00:00.123Z",
        "type": kind,
        "ip": "198.51.100.23",
        "user_name": "ann@example.com",
        "client_name": "Portal",
        **more,
    }


def test_message_is_that_of_a_log_stream() -> None:
    failed = entry("fp", description="Wrong email or password.")
    (pulled,) = pulled_messages("auth0-log", "logs", [failed])
    stream = {"log_id": failed["log_id"], "data": failed}
    (pushed,) = messages_of("auth0", stream, headers={"authorization": "x"})
    differing = {"fields", "json"}
    assert line(pulled) == line(pushed)
    assert {k: v for k, v in pulled["details"].items() if k not in differing} == {
        k: v for k, v in pushed["details"].items() if k not in differing
    }
    assert {"auth0", "auth0-log"} <= set(pulled["tags"])


def test_links_that_sign_in_are_masked() -> None:
    details = {"link": "https://s1", "resetUrl": "https://s2", "invitation": {"ticket_id": "s3", "id": "i1"}}
    (told,) = pulled_messages("auth0-log", "logs", [entry("si", details=details)])
    assert not [secret for secret in ("s1", "s2", "s3") if secret in str(told)]
    assert "i1" in str(told)


def test_first_page_is_a_search_and_the_next_follows_the_last_entry() -> None:
    pull = bundled_source("auth0-log").source.pull
    assert pull is not None
    stream = pull.streams["logs"]
    assert stream.query == {"q": "date:[{from} TO *]", "sort": "date:1", "per_page": "100"}
    assert stream.then is not None
    assert stream.then.query == {"from": "{cursor}", "take": "100"}
