"""Guess which header of a request carries a signature, by which algorithm, and what it covers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from generator.samples.captured import Captured
from generator.scaffold import value_kinds
from generator.scaffold.guess_signed_headers import guess_signed_headers

SIGNED_NAME = re.compile(r"sig(nature|ned)?($|[-_])|signature|hmac", re.IGNORECASE)
# Hashes of the body, which anyone can make: https://www.rfc-editor.org/rfc/rfc9530
_HASHES = ("digest", "content-digest", "repr-digest", "content-md5")
_GENERAL_WORD = re.compile(
    r"x|web|hub|(web)?hooks?|sig|signature|signed|hmac|sha-?\d*|\d+|v\d+|ed25519|rsa|ecdsa|content|body|request|payload|"
    r"primary|secondary|event|message|auth|authorization|digest|api|http"
)
_VERSION = re.compile(r"[-_]v([0-9]{1,2})$", re.IGNORECASE)
_ID = re.compile(r"(id|uuid|etag)$", re.IGNORECASE)
_TIME_NAME = re.compile(r"time|stamp|date|(^|[-_])(ts|at)$", re.IGNORECASE)


class Guess(NamedTuple):
    """What goes below `webhook.auth`, empty where no auth type fits; what is certain, and what is to be checked."""

    auth: dict[str, Any]
    certain: tuple[str, ...]
    to_check: tuple[str, ...] = ()


def from_standard_webhooks(request: Captured) -> Guess | None:
    """Guess from <name>-id, <name>-timestamp and <name>-signature: https://www.standardwebhooks.com."""
    names = {name.lower(): name for name, _ in request.headers}
    for lower, name in names.items():
        stem = lower.removesuffix("-signature")
        if stem == lower or f"{stem}-id" not in names:
            continue
        signature = value_kinds.read_header_signature(name, request.headers_by_name[lower])
        format_of_time = value_kinds.time_format(request.headers_by_name.get(f"{stem}-timestamp", ""))
        if not signature or not format_of_time or signature.prefix not in ("v1,", "v1a,"):
            continue
        kind, strip = ("ed25519", "whpk_") if signature.prefix == "v1a," else ("hmac", "whsec_")
        time_setting = {"format": format_of_time} if format_of_time != "unix" else {}
        settings = {
            **_signature_settings(signature),
            "timestamp": {"header": names[f"{stem}-timestamp"], **time_setting},
            "id": {"header": names[f"{stem}-id"]},
            "signed": "{id}.{timestamp}.{body}",
            "key": {"encoding": "base64", "strip": strip},
        }
        certain = f"{name}, {names[f'{stem}-id']} and {names[f'{stem}-timestamp']} are those of Standard Webhooks"
        check = f"the secret begins with {strip}; what comes after it is base64 (`key`)"
        return Guess({kind: settings}, (certain,), (check,))
    return None


def from_signature_header(request: Captured) -> Guess | None:
    """Guess from the most likely of the headers with the name of a signature."""
    signatures = [signature for signature in _signatures(request) if SIGNED_NAME.search(signature.header)]
    return _guess(request, sorted(signatures, key=_rank)) if signatures else None


def from_signature_length(request: Captured) -> Guess | None:
    """Guess from the only header whose value is as long as a signature."""
    signatures = [
        signature
        for signature in _signatures(request)
        if not _ID.search(signature.header) and (len(signature.content) != 20 or signature.encoding == "base64")
    ]
    if len(signatures) != 1:
        return None
    guess = _guess(request, signatures)
    check = f"that {signatures[0].header} is a signature at all: only its length says so"
    return guess._replace(certain=(), to_check=(check, *guess.to_check)) if guess.auth else None


def signature_names(request: Captured) -> list[str]:
    """Return the headers that have the name and the form of a signature."""
    return [signature.header for signature in _signatures(request) if SIGNED_NAME.search(signature.header)]


