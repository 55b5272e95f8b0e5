"""The questions of `new` about how a sender is verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from generator.scaffold.guess_body import UNCOVERED
from generator.scaffold.question import Question
from generator.scaffold.signature_questions import SIGNED, algorithms, of_key, of_signature
from lambdas.runtime.times import TimeFormat
from lambdas.signatures.signature_settings import Encoding

SINGLE_KINDS = {
    "hmac": "a signature, made with a secret of both sides (most vendors)",
    "token": "a secret in a header or in the query, the same in every request",
    "basic": "a user and a password in Authorization (HTTP Basic)",
    "jwt": "a JSON Web Token in a header",
    "ed25519": "a signature, verified with the vendor's public key (Ed25519)",
    "ecdsa": "the same, as ECDSA with P-256 or P-384",
    "rsa": "the same, as RSA",
    "digest": "a plain hash of the secret and the request, in a header",
    "body_token": "a secret in a field of the body, the same in every request",
    "body_hmac": "a signature in a field of the body, over some of its fields",
    "sns": "Amazon SNS, which signs every message",
}
COMBINED_KINDS = {
    "all_of": "two of these in each request, such as a password and a signature",
    "any_of": "sometimes one of these, sometimes another",
}
KINDS = {**SINGLE_KINDS, **COMBINED_KINDS}
"""The auth types that `new` offers."""
VERBATIM = (
    "prefix",
    "timestamp_prefix",
    "separator",
    "signed_headers_prefix",
    "signed_headers_separator",
    "signed_headers_each",
    "signed_headers_join",
)
"""Questions to whose answers white space belongs."""
ALGORITHMS = tuple(dict.fromkeys(name for kind in (*SIGNED, "body_hmac", "jwt") for name in algorithms(kind)))


def questions(kind: str, answers: Mapping[str, str]) -> Iterator[Question]:
    """Yield the questions for an auth type, as far as the answers so far decide them."""
    if kind in SIGNED:
        yield from of_signature(kind, answers)
    elif ask := _QUESTIONS.get(kind):
        yield from ask(answers)


def _of_token(answers: Mapping[str, str]) -> Iterator[Question]:
    if "query" not in answers:
        text = "Header with the token, such as Authorization (Enter: it is in the query)"
        yield Question("header", text, required=True)
    if answers.get("header") and "query" not in answers:
        yield Question("prefix", "Text before the token there, such as Bearer (Enter: nothing)")
    else:
        yield Question("query", "Query parameter with the token", None if "header" in answers else "")


def _of_jwt(answers: Mapping[str, str]) -> Iterator[Question]:
    yield Question("header", "Header with the token (Enter: Authorization, after Bearer)")
    if answers.get("header"):
        yield Question("prefix", "Text before the token there (Enter: nothing)")
    yield Question("algorithm", "How it is signed (HS…: with a secret of yours)", "RS256", algorithms("jwt"))
    yield Question("claim", "Claim with the body's SHA-256, such as payload_hash (Enter: none)")
    if answers.get("claim"):
        yield Question("encoding", "How the claim is written", "hex", get_args(Encoding))
    if answers.get("algorithm", "RS256").startswith("HS"):
        yield from of_key("jwt", answers)
    else:
        yield Question("jwks_url", "URL of the vendor's public keys (Enter: where its OpenID configuration says)")


def _of_body_token(_answers: Mapping[str, str]) -> Iterator[Question]:
    yield Question("field", "Field of the body with the token, such as sharedSecret", None, required=True)
    yield Question("each", "List of which each item has it, such as value (Enter: none)")


def _of_body_hmac(answers: Mapping[str, str]) -> Iterator[Question]:
    yield Question("field", "Field of the body with the signature, such as signature.value", None, required=True)
    yield Question("each", "List of which each item has it, such as items (Enter: none)")
    yield Question("prefix", "Text before the signature; * is any text, such as a key's id (Enter: nothing)")
    if answers.get("prefix"):
        yield Question("separator", "Text between signatures, such as & in a form (Enter: there is one)")
    yield Question("encoding", "How the signature is written", "hex", get_args(Encoding))
    yield Question("algorithm", "Hash function", "sha256", algorithms("body_hmac"))
    text = "What is signed, such as {timestamp}{token}"
    yield Question("signed", text, None, required=True, example="{id}")
    yield Question("timestamp_path", "Field of the body with the signed time (Enter: none)")
    if answers.get("timestamp_path"):
        yield Question("timestamp_format", "How the time is written", "unix", get_args(TimeFormat))
    yield from of_key("body_hmac", answers)
    yield Question("uncovered", "What of the body is not signed, in words", UNCOVERED)


_QUESTIONS = {"token": _of_token, "jwt": _of_jwt, "body_token": _of_body_token, "body_hmac": _of_body_hmac}


def unused_options(kind: str, answers: Mapping[str, str], seen: Mapping[str, Any]) -> list[str]:
    """Return the options that have no effect for an auth type, or for the settings that a request has shown."""
    signed = {"signed": seen["signed"]} if "signed" in seen else {}
    known = {question.name for question in questions(kind, {**signed, **answers})}
    if kind in SIGNED and seen:
        known |= {"separator"} | ({"timestamp_format"} if "timestamp" in seen else set())
    return [Question(name, "").option for name in answers if name not in known]
