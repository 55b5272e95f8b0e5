"""One request, and two verdicts on it: that of a vendor's own SDK, and ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import time_machine
from hypothesis import event

from generator.definition.read import load
from generator.samples import gateway
from lambdas.auth_type import OutgoingRequest, Unauthenticated
from lambdas.model import Source
from lambdas.reading.formats import body_reader
from lambdas.reading.request import Request
from lambdas.runtime.secrets import UnusableSecret
from tests import definitions

HERE = Path(__file__).parent
Sdk = Callable[[OutgoingRequest, str, float], Any]
"""Asks a vendor's SDK about a request, with one secret: false, nothing but false, or an exception is a refusal."""


def shipped(name: str) -> Source:
    return definitions.bundled_source(name).source


def own(name: str) -> Source:
    """One that is defined for these tests alone."""
    return load(HERE, [name])[0].source


def case(name: str) -> Source:
    """One that is a case of the other tests, too."""
    return load(definitions.CASES, [name])[0].source


def header(sent: OutgoingRequest, name: str) -> str | None:
    """A header as web frameworks hand it to an SDK: its name in any case."""
    return {other.lower(): value for other, value in sent.headers.items()}.get(name.lower())


def ours(source: Source, sent: OutgoingRequest, keys: tuple[str, ...], now: float) -> bool:
    event = gateway.event(sent.method, {}, sent.body, url=sent.url)
    request = Request.from_event({**event, "headers": dict(sent.headers)}, now, body_reader(source.events))
    auth = source.endpoint.auth
    try:
        auth.type.verify(auth.settings, request, lambda _name: keys, now)
    except (Unauthenticated, UnusableSecret):
        return False  # a key that is none is an exception of most SDKs, and answered with 503 by ours
    return True


def theirs(sdk: Sdk, sent: OutgoingRequest, keys: tuple[str, ...], now: float) -> bool:
    """SDKs take one secret: while one is rotated, their users ask twice."""
    return any(_takes(sdk, sent, key, now) for key in keys)


def _takes(sdk: Sdk, sent: OutgoingRequest, key: str, now: float) -> bool:
    with time_machine.travel(now, tick=False):
        try:
            return sdk(sent, key, now) is True
        except Exception:  # noqa: BLE001 - what a handler does not catch is answered with 500, and the event not taken
            return False


def both_take(source: Source, sdk: Sdk, sent: OutgoingRequest, keys: tuple[str, ...], now: float) -> None:
    assert (theirs(sdk, sent, keys, now), ours(source, sent, keys, now)) == (True, True)


def both_refuse(source: Source, sdk: Sdk, sent: OutgoingRequest, keys: tuple[str, ...], now: float) -> None:
    assert (theirs(sdk, sent, keys, now), ours(source, sent, keys, now)) == (False, False)


def agree(source: Source, sdk: Sdk, sent: OutgoingRequest, keys: tuple[str, ...], now: float) -> None:
    """Whatever the verdict, it is the same. `--hypothesis-show-statistics` says how often it was which."""
    verdict = theirs(sdk, sent, keys, now)
    event("both take it" if verdict else "both refuse it")
    assert ours(source, sent, keys, now) == verdict
