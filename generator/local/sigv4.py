"""Check that a request to the emulator is signed as AWS demands it, with ministack's own functions.

ministack itself checks only the signatures of users and roles, and only where it enforces IAM.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from ministack.core import sigv4
from ministack.core.router import extract_access_key_id

# Returns the secret of a key and of the session token that came with it, or raises RefusedError.
SecretKeyLookup = Callable[[str, str], str]

_SHA256 = re.compile("[0-9a-f]{64}")


class RefusedError(Exception):
    """A request that no known key has signed: AWS's code for it, and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Request:
    """A request as it was sent: the path without its query, a header's values joined by commas."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, scope: dict[str, Any], body: bytes) -> Request:
        """Read a request from its ASGI scope."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), sigv4.decode_header_value(raw_value)
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        query = parse_qs(scope["query_string"].decode(errors="replace"), keep_blank_values=True)
        return cls(scope["method"], scope["raw_path"].decode("latin-1"), query, headers, body)

    @property
    def presigned(self) -> bool:
        """Return whether the signature, if there is one, is in the query."""
        return "authorization" not in self.headers

    @property
    def session_token(self) -> str:
        """Return the token that comes with a temporary key."""
        if self.presigned:
            return self.query.get("X-Amz-Security-Token", [""])[0]
        return self.headers.get("x-amz-security-token", "")


def verify_signature(request: Request, find_secret_key: SecretKeyLookup) -> None:
    """Raise RefusedError unless a known key has signed the request, body included, for this time."""
    try:
        signature = _signature(request)
        _raise(
            sigv4.header_signature_failure(
                signature,
                find_secret_key(signature.access_key_id, request.session_token),
                request.method,
                request.path,
                request.query,
                request.headers,
                request.body,
                presigned=request.presigned,
            )
        )
    except (TypeError, ValueError) as error:  # an invalid time, or a signature that is not ASCII
        raise RefusedError("IncompleteSignature", "The signature can't be read.") from error
    body_hash = request.headers.get("x-amz-content-sha256", "")
    if _SHA256.fullmatch(body_hash) and body_hash != hashlib.sha256(request.body).hexdigest():
        raise RefusedError("SignatureDoesNotMatch", "The body is not the one that was signed.")


def _signature(request: Request) -> Any:
    """Return the parts of a current signature, by the same key that the emulator takes for the caller's."""
    if request.presigned and "X-Amz-Signature" not in request.query:
        raise RefusedError("MissingAuthenticationToken", "Request is missing Authentication Token")
    parse = sigv4.parse_query_signature if request.presigned else sigv4.parse_header_signature
    signature = parse(request.query if request.presigned else request.headers)
    if isinstance(signature, tuple):
        raise RefusedError(*signature)
    if extract_access_key_id(request.headers, request.query) != signature.access_key_id:
        raise RefusedError("IncompleteSignature", "The request names more than one key.")
    if not request.presigned:
        _raise(sigv4.request_time_failure(signature))
    elif sigv4.presigned_request_is_expired(signature.amz_date, request.query.get("X-Amz-Expires", [""])[0]):
        raise RefusedError("AccessDenied", "Request has expired")
    return signature


def _raise(failure: tuple[str, str] | None) -> None:
    if failure:
        raise RefusedError(*failure)
