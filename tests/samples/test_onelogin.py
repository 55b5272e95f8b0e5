"""OneLogin's events: a number becomes a name, and a line for each kind of event.

https://developers.onelogin.com/api-docs/1/events/event-types
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"actor_user_id": 1, "actor_user_name": "Ann Archer"}
BOB = {"user_id": 2, "user_name": "Bob Baker"}


def message(number: int, **more: Any) -> dict[str, Any]:
    event = {
        "id": 904257546,
        "created_at": "2025-12-31T09:00:00.123Z",
        "account_id": 7,
        "event_type_id": number,
        **more,
    }
    pagination = {"after_cursor": "Y3Vyc29y", "next_link": None}
    (only,) = pulled_messages("onelogin", "events", {"pagination": pagination, "data": [event]})
    return only


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (3, "WARNING authentication.start | onelogin: USER_ASSUMED_USER"),
        (5, "INFO authentication.start | onelogin: USER_LOGGED_INTO_ONELOGIN"),
        (6, "NOTICE authentication.start | onelogin: USER_FAILED_ONELOGIN_LOGIN"),
        (11, "NOTICE account.change | onelogin: USER_CHANGED_PASSWORD"),
        (13, "NOTICE account.create | onelogin: CREATED_USER"),
        (17, "NOTICE account.delete | onelogin: DELETED_USER"),
        (19, "NOTICE account.lock | onelogin: USER_LOCKED"),
        (21, "NOTICE account.disable | onelogin: SUSPENDED_USER"),
        (32, "NOTICE account.enable | onelogin: REACTIVATED_USER"),
        (51, "INFO account.create | onelogin: USER_CREATED_IN_APP"),
        (72, "WARNING permission.grant | onelogin: PRIVILEGE_GRANTED_TO_USER"),
        (73, "NOTICE permission.revoke | onelogin: PRIVILEGE_REVOKED_FROM_USER"),
        (76, "WARNING configuration.change | onelogin: TRUSTED_IDP_MODIFIED"),
        (90, "WARNING authentication.start | onelogin: USER_UNAUTHORIZED_APP_ACCESS"),
        (172, "WARNING configuration.delete | onelogin: AUTHENTICATION_FACTOR_DELETED"),
        (179, "WARNING permission.grant | onelogin: API_CREDENTIAL_CREATED"),
        (240, "WARNING account.change | onelogin: USER_REVEALED_PASSWORD"),
        (520, "NOTICE permission.grant | onelogin: API_ADD_ROLES_FAILED"),
        (2102, "WARNING permission.change | onelogin: DELEGATED_PRIVILEGE_UPDATED_VIA_API"),
        (9999, "INFO other | onelogin: 9999"),
    ],
)
def test_event_is_told(number: int, expected: str) -> None:
    assert line(message(number, **ANN, **BOB)) == f"{expected} by Ann Archer: Bob Baker"


@pytest.mark.parametrize(("risk", "severity"), [(50, "INFO"), (51, "WARNING"), (0, "INFO")])
def test_a_sign_in_at_risk_is_a_warning(risk: int, severity: str) -> None:
    assert message(5, **ANN, risk_score=risk)["severity"] == severity


def test_whom_the_system_acted_on_did_nothing() -> None:
    locked = message(19, **BOB, actor_system="OneLogin")
    expected = {"username": "OneLogin", "userid": None, "targetuser": "Bob Baker"}
    assert details(locked, expected) == expected


def test_facts_of_a_failed_sign_in_are_found() -> None:
    failed = message(
        6, **BOB, ipaddr="198.51.100.77", risk_score=41, error_description="Invalid password", actor_system=""
    )
    expected = {
        "eventname": "USER_FAILED_ONELOGIN_LOGIN",
        "event_type_id": "6",
        "username": "Bob Baker",
        "userid": "2",
        "targetuser": None,
        "sourceipaddress": "198.51.100.77",
        "success": False,
        "reason": "Invalid password",
        "risk": "41",
    }
    assert details(failed, expected) == expected
