"""Which header of a request carries a signature, and of what, as far as its headers tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.samples.captured import Captured
from generator.scaffold import value_kinds

_SIGNED_NAME = re.compile(r"sig(nature|ned)?($|[-_])|signature|hmac", re.IGNORECASE)
# https://www.rfc-editor.org/rfc/rfc9530: hashes of the body, which anyone can make.
_HASHES = ("digest", "content-digest", "repr-digest", "content-md5")
_ID = re.compile(r"(id|uuid|etag)$", re.IGNORECASE)
_TIME_NAME = re.compile(r"time|stamp|date|(^|[-_])(ts|at)$", re.IGNORECASE)


class Guess(NamedTuple):
    """What goes below `webhook.auth`, or nothing where no type fits; what is sure, and what is to be checked."""

    auth: dict[str, Any]
    certain: tuple[str, ...]
    to_check: tuple[str, ...] = ()


def from_standard_webhooks(request: Captured) -> Guess | None:
    """https://www.standardwebhooks.com: <name>-id, <name>-timestamp and <name>-signature."""
    there = {name.lower(): name for name, _ in request.headers}
    for lower, name in there.items():
        stem = lower.removesuffix("-signature")
        found = (
            value_kinds.read_header_signature(name, request.headers_by_name[lower])
            if f"{stem}-id" in there and stem != lower
            else None
        )
        written = value_kinds.time_format(request.headers_by_name.get(f"{stem}-timestamp", ""))
        if not found or not written or found.prefix not in ("v1,", "v1a,"):
            continue
        kind, strip = ("ed25519", "whpk_") if found.prefix == "v1a," else ("hmac", "whsec_")
        settings = {
            **_places(found),
            "timestamp": {"header": there[f"{stem}-timestamp"], **({"format": written} if written != "unix" else {})},
            "id": {"header": there[f"{stem}-id"]},
            "signed": "{id}.{timestamp}.{body}",
            "key": {"encoding": "base64", "strip": strip},
        }
        sure = f"{name}, {there[f'{stem}-id']} and {there[f'{stem}-timestamp']} are those of Standard Webhooks"
        check = f"the secret begins with {strip}; what comes after it is base64 (`key`)"
        return Guess({kind: settings}, (sure,), (check,))
    return None


def from_signature_header(request: Captured) -> Guess | None:
    """The best of the headers that are called as signatures are."""
    found = [one for one in _carried(request) if _SIGNED_NAME.search(one.header)]
    return _signed(request, sorted(found, key=_rank)) if found else None


def from_signature_length(request: Captured) -> Guess | None:
    found = [one for one in _carried(request) if not _ID.search(one.header) and len(one.content) != 20]
    if len(found) != 1:
        return None
    made = _signed(request, found)
    check = f"that {found[0].header} is a signature at all: only its length says so"
    return made._replace(certain=(), to_check=(check, *made.to_check)) if made.auth else None


def from_unknown_signature(request: Captured) -> Guess | None:
    """A header that is called as signatures are, and looks like none that we know."""
    found = [name for name, _ in request.headers if _SIGNED_NAME.search(name)]
    check = f"what {' and '.join(found)} has in it: a signature, by its name, in no form that is known"
    return Guess({}, (), (check,)) if found else None


def _carried(request: Captured) -> Iterator[value_kinds.HeaderSignature]:
    for name, value in request.headers:
        if name.lower() not in (*_HASHES, "authorization", "cookie") and (
            found := value_kinds.read_header_signature(name, value)
        ):
            yield found


def _rank(one: value_kinds.HeaderSignature) -> tuple[bool, bool, bool]:
    return (len(one.content) == 20, len(one.content) in value_kinds.RSA_SIGNATURE_BYTES, not one.prefix)


def _signed(request: Captured, found: list[value_kinds.HeaderSignature]) -> Guess:
    best, others = found[0], [one.header for one in found[1:]]
    after = f" after {best.prefix}" if best.prefix else ""
    what = f"{best.header} carries {len(best.content)} bytes in {best.encoding}{after}"
    if len(best.content) in value_kinds.RSA_SIGNATURE_BYTES:
        return Guess({}, (f"{what}, as RSA makes them: no auth type verifies that",))
    named = f"{best.header} {best.prefix}".lower()
    kind = "ecdsa" if best.is_der else "ed25519" if "ed25519" in named else "hmac"
    algorithm = value_kinds.HASH_BY_SIZE.get(len(best.content), "")
    made = {"ecdsa": "ECDSA", "ed25519": "Ed25519", "hmac": f"HMAC-{algorithm.upper()}"}[kind]
    settings = {**_places(best), **_timed(request, best)}
    if kind == "hmac" and algorithm != "sha256":
        settings["algorithm"] = algorithm
    checks = [*_doubts(kind, algorithm, settings)]
    if others:
        checks.append(f"{' and '.join(others)} may carry a signature too: which one is the vendor's best?")
    if "authorization" in request.headers_by_name:
        checks.append("Authorization may carry a credential too: `all_of` verifies both")
    return Guess({kind: settings}, (f"{what}, as {made} makes them",), tuple(checks))


def _places(one: value_kinds.HeaderSignature) -> dict[str, Any]:
    # X-Signature-1 is the first of a family: as many as there are keys.
    header = f"{one.header[:-1]}*" if re.fullmatch(r".*-[0-9]", one.header) else one.header
    more = {"prefix": one.prefix, "split": one.split, "encoding": one.encoding if one.encoding != "hex" else ""}
    return {"signature": {"header": header, **{key: value for key, value in more.items() if value}}}


def _timed(request: Captured, best: value_kinds.HeaderSignature) -> dict[str, Any]:
    """Where the time of signing is, and the text that most vendors sign then."""
    stamp: dict[str, str] = {}
    if best.time_prefix:
        stamp = {"header": best.header, "prefix": best.time_prefix, "split": best.split, "format": best.format}
    elif found := list(_stamps(request)):
        alike = max(found, key=lambda one: _in_common(one[0], best.header))
        stamp = {"header": alike[0], "format": alike[1]}
    if not stamp:
        return {}
    if stamp["format"] == "unix":
        del stamp["format"]
    version = best.prefix.removesuffix("=")
    signed = f"{version}:{{timestamp}}:{{body}}" if version == "v0" else "{timestamp}.{body}"
    return {"timestamp": stamp, "signed": signed}


def _stamps(request: Captured) -> Iterator[tuple[str, str]]:
    for name, value in request.headers:
        if _TIME_NAME.search(name) and (written := value_kinds.time_format(value)):
            yield name, written


def _in_common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a.lower() != b.lower()), len(one))


def _doubts(kind: str, algorithm: str, settings: dict[str, Any]) -> Iterator[str]:
    if kind == "hmac" and algorithm == "sha512":
        yield "64 bytes are Ed25519's too: then it is `ed25519`, with the vendor's public key"
    if "timestamp" in settings:
        yield f"what is signed: {settings['signed']} is a guess, and {{timestamp}}{{body}} is usual too"
        yield "that the time is signed at all: if not, take `timestamp` out, and let `signed` be {body}"
    else:
        yield "what is signed: {body} alone is a guess; others add the URL, an id or a time"
    if kind == "hmac":
        yield "the key: the secret's text as it is, or decoded from hex or base64 first (`key`)"
