"""How the sender of a captured request is verified: as that of a source which is there, or by what it looks like.

Nothing here knows a vendor. What is known of them stands in their definitions, so a new one teaches it by itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jmespath.exceptions import JMESPathError

from generator.captured import Captured
from generator.definition import BUNDLED, Definition
from generator.expressions import arguments
from generator.placeholders import PLACEHOLDER
from generator.rules import every_path
from generator.scaffold.guess import guess
from generator.scaffold.guess_signature import Guess
from generator.scaffold.texts import GUESSED
from generator.scaffold.values import ALGORITHMS
from generator.scaffold.written import as_written, flow
from lambdas.auth import Unauthenticated, basic, jwt, leaves, token
from lambdas.body import Rejected
from lambdas.challenges import matching
from lambdas.formats import reader
from lambdas.model import Auth, Source
from lambdas.paths import Functions, compiled, splitter
from lambdas.pieces import written
from lambdas.request import Request
from lambdas.signed import Signed
from lambdas.signing import carried
from lambdas.when import seconds

_ANYBODYS = ("authorization", "proxy-authorization")
"""Headers that tell nothing of who sends them."""


@dataclass(frozen=True)
class Found:
    """What goes below `webhook.auth`, or nothing; what is sure, and what is to be checked.

    `like` is the source whose request it is, and `handshake` whether it is one of its challenges; `alike` says what is
    no more than a likeness, since nobody has confirmed what it is like.
    """

    auth: Mapping[str, Any]
    sure: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    like: Definition | None = None
    handshake: bool = False
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Fit:
    """A source with which the request may be verified; `named` are the headers of the request that it reads."""

    definition: Definition
    auth: Auth | None
    is_its: bool
    handshake: bool
    named: int

    @property
    def rank(self) -> tuple[bool, int, bool]:
        return (not confirmed(self.definition), -self.named, self.definition.source.extends is not None)


def recognise(request: Captured, definitions: Iterable[Definition]) -> Found:
    """What the request says of how its sender is verified."""
    fits = sorted((fit for one in definitions for fit in _fits(request, one)), key=lambda fit: fit.rank)
    found = guess(request)
    if its := [fit for fit in fits if fit.is_its]:
        return _as_its(its[0], found)
    if alike := [fit for fit in fits if fit.auth and set(fit.auth.type.headers(fit.auth.settings)) - {*_ANYBODYS}]:
        return _alike(alike, found)
    if found:
        return Found(found.auth, found.sure, found.check)
    return Found({}, check=("how it shows that a request is its own: nothing here looks like a credential",))


def confirmed(definition: Definition) -> bool:
    """Whether it comes with the framework: one of the user's own may be a guess itself."""
    folder = definition.folders[0]
    # In a checkout, new sources lie beside those that came with it.
    return folder.parent.resolve() == BUNDLED and GUESSED not in (folder / "source.yml").read_text(encoding="utf-8")


def seen_by(source: Source, request: Captured) -> Request:
    """The request as a source's handler reads it."""
    return dataclasses.replace(request.sent.request(0.0), read=reader(source.events))


def _as_its(fit: _Fit, guessed: Guess | None) -> Found:
    source = fit.definition.source
    auth = as_written(source.webhook.auth)
    # What a definition leaves to each user, such as a topic, may stand in the request.
    if PLACEHOLDER in flow(auth) and guessed and set(guessed.auth) == set(auth):
        auth = guessed.auth
    what = "a handshake" if fit.handshake else "an event"
    if confirmed(fit.definition):
        sure = f"it is {what} of {source.name}: its headers and its body are what that definition looks for"
        return Found(auth, (sure,), (), fit.definition, fit.handshake)
    said = f"it looks like {what} of {source.name}, which does not come with the framework"
    made = _as_guessed(auth, guessed, source.webhook.auth)
    return Found(auth, made.sure, made.check, fit.definition, fit.handshake, (said,))


