"""Recognize how a captured request's sender is verified: as that of a known source, or by its headers.

This module knows no vendor: all knowledge of vendors is in their definitions, so each new definition adds to it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jmespath.exceptions import JMESPathError

from generator.definition.jmespath_checks import call_arguments
from generator.definition.path_checks import outgoing_paths
from generator.definition.read import Definition
from generator.errors import BUNDLED
from generator.samples.captured import Captured
from generator.scaffold.definition_yaml import yaml_form
from generator.scaffold.first_parameters import has_parameters
from generator.scaffold.guess_auth import guess_auth
from generator.scaffold.guess_signature import Guess, signature_names, vendor_words
from generator.scaffold.texts import GUESSED
from generator.scaffold.value_kinds import HASH_BY_SIZE
from lambdas.auth import basic, jwt, leaves, token
from lambdas.auth_type import Unauthenticated
from lambdas.model import Auth, Source
from lambdas.reading.body import Rejected
from lambdas.reading.formats import body_reader
from lambdas.reading.paths import Functions, compile_path, split_path
from lambdas.reading.request import Request
from lambdas.receiving.challenges import matching_challenge
from lambdas.runtime.times import unix_seconds
from lambdas.signatures.signature_check import received_signatures
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signed_text import signed_time

_COMMON_HEADERS = ("authorization", "proxy-authorization")
"""Headers that many vendors send, so they do not identify one."""


@dataclass(frozen=True)
class Recognition:
    """What goes below `webhook.auth`, empty where it is unknown; what is certain, and what is to be checked.

    `recognized_source` is the source whose request it is, `handshake` whether it is one of its challenges.
    `similarities` are resemblances to sources of the user's own, which nobody has confirmed.
    """

    auth: Mapping[str, Any]
    certain: tuple[str, ...] = ()
    to_check: tuple[str, ...] = ()
    recognized_source: Definition | None = None
    handshake: bool = False
    similarities: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Fit:
    """A source with which the request may be verified, and the number of the request's headers that it reads."""

    definition: Definition
    auth: Auth | None
    matches_source: bool
    handshake: bool
    headers_read: int

    @property
    def rank(self) -> tuple[bool, int, bool]:
        return (not is_confirmed(self.definition), -self.headers_read, self.definition.source.extends is not None)


def recognize(request: Captured, definitions: Iterable[Definition]) -> Recognition:
    """Return what the request tells of how its sender is verified."""
    webhooks = [definition for definition in definitions if definition.source.webhook]
    fits = [fit for definition in webhooks for fit in _fits(request, definition)]
    fits.sort(key=lambda fit: fit.rank)
    guess = guess_auth(request)
    similarities: tuple[str, ...] = ()
    if foreign := [name for name in signature_names(request) if vendor_words(name)]:
        similarities = _likeness(fits, foreign)
        fits = [fit for fit in fits if _names_vendor(fit)]
    if exact := [fit for fit in fits if fit.matches_source]:
        return _from_exact_match(exact[0], guess)
    if own_headers := [fit for fit in fits if fit.auth and _is_example(fit.auth)]:
        return _from_similar_sources(own_headers, guess)
    if guess:
        return Recognition(guess.auth, guess.certain, guess.to_check, similarities=similarities)
    return Recognition({}, to_check=("how it shows that a request is its own: nothing here looks like a credential",))


def _is_example(auth: Auth) -> bool:
    """Return whether settings suit another vendor: their header is unusual, and they have no parameter."""
    return bool({*auth.type.headers(auth.settings)} - {*_COMMON_HEADERS}) and not has_parameters(yaml_form(auth))


def _likeness(fits: Iterable[_Fit], foreign: Iterable[str]) -> tuple[str, ...]:
    """Return whose requests have headers as this one has, beside those with the name of another vendor."""
    names = dict.fromkeys(fit.definition.source.name for fit in fits if not _names_vendor(fit))
    likeness = f"its other headers look as in requests of {' and '.join(names)}, which send no {' and '.join(foreign)}"
    return (likeness,) if names else ()


def _names_vendor(fit: _Fit) -> bool:
    """Return whether the headers in which a source has its credential name a vendor, or there is none to look at."""
    names = {*fit.auth.type.headers(fit.auth.settings)} - {*_COMMON_HEADERS} if fit.auth else ()
    return not names or any(vendor_words(name) for name in names)


def is_confirmed(definition: Definition) -> bool:
    """Return whether a definition comes with the framework; a user's own may be a guess itself."""
    folder = definition.folders[0]
    # In a checkout, the user's new sources lie beside the bundled ones.
    return folder.parent.resolve() == BUNDLED and GUESSED not in (folder / "source.yml").read_text(encoding="utf-8")


def seen_by(source: Source, request: Captured) -> Request:
    """Return the request as a source's handler reads it."""
    return dataclasses.replace(Request.from_outgoing(request.request, 0.0), read_body=body_reader(source.events))


