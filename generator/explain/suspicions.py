"""What looks wrong with a request, its secret or its URL, for when no common mistake explains the failure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from generator.deploy import secret_store
from generator.explain import body_suspicions
from generator.explain.evidence.tokens import tokens_in
from generator.explain.mistakes import VerificationAttempt
from generator.explain.mistakes.schemes import possible_signature_headers
from generator.samples.captured import Captured
from lambdas.auth_type import Unauthenticated
from lambdas.reading.request import Request
from lambdas.signatures.signature_check import carried_values, received_signatures, signature_texts
from lambdas.signatures.signature_settings import PIECE, Signature, SignatureSettings, Url

_MASKED = re.compile(
    r"(.*[^*])?\*{3,}.*|.*(\[|<)?(masked|redacted|filtered|hidden|removed|omitted)(\]|>)?", re.IGNORECASE
)
_HEX = re.compile("[0-9a-fA-F]+")
_SCHEME = re.compile("Bearer|Digest|Token|Negotiate|ApiKey", re.IGNORECASE)
"""What may be shown of a header that has a credential."""
_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64, "md5": 16}
Suspicion = tuple[str, str]
"""A diagnosis, and advice."""


def suspicions(attempt: VerificationAttempt, captured: Captured, has_url: bool) -> Iterator[Suspicion]:
    """Yield what may be wrong, each with advice."""
    for warning in captured.warnings:
        yield warning, "capture the body byte for byte"
    yield from body_suspicions.body_suspicions(attempt.request)
    if attempt.type_name == "body_token":
        yield from _items(attempt)
    if isinstance(attempt.settings, SignatureSettings):
        yield from _signature(attempt)
        if any(name == "url" for name, _ in PIECE.findall(attempt.settings.signed)):
            yield from _url(attempt, has_url)
    yield from _secrets(attempt)


def missing_credentials(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    """Yield the credentials that the captured file lacks or that were masked in it: there is nothing to search for."""
    headers = attempt.request.headers
    names = attempt.auth.type.headers(attempt.settings)
    if names and not any(name in headers for name in names):
        similar = possible_signature_headers(attempt) if isinstance(attempt.settings, SignatureSettings) else []
        hint = f"; {' and '.join(similar)} may be a signature" if similar else ""
        advice = (
            "a proxy, or the tool that captured it, may have taken it away; or the vendor is set up without a secret"
        )
        yield f"there is no {' or '.join(names[:2])}{hint}", advice
    query = getattr(attempt.settings, "query", None)
    if query and attempt.request.query(query) is None:
        yield f"there is no {query} in the query", "capture the URL with its query, and give the vendor one that has it"
    for name in names:
        if name in headers and not headers[name].strip():
            yield f"{name} is empty", "the vendor is set up without a secret, or whatever captured it left it out"
        elif name in headers and _MASKED.fullmatch(headers[name]):
            yield f"{name} was masked by whatever captured it", "capture the header too"
    if attempt.type_name == "basic" and "authorization" in headers:
        yield from _basic(headers["authorization"])


def _basic(value: str) -> Iterator[Suspicion]:
    scheme, _, pair = value.partition(" ")
    if scheme.lower() != "basic":
        known = scheme if pair and _SCHEME.fullmatch(scheme) else "no known scheme"
        yield f"authorization has {known} before the credential, not Basic", "have the vendor send user and password"
        return
    try:
        base64.b64decode(pair.strip(), validate=True)
    except ValueError:
        yield "what authorization has after Basic is no base64", "have the vendor write user:password in base64"


def repeated_parameters(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    """Yield the query parameters that verification needs and that the request has more than once."""
    settings, names = attempt.settings, [name for name, _ in attempt.request.query_parameters]
    needed = [getattr(settings, "query", None), getattr(getattr(settings, "body_hash", None), "query", None)]
    needed += [argument for name, argument in PIECE.findall(getattr(settings, "signed", "")) if name == "query"]
    for name in filter(None, dict.fromkeys(needed)):
        if names.count(name) > 1:
            yield f"{name} is in the query more than once", "have it sent once: of two, nobody knows which is meant"


def _items(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    received = tokens_in(attempt) or []
    valid = [token for token in received if token in attempt.secret_texts]
    if 0 < len(valid) < len(received):
        diagnosis = f"{len(received) - len(valid)} of {len(received)} items have another token, or none"
        yield diagnosis, "every item must carry the secret: another subscription may have been made with another one"


def _signature(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    try:
        received = received_signatures(attempt.settings, attempt.request, attempt.now)
    except Unauthenticated:
        return
    signature = attempt.settings.signature
    digits = _odd_digits(attempt.settings.signature, attempt.request)
    if not received and digits:
        yield f"the signature has {digits} digits of hex, an odd number: it was cut", "copy the whole header"
    elif not received:
        after = f" after {signature.prefix}" if signature.prefix else ""
        diagnosis = f"nothing in the header is written in {signature.encoding}{after}"
        yield diagnosis, "compare it with `signature` in the definition"
    # With a public key, the length is the key's, and not the hash function's.
    size = _SIZES.get(attempt.settings.algorithm) if attempt.type_name in ("hmac", "digest") else None
    if size and received and all(len(each) != size for each in received):
        actual = len(received[0])
        algorithm = next((name for name, length in _SIZES.items() if length == actual), None)
        maker = algorithm.upper() if algorithm else "no hash function"
        diagnosis = f"the signature has {actual} bytes, as {maker} makes them, not {size}"
        yield diagnosis, "compare `algorithm` and `encoding`"


def _odd_digits(signature: Signature, request: Request) -> int:
    """Return how many digits of hex a signature has, where an odd number shows that one is missing; else 0."""
    texts = [text for value in carried_values(signature, request) for text in signature_texts(signature, value)]
    digits = [len(text) for text in texts if signature.encoding == "hex" and _HEX.fullmatch(text)]
    return next((number for number in digits if number % 2), 0)


def _url(attempt: VerificationAttempt, has_url: bool) -> Iterator[Suspicion]:
    own: Url = attempt.settings.url or Url()
    if not has_url and not own.base:
        yield "the URL is signed, and the file has only its path", "--url names the URL that the vendor was told"
    else:
        diagnosis = "the URL is signed too, and the one here may not be the one that the vendor was told"
        yield diagnosis, "--url tries another one; in the definition, it is `url: {base: …}`"


def _secrets(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    for secret in attempt.secrets[:1]:
        for problem in secret_store.secret_problems(secret, in_header=False):
            yield f"the secret {problem}", "copy it once more"
