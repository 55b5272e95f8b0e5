"""The vendor's part: make random secrets, read the secret that it signs with, and sign a sample as it would."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from generator.aws import read_secret
from generator.definition.secret_names import ssm_names
from generator.errors import GeneratorError
from generator.samples.sample import SECRET
from generator.samples.stand_in_credentials import random_credentials
from lambdas.auth import basic, leaves, secret_names
from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model import Auth, Source, Webhook, auths
from lambdas.receiving.challenges import matching_challenge
from lambdas.runtime.secrets import NoSecret, UnusableSecret

if TYPE_CHECKING:
    from generator.samples.sample import Sample

PRIVATE_KEY_SUFFIX = "_held"
"""The end of a parameter's name, in the emulator alone, with the private key to a stored public key."""


def random_secrets(webhook: Webhook) -> dict[str, tuple[str, str]]:
    """Return a random pair for each secret: what is stored, and what the vendor signs with."""
    pairs = {}
    for leaf in _leaves(webhook):
        for name in secret_names(leaf):
            token = _written(leaf, secrets.token_hex(24))
            make_pair: Any = getattr(leaf.type, "key_pair", lambda _settings, token=token: (token, token))
            pairs[name] = make_pair(leaf.settings)
    return pairs


def sample_secrets(webhook: Webhook) -> dict[str, str]:
    """Return for each secret the one that samples are signed with."""
    return {name: _written(leaf, SECRET) for leaf in _leaves(webhook) for name in secret_names(leaf)}


def _leaves(webhook: Webhook) -> list[Auth]:
    return [leaf for auth in auths(webhook) for leaf in leaves(auth)]


def _written(leaf: Auth, secret: str) -> str:
    """Return a secret as the auth type wants it stored: that of `basic` is a user and a password."""
    return f"mozdef:{secret}" if isinstance(leaf.settings, basic.Settings) else secret


def store_random_secrets(source: Source, ssm: Any, project: str, environment: str) -> None:
    """Put random secrets into the emulator's Parameter Store, with the vendor's private keys beside them."""
    parameters = ssm_names(source, project, environment)
    if source.pull:
        for name, value in random_credentials(source.pull).items():
            ssm.put_parameter(Name=parameters[name], Value=value, Type="SecureString")
        return
    for name, (stored, vendor_key) in random_secrets(source.endpoint).items():
        _store_pair(ssm, parameters[name], stored, vendor_key)


def replace_unfit_secrets(source: Source, ssm: Any, project: str, environment: str) -> list[str]:
    """Put a random secret in the place of each that is missing, or that the source can't use; return their names.

    For the emulator's Parameter Store, after a change of the definition.
    """
    parameters, replaced = ssm_names(source, project, environment), {}
    for leaf in _leaves(source.endpoint):
        unfit = [name for name in secret_names(leaf) if not _is_fit(leaf, parameters[name], ssm)]
        replaced.update(dict.fromkeys(unfit))
    for name, (stored, vendor_key) in random_secrets(source.endpoint).items() if replaced else ():
        if name in replaced:
            ssm.delete_parameters(Names=[parameters[name], parameters[name] + PRIVATE_KEY_SUFFIX])
            _store_pair(ssm, parameters[name], stored, vendor_key)
    return list(replaced)


def _store_pair(ssm: Any, parameter: str, stored: str, vendor_key: str) -> None:
    ssm.put_parameter(Name=parameter, Value=stored, Type="SecureString")
    if vendor_key != stored:
        ssm.put_parameter(Name=parameter + PRIVATE_KEY_SUFFIX, Value=vendor_key, Type="SecureString")


def _is_fit(leaf: Auth, parameter: str, ssm: Any) -> bool:
    """Return whether the auth type can use what is stored, with the vendor's own key where it needs one."""
    private = parameter + PRIVATE_KEY_SUFFIX
    parameters = ssm.get_parameters(Names=[parameter, private], WithDecryption=True)["Parameters"]
    stored = {each["Name"]: each["Value"] for each in parameters}
    if parameter not in stored or (private in stored) != hasattr(leaf.type, "key_pair"):
        return False
    read_secret: Any = leaf.type.read_secret  # type: ignore[attr-defined]  # whoever has a secret has it
    try:
        read_secret(leaf.settings, stored[parameter])
    except UnusableSecret:
        return False
    return True


def stored_secrets(ssm: Any, parameters: Mapping[str, str], *, prefer_private_key: bool = False) -> SecretLookup:
    """Return a lookup of what the vendor signs with, in Parameter Store; NoSecret where there is none.

    `parameters` are the parameters' names by secret; `prefer_private_key` looks for the emulator's private key first.
    """

    def read(name: str) -> tuple[str, ...]:
        if prefer_private_key:
            answer = ssm.get_parameters(Names=[parameters[name] + PRIVATE_KEY_SUFFIX], WithDecryption=True)
            if private_keys := answer["Parameters"]:
                return (str(private_keys[0]["Value"]),)
        try:
            return (read_secret(parameters[name], ssm),)
        except GeneratorError as error:
            raise NoSecret(str(error)) from None

    return read


def sign_sample(
    source: Source, sample: Sample, url: str, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    """Return the sample as the vendor would send it to a URL; None where the vendor alone can sign it."""
    auth = auth_of_sample(source, sample)
    url = f"{url}?{urlencode(sample.query)}" if sample.query else url
    unsigned = OutgoingRequest(sample.method, url, sample.headers, sample.body)
    try:
        return auth.type.sign(auth.settings, unsigned, lookup_secret, now) if auth else unsigned
    except NoSecret as missing:
        raise GeneratorError(str(missing)) from None
    except (Unauthenticated, UnusableSecret) as unusable:
        raise GeneratorError(f"{sample.name} can't be signed: {unusable}") from None


def auth_of_sample(source: Source, sample: Sample) -> Auth | None:
    """Return the auth that verifies a sample's sender; None where the sample is a challenge without a credential."""
    challenges = source.endpoint.challenges
    if matching_challenge(tuple(challenge for challenge in challenges if challenge.unauthenticated), sample.request):
        return None
    own = matching_challenge(tuple(challenge for challenge in challenges if challenge.auth), sample.request)
    return own.auth if own and own.auth else source.endpoint.auth
