"""`refresh_token`: a rotated one is never lost, wherever the function ends, and nothing is used before it is stored."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.credential_type import CredentialRefused, CredentialUnavailable
from lambdas.credentials import refresh_token
from lambdas.model_types import ServiceUrl
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.secrets import SecretsUnavailable
from tests.credentials.contexts import API, Process, answer, form_of

URL = ServiceUrl("https://auth.example.com/oauth2/token")
SETTINGS = refresh_token.Settings(URL)
ROTATIONS = ("never", "strict", "with grace")


class Ended(BaseException):
    """The function was ended, as Lambda ends it at its time limit."""


@dataclass
class Vendor:
    """Gives tokens. `strict` ends a refresh token with its use, and all tokens with the use of an old one.

    With grace, an old refresh token holds until what was given for it is used.
    """

    rotation: str
    valid: set[str] = field(default_factory=lambda: {"refresh-0"})
    access: dict[str, str] = field(default_factory=dict)
    """The refresh token that came with each access token."""
    number: int = 0
    revoked: bool = False

    def __call__(self, request: HttpRequest) -> HttpAnswer:
        form = form_of(request)
        assert form["grant_type"] == "refresh_token"
        sent = form["refresh_token"]
        if self.revoked or sent not in self.valid:
            self.revoked = True  # RFC 9700, 4.14.2
            return answer({"error": "invalid_grant"}, 400)
        self.number += 1
        given_token = {"access_token": f"access-{self.number}", "expires_in": 3600, "token_type": "bearer"}
        if self.rotation == "never":
            self.access[f"access-{self.number}"] = sent
            return answer(given_token)
        after = f"refresh-{self.number}"
        self.valid = {after} if self.rotation == "strict" else {sent, after}
        self.access[f"access-{self.number}"] = after
        return answer({**given_token, "refresh_token": after})

    def api(self, request: HttpRequest) -> int:
        """Answer a request to the API with its status; the use of a token ends the refresh token before it."""
        token = request.headers["Authorization"].removeprefix("Bearer ")
        if self.revoked or token not in self.access:
            return 401
        if self.rotation == "with grace":
            number = int(self.access[token].removeprefix("refresh-"))
            self.valid = {each for each in self.valid if int(each.removeprefix("refresh-")) >= number}
        return 200


class FaultyProcess(Process):
    """A process that is ended, or whose store fails, at a step: before and after each thing that it does."""

    def __init__(self, store: dict[str, str], vendor: Vendor, fault_at: int = 0) -> None:
        super().__init__(store, vendor)
        self.step = 0
        self.fault_at = fault_at
        self.places: list[str] = []

    def _step(self, place: str) -> None:
        self.step += 1
        self.places.append(place)
        if self.step == self.fault_at:
            raise Ended

    def fresh_secret(self, name: str) -> str:
        self._step(f"before {name} is read")
        value = super().fresh_secret(name)
        self._step(f"after {name} was read")
        return value

    def ask(self, request: HttpRequest) -> HttpAnswer:
        self._step("before the vendor is asked")
        given_answer = super().ask(request)
        self._step("after the vendor answered")
        return given_answer

    def replace_secret(self, name: str, value: str) -> None:
        self._step("before the store is written")
        super().replace_secret(name, value)
        self._step("after the store was written")


def store() -> dict[str, str]:
    return {"client_id": "id", "client_secret": "secret", "refresh_token": "refresh-0"}


def pull(process: Process, vendor: Vendor) -> int:
    """Ask the API as the runner does: once more after 401."""
    status = vendor.api(refresh_token.authorize(SETTINGS, API, process))
    if status == 401 and refresh_token.forget(SETTINGS, process):
        status = vendor.api(refresh_token.authorize(SETTINGS, API, process))
    return status


def steps(rotation: str) -> list[str]:
    vendor = Vendor(rotation)
    process = FaultyProcess(store(), vendor)
    assert pull(process, vendor) == 200
    return process.places


def test_the_steps_of_a_rotation() -> None:
    assert steps("strict") == [
        *("before refresh_token is read", "after refresh_token was read"),
        *("before client_id is read", "after client_id was read"),
        *("before client_secret is read", "after client_secret was read"),
        *("before the vendor is asked", "after the vendor answered"),
        *("before refresh_token is read", "after refresh_token was read"),
        *("before the store is written", "after the store was written"),
    ]
    assert steps("never") == steps("strict")[:8]


@pytest.mark.parametrize("rotation", ["never", "with grace"])
@pytest.mark.parametrize("fault_at", range(1, 13))
def test_the_function_may_end_between_any_two_steps(rotation: str, fault_at: int) -> None:
    if fault_at > len(steps(rotation)):
        return
    vendor, stored = Vendor(rotation), store()
    with pytest.raises(Ended):
        pull(FaultyProcess(stored, vendor, fault_at), vendor)
    for _ in range(3):
        assert pull(Process(stored, vendor), vendor) == 200


@pytest.mark.parametrize("fault_at", range(1, 13))
def test_a_strict_vendor_is_lost_only_while_it_alone_has_the_new_token(fault_at: int) -> None:
    """Nothing helps here but consent anew: the vendor ended a token, and what it gave was seen by nobody else."""
    vendor, stored = Vendor("strict"), store()
    with pytest.raises(Ended):
        pull(FaultyProcess(stored, vendor, fault_at), vendor)
    asked, stored_new = steps("strict").index("after the vendor answered"), len(steps("strict")) - 1
    if asked <= fault_at - 1 < stored_new:
        with pytest.raises(CredentialRefused) as raised:
            pull(Process(stored, vendor), vendor)
        assert str(raised.value).endswith("invalid_grant. Give consent again, and store the new refresh token")
    else:
        assert pull(Process(stored, vendor), vendor) == 200


@given(st.sampled_from(["never", "with grace"]), st.lists(st.integers(0, 12), max_size=12), st.integers(1, 3))
def test_any_number_of_ends_and_processes(rotation: str, faults: list[int], alive: int) -> None:
    vendor, stored = Vendor(rotation), store()
    processes: list[Process] = [Process(stored, vendor) for _ in range(alive)]
    for number, fault_at in enumerate(faults):
        with suppress(Ended):
            pull(FaultyProcess(stored, vendor, fault_at), vendor)
        process = processes[number % alive]
        process.time += 2_000
        assert pull(process, vendor) == 200
    assert not vendor.revoked


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_processes_take_turns(rotation: str) -> None:
    """Each remembers the secrets of its own last run; a strict vendor ends all tokens if it sees an old one."""
    vendor, stored = Vendor(rotation), store()
    processes = [Process(stored, vendor) for _ in range(2)]
    for turn in range(6):
        process = processes[turn % 2]
        process.time += 4_000
        assert pull(process, vendor) == 200
    assert not vendor.revoked


def test_a_rotated_token_is_stored_before_the_access_token_is_used() -> None:
    vendor, stored = Vendor("strict"), store()
    process = Process(stored, vendor)
    request = refresh_token.authorize(SETTINGS, API, process)
    assert request.headers["Authorization"] == "Bearer access-1"
    assert stored["refresh_token"] == "refresh-1"


def test_the_store_is_asked_only_for_a_new_token() -> None:
    """Parameter Store's reads are limited, and a run has many requests."""
    vendor = Vendor("strict")
    process = FaultyProcess(store(), vendor)
    pull(process, vendor)
    steps_of_first = len(process.places)
    for _ in range(3):
        pull(process, vendor)
    assert len(process.places) == steps_of_first
    assert list(process.tokens) == ["access"]


