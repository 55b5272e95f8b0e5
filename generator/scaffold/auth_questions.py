"""The questions of `new` about how a sender is verified, and the settings that the answers make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from generator.definition.auth_types import auth_types
from generator.definition.key_types import field_types
from generator.scaffold.guess_body import UNCOVERED
from lambdas.auth import jwt
from lambdas.runtime.times import TimeFormat
from lambdas.signatures.signature_settings import Encoding

KINDS = {
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
"""The auth types that `new` offers; docs/definition.md has how they are combined."""
SIGNED = ("hmac", "ed25519", "ecdsa", "rsa", "digest")
PLACES = ("header", "query", "form")
"""Where a signature may be."""
VERBATIM = ("prefix", "timestamp_prefix", "separator")
"""Questions to whose answers white space belongs."""
EXAMPLE = "X-Example"
USUAL = {"timestamp_prefix": "t=", "prefix": "v1=", "separator": ","}
"""What most vendors write in a header that has the time and the signature: t=…,v1=…"""


def algorithms(kind: str) -> tuple[str, ...]:
    """Return the hash functions, or those of a token's signature, among which an auth type has a choice."""
    if kind == "jwt":
        return get_args(jwt.Algorithm)
    hint = field_types(auth_types()[kind].Settings).get("algorithm")
    return get_args(hint) if hint else ()


ALGORITHMS = tuple(dict.fromkeys(name for kind in (*SIGNED, "body_hmac", "jwt") for name in algorithms(kind)))
PADDINGS = get_args(field_types(auth_types()["rsa"].Settings)["padding"])


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
    example: str = EXAMPLE
    """An answer that a build takes, for a question without a default."""

    @property
    def option(self) -> str:
        """Return the option that answers the question."""
        return f"--{self.name.replace('_', '-')}"


def questions(kind: str, answers: Mapping[str, str]) -> Iterator[Question]:
    """Yield the questions for an auth type, as far as the answers so far decide them."""
    if kind in SIGNED:
        yield from _of_signature(kind, answers)
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


def _of_signature(kind: str, answers: Mapping[str, str]) -> Iterator[Question]:
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
        if answers.get("prefix"):
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
    yield Question("signed", "What is signed", signed, restart_from="timestamp_header")


def _of_place(answers: Mapping[str, str]) -> Iterator[Question]:
    if not {"query", "form"} & set(answers):
        text = "Header with the signature, such as X-Acme-Signature (Enter: none)"
        yield Question("header", text, required=True)
    if not answers.get("header") and "form" not in answers:
        yield Question("query", "Query parameter with the signature (Enter: it is in a form)")
    if not answers.get("header") and not answers.get("query"):
        yield Question("form", "Field of the form with the signature", None)


def _of_jwt(answers: Mapping[str, str]) -> Iterator[Question]:
    yield Question("header", "Header with the token", "Authorization")
    if answers.get("header", "Authorization").lower() != "authorization":
        yield Question("prefix", "Text before the token there (Enter: nothing)")
    yield Question("algorithm", "How it is signed (HS…: with a secret of yours)", "RS256", algorithms("jwt"))
    yield Question("claim", "Claim with the body's SHA-256, such as payload_hash (Enter: none)")
    if answers.get("claim"):
        yield Question("encoding", "How the claim is written", "hex", get_args(Encoding))


def _of_body_token(_answers: Mapping[str, str]) -> Iterator[Question]:
    yield Question("field", "Field of the body with the token, such as sharedSecret", None, required=True)
    yield Question("each", "List of which each item has it, such as value (Enter: none)")


def _of_body_hmac(_answers: Mapping[str, str]) -> Iterator[Question]:
    yield Question("field", "Field of the body with the signature, such as signature.value", None, required=True)
    yield Question("each", "List of which each item has it, such as items (Enter: none)")
    yield Question("encoding", "How the signature is written", "hex", get_args(Encoding))
    yield Question("algorithm", "Hash function", "sha256", algorithms("body_hmac"))
    text = "What is signed, such as {timestamp}{token}"
    yield Question("signed", text, None, required=True, example="{id}")
    yield Question("uncovered", "What of the body is not signed, in words", UNCOVERED)


_QUESTIONS = {"token": _of_token, "jwt": _of_jwt, "body_token": _of_body_token, "body_hmac": _of_body_hmac}


def unused_options(kind: str, answers: Mapping[str, str], seen: Mapping[str, Any]) -> list[str]:
    """Return the options that have no effect for an auth type, or for the settings that a request has shown."""
    known = {question.name for question in questions(kind, answers)}
    if kind in SIGNED and seen:
        known |= {"separator"} | ({"timestamp_format"} if "timestamp" in seen else set())
    return [Question(name, "").option for name in answers if name not in known]


def is_shared(answers: Mapping[str, str]) -> bool:
    """Return whether one header carries the signature and the time."""
    return bool(answers.get("header")) and answers["header"].lower() == answers.get("timestamp_header", "").lower()


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
