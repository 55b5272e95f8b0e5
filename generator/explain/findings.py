"""Findings: why a request does not verify, a sentence each, with advice; the order of the searches is set here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.explain import suspicions, unusable
from generator.explain.captured_case import CapturedCase
from generator.explain.mistakes import (
    Mistake,
    VerificationAttempt,
    bodies,
    find_explanation,
    keys,
    kinds,
    published,
    rewritten,
    schemes,
    texts,
    tokens,
    urls,
)
from generator.explain.time_findings import Finding, body_time_findings, check_time
from lambdas.signatures.signature_settings import PIECE, SignatureSettings
from lambdas.signatures.token_claims import covers_body


def findings(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Finding]:
    """Yield why the attempt fails; for a type that this module does not know, only causes that all types share."""
    if flaw := unusable.unusable_secret(attempt):
        yield Finding(*flaw)
    if repeated := list(suspicions.repeated_parameters(attempt)):
        yield from (Finding(*texts) for texts in repeated)
    elif isinstance(attempt.settings, SignatureSettings):
        yield from _signature_findings(attempt, case)
    elif attempt.type_name == "jwt":
        yield from _token_findings(attempt, case)
    elif attempt.type_name == "sns":
        yield from (Finding(*texts) for texts in published.sns_findings(attempt))
    elif attempt.type_name == "body_hmac" and attempt.settings.timestamp and not attempt.settings.each:
        yield from list(body_time_findings(attempt, case)) or _search(
            attempt.with_settings(timestamp=None), case, _other_mistakes(attempt, case)
        )
    elif attempt.type_name in OTHER_MISTAKES:
        yield from _search(attempt, case, _other_mistakes(attempt, case))
    elif mistakes := find_explanation(attempt, _key_mistakes(attempt, case)):
        yield from _explained(attempt, mistakes)
    else:
        yield from (Finding(*texts) for texts in suspicions.missing_credentials(attempt))


def _token_findings(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Finding]:
    """Yield why a token is refused: the body or the secret that it was made with, else its claims."""
    candidates = bodies.body_mistakes(attempt) if covers_body(attempt.settings.claims) else iter(())
    if mistakes := find_explanation(attempt, (*candidates, *_key_mistakes(attempt, case))):
        yield from _explained(attempt, mistakes)
    elif claims := list(published.jwt_findings(attempt, as_of_now=case.as_of_now)):
        yield from (Finding(*texts) for texts in claims)
    elif attempt.settings.secret:
        yield from _search(attempt, case, iter(()))


def _body_hmac_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    yield from schemes.algorithm_mistakes(attempt)
    yield from schemes.encoding_mistakes(attempt)
    yield from texts.body_text_mistakes(attempt)


OTHER_MISTAKES: dict[str, Callable[[VerificationAttempt], Iterator[Mistake]]] = {
    "token": tokens.token_mistakes,
    "basic": tokens.basic_mistakes,
    "body_token": tokens.body_token_mistakes,
    "body_hmac": _body_hmac_mistakes,
}
"""The common mistakes per type, for those without a signature in a header."""


def _other_mistakes(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Mistake]:
    yield from _key_mistakes(attempt, case)
    yield from OTHER_MISTAKES[attempt.type_name](attempt)


def _key_mistakes(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Mistake]:
    if secret := getattr(attempt.settings, "secret", None):
        yield from keys.key_mistakes(attempt, case.other_secrets(secret))


def _signature_findings(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Finding]:
    # With another separator, no time can be read from the header that it shares with the signature.
    for mistake in (layout := find_explanation(attempt.ignoring_time, schemes.layout_mistakes(attempt))):
        attempt = mistake.correct(attempt)
    yield from (Finding(mistake.diagnosis, mistake.advice) for mistake in layout)
    relaxed, time_finding = check_time(attempt, case)
    if time_finding:
        verified = "; its signature is right" if relaxed.verifies else ""
        yield time_finding._replace(diagnosis=f"{time_finding.diagnosis}{verified}")
    for name, value in (attempt.settings.require or {}).items():
        if attempt.request.headers.get(name.lower()) != value:
            advice = "if the vendor has a new version of its scheme, the definition needs it"
            yield Finding(f"{name.lower()} must be {value}, and is not: another version of the scheme", advice)
    if relaxed.verifies:
        return
    if attempt.settings.body_hash and relaxed.with_settings(body_hash=None).verifies:
        mistakes = find_explanation(relaxed, bodies.body_mistakes(relaxed))
        diagnosis = "the signature is right, and what is signed is the hash of another body"
        another_body = Finding(diagnosis, rewritten.REWRITTEN_ADVICE)
        yield from _explained(relaxed, mistakes) if mistakes else [another_body]
    else:
        yield from _search(relaxed, case, _signature_mistakes(relaxed, case))


def _signature_mistakes(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Mistake]:
    """Yield the likeliest mistakes first: only the first that explains the failure is reported."""
    yield from bodies.type_mistakes(attempt)
    yield from bodies.body_mistakes(attempt)
    yield from _key_mistakes(attempt, case)
    yield from schemes.header_mistakes(attempt, case.captured.headers)
    yield from schemes.layout_mistakes(attempt)
    yield from schemes.separator_mistakes(attempt)
    yield from schemes.encoding_mistakes(attempt)
    yield from schemes.in_base64_again(attempt)
    yield from schemes.algorithm_mistakes(attempt)
    yield from schemes.padding_mistakes(attempt)
    yield from schemes.method_mistakes(attempt)
    if any(name == "url" for name, _ in PIECE.findall(attempt.settings.signed)):
        yield from urls.url_mistakes(attempt)
    yield from texts.text_mistakes(attempt)
    yield from kinds.kind_mistakes(attempt)


def _search(attempt: VerificationAttempt, case: CapturedCase, candidates: Iterator[Mistake]) -> Iterator[Finding]:
    if mistakes := find_explanation(attempt, candidates):
        yield from _explained(attempt, mistakes)
    elif missing := list(suspicions.missing_credentials(attempt)):
        yield from (Finding(*texts) for texts in missing)
    else:
        suspected = suspicions.suspicions(attempt, case.captured, case.has_url)
        yield from (Finding(*texts, proven=False) for texts in suspected)
        if unusable.unusable_secret(attempt):
            return
        previous = "; if it was changed of late, --previous asks for the one before it too"
        body = ", or the body is" if hasattr(attempt.settings, "signed") else ""
        diagnosis = f"the secret is another one{body}: none of the common mistakes explains it"
        advice = f"compare the secret with the vendor's{'' if case.has_previous_secret else previous}"
        yield Finding(diagnosis, advice, proven=False)


def _explained(attempt: VerificationAttempt, mistakes: tuple[Mistake, ...]) -> Iterator[Finding]:
    """Yield a finding for each mistake; mistakes in the URL become one finding with the URL that was signed."""
    of_url = [mistake for mistake in mistakes if mistake.axis in urls.AXES]
    for mistake in mistakes:
        if mistake not in of_url:
            yield Finding(mistake.diagnosis, mistake.advice)
            attempt = mistake.correct(attempt)
    if of_url:
        corrected = attempt
        for mistake in of_url:
            corrected = mistake.correct(corrected)
        url = urls.signed_url(corrected)
        differences = " and ".join(mistake.diagnosis for mistake in of_url)
        yield Finding(f"the URL that was signed is {differences}: {url}", urls.url_advice(attempt, url))
