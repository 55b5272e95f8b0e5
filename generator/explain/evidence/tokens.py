"""Facts about a token, a password or a signature in the body; of a credential, only its length is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.explain.evidence import Fact, format_age
from generator.explain.mistakes import VerificationAttempt
from generator.explain.redaction import Redactor, shorten, signature_start, time_text, visible
from lambdas.auth_type import OutgoingRequest, Unauthenticated
from lambdas.reading import masking
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.text_templates import as_text, template_paths
from lambdas.runtime.secrets import UnusableSecret
from lambdas.runtime.times import unix_seconds

_SHOWN = 5


def token_facts(attempt: VerificationAttempt) -> Iterator[Fact]:
    """Yield where the token is, and the expected and the received length."""
    settings = attempt.settings
    if settings.header:
        name, value = settings.header.lower(), attempt.request.headers.get(settings.header.lower())
        yield Fact("header", f"{name}: {_length(value)}")
    else:
        name, value = f"query parameter {settings.query}", attempt.request.query(settings.query or "")
        yield Fact("query", f"{settings.query}: {_length(value)}")
    before = f"{visible(settings.prefix)!r} and then " if settings.prefix else ""
    if attempt.secrets:
        yield Fact("expected", f"{before}the secret, {len(attempt.secrets[0])} characters")
    if value is not None:
        prefixed = settings.prefix and value.startswith(settings.prefix)
        length = len(value.removeprefix(settings.prefix))
        yield Fact("seen", f"{before if prefixed else ''}{length} characters")


def header_facts(attempt: VerificationAttempt) -> Iterator[Fact]:
    """Yield the headers that carry the credential, for a type without facts of its own."""
    for name in attempt.auth.type.headers(attempt.settings):
        yield Fact("header", f"{name}: {_length(attempt.request.headers.get(name))}")


def basic_facts(attempt: VerificationAttempt) -> Iterator[Fact]:
    """Yield the header's length and scheme, and whether the secret has a colon."""
    value = attempt.request.headers.get("authorization")
    scheme = "" if value is None else f", {visible(value.partition(' ')[0][:16])} before a space" * (" " in value)
    yield Fact("header", f"authorization: {_length(value)}{scheme}")
    if attempt.secrets:
        colon = "with a colon in it" if ":" in attempt.secrets[0] else "without the colon of user:password"
        yield Fact("expected", f"Basic and the secret in base64; the secret is {colon}")


def _length(value: str | None) -> str:
    return "is not there" if value is None else f"{len(value)} characters"


def body_token_facts(attempt: VerificationAttempt) -> Iterator[Fact]:
    """Yield how many items have a token, and how many of them the secret."""
    settings = attempt.settings
    path = f"{settings.each}[].{settings.field}" if settings.each else settings.field
    if (received := tokens_in(attempt)) is None:
        yield Fact("body", f"{settings.each or 'it'} is not there, or is no list")
        return
    present = [token for token in received if token is not None]
    valid = [token for token in present if token in attempt.secret_texts]
    yield Fact("body", f"{path}: in {len(present)} of {len(received)}, the secret in {len(valid)}")


def tokens_in(attempt: VerificationAttempt) -> list[Any] | None:
    """Return the value at the token's field in each item; None where there are no items."""
    settings, items = attempt.settings, _items(attempt, attempt.settings.each)
    if items is None:
        return None
    return [masking.field_value(item, settings.field, attempt.request) for item in items]


def _items(attempt: VerificationAttempt, each: Any) -> list[Any] | None:
    try:
        root = attempt.request.json
        items = masking.field_value(root, each, attempt.request) if each else [root]
    except Rejected:
        return None
    return items if isinstance(items, list) else None


def body_hmac_facts(attempt: VerificationAttempt, redact: Redactor) -> Iterator[Fact]:
    """Yield the signed fields of the first items, and their expected and received signatures."""
    settings, items = attempt.settings, _items(attempt, attempt.settings.each)
    yield Fact("signed", visible(settings.signed))
    if settings.timestamp and items:
        yield Fact("time", _age(settings.timestamp, items[0], attempt))
    if items is None:
        yield Fact("", f"{settings.each or 'the body'} is not there, or is no list")
        return
    expected = _signed_again(attempt)
    for index, item in enumerate(items[:_SHOWN]):
        functions = Functions(attempt.request, item)
        for path in dict.fromkeys(template_paths(settings.signed)):
            value = compile_path(path)(item, functions)
            text = "is absent, so empty" if value is None else shorten(as_text(value).encode(), redact)
            yield Fact("", f"{{{path}}}  {text}")
        if expected:
            yield Fact(
                "expected", _shown(masking.field_value(expected[index], settings.signature.path, attempt.request))
            )
        yield Fact("seen", _shown(masking.field_value(item, settings.signature.path, attempt.request)))


def _age(stamp: Any, item: Any, attempt: VerificationAttempt) -> str:
    written = masking.field_value(item, stamp.path, attempt.request)
    try:
        age = attempt.now - unix_seconds(written, stamp.format)
    except ValueError:
        return f"{time_text(str(written))} is not a time as {stamp.format} writes it"
    return f"{format_age(age)}; allowed is {stamp.tolerance:,} s"


def _shown(value: Any) -> str:
    return signature_start(value) if isinstance(value, str) else "is not there"


def _signed_again(attempt: VerificationAttempt) -> list[Any] | None:
    """Return the items with the signatures that the vendor would make."""
    if not attempt.secrets:
        return None
    request = attempt.request
    outgoing = OutgoingRequest(request.method, request.url, request.headers, request.body)
    try:
        signed = attempt.auth.type.sign(attempt.settings, outgoing, lambda _name: attempt.secrets, attempt.now)
    except (Rejected, Unauthenticated, UnusableSecret, ValueError, AttributeError, TypeError):
        return None
    return _items(attempt.with_request(body=signed.body), attempt.settings.each) if signed else None