class FailingStore(Process):
    failing = True

    def replace_secret(self, name: str, value: str) -> None:
        if self.failing:
            raise SecretsUnavailable(name)
        super().replace_secret(name, value)


def test_a_store_that_is_down_is_tried_again() -> None:
    vendor, stored = Vendor("strict"), store()
    process = FailingStore(stored, vendor)
    for _ in range(3):
        with pytest.raises(SecretsUnavailable):
            refresh_token.authorize(SETTINGS, API, process)
    assert vendor.number == 1
    process.failing = False
    assert pull(process, vendor) == 200
    assert stored["refresh_token"] == "refresh-2"
    assert pull(Process(stored, vendor), vendor) == 200


def test_what_an_operator_stored_meanwhile_is_kept() -> None:
    vendor, stored = Vendor("strict"), store()
    process = FailingStore(stored, vendor)
    with pytest.raises(SecretsUnavailable):
        refresh_token.authorize(SETTINGS, API, process)
    stored["refresh_token"] = "consent-2"
    vendor.valid.add("consent-2")
    process.failing = False
    assert pull(process, vendor) == 200
    assert form_of(process.asked[-1])["refresh_token"] == "consent-2"


@pytest.mark.parametrize("given_token", [None, "", "refresh-0", 7, "a\nb"])
def test_an_answer_without_a_new_one_keeps_the_old(given_token: Any) -> None:
    stored = store()
    document = {"access_token": "access-1", "refresh_token": given_token}
    process = Process(stored, lambda _request: answer(document))
    assert refresh_token.authorize(SETTINGS, API, process).headers["Authorization"] == "Bearer access-1"
    assert stored == store()


@pytest.mark.parametrize(
    ("error", "status", "raised_type"),
    [("invalid_client", 401, CredentialRefused), ("x", 503, CredentialUnavailable)],
)
def test_other_errors_do_not_ask_for_consent(error: str, status: int, raised_type: Any) -> None:
    process = Process(store(), lambda _request: answer({"error": error}, status))
    with pytest.raises(raised_type) as raised:
        refresh_token.authorize(SETTINGS, API, process)
    assert "consent" not in str(raised.value)
    assert process.store == store()


@pytest.mark.parametrize(
    ("send", "form", "authorization"),
    [
        ("basic", {}, "Basic aWQ6c2VjcmV0"),
        ("body", {"client_id": "id", "client_secret": "secret"}, None),
        ("none", {"client_id": "id"}, None),
    ],
)
def test_how_the_client_proves_itself(send: Any, form: dict[str, str], authorization: str | None) -> None:
    process = Process(store(), Vendor("never"))
    settings = refresh_token.Settings(URL, send, scope="s", fields={"x": "y"})
    refresh_token.authorize(settings, API, process)
    (asked,) = process.asked
    expected = {"grant_type": "refresh_token", "refresh_token": "refresh-0", "scope": "s", "x": "y"}
    assert form_of(asked) == expected | form
    assert asked.headers.get("Authorization") == authorization


def test_settings() -> None:
    public = refresh_token.Settings(URL, "none")
    assert refresh_token.secret_names(SETTINGS) == ("client_id", "client_secret", "refresh_token")
    assert refresh_token.secret_names(public) == ("client_id", "refresh_token")
    assert refresh_token.token_url(SETTINGS) == URL
    assert refresh_token.check_secret(SETTINGS, "refresh_token", " ") == "is empty"
    assert refresh_token.describe(SETTINGS) == (
        "an access token, renewed with the refresh token of refresh_token (OAuth 2.0)"
    )
    assert list(refresh_token.problems(SETTINGS)) == []
    bad = refresh_token.Settings(
        ServiceUrl("https://x.example/#"), fields={"refresh_token": "r"}, client_id=SETTINGS.refresh_token
    )
    assert [key for key, _ in refresh_token.problems(bad)] == ["url", "fields.refresh_token", "refresh_token"]
