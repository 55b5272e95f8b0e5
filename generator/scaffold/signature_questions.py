"""The questions of `new` about a signature beside the body, and about its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from generator.definition.auth_types import auth_types
from generator.definition.key_types import field_types
from generator.scaffold.question import Question
from lambdas.auth import jwt
from lambdas.runtime.times import TimeFormat
from lambdas.signatures.signature_problems import COVERING
from lambdas.signatures.signature_settings import PIECE, Encoding, UrlVariant

SIGNED = ("hmac", "ed25519", "ecdsa", "rsa", "digest")
PLACES = ("header", "query", "form")
"""Where a signature may be."""
KEYS = {"hmac": "utf8", "body_hmac": "utf8", "jwt": "utf8", "ed25519": "hex"}
"""The types whose stored secret may be written in several ways, and the usual one."""
KEY_FORMS = ("utf8", "hex", "base64", "sha1", "sha256", "text")
USUAL = {"timestamp_prefix": "t=", "prefix": "v1=", "separator": ","}
"""What most vendors write in a header that has the time and the signature: t=…,v1=…"""
_OF_URL = frozenset({"url", "url_sha256", "endpoint", "path", "query_sorted"})


def algorithms(kind: str) -> tuple[str, ...]:
    """Return the hash functions, or those of a token's signature, among which an auth type has a choice."""
    if kind == "jwt":
        return get_args(jwt.Algorithm)
    hint = field_types(auth_types()[kind].Settings).get("algorithm")
    return get_args(hint) if hint else ()


PADDINGS = get_args(field_types(auth_types()["rsa"].Settings)["padding"])


def of_signature(kind: str, answers: Mapping[str, str]) -> Iterator[Question]:
    """Yield the questions about a signature beside the body."""
    yield from _of_place(answers)
    text = "Header with the signed time; may be the same header (Enter: none)"
    yield Question("timestamp_header", text)
    is_timed = bool(answers.get("timestamp_header"))
    if is_shared(answers):
        yield Question("timestamp_prefix", "Text before the time there, such as t= (Enter: nothing)")
        if answers.get("timestamp_prefix"):
            yield Question("prefix", "Text before the signature there, such as v1=", None, example="v1=")
        yield Question("separator", "Text between the two", USUAL["separator"])
    else:
        yield Question("prefix", "Text before the signature, such as sha256= or v0= (Enter: nothing)")
        yield Question("separator", "Text between signatures, if there are several (Enter: there is one)")
    yield Question("encoding", "How the signature is written", usual_encoding(kind), get_args(Encoding))
    if choices := algorithms(kind):
        yield Question("algorithm", "Hash function", "sha256", choices)
    if kind == "rsa":
        yield Question("padding", "Padding", "pkcs1", PADDINGS)
    if is_timed:
        yield Question("timestamp_format", "How the time is written", "unix", get_args(TimeFormat))
    prefix = "" if is_shared(answers) else answers.get("prefix", "")
    signed = usual_signed_text(kind, prefix, is_timed=is_timed)
    yield Question(
        "signed",
        r"What is signed, such as {id}.{timestamp}.{body} (\n: a line break)",
        signed,
        restart_from="timestamp_header",
    )
    yield from _of_signed_text(answers)
    yield from of_key(kind, answers)


def of_key(kind: str, answers: Mapping[str, str]) -> Iterator[Question]:
    """Yield the questions about how the stored secret becomes the key."""
    if kind == "ed25519":
        yield Question("key", "How the vendor's public key is written", KEYS[kind], ("hex", "base64"))
    elif kind in KEYS:
        text = "How the secret becomes the key: as it is (utf8), decoded, hashed, or within a text"
        yield Question("key", text, KEYS[kind], KEY_FORMS)
    if answers.get("key") in ("hex", "base64") and answers["key"] != KEYS.get(kind):
        yield Question("key_prefix", "Text before it that is no part of it, such as whsec_ (Enter: nothing)")
    if answers.get("key") == "text":
        text = "Text that is the key, such as {secret('client_id')}&{secret}"
        yield Question("key_text", text, None, required=True, example="{secret('client_id')}&{secret}")


