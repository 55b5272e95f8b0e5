"""What looks wrong with a request, or with what it is verified with, where nothing explains why it does not verify."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.deploy import secret_store
from generator.explain.evidence.tokens import tokens_in
from generator.explain.mistakes import VerificationAttempt
from generator.explain.mistakes.schemes import possible_signature_headers
from generator.samples.captured import Captured
from lambdas.auth_type import Unauthenticated
from lambdas.reading.body import Rejected
from lambdas.reading.formats import decompress
from lambdas.reading.request import Request
from lambdas.signatures.signature_check import received_signatures
from lambdas.signatures.signature_settings import PIECE, SignatureSettings, Url

_MASKED = re.compile(
    r"(.*[^*])?\*{3,}.*|.*(\[|<)?(masked|redacted|filtered|hidden|removed|omitted)(\]|>)?", re.IGNORECASE
)
_GZIP = b"\x1f\x8b\x08"
"""Begins every file of gzip (RFC 1952, 2.3.1): the mark, and the one way to compress that there is."""
_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64, "md5": 16}
Suspicion = tuple[str, str]


def suspicions(attempt: VerificationAttempt, captured: Captured, has_url: bool) -> Iterator[Suspicion]:
    """What to look at, each with what to do."""
    for doubt in captured.doubts:
        yield doubt, "capture the body byte for byte"
    yield from _coding(attempt)
    if attempt.type_name == "body_token":
        yield from _items(attempt)
    if isinstance(attempt.settings, SignatureSettings):
        yield from _signature(attempt)
        if any(name == "url" for name, _ in PIECE.findall(attempt.settings.signed)):
            yield from _url(attempt, has_url)
    yield from _secrets(attempt)


def missing_credentials(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    """A credential that is not in the file, so that there is nothing to search for."""
    there = attempt.request.headers
    names = attempt.auth.type.headers(attempt.settings)
    if names and not any(name in there for name in names):
        like = possible_signature_headers(attempt) if isinstance(attempt.settings, SignatureSettings) else []
        also = f"; {' and '.join(like)} may be a signature" if like else ""
        what = "a proxy, or the tool that captured it, may have taken it away; or the vendor is set up without a secret"
        said = f"there is no {' or '.join(names[:2])}{also}"
        yield said, what
    query = getattr(attempt.settings, "query", None)
    if query and attempt.request.query(query) is None:
        yield f"there is no {query} in the query", "capture the URL with its query, and give the vendor one that has it"
    for name in names:
        if name in there and _MASKED.fullmatch(there[name]):
            yield f"{name} was masked by whatever captured it", "capture the header too"


def repeated_parameters(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    """A query parameter that the sender is verified by, and that is there more than once."""
    settings, names = attempt.settings, [name for name, _ in attempt.request.query_parameters]
    wanted = [getattr(settings, "query", None), getattr(getattr(settings, "body_hash", None), "query", None)]
    wanted += [argument for name, argument in PIECE.findall(getattr(settings, "signed", "")) if name == "query"]
    for name in filter(None, dict.fromkeys(wanted)):
        if names.count(name) > 1:
            yield f"{name} is in the query more than once", "have it sent once: of two, nobody knows which is meant"


def undeclared_gzip(request: Request) -> Iterator[Suspicion]:
    """A body that is compressed, and nothing says so: what is certain whether it verifies or not."""
    if request.body.startswith(_GZIP) and "content-encoding" not in request.headers:
        todo = "capture the header too; if it was never sent, have the vendor, or a proxy before the endpoint, send it"
        yield "the body is gzip by its first bytes, and no content-encoding header says so", todo


def _items(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    found = tokens_in(attempt) or []
    right = [one for one in found if one in attempt.secret_texts]
    if 0 < len(right) < len(found):
        said = f"{len(found) - len(right)} of {len(found)} items have another token, or none"
        yield said, "every item must carry the secret: another subscription may have been made with another one"


def _coding(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    headers = attempt.request.headers
    try:
        decompress(attempt.request.body, headers)
    except Rejected:
        coding = headers.get("content-encoding")
        said = f"content-encoding says {coding}, and the body is not compressed so: it was decompressed on its way"
        yield said, "what is signed may be the compressed body: capture what arrives, and let nothing decompress it"


def _signature(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    try:
        seen = received_signatures(attempt.settings, attempt.request, attempt.now)
    except Unauthenticated:
        return
    form = attempt.settings.signature
    if not seen:
        before = f" after {form.prefix}" if form.prefix else ""
        yield (
            f"nothing in the header is written in {form.encoding}{before}",
            "compare it with `signature` in the definition",
        )
    size = _SIZES.get(getattr(attempt.settings, "algorithm", ""))
    if size and seen and all(len(one) != size for one in seen):
        made = next((name for name, bytes_ in _SIZES.items() if bytes_ == len(seen[0])), None)
        like = f", as {made.upper()} makes them" if made else ", as no hash function makes them"
        yield f"the signature has {len(seen[0])} bytes{like}, not {size}", "compare `algorithm` and `encoding`"


def _url(attempt: VerificationAttempt, has_url: bool) -> Iterator[Suspicion]:
    own: Url = attempt.settings.url or Url()
    if not has_url and not own.base:
        yield "the URL is signed, and the file has only its path", "--url names the URL that the vendor was told"
    else:
        said = "the URL is signed too, and the one here may not be the one that the vendor was told"
        yield said, "--url tries another one; in the definition, it is `url: {base: …}`"


def _secrets(attempt: VerificationAttempt) -> Iterator[Suspicion]:
    for secret in attempt.secrets[:1]:
        for said in secret_store.secret_problems(secret, in_header=False):
            yield f"the secret {said}", "copy it once more"
