"""`jwt_bearer`: what Google, Box and Salesforce are sent."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

from lambdas.credential_type import CredentialRefused
from lambdas.credentials import jwt_bearer
from lambdas.model_types import ServiceUrl
from lambdas.runtime.secrets import UnusableSecret
from tests.credentials.contexts import API, NOW, Process, answer, form_of, granting
from tests.credentials.keys import EC, PASSPHRASE, PEM, RSA, pem

GOOGLE = jwt_bearer.Settings(
    ServiceUrl("https://oauth2.googleapis.com/token"),
    subject="admin@example.com",
    scope="https://www.googleapis.com/auth/admin.reports.audit.readonly",
)
BOX = jwt_bearer.Settings(ServiceUrl("https://api.box.com/oauth2/token"), claims={"box_sub_type": "enterprise"})
SALESFORCE = jwt_bearer.Settings(
    ServiceUrl("https://example.my.salesforce.com/services/oauth2/token"),
    issuer="3MVG9",
    subject="puller@example.com",
    audience="https://login.salesforce.com",
)
EC_KEY = jwt_bearer.Settings(ServiceUrl("https://a.example/token"), issuer="i", algorithm="ES256", key_id="k1")
GOOGLE_FILE = json.dumps(
    {
        "type": "service_account",
        "private_key_id": "0123abcd",
        "private_key": PEM[RSA],
        "client_email": "puller@example.iam.gserviceaccount.com",
        "token_uri": "https://elsewhere.example/token",
    }
)
BOX_FILE = json.dumps(
    {
        "boxAppSettings": {
            "clientID": "box-client",
            "clientSecret": "box-secret",
            "appAuth": {
                "publicKeyID": "abcd1234",
                "privateKey": pem(RSA, passphrase=PASSPHRASE),
                "passphrase": PASSPHRASE,
            },
        },
        "enterpriseID": "1234567",
    }
)


@pytest.mark.parametrize(
    ("settings", "stored", "key", "headers", "claims", "form"),
    [
        (
            GOOGLE,
            GOOGLE_FILE,
            RSA,
            {"alg": "RS256", "typ": "JWT", "kid": "0123abcd"},
            {
                "iss": "puller@example.iam.gserviceaccount.com",
                "sub": "admin@example.com",
                "aud": "https://oauth2.googleapis.com/token",
                "scope": "https://www.googleapis.com/auth/admin.reports.audit.readonly",
            },
            {},
        ),
        (
            BOX,
            BOX_FILE,
            RSA,
            {"alg": "RS256", "typ": "JWT", "kid": "abcd1234"},
            {
                "iss": "box-client",
                "sub": "1234567",
                "aud": "https://api.box.com/oauth2/token",
                "box_sub_type": "enterprise",
            },
            {"client_id": "box-client", "client_secret": "box-secret"},
        ),
        (
            SALESFORCE,
            PEM[RSA],
            RSA,
            {"alg": "RS256", "typ": "JWT"},
            {"iss": "3MVG9", "sub": "puller@example.com", "aud": "https://login.salesforce.com"},
            {},
        ),
        (
            EC_KEY,
            PEM[EC],
            EC,
            {"alg": "ES256", "typ": "JWT", "kid": "k1"},
            {"iss": "i", "aud": "https://a.example/token"},
            {},
        ),
    ],
    ids=["Google", "Box", "Salesforce", "ES256"],
)
def test_what_vendors_are_sent(
    settings: jwt_bearer.Settings, stored: str, key: Any, headers: Any, claims: Any, form: dict[str, str]
) -> None:
    process = Process({"private_key": stored}, granting())
    assert jwt_bearer.authorize(settings, API, process).headers["Authorization"] == "Bearer access-1"
    (asked,) = process.asked
    assert asked.url == settings.url == jwt_bearer.token_url(settings)
    sent = form_of(asked)
    assertion = sent.pop("assertion")
    assert sent == {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", **form}
    assert jwt.get_unverified_header(assertion) == headers
    options = {"verify_exp": False, "verify_iat": False}
    audience = claims["aud"]
    verified = jwt.decode(assertion, key.public_key(), algorithms=[headers["alg"]], audience=audience, options=options)
    jti = verified.pop("jti")
    assert len(jti) == 36
    assert verified == {**claims, "iat": int(NOW), "exp": int(NOW) + 45}


def test_a_token_without_a_lifetime_is_renewed_after_nine_minutes() -> None:
    """As Salesforce gives it: the session's length is a setting of the organization's."""
    process = Process({"private_key": PEM[RSA]}, granting({"access_token": "00D!AQ"}, {"access_token": "00D!AR"}))
    assert jwt_bearer.authorize(SALESFORCE, API, process).headers["Authorization"] == "Bearer 00D!AQ"
    process.time += 540
    assert jwt_bearer.authorize(SALESFORCE, API, process).headers["Authorization"] == "Bearer 00D!AR"
    assert jwt_bearer.forget(SALESFORCE, process) is True
    assert jwt_bearer.forget(SALESFORCE, process) is False


def test_a_refusal_holds_neither_assertion_nor_secret() -> None:
    def repeating(request: Any) -> Any:
        form = form_of(request)
        words = f"bad {form['assertion']} of {form['client_id']} with {form['client_secret']}"
        return answer({"error": "invalid_grant", "error_description": words}, 400)

    with pytest.raises(CredentialRefused) as raised:
        jwt_bearer.authorize(BOX, API, Process({"private_key": BOX_FILE}, repeating))
    assert str(raised.value) == (
        "api.box.com gives no token: it answers 400: invalid_grant, bad … of box-client with …"
    )


def test_a_key_that_does_not_say_who_signs() -> None:
    expected = (
        "is a key alone, which does not say who signs: name `issuer` in the definition, or store the vendor's file"
    )
    assert jwt_bearer.check_secret(GOOGLE, "private_key", PEM[RSA]) == expected
    process = Process({"private_key": PEM[RSA]}, granting())
    with pytest.raises(UnusableSecret) as raised:
        jwt_bearer.authorize(GOOGLE, API, process)
    assert str(raised.value) == f"the secret private_key {expected}"
    assert process.asked == []
    with pytest.raises(UnusableSecret) as raised:
        jwt_bearer.authorize(GOOGLE, API, Process({"private_key": "x"}, granting()))
    assert str(raised.value).startswith("the secret private_key is no private key: ")


def test_settings() -> None:
    assert jwt_bearer.secret_names(GOOGLE) == ("private_key",)
    assert jwt_bearer.wheels(GOOGLE) == ("cryptography",)
    assert jwt_bearer.check_secret(GOOGLE, "private_key", GOOGLE_FILE) is None
    assert jwt_bearer.check_secret(BOX, "private_key", BOX_FILE) is None
    assert jwt_bearer.check_secret(SALESFORCE, "private_key", PEM[RSA]) is None
    assert jwt_bearer.describe(EC_KEY) == "an access token for an assertion signed with ES256"
    assert [list(jwt_bearer.problems(each)) for each in (GOOGLE, BOX, SALESFORCE, EC_KEY)] == [[]] * 4
    bad = jwt_bearer.Settings(
        ServiceUrl("https://x.example/#"), claims={"sub": "a", "exp": "1"}, fields={"assertion": "a"}
    )
    assert list(jwt_bearer.problems(bad)) == [
        ("url", "has a # in it; leave it and what follows out"),
        (
            "fields.assertion",
            "is a secret, which never stands in a definition: store it under the name in `private_key`",
        ),
        ("claims.sub", "has a key of its own, `subject`"),
        ("claims.exp", "is written for each assertion anyway"),
    ]
