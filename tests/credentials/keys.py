"""Private keys for tests, made once a run."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
EC = ec.generate_private_key(ec.SECP256R1())
PASSPHRASE = "0123456789abcdef"


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8, passphrase: str = "") -> str:
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    text: str = key.private_bytes(Encoding.PEM, form, encryption).decode()
    return text


PEM: dict[Any, str] = {RSA: pem(RSA), EC: pem(EC)}
