"""The secrets and public keys that a source needs, and the names under which Parameter Store holds them."""

from __future__ import annotations

from generator import names
from generator.definition.auth_types import auth_type_name
from lambdas.auth import secret_names
from lambdas.model import Auth, Source, Webhook, auths
from lambdas.model_pull import Pull


def stored_names(webhook: Webhook) -> tuple[str, ...]:
    """Return the short names of the secrets and public keys that a source needs; those that verify events first."""
    return tuple(dict.fromkeys(name for auth in auths(webhook) for name in secret_names(auth)))


def credential_secrets(pull: Pull) -> tuple[str, ...]:
    """Return the short names of the secrets that a pulled source needs, in the order in which people are asked."""
    return pull.credentials.type.secret_names(pull.credentials.settings)


def replaced_secrets(pull: Pull) -> tuple[str, ...]:
    """Return the short names of those that the puller overwrites, since the vendor replaces them."""
    replaced = getattr(pull.credentials.type, "replaced_secrets", lambda _settings: ())
    names: tuple[str, ...] = replaced(pull.credentials.settings)
    return names


def source_secrets(source: Source) -> tuple[str, ...]:
    """Return the short names of the secrets and public keys that a source needs."""
    return credential_secrets(source.pull) if source.pull else stored_names(source.endpoint)


def ssm_names(
    source: Source, project: str = names.DEFAULT_PROJECT, environment: str = names.DEFAULT_ENVIRONMENT
) -> dict[str, str]:
    """Return the full names in Parameter Store of a source's secrets, by their short names."""
    path = names.secret_path(source.name, project, environment)
    return {name: f"{path}/{name}" for name in source_secrets(source)}


def can_sign(auth: Auth) -> bool:
    """Return whether the stored secret can sign as the vendor does; it can't where only the vendor has the key."""
    parts = [can_sign(part) for part in getattr(auth.settings, "of", ())]
    if parts:
        return all(parts) if auth_type_name(auth) == "all_of" else any(parts)
    return bool(secret_names(auth)) and not hasattr(auth.type, "key_pair")
