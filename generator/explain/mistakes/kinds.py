"""Mistakes in the kind of signature: a plain hash in the place of an HMAC, or an HMAC in that of a plain hash."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import permutations
from typing import Any

from generator.definition.auth_types import auth_types
from generator.definition.key_types import field_types
from generator.explain.mistakes import Mistake, VerificationAttempt
from lambdas.model import Auth
from lambdas.model_types import SignedText
from lambdas.signatures.signature_settings import PIECE

_SEPARATORS = ("", ".", ":")
_MOST_PIECES = 4
"""Pieces of a signed text up to which every order of them is tried."""


def kind_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield the same signature as the other kind makes it, with the texts that are usual there."""
    if attempt.type_name == "hmac":
        yield from _as_digest(attempt)
    elif attempt.type_name == "digest":
        yield from _as_hmac(attempt)


def _as_digest(attempt: VerificationAttempt) -> Iterator[Mistake]:
    signed = attempt.settings.signed
    pieces = list(dict.fromkeys(["{secret}", *(match[0] for match in PIECE.finditer(signed)), "{body}"]))
    for order in permutations(pieces) if len(pieces) <= _MOST_PIECES else ():
        for text in (separator.join(order) for separator in _SEPARATORS):
            advice = f'in the definition, `digest` in the place of `hmac`, with `signed: "{text}"`'
            yield _mistake("digest", text, f'the signature is a plain hash of "{text}", and no HMAC', advice)
    advice = "have the vendor sign with a secret: anyone can make this hash"
    yield _mistake("digest", "{body}", "the signature is a plain hash of the body, without any secret", advice)


def _as_hmac(attempt: VerificationAttempt) -> Iterator[Mistake]:
    signed = attempt.settings.signed.replace("{secret}", "")
    for text in dict.fromkeys([signed, signed.strip(".:|,-"), "{body}"]):
        advice = f'in the definition, `hmac` in the place of `digest`, with `signed: "{text}"`'
        yield _mistake("hmac", text, f'the signature is an HMAC of "{text}", and no plain hash', advice)


def _mistake(kind: str, text: str, diagnosis: str, advice: str) -> Mistake:
    return Mistake("kind", diagnosis, advice, partial(_with_kind, kind, text), in_pairs=False)


def _with_kind(kind: str, signed: str, attempt: VerificationAttempt) -> VerificationAttempt:
    """Return the attempt with another auth type, and the settings that both types have."""
    module: Any = auth_types()[kind]
    shared = {name: getattr(attempt.settings, name) for name in _shared_names(module, attempt)}
    settings = module.Settings(**{**shared, "signed": SignedText(signed)})
    return attempt._replace(auth=Auth(module, settings))


def _shared_names(module: Any, attempt: VerificationAttempt) -> list[str]:
    own = field_types(type(attempt.settings))
    return [name for name in field_types(module.Settings) if name in own]
