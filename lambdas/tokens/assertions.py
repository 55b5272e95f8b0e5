"""Signed assertions: JSON Web Tokens of our own (RFC 7515, 7518 and 7523), and the private keys that sign them."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from lambdas.credential_type import CredentialContext
from lambdas.runtime.secrets import UnusableSecret
from lambdas.tokens.key_files import KeyFile, read_key_file

Algorithm = Literal["RS256", "PS256", "ES256"]
LIFETIME = 45
"""Seconds for which an assertion holds. Box takes no more than 60: https://developer.box.com/guides/authentication/jwt"""
LEAST_BITS = 2_048  # https://datatracker.ietf.org/doc/html/rfc7518#section-3.3


class SigningKey(NamedTuple):
    """A private key, and what stands beside it where it is stored."""

    key: Any
    file: KeyFile


def usable_key(context: CredentialContext, name: str, algorithm: Algorithm) -> SigningKey:
    """Return a stored private key; UnusableSecret where it can't sign so."""
    try:
        return read_private_key(context.secret(name), algorithm)
    except UnusableSecret as error:
        raise UnusableSecret(f"the secret {name} {error}") from None


def key_problem(stored: str, algorithm: Algorithm) -> str | None:
    """Return what is wrong with a text that is to be stored as a private key; None if nothing is.

    Where `cryptography` is not installed, as on the machine of whoever stores it, the key itself is not read.
    """
    try:
        read_private_key(stored, algorithm)
    except UnusableSecret as error:
        return str(error)
    except ImportError:
        return None
    return None


def read_private_key(stored: str, algorithm: Algorithm) -> SigningKey:
    """Return the private key in a stored text; UnusableSecret where it holds none of the algorithm's kind."""
    file = read_key_file(stored)
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = _from_jwk(file.jwk) if file.jwk else _from_pem(file)
    if algorithm == "ES256":
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise UnusableSecret("is a key of another kind than ES256 needs: EC with the curve P-256")
    elif not isinstance(key, rsa.RSAPrivateKey):
        raise UnusableSecret(f"is a key of another kind than {algorithm} needs: RSA")
    elif key.key_size < LEAST_BITS:
        raise UnusableSecret(f"is an RSA key of {key.key_size:,} bits, and must have {LEAST_BITS:,}")
    return SigningKey(key, file)


def _from_pem(file: KeyFile) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    passphrase = file.passphrase.encode() if file.passphrase and "ENCRYPTED" in file.pem else None
    try:
        return load_pem_private_key(file.pem.encode(), passphrase)
    except TypeError:
        raise UnusableSecret(
            "is an encrypted private key, and no passphrase is stored with it: `openssl pkey -in FILE` decrypts it"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        hint = "the passphrase in the file may be another key's" if passphrase else "was it copied whole?"
        raise UnusableSecret(f"is a private key that can't be read: {hint}") from None


def _from_jwk(jwk: Mapping[str, Any]) -> Any:
    """Return the key in a JWK (RFC 7517; RFC 7518, 6.2.2 and 6.3.2)."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        if jwk["kty"] == "EC" and jwk.get("crv") == "P-256":
            return ec.derive_private_key(_number(jwk["d"]), ec.SECP256R1())
        if jwk["kty"] == "RSA":
            n, e, d = (_number(jwk[name]) for name in ("n", "e", "d"))
            p, q = (_number(jwk[name]) for name in "pq") if "p" in jwk else rsa.rsa_recover_prime_factors(n, e, d)
            exponents = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
            return rsa.RSAPrivateNumbers(p, q, d, *exponents, rsa.RSAPublicNumbers(e, n)).private_key()
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise UnusableSecret("is a JWK whose numbers are incomplete or no key") from None
    raise UnusableSecret("is a JWK of another kind than RSA or EC with P-256")


def _number(text: Any) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(f"{text}==="), "big")


def signed_assertion(
    signing: SigningKey, algorithm: Algorithm, claims: Mapping[str, Any], now: float, key_id: str | None = None
) -> str:
    """Return a signed assertion with these claims, which holds for a moment and once."""
    headers = {"alg": algorithm, "typ": "JWT", "kid": key_id or signing.file.key_id}
    headers["x5t#S256"] = signing.file.thumbprint
    times = {"iat": int(now), "exp": int(now) + LIFETIME, "jti": str(uuid.uuid4())}
    return sign_jwt(signing.key, {name: text for name, text in headers.items() if text}, {**times, **claims})


def sign_jwt(key: Any, headers: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return a JSON Web Token in compact form, signed as its header `alg` says."""
    text = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (headers, claims))
    return f"{text}.{_encoded(_signature(key, headers['alg'], text.encode()))}"


def _signature(key: Any, algorithm: Algorithm, text: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    if algorithm == "ES256":
        numbers = utils.decode_dss_signature(key.sign(text, ec.ECDSA(SHA256())))
        return b"".join(number.to_bytes(32, "big") for number in numbers)  # RFC 7518, 3.4
    pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH)
    signature: bytes = key.sign(text, pss if algorithm == "PS256" else padding.PKCS1v15(), SHA256())
    return signature


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
