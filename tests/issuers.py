"""Made-up senders that sign with a published key, SNS and issuers of tokens, and an internet that serves their keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from lambdas.auth import sns
from lambdas.runtime import fetch, vendor_fetch
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.signatures import issuer_keys
from lambdas.signatures.published_keys import FetchCache

CERTIFICATE_URL = "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0a1b.pem"
TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic"
NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@dataclass
class Internet:
    """Stands in for HTTPS: pages, statuses and faults by URL, 404 for any other, and the URLs that were requested."""

    pages: dict[str, bytes | int | Exception] = field(default_factory=dict)
    requested_urls: list[str] = field(default_factory=list)

    def fetch(self, request: HttpRequest, seconds: float, limit: int) -> HttpAnswer:
        assert (request.method, request.headers, seconds, limit) == ("GET", {}, 2, 65_536)
        self.requested_urls.append(request.url)
        page = self.pages.get(request.url, 404)
        if isinstance(page, Exception):
            raise page
        return HttpAnswer(page, {}, b"") if isinstance(page, int) else HttpAnswer(200, {}, page)

    def put_before(self, patched: pytest.MonkeyPatch) -> Internet:
        """Put it in the place of the real one, with nothing fetched or remembered from before."""
        patched.setattr(fetch, "fetch", self.fetch)
        patched.setattr(vendor_fetch, "_fetches", deque(maxlen=vendor_fetch.FETCHES_PER_MINUTE))
        patched.setattr(issuer_keys, "KEY_SETS", FetchCache(issuer_keys._parse_key_set, issuer_keys._fetch))
        patched.setattr(issuer_keys, "KEY_SET_URLS", FetchCache(issuer_keys._parse_jwks_uri, issuer_keys._fetch))
        patched.setattr(sns, "CERTIFICATES", FetchCache(sns._parse_certificate, sns._fetch))
        return self


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Return an RSA key, the same for the same name: to make one takes a while."""
    assert name
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    """A key of P-256, the same for the same name."""
    assert name
    return ec.generate_private_key(ec.SECP256R1())


@cache
def certificate(common_name: str = "sns.amazonaws.com") -> bytes:
    """Return the certificate of the made-up SNS."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    key = rsa_key("sns")
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), start, end)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def message(**fields: str) -> dict[str, str]:
    """Return an unsigned notification as SNS would post it, with these fields replaced."""
    defaults = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": "Hello",
        "Timestamp": "2026-01-01T00:00:00.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
    }
    return {**defaults, **fields}


def signed_message(unsigned: Mapping[str, str]) -> dict[str, str]:
    """Return a message with the signature of the made-up SNS, by its type and version.

    https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
    """
    names = NOTIFICATION if unsigned["Type"] == "Notification" else CONFIRMATION
    text = "".join(f"{name}\n{unsigned[name]}\n" for name in names if name in unsigned)
    algorithm = hashes.SHA1() if unsigned["SignatureVersion"] == "1" else hashes.SHA256()  # noqa: S303 - as SNS does
    signature = rsa_key("sns").sign(text.encode(), padding.PKCS1v15(), algorithm)
    return {**unsigned, "Signature": base64.b64encode(signature).decode()}


@dataclass(frozen=True)
class Issuer:
    """An issuer of tokens, whose one key has an id."""

    kid: str = "first"
    algorithm: str = "RS256"

    @property
    def key(self) -> Any:
        return rsa_key(self.kid) if self.algorithm.startswith(("RS", "PS")) else ec_key(self.kid)

    def renewed(self, kid: str) -> Issuer:
        return replace(self, kid=kid)

    def jwk(self) -> dict[str, Any]:
        kind = jwt.algorithms.RSAAlgorithm if isinstance(self.key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
        return {**kind.to_jwk(self.key.public_key(), as_dict=True), "kid": self.kid, "use": "sig"}

    def token(self, claims: Mapping[str, Any], **header: Any) -> str:
        # Not jwt.encode(), which refuses claims of a wrong type.
        return jwt.api_jws.encode(json.dumps(claims).encode(), self.key, self.algorithm, {"kid": self.kid, **header})


def key_set(*issuers: Issuer) -> bytes:
    """The keys as they are published."""
    return json.dumps({"keys": [issuer.jwk() for issuer in issuers]}).encode()


def forged(header: Mapping[str, Any], claims: Mapping[str, Any], secret: bytes | None) -> str:
    """A token that needs no private key: with HMAC under what anyone knows, or with no signature at all."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    text = b".".join(parts)
    signature = hmac.digest(secret, text, hashlib.sha256) if secret is not None else b""
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()
