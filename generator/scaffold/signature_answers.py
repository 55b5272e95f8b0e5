"""Make the settings of a signature beside the body of what was answered, and of what a captured request has shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.scaffold.question import EXAMPLE
from generator.scaffold.signature_questions import (
    KEYS,
    PLACES,
    USUAL,
    is_shared,
    shares_names,
    usual_encoding,
    usual_signed_text,
)


def signature_settings(kind: str, answers: Mapping[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a signature beside the body: the answers, else what a request has shown."""
    encoding = {} if settings else {"encoding": usual_encoding(kind)}
    places = {name: text for name, text in chosen(answers, "header", "query", "form").items() if text}
    seen = {name: value for name, value in settings.get("signature", {}).items() if not places or name not in PLACES}
    signature = (seen | places or {"header": EXAMPLE}) | encoding | chosen(answers, "prefix", "encoding")
    if not {*PLACES} & set(signature):
        signature["header"] = EXAMPLE
    signature |= {"split": answers["separator"]} if "separator" in answers else {}
    if answers.get("separator") and not signature.get("prefix") and not is_shared(answers):
        signature.setdefault("part", 1)
    settings.pop("signature", None)
    if (header := answers.get("timestamp_header")) is not None:
        settings = {key: value for key, value in settings.items() if key not in ("timestamp", "signed")}
        settings |= {"timestamp": {"header": header}} if header else {}
    if is_shared({**answers, "header": str(signature.get("header", ""))}):
        signature, settings["timestamp"] = _shared(answers, signature, settings["timestamp"])
    settings = {"signature": without_defaults(signature, prefix="", encoding="hex", split=""), **settings}
    settings = with_time_format(answers, settings | timestamp_in_body(answers))
    settings |= _signed_text(answers, signature) | chosen(answers, "algorithm", "padding")
    is_timed = "header" in settings.get("timestamp", {})
    settings.setdefault("signed", usual_signed_text(kind, signature.get("prefix", ""), is_timed=is_timed))
    settings = with_key(kind, answers, settings)
    return without_defaults(settings, signed="{body}", algorithm="sha256", padding="pkcs1")


def timestamp_in_body(answers: Mapping[str, str]) -> dict[str, Any]:
    """Return `timestamp` where the time is in the body."""
    return {"timestamp": {"path": answers["timestamp_path"]}} if answers.get("timestamp_path") else {}


def with_time_format(answers: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with how the time is written, where there is a time."""
    if "timestamp_format" not in answers or "timestamp" not in settings:
        return dict(settings)
    timestamp = settings["timestamp"] | {"format": answers["timestamp_format"]}
    return {**settings, "timestamp": without_defaults(timestamp, format="unix")}


def with_key(kind: str, answers: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with what was answered about the key."""
    if "key" not in answers:
        return dict(settings)
    settings = {name: value for name, value in settings.items() if name != "key"}
    key = answers["key"]
    if key == KEYS[kind]:
        return settings
    if key.startswith("sha"):
        return {**settings, "key": {"hash": key}}
    if key == "text":
        return {**settings, "key": {"text": answers["key_text"]}}
    return {**settings, "key": without_defaults({"encoding": key, "strip": answers.get("key_prefix", "")}, strip="")}


def _signed_text(answers: Mapping[str, str], signature: Mapping[str, Any]) -> dict[str, Any]:
    """Return `signed`, and what says where its pieces are."""
    settings: dict[str, Any] = {"id": {"header": answers["id_header"]}} if answers.get("id_header") else {}
    if "signed_headers" in answers:
        settings["signed_headers"] = _signed_headers(answers, signature)
    if "signed" in answers:
        settings["signed"] = answers["signed"].replace(r"\n", "\n")  # which nobody can type into a line
    url: dict[str, Any] = {"base": answers["url_base"]} if answers.get("url_base") else {}
    if answers.get("url_variants"):
        url["variants"] = answers["url_variants"].replace(",", " ").split()
    settings |= {"url": url} if url else {}
    if query := answers.get("body_hash_query"):
        settings["body_hash"] = {"query": query}
    elif header := answers.get("body_hash_header"):
        settings["body_hash"] = {"header": header}
    return settings


def _signed_headers(answers: Mapping[str, str], signature: Mapping[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {"header": answers["signed_headers"]}
    if shares_names(answers):
        settings |= {"prefix": answers.get("signed_headers_prefix", "h="), "split": signature.get("split", ",")}
    names = ("separator", "each", "join")
    settings |= {name: answers[f"signed_headers_{name}"] for name in names if f"signed_headers_{name}" in answers}
    if "each" not in settings and "{header_names}" not in answers.get("signed", ""):
        settings["each"] = "{name}:{value}"
    return without_defaults(settings, separator=",", each="{value}", join=",")


def _shared(
    answers: Mapping[str, str], signature: dict[str, Any], timestamp: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return where the signature and the time are in a header that has both: after prefixes, or by their position."""
    split = {"split": signature.get("split") or USUAL["separator"]}
    if prefix := answers.get("timestamp_prefix", USUAL["timestamp_prefix"]):
        return {"prefix": USUAL["prefix"], **signature, **split}, {**timestamp, "prefix": prefix, **split}
    signature = {name: value for name, value in signature.items() if name != "prefix"}
    return {**signature, **split, "part": 2}, {**timestamp, **split, "part": 1}


def chosen(answers: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return those of the answers that were given."""
    return {name: answers[name] for name in names if name in answers}


def without_defaults(settings: Mapping[str, Any], **defaults: str) -> dict[str, Any]:
    """Return the settings without those that are as a definition has them by default."""
    return {name: value for name, value in settings.items() if value != defaults.get(name)}