def vendor_words(header: str) -> list[str]:
    """Return the words of a header's name that are not of every signature's: acme in X-Acme-Signature-256."""
    return [word for word in re.split(r"[^a-z0-9]+", header.lower()) if word and not _GENERAL_WORD.fullmatch(word)]


def from_unknown_signature(request: Captured) -> Guess | None:
    """Report a header with the name of a signature and a value in no known form."""
    names = [name for name, _ in request.headers if SIGNED_NAME.search(name)]
    check = f"what {' and '.join(names)} has in it: a signature, by its name, in no form that is known"
    return Guess({}, (), (check,)) if names else None


def _signatures(request: Captured) -> Iterator[value_kinds.HeaderSignature]:
    """Yield the signatures in the headers that may have one."""
    for name, value in request.headers:
        if name.lower() not in (*_HASHES, "authorization", "cookie"):
            signature = value_kinds.read_header_signature(name, value)
            if signature:
                yield signature


def _rank(signature: value_kinds.HeaderSignature) -> tuple[bool, int, bool, bool, bool]:
    size = len(signature.content)
    version = _VERSION.search(signature.header)
    is_rsa = size in (*value_kinds.RSA_SIGNATURE_BYTES, *value_kinds.WEAK_RSA_BYTES)
    is_anybodys = not vendor_words(signature.header)
    return (size == 20, -int(version[1]) if version else 0, is_rsa, is_anybodys, not signature.prefix)


def _guess(request: Captured, signatures: list[value_kinds.HeaderSignature]) -> Guess:
    """Guess from signatures in headers, the most likely first."""
    best, others = signatures[0], [signature.header for signature in signatures[1:]]
    after = f" after {best.prefix}" if best.prefix else ""
    description = f"{best.header} carries {len(best.content)} bytes in {best.encoding}{after}"
    if len(best.content) in value_kinds.WEAK_RSA_BYTES:
        return Guess({}, (f"{description}, as RSA with 1,024 bits makes them: too few, so no auth type verifies that",))
    kind, algorithm = _kind(best)
    names = {"ecdsa": "ECDSA", "ed25519": "Ed25519", "rsa": "RSA", "hmac": f"HMAC-{algorithm.upper()}"}
    algorithm_name = names[kind]
    settings = {**_signature_settings(best), **_time_settings(request, best)}
    if signed_headers := guess_signed_headers(request, best):
        before = "{timestamp}." if "timestamp" in settings else ""
        settings |= {"signed_headers": signed_headers, "signed": f"{before}{{header_names}}.{{headers}}.{{body}}"}
    if algorithm != "sha256":
        settings["algorithm"] = algorithm
    checks = [*_checks(kind, algorithm, settings)]
    if others:
        checks.append(f"{' and '.join(others)} may carry a signature too: which one is the vendor's best?")
    if "authorization" in request.headers_by_name:
        checks.append("Authorization may carry a credential too: `all_of` verifies both")
    return Guess({kind: settings}, (f"{description}, as {algorithm_name} makes them",), tuple(checks))


def _kind(best: value_kinds.HeaderSignature) -> tuple[str, str]:
    """Return the auth type that makes such a signature, and its hash function as far as the length tells."""
    size = len(best.content)
    # Some name the algorithm beside the signature: `algorithm="ed25519",signature="…"`.
    words = " ".join((best.header, best.prefix, *(text for _, text in best.parts))).lower()
    if size in value_kinds.RSA_SIGNATURE_BYTES:
        return "rsa", next((name for name in ("sha384", "sha512") if name in words), "sha256")
    if best.is_ecdsa:
        return "ecdsa", "sha384" if size in value_kinds.P384_BYTES else "sha256"
    if "ed25519" in words:
        return "ed25519", "sha256"
    return "hmac", value_kinds.HASH_BY_SIZE[size]


def _signature_settings(best: value_kinds.HeaderSignature) -> dict[str, Any]:
    # X-Signature-1 is the first of a family: as many as there are keys.
    header = f"{best.header[:-1]}*" if re.fullmatch(r".*-[0-9]", best.header) else best.header
    encoding = best.encoding if best.encoding != "hex" else ""
    optional: dict[str, Any] = {"prefix": best.prefix, "split": best.split, "part": best.part, "encoding": encoding}
    return {"signature": {"header": header, **{key: value for key, value in optional.items() if value}}}


