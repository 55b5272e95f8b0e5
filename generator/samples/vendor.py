"""The vendor's part: what it holds, and a sample as it would send it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from generator.aws import read_secret
from generator.errors import GeneratorError
from lambdas.auth import basic, leaves, secret_names
from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model import Auth, Source, Webhook, auths
from lambdas.receiving.challenges import matching_challenge
from lambdas.runtime.secrets import NoSecret, UnusableSecret

if TYPE_CHECKING:
    from generator.samples.files import Sample

from generator.definition.secret_names import ssm_names

PRIVATE_KEY_SUFFIX = "_held"
"""Ends the name of a parameter that is in the emulator alone: the private key to the public one that is stored."""


def random_secrets(webhook: Webhook) -> dict[str, tuple[str, str]]:
    """For each secret, a random one: what is stored, and what the vendor holds."""
    found = {}
    for leaf in [one for auth in auths(webhook) for one in leaves(auth)]:
        for name in secret_names(leaf):
            user = "mozdef:" if isinstance(leaf.settings, basic.Settings) else ""
            token = f"{user}{secrets.token_hex(24)}"
            pair: Any = getattr(leaf.type, "key_pair", lambda _settings, token=token: (token, token))
            found[name] = pair(leaf.settings)
    return found


def store_random_secrets(source: Source, ssm: Any, project: str, environment: str) -> None:
    """Put random secrets into the emulator's Parameter Store, and what the vendor holds beside them."""
    there = ssm_names(source, project, environment)
    for name, (stored, held) in random_secrets(source.webhook).items():
        ssm.put_parameter(Name=there[name], Value=stored, Type="SecureString")
        if held != stored:
            ssm.put_parameter(Name=there[name] + PRIVATE_KEY_SUFFIX, Value=held, Type="SecureString")


def stored_secrets(ssm: Any, there: Mapping[str, str], *, held: bool = False) -> SecretLookup:
    """What the vendor signs with, read from Parameter Store; `held` prefers the private key of the emulator."""

    def read(name: str) -> tuple[str, ...]:
        if held and (
            found := ssm.get_parameters(Names=[there[name] + PRIVATE_KEY_SUFFIX], WithDecryption=True)["Parameters"]
        ):
            return (str(found[0]["Value"]),)
        try:
            return (read_secret(there[name], ssm),)
        except GeneratorError as error:
            raise NoSecret(str(error)) from None

    return read


def sign_sample(source: Source, sample: Sample, url: str, held: SecretLookup, now: float) -> OutgoingRequest | None:
    """The sample as the vendor would send it to this URL; None where the vendor alone can sign it."""
    auth = auth_of_sample(source, sample)
    sent = OutgoingRequest(
        sample.method, f"{url}?{urlencode(sample.query)}" if sample.query else url, sample.headers, sample.body
    )
    try:
        return auth.type.sign(auth.settings, sent, held, now) if auth else sent
    except NoSecret as none:
        raise GeneratorError(str(none)) from None
    except (Unauthenticated, UnusableSecret) as unusable:
        raise GeneratorError(f"{sample.name} can't be signed: {unusable}") from None


def auth_of_sample(source: Source, sample: Sample) -> Auth | None:
    """How the sender of a sample is verified; None where it is a challenge that carries no credential."""
    challenges = source.webhook.challenges
    if matching_challenge(tuple(one for one in challenges if one.unauthenticated), sample.request):
        return None
    own = matching_challenge(tuple(one for one in challenges if one.auth), sample.request)
    return own.auth if own and own.auth else source.webhook.auth
