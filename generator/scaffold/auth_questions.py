"""The questions of `new` about how a sender is verified, and the settings that the answers make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from generator.definition.key_types import field_types
from generator.scaffold.first_parameters import AUDIENCE, ISSUER, TOPIC_ARN
from lambdas.auth import hmac
from lambdas.runtime.times import TimeFormat
from lambdas.signatures.signature_settings import Encoding

KINDS = {
    "hmac": "a signature, made with a secret that both sides have (most vendors)",
    "token": "a secret in a header or in the query, the same in every request",
    "basic": "a user and a password in Authorization (HTTP Basic)",
    "ed25519": "a signature, verified with the vendor's public key (Ed25519)",
    "ecdsa": "the same, as ECDSA with P-256",
    "jwt": "a JSON Web Token of an identity provider in Authorization",
    "sns": "Amazon SNS, which signs every message",
}
"""The auth types that `new` offers; docs/reference/definition/signatures.md has the rarer ones."""
_SIGNED = ("hmac", "ed25519", "ecdsa")
ALGORITHMS = get_args(field_types(hmac.Settings)["algorithm"])


@dataclass(frozen=True)
class Question:
    """A question: `name` is the option that answers it; a `required` one needs the option where nobody can be asked."""

    name: str
    text: str
    default: str | None = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    restart_from: str = ""
    """The name of the question to start from again, where an answer contradicts that question's."""

    @property
    def option(self) -> str:
        """Return the option that answers the question."""
        return f"--{self.name.replace('_', '-')}"


def questions(kind: str, answers: Mapping[str, str]) -> Iterator[Question]:
    """Yield the questions for an auth type, as far as the answers so far decide them."""
    if kind == "token":
        if "query" not in answers:
            text = "Header that carries the token, such as Authorization (Enter: none, it is in the query)"
            yield Question("header", text, required=True)
        if answers.get("header"):
            yield Question("prefix", "What stands before the token there, such as Bearer (Enter: nothing)")
        else:
            yield Question("query", "Query parameter that carries the token", None if "header" in answers else "")
    if kind not in _SIGNED:
        return
    yield Question("header", "Header that carries the signature, such as X-Acme-Signature", None, required=True)
    yield Question("prefix", "What stands before the signature there, such as sha256= or v0= (Enter: nothing)")
    yield Question("encoding", "How it is written", _encoding(kind), get_args(Encoding))
    if kind == "hmac":
        yield Question("algorithm", "Hash function", "sha256", ALGORITHMS)
    yield Question("timestamp_header", "Header with the time of signing, where that is signed too (Enter: none)")
    if is_timed := bool(answers.get("timestamp_header")):
        yield Question("timestamp_format", "How the time is written", "unix", get_args(TimeFormat))
    signed = _usual_signed_text(answers.get("prefix", ""), is_timed=is_timed)
    yield Question("signed", "What is signed", signed, restart_from="timestamp_header")


def unused_options(kind: str, answers: Mapping[str, str], seen: Mapping[str, Any]) -> list[str]:
    """Return the options that have no effect for an auth type, or for the settings that a request has shown."""
    known: set[str] = set()
    if kind == "token":
        known = {"query"} if "query" in answers else {"header", "prefix"}
    elif kind in _SIGNED:
        is_timed = answers.get("timestamp_header") or "timestamp" in seen
        known = {"header", "prefix", "encoding", "timestamp_header", "signed"}
        known |= ({"algorithm"} if kind == "hmac" else set()) | ({"timestamp_format"} if is_timed else set())
    return [Question(name, "").option for name in answers if name not in known]


def auth_settings(kind: str, answers: Mapping[str, str], seen: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what goes below `webhook.auth`, without defaults: the answers, else what a request has shown."""
    if kind in _SIGNED:
        return {kind: _signature(kind, answers, dict(seen or {}))}
    if kind == "token":
        return {kind: _token(answers, dict(seen or {}))}
    if seen is not None or kind == "basic":
        return {kind: dict(seen or {})}
    if kind == "jwt":
        return {kind: {"issuer": f"https://{ISSUER}", "audience": [AUDIENCE]}}
    return {kind: {"topics": [TOPIC_ARN]}}


def _token(answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    if "query" in answers:
        return {"query": answers["query"]}
    merged = settings | dict(answers)
    # In Authorization, a space stands between the name of a scheme and the token, which nobody types.
    if merged.get("header", "").lower() == "authorization" and re.fullmatch(r"[A-Za-z]+", merged.get("prefix", "")):
        merged["prefix"] += " "
    return _without_defaults(merged, prefix="")


def _signature(kind: str, answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    encoding = {} if settings else {"encoding": _encoding(kind)}
    signature = settings.get("signature", {}) | encoding | _chosen(answers, "header", "prefix", "encoding")
    settings["signature"] = _without_defaults(signature, prefix="", encoding="hex")
    if (header := answers.get("timestamp_header")) is not None:
        settings = {key: value for key, value in settings.items() if key not in ("timestamp", "signed")}
        settings |= {"timestamp": {"header": header}} if header else {}
    if "timestamp_format" in answers and "timestamp" in settings:
        timestamp = settings["timestamp"] | {"format": answers["timestamp_format"]}
        settings["timestamp"] = _without_defaults(timestamp, format="unix")
    settings |= _chosen(answers, "signed", "algorithm")
    is_timed = "header" in settings.get("timestamp", {})
    settings.setdefault("signed", _usual_signed_text(signature.get("prefix", ""), is_timed=is_timed))
    return _without_defaults(settings, signed="{body}", algorithm="sha256")


def _chosen(answers: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: answers[name] for name in names if name in answers}


def _without_defaults(settings: Mapping[str, Any], **defaults: str) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value != defaults.get(name)}


def _encoding(kind: str) -> str:
    return "base64" if kind == "ecdsa" else "hex"


def _usual_signed_text(prefix: str, *, is_timed: bool) -> str:
    """Return the text that most vendors with such headers sign."""
    if not is_timed:
        return "{body}"
    return "v0:{timestamp}:{body}" if prefix == "v0=" else "{timestamp}.{body}"
