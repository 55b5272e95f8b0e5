"""Guess the auth type of a request that no known source sends, from the names and values of its headers."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

from generator.definition.text_values import TOPIC
from generator.samples.captured import Captured
from generator.scaffold import guess_body, guess_signature, guess_token, value_kinds
from generator.scaffold.first_parameters import TOPIC_ARN
from generator.scaffold.guess_signature import Guess

_TOKEN_NAME = re.compile(
    r"secret|token|passw|^verif|(^|[-_])auth($|[-_])|(api|access|auth|shared|webhook)[-_]?key", re.IGNORECASE
)


def guess_auth(request: Captured) -> Guess | None:
    """Return how the request may be verified; None where nothing in it looks like a credential."""
    best = next(filter(None, (guess(request) for guess in _GUESSES)), None)
    if best and best.auth and "body_hmac" not in best.auth and (signature := guess_body.body_signature(request)):
        path = signature.auth["body_hmac"]["signature"]["path"]
        check = f"{path} in the body may be a signature too: `all_of` verifies both"
        return best._replace(to_check=(*best.to_check, check))
    return best


def _sns(request: Captured) -> Guess | None:
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    if not isinstance(body, dict) or not {"SigningCertURL", "Signature", "TopicArn"} <= set(body):
        return None
    topic = str(body["TopicArn"])
    settings = {"topics": [topic if TOPIC.fullmatch(topic) else TOPIC_ARN]}
    return Guess({"sns": settings}, ("the body is a message of Amazon SNS, which signs it",))


def _authorization(request: Captured) -> Guess | None:
    value = request.headers_by_name.get("authorization")
    if not value:
        return None
    scheme, space, rest = value.partition(" ")
    if value_kinds.json_of_jwt(value, 1) is not None:
        return guess_token.guess_jwt(request, "Authorization", "", value)
    if not space:
        return Guess({"token": {"header": "Authorization"}}, ("Authorization carries a token, and nothing before it",))
    if scheme.lower() == "basic":
        return Guess({"basic": {}}, ("Authorization carries a user and a password (HTTP Basic)",))
    if value_kinds.json_of_jwt(rest, 1) is not None:
        return guess_token.guess_jwt(request, "Authorization", f"{scheme} ", rest)
    if "=" in rest.rstrip("=") or " " in rest:
        return Guess({}, (f"Authorization has the scheme {scheme}, which no auth type verifies",))
    settings = {"header": "Authorization", "prefix": f"{scheme} "}
    check = "that the token is the same in every request"
    return Guess({"token": settings}, (f"Authorization carries a token after {scheme}",), (check,))


def _token(request: Captured) -> Guess | None:
    for name, value in request.headers:
        if _TOKEN_NAME.search(name) and name.lower() != "authorization":
            scheme, space, _ = value.partition(" ")
            settings = {"header": name, **({"prefix": f"{scheme} "} if space else {})}
            check = f"that {name} is a token of yours, the same in every request"
            return Guess({"token": settings}, (), (check,))
    return None


def _query(request: Captured) -> Guess | None:
    for name, value in parse_qsl(urlsplit(request.url).query):
        if value_kinds.is_secret(name, value):
            check = f"that {name} in the query is a token of yours, the same in every request"
            return Guess({"token": {"query": name}}, (), (check,))
    return None


_GUESSES = (
    _sns,
    guess_signature.from_standard_webhooks,
    guess_signature.from_signature_header,
    guess_signature.from_query,
    guess_body.form_signature,
    _authorization,
    guess_token.from_other_header,
    _token,
    _query,
    guess_body.body_signature,
    guess_body.body_token,
    guess_signature.from_signature_length,
    guess_signature.from_unknown_signature,
)
