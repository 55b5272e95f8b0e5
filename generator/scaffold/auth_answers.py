"""Make the settings below `webhook.auth` of what was answered, and of what a captured request has shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.scaffold.auth_questions import (
    EXAMPLE,
    PLACES,
    SIGNED,
    USUAL,
    is_shared,
    usual_encoding,
    usual_signed_text,
)
from generator.scaffold.first_parameters import AUDIENCE, ISSUER, TOPIC_ARN
from generator.scaffold.guess_body import UNCOVERED
from lambdas.auth import jwt

_BODY_HASHES = {"hex": "{body_sha256}", "base64": "{body_sha256_base64}", "base64url": "{body_sha256_base64url}"}


def auth_settings(kind: str, answers: Mapping[str, str], seen: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what goes below `webhook.auth`, without defaults: the answers, else what a request has shown."""
    if kind in SIGNED:
        return {kind: _signature(kind, answers, dict(seen or {}))}
    if kind == "token":
        return {kind: _token(answers, dict(seen or {}))}
    if kind == "jwt" and not (seen and not answers):
        return {kind: _jwt(answers)}
    if kind in ("body_token", "body_hmac") and not (seen and not answers):
        return {kind: _in_body(kind, answers, dict(seen or {}))}
    if seen is not None or kind == "basic":
        return {kind: seen if isinstance(seen, list) else dict(seen or {})}
    return {kind: {"topics": [TOPIC_ARN]}}


def events_for(auth: Mapping[str, Any]) -> dict[str, str]:
    """Return what goes below `events` for a body of the kind that is verified."""
    settings: Any = next(iter(auth.values()), {})
    signature = settings.get("signature", {}) if isinstance(settings, Mapping) else {}
    is_form = "form" in signature or (signature and "{form" in settings.get("signed", ""))
    return {"format": "form"} if is_form else {}


def _token(answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    if "query" in answers:
        return {"query": answers["query"]}
    merged = settings | dict(answers)
    # In Authorization, a space stands between the name of a scheme and the token, which nobody types.
    if merged.get("header", "").lower() == "authorization" and re.fullmatch(r"[A-Za-z]+", merged.get("prefix", "")):
        merged["prefix"] += " "
    return _without_defaults(merged, prefix="")


def _jwt(answers: Mapping[str, str]) -> dict[str, Any]:
    algorithm, header = answers.get("algorithm", "RS256"), answers.get("header", "Authorization")
    settings: dict[str, Any] = {}
    if algorithm.startswith("HS"):
        settings = {"secret": "auth_token", "algorithms": algorithm}
    else:
        settings = {"issuer": f"https://{ISSUER}", "audience": [AUDIENCE]}
        settings |= {"algorithms": algorithm} if algorithm != "RS256" else {}
    if claim := answers.get("claim"):
        settings["claims"] = {claim: _BODY_HASHES[answers.get("encoding", "hex")]}
    if header.lower() != "authorization":
        settings |= {"header": header, "prefix": answers.get("prefix", "")}
    elif "prefix" in answers and answers["prefix"].strip() != jwt.BEARER.strip():
        settings["prefix"] = answers["prefix"]
    return settings


def _in_body(kind: str, answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    settings |= _chosen(answers, "each")
    if kind == "body_token":
        settings["field"] = answers.get("field") or settings.get("field", EXAMPLE)
        return _without_defaults(settings, each="")
    signature = {"path": EXAMPLE, **settings.get("signature", {}), **_chosen(answers, "encoding")}
    signature |= {"path": answers["field"]} if "field" in answers else {}
    settings["signature"] = _without_defaults(signature, encoding="hex")
    settings = {
        "signed": "{id}",
        "uncovered": UNCOVERED,
        **settings,
        **_chosen(answers, "signed", "uncovered", "algorithm"),
    }
    return _without_defaults(settings, each="", algorithm="sha256")


def _signature(kind: str, answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    encoding = {} if settings else {"encoding": usual_encoding(kind)}
    places = {name: text for name, text in _chosen(answers, "header", "query", "form").items() if text}
    seen = {name: value for name, value in settings.get("signature", {}).items() if not places or name not in PLACES}
    signature = (seen | places or {"header": EXAMPLE}) | encoding | _chosen(answers, "prefix", "encoding")
    if not {*PLACES} & set(signature):
        signature["header"] = EXAMPLE
    signature |= {"split": answers["separator"]} if "separator" in answers else {}
    settings.pop("signature", None)
    if (header := answers.get("timestamp_header")) is not None:
        settings = {key: value for key, value in settings.items() if key not in ("timestamp", "signed")}
        settings |= {"timestamp": {"header": header}} if header else {}
    if is_shared({**answers, "header": str(signature.get("header", ""))}):
        signature, settings["timestamp"] = _shared(answers, signature, settings["timestamp"])
    settings = {"signature": _without_defaults(signature, prefix="", encoding="hex", split=""), **settings}
    if "timestamp_format" in answers and "timestamp" in settings:
        timestamp = settings["timestamp"] | {"format": answers["timestamp_format"]}
        settings["timestamp"] = _without_defaults(timestamp, format="unix")
    settings |= _chosen(answers, "signed", "algorithm", "padding")
    is_timed = "header" in settings.get("timestamp", {})
    settings.setdefault("signed", usual_signed_text(kind, signature.get("prefix", ""), is_timed=is_timed))
    return _without_defaults(settings, signed="{body}", algorithm="sha256", padding="pkcs1")


def _shared(
    answers: Mapping[str, str], signature: dict[str, Any], timestamp: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return where the signature and the time are in a header that has both: after prefixes, or by their position."""
    split = {"split": signature.get("split") or USUAL["separator"]}
    if prefix := answers.get("timestamp_prefix", USUAL["timestamp_prefix"]):
        return {"prefix": USUAL["prefix"], **signature, **split}, {**timestamp, "prefix": prefix, **split}
    signature = {name: value for name, value in signature.items() if name != "prefix"}
    return {**signature, **split, "part": 2}, {**timestamp, **split, "part": 1}


def _chosen(answers: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: answers[name] for name in names if name in answers}


def _without_defaults(settings: Mapping[str, Any], **defaults: str) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value != defaults.get(name)}