def _time_settings(request: Captured, best: value_kinds.HeaderSignature) -> dict[str, Any]:
    """Return where the time of signing is, and the text that most vendors sign with it."""
    timestamp: dict[str, Any] = {}
    if best.time_part:
        timestamp = {"header": best.header, "split": best.split, "part": best.time_part, "format": best.format}
    elif best.time_prefix:
        timestamp = {"header": best.header, "prefix": best.time_prefix, "split": best.split, "format": best.format}
    elif times := list(_times(request)):
        header, format_of_time = max(times, key=lambda time: _common_prefix(time[0], best.header))
        timestamp = {"header": header, "format": format_of_time}
    if not timestamp:
        return {}
    if timestamp["format"] == "unix":
        del timestamp["format"]
    version = best.prefix.removesuffix("=")
    is_slack = version == "v0" and not best.time_prefix
    signed = f"{version}:{{timestamp}}:{{body}}" if is_slack else "{timestamp}.{body}"
    return {"timestamp": timestamp, "signed": signed}


def _times(request: Captured) -> Iterator[tuple[str, str]]:
    """Yield the headers with a time, each with its format."""
    for name, value in request.headers:
        if _TIME_NAME.search(name) and (format_of_time := value_kinds.time_format(value)):
            yield name, format_of_time


def _common_prefix(name: str, other: str) -> int:
    """Return how many characters of a name equal those of the other; all of them where it begins with the other."""
    pairs = enumerate(zip(name.lower(), other.lower(), strict=False))
    return next((index for index, (a, b) in pairs if a != b), len(name))


def from_query(request: Captured) -> Guess | None:
    """Guess from a query parameter with the name and the form of a signature."""
    for name, value in parse_qsl(urlsplit(request.url).query):
        decoded = value_kinds.decode_signature(value) if SIGNED_NAME.search(name) else None
        if decoded and (algorithm := value_kinds.HASH_BY_SIZE.get(len(decoded[1]))):
            encoding = {"encoding": decoded[0]} if decoded[0] != "hex" else {}
            settings: dict[str, Any] = {"signature": {"query": name, **encoding}}
            settings |= {"algorithm": algorithm} if algorithm != "sha256" else {}
            certain = (
                f"{name} in the query carries {len(decoded[1])} bytes in {decoded[0]}, as HMAC-{algorithm.upper()} "
            )
            return Guess({"hmac": settings}, (f"{certain}makes them",), tuple(_checks("hmac", algorithm, settings)))
    return None


def _checks(kind: str, algorithm: str, settings: dict[str, Any]) -> Iterator[str]:
    if kind == "hmac" and algorithm == "sha512" and "sha512" not in settings["signature"].get("prefix", "").lower():
        yield "64 bytes are Ed25519's and ECDSA's too: then it is `ed25519` or `ecdsa`, with the vendor's public key"
    if kind == "rsa":
        yield f"the hash function and the padding: {algorithm} and PKCS#1 v1.5 are a guess (`algorithm`, `padding`)"
    if "signed_headers" in settings:
        yield f"what is signed: {settings['signed']} is a guess, and so is how each header is written in it"
    elif "timestamp" in settings:
        others = "a colon, nothing, and an id before it are usual too"
        yield f"what is signed: {settings['signed']} is a guess; {others}"
        yield "that the time is signed at all: if not, take `timestamp` out, and let `signed` be {body}"
    else:
        yield "what is signed: {body} alone is a guess; others add the URL, an id or a time"
    if kind == "hmac" and algorithm in ("sha1", "sha256"):
        yield "that it is an HMAC: a plain hash of the secret and the request is as long (`digest`)"
    if kind == "hmac":
        yield "the key: the secret's text as it is, or decoded from hex or base64 first (`key`)"
