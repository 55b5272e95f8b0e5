"""Stored private keys in every form that vendors hand out, and signatures that OpenSSL verifies."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runtime.secrets import UnusableSecret
from lambdas.tokens.assertions import _signature, key_problem, read_private_key, sign_jwt
from tests.credentials.keys import EC, PASSPHRASE, PEM, RSA, pem

# RFC 7515, appendices A.2.1 and A.3.1.
RFC_RSA = {
    "kty": "RSA",
    "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ"
    "S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg"
    "665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyu"
    "XpoQ",
    "e": "AQAB",
    "d": "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_G"
    "O-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2Q"
    "vXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOo"
    "pznQ",
    "p": "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2"
    "KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
    "q": "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_"
    "HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc",
}
RFC_SIGNED = (
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
RFC_SIGNATURE = (
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
    "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j"
    "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
    "Ge77Rw"
)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(f"{text}==")


@pytest.mark.parametrize("jwk", [RFC_RSA, {name: RFC_RSA[name] for name in ("kty", "n", "e", "d")}])
def test_the_example_of_rfc_7515(jwk: dict[str, str]) -> None:
    key = read_private_key(json.dumps(jwk), "RS256").key
    assert _signature(key, "RS256", RFC_SIGNED.encode()) == decoded(RFC_SIGNATURE)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_openssl_verifies_what_is_signed(algorithm: Any, tmp_path: Path) -> None:
    key: Any = EC if algorithm == "ES256" else RSA
    text, _, encoded = sign_jwt(key, {"alg": algorithm}, {"iss": "ann"}).rpartition(".")
    signature = decoded(encoded)
    if algorithm == "ES256":
        assert len(signature) == 64
        halves = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        signature = utils.encode_dss_signature(*halves)
    (tmp_path / "public.pem").write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "text").write_text(text, encoding="ascii")
    options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"] if algorithm == "PS256" else []
    command = ["openssl", "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", *options, "text"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "Verified OK\n"


def google(**changes: Any) -> str:
    document = {
        "type": "service_account",
        "project_id": "example",
        "private_key_id": "0123abcd",
        "private_key": PEM[RSA],
        "client_email": "puller@example.iam.gserviceaccount.com",
        "token_uri": "https://evil.example/token",
    }
    return json.dumps({name: value for name, value in {**document, **changes}.items() if value is not None}, indent=2)


def box(auth: dict[str, str] | None = None, **changes: Any) -> str:
    encrypted = pem(RSA, passphrase=PASSPHRASE)
    auth = auth or {"publicKeyID": "abcd1234", "privateKey": encrypted, "passphrase": PASSPHRASE}
    settings = {"clientID": "box-client", "clientSecret": "box-secret", "appAuth": auth}
    return json.dumps({"boxAppSettings": settings | changes, "enterpriseID": "1234567"})


def jwk_of(key: Any) -> str:
    numbers = key.private_numbers()

    def text(number: int) -> str:
        return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()

    if isinstance(key, ec.EllipticCurvePrivateKey):
        public = {"x": text(numbers.public_numbers.x), "y": text(numbers.public_numbers.y)}
        return json.dumps({"kty": "EC", "crv": "P-256", "d": text(numbers.private_value), "kid": "k", **public})
    parts = {"n": numbers.public_numbers.n, "e": numbers.public_numbers.e, "d": numbers.d}
    return json.dumps({"kty": "RSA", "kid": "k", **{name: text(number) for name, number in parts.items()}})


FORMS: dict[str, Callable[[Any], str]] = {
    "PKCS#8": lambda key: PEM[key],
    "PKCS#1 or SEC 1": lambda key: pem(key, PrivateFormat.TraditionalOpenSSL),
    "spaces for line breaks": lambda key: PEM[key].replace("\n", " "),
    "escaped line breaks": lambda key: PEM[key].replace("\n", "\\n"),
    "no line breaks": lambda key: PEM[key].replace("\n", ""),
    "line breaks of Windows": lambda key: PEM[key].replace("\n", "\r\n"),
    "text before it": lambda key: f"Bag Attributes\n    friendlyName: x\n{PEM[key]}",
    "a PEM in base64": lambda key: base64.b64encode(PEM[key].encode()).decode(),
    "DER in base64": lambda key: base64.encodebytes(
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    ).decode(),
    "JWK": jwk_of,
}


@pytest.mark.parametrize("key", [RSA, EC], ids=["RSA", "EC"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_forms_of_a_key(form: Callable[[Any], str], key: Any) -> None:
    stored = form(key)
    read = read_private_key(f"\n{stored} ", "ES256" if key is EC else "RS256")
    assert read.key.private_numbers() == key.private_numbers()
    assert len(stored.encode()) <= 4_096  # Parameter Store takes no more


def test_a_key_file_of_google() -> None:
    stored = google()
    key, file = read_private_key(stored, "RS256")
    assert key.private_numbers() == RSA.private_numbers()
    assert (file.issuer, file.key_id) == ("puller@example.iam.gserviceaccount.com", "0123abcd")
    assert read_private_key(base64.b64encode(stored.encode()).decode(), "RS256").file == file


def test_a_key_file_of_box() -> None:
    key, file = read_private_key(box(), "RS256")
    assert key.private_numbers() == RSA.private_numbers()
    assert (file.issuer, file.subject, file.key_id) == ("box-client", "1234567", "abcd1234")
    assert (file.client_id, file.client_secret) == ("box-client", "box-secret")
    plain = box({"publicKeyID": "abcd1234", "privateKey": PEM[RSA], "passphrase": "unused"})
    assert read_private_key(plain, "RS256").key.private_numbers() == RSA.private_numbers()


CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def test_a_certificate_beside_the_key() -> None:
    issuer = CERTIFICATE.replace("MIIB", "AAAA")
    for stored in (PEM[RSA] + CERTIFICATE, CERTIFICATE + PEM[RSA], CERTIFICATE + issuer + PEM[RSA]):
        # printf MIIB | base64 -d | openssl dgst -sha256 -binary | base64 | tr +/ -_
        assert read_private_key(stored, "PS256").file.thumbprint == THUMBPRINT


THUMBPRINT = "zPcjgKYqI1-_VHTCqF9vaNChOY8traGxnfN-ENSupyM"
SMALL = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)  # noqa: S505 - it is to be refused
P384 = ec.generate_private_key(ec.SECP384R1())
PUBLIC = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
OPENSSH = RSA.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("stored", "problem"),
    [
        ("", "is no private key: it is neither PEM (-----BEGIN PRIVATE KEY-----) nor a JSON key file"),
        ("gX1fBat3bV", "is no private key: it is neither PEM (-----BEGIN PRIVATE KEY-----) nor a JSON key file"),
        (PUBLIC, "is a public key; store the private key"),
        (CERTIFICATE + PUBLIC, "is a certificate and public key; store the private key"),
        (OPENSSH, "is a key in OpenSSH's format: `ssh-keygen -p -m PEM -f FILE` makes a PEM of it"),
        (PEM[RSA][:400], "is no whole PEM: it lacks its -----END …----- line"),
        (PEM[RSA][:400] + PEM[RSA][500:], "is a private key that can't be read: was it copied whole?"),
        (
            pem(RSA, passphrase="x1x1"),
            "is an encrypted private key, and no passphrase is stored with it: `openssl pkey -in FILE` decrypts it",
        ),
        (pem(SMALL), "is an RSA key of 1,024 bits, and must have 2,048"),
        (pem(EC), "is a key of another kind than RS256 needs: RSA"),
        (pem(ed25519.Ed25519PrivateKey.generate()), "is a key of another kind than RS256 needs: RSA"),
        (google()[:-9], "begins with { and is not JSON: was the whole file copied?"),
        (google(private_key=""), "is a key file in which private_key is missing or empty"),
        (google(client_email=7), "is a key file in which client_email is missing or empty"),
        (
            json.dumps({"installed": {"client_id": "x"}}),
            "is a file of Google's, but not of a service account's key, which has client_email",
        ),
        (
            json.dumps({"type": "authorized_user", "refresh_token": "r"}),
            "is a file of Google's, but not of a service account's key, which has client_email",
        ),
        (
            box({"publicKeyID": "", "privateKey": "", "passphrase": ""}),
            "is a file of Box's without a key (boxAppSettings.appAuth.privateKey): "
            "generate a key pair in the developer console, which hands out a whole file",
        ),
        (
            box({"privateKey": pem(RSA, passphrase=PASSPHRASE), "passphrase": "another"}),
            "is a private key that can't be read: the passphrase in the file may be another key's",
        ),
        (box(clientSecret=""), "is a key file in which clientSecret is missing or empty"),
        ('{"boxAppSettings": 1}', "is a file of Box's without a key (boxAppSettings.appAuth.privateKey): generate a"),
        ('{"kty": "RSA", "n": "AQAB", "e": "AQAB"}', "is a public key (a JWK without `d`); store the private one"),
        ('{"kty": "RSA", "n": "AQAB", "d": "AQAB"}', "is a JWK whose numbers are incomplete or no key"),
        ('{"kty": "EC", "crv": "P-256", "d": "AA"}', "is a JWK whose numbers are incomplete or no key"),
        ('{"kty": "OKP", "crv": "Ed25519", "d": "AA"}', "is a JWK of another kind than RSA or EC with P-256"),
        ('{"keys": []}', 'is a set of keys; store one private key of it, which begins with {"kty"'),
        (
            '{"a": 1}',
            "is JSON, and none of the key files that are known: Google's has client_email and private_key, "
            "Box's has boxAppSettings, a JWK has kty",
        ),
    ],
)
def test_what_is_no_key(stored: str, problem: str) -> None:
    assert (key_problem(stored, "RS256") or "").startswith(problem)


@pytest.mark.parametrize("stored", [PEM[RSA], pem(P384), jwk_of(RSA)])
def test_es256_needs_p_256(stored: str) -> None:
    assert key_problem(stored, "ES256") == "is a key of another kind than ES256 needs: EC with the curve P-256"


def test_without_cryptography_only_the_file_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    assert key_problem(PEM[RSA], "RS256") is None
    assert key_problem(PUBLIC, "RS256") == "is a public key; store the private key"


TEXTS = [google(), box(), PEM[RSA], jwk_of(EC), jwk_of(RSA)]


@given(st.sampled_from(TEXTS), st.data())
def test_a_damaged_key_is_said_to_be_one(whole: str, data: st.DataObject) -> None:
    """Whatever is stored, it is a key or UnusableSecret, and the message holds nothing of it."""
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    stored = whole[:start] + data.draw(st.text(max_size=5)) + whole[end:]
    try:
        read_private_key(stored, "RS256")
    except UnusableSecret as error:
        assert not any(part in str(error) for part in (PASSPHRASE, "box-secret", PEM[RSA][60:80]))  # noqa: PT017


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["boxAppSettings", "appAuth", "kty", "d", "n", "e", "crv", "private_key", "client_email", "p"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON)
def test_any_json_is_a_key_or_is_refused(document: Any) -> None:
    with pytest.raises(UnusableSecret):
        read_private_key(json.dumps(document), "RS256")