def _of_place(answers: Mapping[str, str]) -> Iterator[Question]:
    if not {"query", "form"} & set(answers):
        text = "Header with the signature, such as X-Acme-Signature (Enter: none)"
        yield Question("header", text, required=True)
    if not answers.get("header") and "form" not in answers:
        yield Question("query", "Query parameter with the signature (Enter: it is in a form)")
    if not answers.get("header") and not answers.get("query"):
        yield Question("form", "Field of the form with the signature", None)


def _of_signed_text(answers: Mapping[str, str]) -> Iterator[Question]:
    """Yield the questions that the pieces of the signed text open."""
    pieces = PIECE.findall(answers.get("signed", ""))
    names = {name for name, _ in pieces}
    if "body" in names and not answers.get("timestamp_header"):
        yield Question("timestamp_path", "Field of the body with the time of signing (Enter: none)")
        if answers.get("timestamp_path"):
            yield Question("timestamp_format", "How the time is written", "unix", get_args(TimeFormat))
    if "id" in names:
        yield Question("id_header", "Header with the id, such as webhook-id", None, required=True)
    if names & {"headers", "header_names"}:
        yield from _of_signed_headers(answers, with_names="header_names" in names)
    if names & _OF_URL:
        yield Question("url_base", "URL that the vendor calls (Enter: the endpoint's own)")
        text = f"How else it may write that URL, of {' '.join(get_args(UrlVariant))} (Enter: in no other way)"
        yield Question("url_variants", text)
    if pieces and not names & {*COVERING, "form"}:
        yield from _of_body_hash(pieces)


def _of_signed_headers(answers: Mapping[str, str], *, with_names: bool) -> Iterator[Question]:
    text = "Header that names the signed headers; may be the signature's"
    yield Question("signed_headers", text, None, required=True)
    if shares_names(answers):
        yield Question("signed_headers_prefix", "Text before the names there, such as h=", None, example="h=")
    yield Question("signed_headers_separator", "Text between the names", ",")
    each = "{value}" if with_names else "{name}:{value}"
    yield Question("signed_headers_each", "How each header is signed", each)
    yield Question("signed_headers_join", "Text between them", ",")


def _of_body_hash(pieces: list[tuple[str, str]]) -> Iterator[Question]:
    """Yield the question where the body's hash is, when that is signed in the body's stead."""
    if ("url", "") in pieces:
        text = "Query parameter with the body's SHA-256, such as bodySHA256"
        yield Question("body_hash_query", text, None, required=True)
    elif headers := [argument for name, argument in pieces if name == "header"]:
        yield Question("body_hash_header", "Header with the body's SHA-256", None, required=True, example=headers[0])


def is_shared(answers: Mapping[str, str]) -> bool:
    """Return whether one header carries the signature and the time."""
    return bool(answers.get("header")) and answers["header"].lower() == answers.get("timestamp_header", "").lower()


def shares_names(answers: Mapping[str, str]) -> bool:
    """Return whether the signature's header also names the headers that are signed."""
    return bool(answers.get("header")) and answers["header"].lower() == answers.get("signed_headers", "").lower()


def usual_encoding(kind: str) -> str:
    """Return the encoding that most vendors have for such a signature."""
    return "base64" if kind in ("ecdsa", "rsa") else "hex"


def usual_signed_text(kind: str, prefix: str, *, is_timed: bool) -> str:
    """Return the text that most vendors with such headers sign."""
    if kind == "digest":
        return "{secret}{timestamp}{body}" if is_timed else "{secret}{body}"
    if not is_timed:
        return "{body}"
    return "v0:{timestamp}:{body}" if prefix == "v0=" else "{timestamp}.{body}"
