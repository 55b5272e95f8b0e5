"""Signing a request as a vendor would, for samples, the canary and `send`; and describing a signature in words."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable

from lambdas.auth_type import OutgoingRequest
from lambdas.reading.request import Request
from lambdas.runtime.times import format_time
from lambdas.signatures.signature_check import FAMILY
from lambdas.signatures.signature_settings import Encoding, SignatureSettings, Timestamp
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
    from secrets import token_hex

    from lambdas.signatures.public_url import with_query

    headers: dict[str, str] = {str(name): value for name, value in (settings.require or {}).items()}
    stamp, name = settings.timestamp, settings.signature.header[0].replace(FAMILY, "-1")
    timestamp_part = ""
    if stamp and stamp.path:
        outgoing = outgoing._replace(body=_stamped(outgoing.body, stamp, now))
    elif stamp and stamp.header:
        value = f"{stamp.prefix}{format_time(now, stamp.format)}"
        headers[stamp.header] = value
        if stamp.header.lower() == name.lower():
            timestamp_part = f"{value}{stamp.split or settings.signature.split}"
    if settings.id and settings.id.header.lower() not in set(map(str.lower, outgoing.headers)):
        headers[settings.id.header] = f"msg_{token_hex(16)}"
    if settings.body_hash:
        digest = hashlib.sha256(outgoing.body).hexdigest()
        if settings.body_hash.query:
            outgoing = outgoing._replace(url=with_query(outgoing.url, settings.body_hash.query, digest))
        elif settings.body_hash.header:
            headers[settings.body_hash.header] = digest
    outgoing = outgoing._replace(headers={**outgoing.headers, **headers})
    signature = make(signed_texts(settings, Request.from_outgoing(outgoing, now), secret)[0])
    value = f"{timestamp_part}{settings.signature.prefix}{encode_bytes(signature, settings.signature.encoding)}"
    return outgoing._replace(headers={**outgoing.headers, name: value})


def describe_signature(settings: SignatureSettings) -> str:
    """Describe in a few words what is signed and which header carries the signature."""
    header_names = " or ".join(settings.signature.header)
    stamp = settings.timestamp
    window = f", at most {stamp.tolerance} s old" if stamp else ""
    text = settings.signed.replace("\n", "␊").replace("\r", "␍")
    return f'of "{text}" in {header_names}{window}'


def encode_bytes(content: bytes, encoding: Encoding) -> str:
    """Encode bytes as a vendor writes them."""
    if encoding == "hex":
        return content.hex()
    text = base64.b64encode(content) if encoding == "base64" else base64.urlsafe_b64encode(content).rstrip(b"=")
    return text.decode()


def _stamped(body: bytes, stamp: Timestamp, now: float) -> bytes:
    """Return the body with this time in it, where `path` is a mere name."""
    fields = json.loads(body)
    text = format_time(now, stamp.format)
    fields[str(stamp.path)] = text if stamp.format == "rfc3339" else int(text)
    return json.dumps(fields).encode()
