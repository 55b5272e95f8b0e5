"""Signing a request as a vendor would, for samples, the canary and `send`; and describing a signature in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from lambdas.auth_type import OutgoingRequest
from lambdas.reading.request import Request
from lambdas.runtime.times import format_time
from lambdas.signatures.encodings import encode_bytes
from lambdas.signatures.signature_check import FAMILY, carrier
from lambdas.signatures.signature_settings import SignatureSettings, SignedHeaders, Timestamp
from lambdas.signatures.signed_text import signed_texts


def sign_request(
    settings: SignatureSettings,
    outgoing: OutgoingRequest,
    now: float,
    make: Callable[[bytes], bytes],
    secret: bytes = b"",
) -> OutgoingRequest:
    """Return the request as the vendor would send it; `make` signs a text.

    Used by builds and senders, never in AWS.
    """
    place = settings.signature
    name = place.header[0].replace(FAMILY, "-1") if place.header else ""
    outgoing = _with_body_parts(settings, outgoing, now)
    headers = _headers_beside(settings, outgoing, now)
    before = headers.pop(name, "")
    if settings.signed_headers:
        before = _name_headers(settings.signed_headers, name, before, headers, outgoing)
    unsigned = outgoing._replace(headers={**outgoing.headers, **headers, **({name: before} if before else {})})
    signature = make(signed_texts(settings, Request.from_outgoing(unsigned, now), secret)[0])
    value = f"{before}{place.prefix.replace('*', 'id')}{encode_bytes(signature, place.encoding)}"
    if place.query:
        from lambdas.signatures.public_url import with_query

        return unsigned._replace(url=with_query(unsigned.url, place.query, value))
    if place.form:
        from lambdas.signatures.form_make import with_form_field

        return with_form_field(unsigned, place.form, value)
    return unsigned._replace(headers={**unsigned.headers, name: value})


def _with_body_parts(settings: SignatureSettings, outgoing: OutgoingRequest, now: float) -> OutgoingRequest:
    """Return the request with the time in its body, or the body's hash in its query, where they are there."""
    if settings.timestamp and settings.timestamp.path:
        outgoing = outgoing._replace(body=_stamped(outgoing.body, settings.timestamp, now))
    if settings.body_hash and settings.body_hash.query:
        from lambdas.signatures.public_url import with_query

        digest = hashlib.sha256(outgoing.body).hexdigest()
        outgoing = outgoing._replace(url=with_query(outgoing.url, settings.body_hash.query, digest))
    return outgoing


def _headers_beside(settings: SignatureSettings, outgoing: OutgoingRequest, now: float) -> dict[str, str]:
    """Return the headers beside the signature; that of the signature has what stands there before it."""
    from secrets import token_hex

    headers: dict[str, str] = {str(name): value for name, value in (settings.require or {}).items()}
    stamp, place = settings.timestamp, settings.signature
    if stamp and stamp.header:
        value = f"{stamp.prefix}{format_time(now, stamp.format)}"
        own = next((name for name in place.header if name.lower() == stamp.header.lower()), None)
        headers[own or stamp.header] = f"{value}{stamp.split}" if own else value
    if settings.id and settings.id.header.lower() not in set(map(str.lower, outgoing.headers)):
        headers[settings.id.header] = f"msg_{token_hex(16)}"
    if settings.body_hash and settings.body_hash.header:
        headers[settings.body_hash.header] = hashlib.sha256(outgoing.body).hexdigest()
    return headers


def _name_headers(
    named: SignedHeaders, own: str, before: str, headers: dict[str, str], outgoing: OutgoingRequest
) -> str:
    """Put the names of all other headers where the vendor does; return what stands before the signature then."""
    shared = named.header.lower() == own.lower()
    names = {name.lower() for name in (*outgoing.headers, *headers, *(() if shared else (named.header,)))} - {
        own.lower()
    }
    if not names:
        headers["Content-Type"] = "application/json"
    listed = f"{named.prefix}{named.separator.join(sorted(names) or ['content-type'])}"
    if shared:
        return f"{before}{listed}{named.split}"
    headers[named.header] = listed
    return before


def describe_signature(settings: SignatureSettings) -> str:
    """Describe in a few words what is signed and where the signature is."""
    header_names = " or ".join(settings.signature.header) or carrier(settings.signature)
    stamp = settings.timestamp
    window = f", at most {stamp.tolerance} s old" if stamp else ""
    text = settings.signed.replace("\n", "␊").replace("\r", "␍")
    return f'of "{text}" in {header_names}{window}'


def _stamped(body: bytes, stamp: Timestamp, now: float) -> bytes:
    """Return the body with this time in it, where `path` is a mere name."""
    fields = json.loads(body)
    text = format_time(now, stamp.format)
    fields[str(stamp.path)] = int(text) if stamp.format.startswith("unix") else text
    return json.dumps(fields).encode()
