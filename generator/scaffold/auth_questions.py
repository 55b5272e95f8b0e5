"""What has to be known of how a sender is verified, and the definition that the answers make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from generator.definition.dataclass_reader import field_types
from generator.definition.placeholders import PLACEHOLDER
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
"""What is asked for; the rarer types are for whoever reads docs/definition.md."""
_SIGNED = ("hmac", "ed25519", "ecdsa")
ALGORITHMS = get_args(field_types(hmac.Settings)["algorithm"])


@dataclass(frozen=True)
class Question:
    """One question: `name` is the option that answers it; where nobody can be asked, some `must` be given."""

    name: str
    text: str
    default: str | None = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    restart_from: str = ""
    """The question from which all is asked again, where an answer goes against its own."""

    @property
    def option(self) -> str:
        """The option that answers it."""
        return f"--{self.name.replace('_', '-')}"


def questions(kind: str, answers: Mapping[str, str]) -> Iterator[Question]:
    """What is to be known of this kind, as far as the answers up to now tell."""
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
    if stamped := bool(answers.get("timestamp_header")):
        yield Question("timestamp_format", "How the time is written", "unix", get_args(TimeFormat))
    usual = _usual(answers.get("prefix", ""), stamped=stamped)
    yield Question("signed", "What is signed", usual, restart_from="timestamp_header")


def unused_options(kind: str, answers: Mapping[str, str], seen: Mapping[str, Any]) -> list[str]:
    """The options that say nothing of this kind, or of what a request has shown."""
    known: set[str] = set()
    if kind == "token":
        known = {"query"} if "query" in answers else {"header", "prefix"}
    elif kind in _SIGNED:
        stamped = answers.get("timestamp_header") or "timestamp" in seen
        known = {"header", "prefix", "encoding", "timestamp_header", "signed"}
        known |= ({"algorithm"} if kind == "hmac" else set()) | ({"timestamp_format"} if stamped else set())
    return [Question(name, "").option for name in answers if name not in known]


def auth_settings(kind: str, answers: Mapping[str, str], seen: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What goes below `webhook.auth`, without defaults: what a request has shown, where no answer says otherwise."""
    if kind in _SIGNED:
        return {kind: _signature(kind, answers, dict(seen or {}))}
    if kind == "token":
        return {kind: _token(answers, dict(seen or {}))}
    if seen is not None or kind == "basic":
        return {kind: dict(seen or {})}
    if kind == "jwt":
        return {kind: {"issuer": f"https://{PLACEHOLDER}", "audience": [PLACEHOLDER]}}
    return {kind: {"topics": [f"arn:aws:sns:us-west-2:123456789012:{PLACEHOLDER}"]}}


def _token(answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    if "query" in answers:
        return {"query": answers["query"]}
    made = settings | dict(answers)
    # In Authorization, a space stands between the name of a scheme and the token, which nobody types.
    if made.get("header", "").lower() == "authorization" and re.fullmatch(r"[A-Za-z]+", made.get("prefix", "")):
        made["prefix"] += " "
    return _without_defaults(made, prefix="")


def _signature(kind: str, answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    encoding = {} if settings else {"encoding": _encoding(kind)}
    place = settings.get("signature", {}) | encoding | _of(answers, "header", "prefix", "encoding")
    settings["signature"] = _without_defaults(place, prefix="", encoding="hex")
    if (stamp := answers.get("timestamp_header")) is not None:
        settings = {key: value for key, value in settings.items() if key not in ("timestamp", "signed")}
        settings |= {"timestamp": {"header": stamp}} if stamp else {}
    if "timestamp_format" in answers and "timestamp" in settings:
        written = settings["timestamp"] | {"format": answers["timestamp_format"]}
        settings["timestamp"] = _without_defaults(written, format="unix")
    settings |= _of(answers, "signed", "algorithm")
    stamped = "header" in settings.get("timestamp", {})
    settings.setdefault("signed", _usual(place.get("prefix", ""), stamped=stamped))
    return _without_defaults(settings, signed="{body}", algorithm="sha256")


def _of(answers: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: answers[name] for name in names if name in answers}


def _without_defaults(settings: Mapping[str, Any], **defaults: str) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value != defaults.get(name)}


def _encoding(kind: str) -> str:
    return "base64" if kind == "ecdsa" else "hex"


def _usual(prefix: str, *, stamped: bool) -> str:
    """What most vendors sign whose headers look like this."""
    if not stamped:
        return "{body}"
    return "v0:{timestamp}:{body}" if prefix == "v0=" else "{timestamp}.{body}"