def _from_exact_match(fit: _Fit, guess: Guess | None) -> Recognition:
    source = fit.definition.source
    auth = yaml_form(source.endpoint.auth)
    # The value of a parameter, such as a topic, may be in the request.
    if has_parameters(auth) and guess and set(guess.auth) == set(auth):
        auth = guess.auth
    kind = "a handshake" if fit.handshake else "an event"
    if is_confirmed(fit.definition):
        certain = f"it is {kind} of {source.name}: its headers and its body are what that definition looks for"
        return Recognition(auth, (certain,), (), fit.definition, fit.handshake)
    similarity = f"it looks like {kind} of {source.name}, which does not come with the framework"
    checked = _unconfirmed(auth, guess, source.endpoint.auth)
    return Recognition(auth, checked.certain, checked.to_check, fit.definition, fit.handshake, (similarity,))


def _unconfirmed(settings: Mapping[str, Any], guess: Guess | None, auth: Auth) -> Guess:
    """Return settings of an unconfirmed source, with what is certain of them only where the guess is the same."""
    if guess and guess.auth == settings:
        return guess
    return Guess(dict(settings), (), (_same_meaning(auth),))


def _same_meaning(auth: Auth) -> str:
    return f"that this vendor means the same by it: {auth.type.describe(auth.settings)}"


def _from_similar_sources(fits: list[_Fit], guess: Guess | None) -> Recognition:
    auth = fits[0].auth
    assert auth  # noqa: S101 - the caller keeps only those that have one
    settings = yaml_form(auth)
    names = [fit.definition.source.name for fit in fits if fit.auth and yaml_form(fit.auth) == settings]
    headers = " and ".join(sorted(set(auth.type.headers(auth.settings))))
    similarity = f"{headers} looks as in requests of {' and '.join(dict.fromkeys(names))}"
    if is_confirmed(fits[0].definition):
        return Recognition(settings, (similarity,), (_same_meaning(auth),))
    checked = _unconfirmed(settings, guess, auth)
    return Recognition(settings, checked.certain, checked.to_check, similarities=(similarity,))


def _fits(request: Captured, definition: Definition) -> Iterator[_Fit]:
    source = definition.source
    seen = seen_by(source, request)
    handshake, headers_read = matching_challenge(source.endpoint.challenges, seen), _headers_read(source, seen)
    if handshake and (handshake.unauthenticated or handshake.auth):
        yield _Fit(definition, None, matches_source=True, handshake=True, headers_read=headers_read)
        return
    for leaf in leaves(source.endpoint.auth):
        if _carries(leaf, seen):
            matches = handshake is not None or _has_required_fields(source, seen) or _header_has_name(source, leaf)
            yield _Fit(definition, leaf, matches, handshake=handshake is not None, headers_read=headers_read)


def _carries(auth: Auth, request: Request) -> bool:
    """Return whether the request has a credential where this auth type looks for it, in the right form."""
    settings = auth.settings
    if isinstance(settings, SignatureSettings):
        return _is_signed(settings, request)
    value = request.headers.get("authorization", "")
    if isinstance(settings, basic.Settings):
        return value.lower().startswith("basic ")
    if isinstance(settings, jwt.Settings):
        carried = request.headers.get(settings.header.lower(), "")
        return carried.lower().startswith(f"{settings.prefix}ey".lower())
    if isinstance(settings, token.Settings):
        sent = request.headers.get(settings.header.lower()) if settings.header else request.query(settings.query or "")
        return sent is not None and sent.startswith(settings.prefix) and sent != settings.prefix
    return not auth.type.headers(settings) or all(name in request.headers for name in auth.type.headers(settings))


def _is_signed(settings: SignatureSettings, request: Request) -> bool:
    """Return whether there is a signature of the right length, with the time and the id that it covers."""
    timestamp = settings.timestamp
    try:
        signatures = received_signatures(dataclasses.replace(settings, timestamp=None), request, 0.0)
        if timestamp:
            unix_seconds(signed_time(timestamp, request), timestamp.format)
    except (Unauthenticated, ValueError):
        return False
    if settings.id and settings.id.header.lower() not in request.headers:
        return False
    lengths = {size for size, name in HASH_BY_SIZE.items() if name == getattr(settings, "algorithm", name)}
    return any(len(signature) in lengths or len(signature) > 64 for signature in signatures)


def _has_required_fields(source: Source, request: Request) -> bool:
    """Return whether the body has events, each with all fields that the source requires."""
    try:
        root = request.json
        functions = Functions(request, root)
        items = split_path(source.events.split)(root, functions)
        return bool(items and source.events.require) and all(
            compile_path(path)(item, functions) is not None for item in items for path in source.events.require
        )
    except (Rejected, JMESPathError, TypeError, ValueError):
        return False


def _header_has_name(source: Source, auth: Auth) -> bool:
    """Return whether the credential's header contains the source's name, for a source that requires no field."""
    return not source.events.require and any(source.name in name for name in auth.type.headers(auth.settings))


def _headers_read(source: Source, request: Request) -> int:
    """Return how many headers of the request the definition reads by name."""
    paths = [*source.events.require, *(path for _, path in outgoing_paths(source))]
    return len({name for path in paths for name in call_arguments(path, "header") if name in request.headers})
