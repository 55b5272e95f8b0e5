"""Make the settings below `webhook.auth` of what was answered, and of what a captured request has shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any

from generator.scaffold.first_parameters import AUDIENCE, ISSUER, TOPIC_ARN
from generator.scaffold.guess_body import UNCOVERED
from generator.scaffold.question import EXAMPLE
from generator.scaffold.signature_answers import (
    chosen,
    signature_settings,
    timestamp_in_body,
    with_key,
    with_time_format,
    without_defaults,
)
from generator.scaffold.signature_questions import SIGNED
from lambdas.auth import jwt

_BODY_HASHES = {"hex": "{body_sha256}", "base64": "{body_sha256_base64}", "base64url": "{body_sha256_base64url}"}
_SECRET_NAMES = {
    "basic": "login",
    "token": "token",
    "body_token": "token",
    "ed25519": "public_key",
    "ecdsa": "public_key",
    "rsa": "public_key",
}
"""What a secret is called that is not the only one; that of a signature is `signing_key`."""
_USUAL_NAME = "auth_token"


def auth_settings(kind: str, answers: Mapping[str, str], seen: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what goes below `webhook.auth`, without defaults: the answers, else what a request has shown."""
    if kind in SIGNED:
        return {kind: signature_settings(kind, answers, dict(seen or {}))}
    if kind == "token":
        return {kind: _token(answers, dict(seen or {}))}
    if kind == "jwt" and not (seen and not answers):
        return {kind: _jwt(answers)}
    if kind in ("body_token", "body_hmac") and not (seen and not answers):
        return {kind: _in_body(kind, answers, dict(seen or {}))}
    if seen is not None or kind == "basic":
        return {kind: seen if isinstance(seen, list) else dict(seen or {})}
    return {kind: {"topics": [TOPIC_ARN]}}


def combined_settings(kind: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return `all_of` or `any_of` of several auth types, and name their secrets.

    Where one of them is enough, those of the same type are ways in which a vendor signs with the same secret.
    """
    names: list[str] = []
    combined: list[dict[str, Any]] = []
    for part in parts:
        ((part_kind, settings),) = part.items()
        if part_kind == "sns" or (part_kind == "jwt" and "secret" not in settings):
            combined.append(dict(part))
            continue
        same = [each[part_kind] for each in combined if kind == "any_of" and part_kind in each]
        name = same[0].get("secret", _USUAL_NAME) if same else _unused_name(part_kind, names)
        names.append(name)
        # A JWT without `secret` is verified with keys that its issuer publishes.
        is_default = name == _USUAL_NAME and part_kind != "jwt"
        combined.append({part_kind: dict(settings) if is_default else {**settings, "secret": name}})
    return {kind: combined}


def _unused_name(kind: str, names: Sequence[str]) -> str:
    """Return a name for a secret that no other has: the usual one, else what it is, else that and a number."""
    usual = _SECRET_NAMES.get(kind, "signing_key")
    numbered = (f"{usual}_{number}" for number in count(2))
    return next(name for name in chain([_USUAL_NAME, usual], numbered) if name not in names)


def events_for(auth: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes below `events` for a body of the kind that is verified."""
    kind, settings = next(iter(auth.items()), ("", None))
    if not settings:
        return {}
    if isinstance(settings, list):
        parts = [events_for(part) for part in settings]
        merged = {key: value for part in parts for key, value in part.items()}
        in_some = kind == "any_of" and 0 < sum("format" in part for part in parts) < len(parts)
        return {**merged, **({"format": ["json", "form"]} if in_some else {})}
    signature = settings.get("signature", {})
    is_form = "form" in signature or (signature and "{form" in settings.get("signed", ""))
    # What stands between the signatures in Braintree's form.
    is_form = is_form or (kind == "body_hmac" and signature.get("split") == "&")
    each = settings.get("each")
    return {**({"format": "form"} if is_form else {}), **({"split": each} if each else {})}


def _token(answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    if "query" in answers:
        return {"query": answers["query"]}
    merged = settings | dict(answers)
    # In Authorization, a space stands between the name of a scheme and the token, which nobody types.
    if merged.get("header", "").lower() == "authorization" and re.fullmatch(r"[A-Za-z]+", merged.get("prefix", "")):
        merged["prefix"] += " "
    return without_defaults(merged, prefix="")


def _jwt(answers: Mapping[str, str]) -> dict[str, Any]:
    algorithm, header = answers.get("algorithm", "RS256"), answers.get("header") or "Authorization"
    settings: dict[str, Any] = {} if algorithm == "RS256" else {"algorithms": algorithm}
    if algorithm.startswith("HS"):
        settings = {"secret": "auth_token", **settings}
    elif answers.get("claim") and answers.get("jwks_url"):
        # A token with the body's hash is good for that body alone, so it needs neither issuer nor audience.
        settings = {"jwks_url": answers["jwks_url"], **settings}
    else:
        urls = {"jwks_url": answers["jwks_url"]} if answers.get("jwks_url") else {}
        settings = {"issuer": f"https://{ISSUER}", "audience": [AUDIENCE], **urls, **settings}
    if claim := answers.get("claim"):
        settings["claims"] = {claim: _BODY_HASHES[answers.get("encoding", "hex")]}
    if header.lower() != "authorization":
        settings |= {"header": header, "prefix": answers.get("prefix", "")}
    elif "prefix" in answers and answers["prefix"].strip() != jwt.BEARER.strip():
        settings["prefix"] = answers["prefix"]
    return with_key("jwt", answers, settings)


def _in_body(kind: str, answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    settings |= chosen(answers, "each")
    if kind == "body_token":
        settings["field"] = answers.get("field") or settings.get("field", EXAMPLE)
        return without_defaults(settings, each="")
    signature = {"path": EXAMPLE, **settings.get("signature", {}), **chosen(answers, "prefix", "encoding")}
    signature |= {"split": answers["separator"]} if answers.get("separator") else {}
    signature |= {"path": answers["field"]} if "field" in answers else {}
    settings["signature"] = without_defaults(signature, prefix="", encoding="hex")
    settings = {
        "signed": "{id}",
        "uncovered": UNCOVERED,
        **settings,
        **chosen(answers, "signed", "uncovered", "algorithm"),
    }
    settings = with_time_format(answers, settings | timestamp_in_body(answers))
    return without_defaults(with_key(kind, answers, settings), each="", algorithm="sha256")