def _as_guessed(auth: Mapping[str, Any], guessed: Guess | None, of: Auth) -> Guess:
    """What is sure of it, and to be checked, when no more than a guess says that it is so."""
    if guessed and guessed.auth == auth:
        return guessed
    return Guess(dict(auth), (), (f"that this vendor means the same by it: {of.type.describe(of.settings)}",))


def _alike(fits: list[_Fit], guessed: Guess | None) -> Found:
    auth = fits[0].auth
    assert auth  # noqa: S101 - these have one
    made = as_written(auth)
    names = [fit.definition.source.name for fit in fits if fit.auth and as_written(fit.auth) == made]
    headers = " and ".join(sorted(set(auth.type.headers(auth.settings))))
    said = f"{headers} looks as in requests of {' and '.join(dict.fromkeys(names))}"
    if confirmed(fits[0].definition):
        return Found(made, (said,), (f"that this vendor means the same by it: {auth.type.describe(auth.settings)}",))
    known = _as_guessed(made, guessed, auth)
    return Found(made, known.sure, known.check, alike=(said,))


def _fits(request: Captured, definition: Definition) -> Iterator[_Fit]:
    source = definition.source
    seen = seen_by(source, request)
    handshake = matching(source.webhook.challenges, seen)
    if handshake and (handshake.unauthenticated or handshake.auth):
        yield _Fit(definition, None, is_its=True, handshake=True, named=_named(source, seen))
        return
    for leaf in leaves(source.webhook.auth):
        if _carries(leaf, seen):
            its = handshake is not None or _has_its_events(source, seen) or _has_its_name(source, leaf)
            yield _Fit(definition, leaf, is_its=its, handshake=handshake is not None, named=_named(source, seen))


def _carries(auth: Auth, request: Request) -> bool:
    """Whether the request has the credential where this type looks for it, in the form in which it reads it."""
    settings = auth.settings
    if isinstance(settings, Signed):
        return _is_signed(settings, request)
    value = request.headers.get("authorization", "")
    if isinstance(settings, basic.Settings):
        return value.lower().startswith("basic ")
    if isinstance(settings, jwt.Settings):
        return value.lower().startswith("bearer ey")
    if isinstance(settings, token.Settings):
        there = request.headers.get(settings.header.lower()) if settings.header else request.query(settings.query or "")
        return there is not None and there.startswith(settings.prefix) and there != settings.prefix
    return not auth.type.headers(settings) or all(name in request.headers for name in auth.type.headers(settings))


def _is_signed(settings: Signed, request: Request) -> bool:
    """Whether there is a signature of the right length, and the time and the id that it covers."""
    stamp = settings.timestamp
    try:
        found = carried(dataclasses.replace(settings, timestamp=None), request, 0.0)
        if stamp:
            seconds(written(stamp, request), stamp.format)
    except (Unauthenticated, ValueError):
        return False
    if settings.id and settings.id.header.lower() not in request.headers:
        return False
    lengths = {size for size, name in ALGORITHMS.items() if name == getattr(settings, "algorithm", name)}
    return any(len(one) in lengths or len(one) > 64 for one in found)


def _has_its_events(source: Source, request: Request) -> bool:
    """Whether the body has events, with all that this source requires of one."""
    try:
        root = request.json
        functions = Functions(request, root)
        items = splitter(source.events.split)(root, functions)
        return bool(items and source.events.require) and all(
            compiled(path)(item, functions) is not None for item in items for path in source.events.require
        )
    except (Rejected, JMESPathError, TypeError, ValueError):
        return False


def _has_its_name(source: Source, auth: Auth) -> bool:
    """Whether the credential is in a header that has the source's name, where it requires nothing of an event."""
    return not source.events.require and any(source.name in name for name in auth.type.headers(auth.settings))


def _named(source: Source, request: Request) -> int:
    """How many headers of the request the definition reads by their names."""
    paths = [*source.events.require, *(path for _, path in every_path(source))]
    return len({name for path in paths for name in arguments(path, "header") if name in request.headers})
