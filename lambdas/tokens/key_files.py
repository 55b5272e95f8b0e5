"""Stored private keys as vendors hand them out: PEM, a JSON file of Google's or Box's, or a JWK.

https://docs.cloud.google.com/iam/docs/keys-create-delete
https://developer.box.com/guides/authentication/jwt/without-sdk
https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from lambdas.runtime.secrets import UnusableSecret

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_NOT_A_SERVICE_ACCOUNT = "is a file of Google's, but not of a service account's key, which has client_email"


class KeyFile(NamedTuple):
    """A stored private key, not parsed yet, and what stands beside it."""

    pem: str = ""
    """The key in PEM, or empty where `jwk` has it."""
    jwk: Mapping[str, Any] | None = None
    passphrase: str | None = None
    key_id: str | None = None
    issuer: str | None = None
    subject: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    thumbprint: str | None = None
    """The SHA-256 of a certificate that stands beside the key, as in the header `x5t#S256`."""


def read_key_file(stored: str) -> KeyFile:
    """Return the key in a stored text; UnusableSecret where it holds none."""
    text = stored.strip()
    if "-----BEGIN" not in text and not text.startswith("{"):
        text = _decoded(text)
    return _from_json(text) if text.startswith("{") else _from_pem(text)


def _decoded(text: str) -> str:
    """Return a text that was encoded as base64, as some people store files, or the PEM of a DER."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        content = b""
    if content.startswith(b"0"):  # a sequence of ASN.1
        return f"-----BEGIN PRIVATE KEY-----{base64.b64encode(content).decode()}-----END PRIVATE KEY-----"
    decoded = content.decode(errors="replace").strip()
    if "-----BEGIN" not in decoded and not decoded.startswith("{"):
        raise UnusableSecret("is no private key: it is neither PEM (-----BEGIN PRIVATE KEY-----) nor a JSON key file")
    return decoded


def _from_json(text: str) -> KeyFile:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UnusableSecret("begins with { and is not JSON: was the whole file copied?") from None
    if "boxAppSettings" in document:
        return _from_box(document)
    if "kty" in document:
        if "d" not in document:
            raise UnusableSecret("is a public key (a JWK without `d`); store the private one")
        return KeyFile(jwk=document, key_id=_text(document, "kid"))
    if "private_key" in document and "client_email" in document:
        pem = _from_pem(_needed(document, "private_key"))
        return pem._replace(key_id=_text(document, "private_key_id"), issuer=_needed(document, "client_email"))
    if {"installed", "web", "refresh_token"} & set(document) or document.get("type") == "authorized_user":
        raise UnusableSecret(_NOT_A_SERVICE_ACCOUNT)
    if "keys" in document:
        raise UnusableSecret('is a set of keys; store one private key of it, which begins with {"kty"')
    raise UnusableSecret(
        "is JSON, and none of the key files that are known: Google's has client_email and private_key, "
        "Box's has boxAppSettings, a JWK has kty"
    )


def _from_box(document: Mapping[str, Any]) -> KeyFile:
    settings = document["boxAppSettings"]
    auth = settings.get("appAuth") if isinstance(settings, dict) else None
    if not isinstance(auth, dict) or not _text(auth, "privateKey"):
        raise UnusableSecret(
            "is a file of Box's without a key (boxAppSettings.appAuth.privateKey): "
            "generate a key pair in the developer console, which hands out a whole file"
        )
    return _from_pem(_needed(auth, "privateKey"))._replace(
        passphrase=_text(auth, "passphrase"),
        key_id=_text(auth, "publicKeyID"),
        issuer=_needed(settings, "clientID"),
        subject=_text(document, "enterpriseID"),
        client_id=_needed(settings, "clientID"),
        client_secret=_needed(settings, "clientSecret"),
    )


def _from_pem(text: str) -> KeyFile:
    """Return the private key in a PEM, whose line breaks may have become spaces or escapes on the way."""
    labels_and_bodies = _BLOCK.findall(text.replace("\\r", "").replace("\\n", "\n"))
    blocks = dict(reversed(labels_and_bodies))  # the first certificate of a chain is the key's own
    private = next((label for label in blocks if label.endswith("PRIVATE KEY")), None)
    if private is None:
        kind = " and ".join(sorted(blocks)).lower()
        raise UnusableSecret(
            f"is a {kind}; store the private key" if kind else "is no whole PEM: it lacks its -----END …----- line"
        )
    if private == "OPENSSH PRIVATE KEY":
        raise UnusableSecret("is a key in OpenSSH's format: `ssh-keygen -p -m PEM -f FILE` makes a PEM of it")
    certificate = blocks.get("CERTIFICATE")
    return KeyFile(_rewrapped(private, blocks[private]), thumbprint=_thumbprint(certificate) if certificate else None)


def _rewrapped(label: str, body: str) -> str:
    if "Proc-Type" in body:  # the headers of an encrypted key of OpenSSL's old format need their own lines
        return f"-----BEGIN {label}-----{body}-----END {label}-----\n"
    lines = "\n".join(textwrap.wrap("".join(body.split()), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def _thumbprint(body: str) -> str:
    """Return the `x5t#S256` of a certificate, by which Microsoft Entra finds the key."""
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except ValueError:
        raise UnusableSecret("has a certificate beside the key that is no base64") from None
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def _text(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def _needed(document: Mapping[str, Any], name: str) -> str:
    if value := _text(document, name):
        return value
    raise UnusableSecret(f"is a key file in which {name} is missing or empty")
