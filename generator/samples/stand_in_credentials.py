"""Credentials that a stand-in of a vendor takes: random, and of the form that the credentials type asks for."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.definition.secret_names import credential_secrets
from generator.errors import GeneratorError
from lambdas.model_pull import Pull

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa


def random_credentials(pull: Pull) -> dict[str, str]:
    """Return a value for each secret of a pulled source, by its short name."""
    return {name: _fitting(pull, name) for name in credential_secrets(pull)}


def _fitting(pull: Pull, name: str) -> str:
    kind, settings = pull.credentials.type, pull.credentials.settings
    for value in _candidates():
        if kind.check_secret(settings, name, value) is None:
            return value
    raise GeneratorError(f"no value is known here that {name} could have")


def _candidates() -> Iterator[str]:
    """Yield values of the forms that vendors' credentials have, the plainest first: a key takes time to make."""
    yield secrets.token_hex(24)
    yield secrets.token_hex(20)  # of a secret key of Duo's
    yield f"DI{secrets.token_hex(9).upper()}"
    pem = _rsa_key()
    yield pem
    # A key file of a service account of Google's says who signs, too.
    yield json.dumps({"type": "service_account", "client_email": "stand-in@example.com", "private_key": pem})
    yield _ec_key()


def _rsa_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return _pem(rsa.generate_private_key(public_exponent=65_537, key_size=2_048))


def _ec_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec

    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    from cryptography.hazmat.primitives import serialization

    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, *form).decode()
