"""Amazon SNS over HTTPS: an RSA signature in the body, verified with a certificate that SNS publishes.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import TopicArn
from lambdas.reading.body import Rejected
from lambdas.reading.unverified_request import refuse_compressed_body
from lambdas.runtime.http_types import FetchRefused
from lambdas.runtime.vendor_fetch import fetch_from_vendor
from lambdas.signatures.published_keys import FetchCache

if TYPE_CHECKING:
    from lambdas.reading.request import Request

HOSTS = ("sns.*.amazonaws.com", "sns.*.amazonaws.com.cn", "sns.*.amazonaws.eu")
# Only hosts of a region: the owner of a bucket named sns controls sns.s3.amazonaws.com and sns.s3-us-west-2.
# And only a certificate's path: other paths are SNS's API, whose answers may hold a text that somebody chose.
_REGION = r"[a-z]+(-[a-z]+)+-[0-9]+"
_DOMAIN = r"amazonaws\.(com(\.cn)?|eu)"
_CERTIFICATE = re.compile(rf"https://sns\.{_REGION}\.{_DOMAIN}/SimpleNotificationService-[A-Za-z0-9]+\.pem")
_BEGINS = b"-----BEGIN CERTIFICATE-----"
# Opt-in regions, GovCloud, China and the European Sovereign Cloud have their own names, as in AWS's SDK for Java:
# https://github.com/aws/aws-sdk-java-v2, SnsHostProvider
_SUBJECT = re.compile(rf"CN=sns(-signing\.{_REGION}|-{_REGION})?\.{_DOMAIN}")
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}
# Lambda's event spells these names differently.
_OTHER_SPELLING = {"SigningCertURL": "SigningCertUrl", "SubscribeURL": "SubscribeUrl"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Amazon SNS, signature versions 1 and 2. Nothing is stored: the certificate is fetched, and remembered."""

    topics: tuple[TopicArn, ...]
    """The topics whose messages are taken. Anyone can make a topic, and have SNS sign for it."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("cryptography",)


def headers(_settings: Settings) -> tuple[str, ...]:
    return ()


def verify(settings: Settings, request: Request, _lookup_secret: SecretLookup, _now: float) -> None:
    refuse_compressed_body(request)
    try:
        message = request.json
    except Rejected:
        raise Unauthenticated("the body is not JSON") from None
    if not isinstance(message, dict):
        raise Unauthenticated("the body is no message of SNS")
    # The topic is checked first: nothing is fetched for a topic that the definition does not name.
    if message.get("TopicArn") not in settings.topics:
        raise Unauthenticated("TopicArn is none of the topics")
    text, signature = _text(message), _signature(message)
    url = _field(message, "SigningCertURL")
    if not (isinstance(url, str) and _CERTIFICATE.fullmatch(url)):
        raise Unauthenticated("SigningCertURL is not a certificate of SNS")
    _check_signature(url, signature, text, message.get("SignatureVersion"))


def _check_signature(url: str, signature: bytes, text: bytes, version: Any) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    algorithm = {"1": SHA1, "2": SHA256}.get(version) if isinstance(version, str) else None
    if algorithm is None:
        raise Unauthenticated("SignatureVersion is neither 1 nor 2")
    try:
        # A renewed certificate has another URL, so each is fetched once.
        key = CERTIFICATES.get(url, math.inf)
    except FetchRefused as error:
        raise Unauthenticated(f"SigningCertURL leads to no certificate of SNS: {error}") from None
    try:
        key.verify(signature, text, PKCS1v15(), algorithm())
    except InvalidSignature:
        raise Unauthenticated("Signature is not one of this message with the certificate") from None


def _parse_certificate(content: bytes) -> Any:
    """Return the public key of a certificate; TLS and the host's name prove that the certificate is from SNS."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_pem_x509_certificate

    if not content.lstrip().startswith(_BEGINS):
        raise ValueError("it is no certificate in PEM")
    certificate = load_pem_x509_certificate(content)
    key, subject = certificate.public_key(), certificate.subject.rfc4514_string().split(",")
    if not isinstance(key, RSAPublicKey) or not any(map(_SUBJECT.fullmatch, subject)):
        raise ValueError("it is not SNS's")
    return key


def _fetch(url: str) -> bytes:
    return fetch_from_vendor(url, HOSTS)


CERTIFICATES = FetchCache(_parse_certificate, _fetch)


def _field(message: dict[str, Any], name: str) -> Any:
    return message.get(name, message.get(_OTHER_SPELLING.get(name, name)))


def _text(message: dict[str, Any]) -> bytes:
    names = _SIGNED.get(message["Type"]) if isinstance(message.get("Type"), str) else None
    if names is None:
        raise Unauthenticated("Type is none of SNS")
    lines: list[str] = []
    for name in names:
        value = _field(message, name)
        if isinstance(value, str):
            lines += [name, value]
        elif name != "Subject" or value is not None:
            raise Unauthenticated(f"{name} is not there, or is no text")
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def _signature(message: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(message.get("Signature", "")), validate=True)
    except ValueError:
        raise Unauthenticated("Signature is not base64") from None


def sign(_settings: Settings, _outgoing: OutgoingRequest, _lookup_secret: SecretLookup, _now: float) -> None:
    """Return None: only SNS has the private key."""


def describe(settings: Settings) -> str:
    return f"Amazon SNS's signature, for {' and '.join(settings.topics)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.topics:
        yield "topics", "names no topic: anyone could have SNS sign a message of his own"
