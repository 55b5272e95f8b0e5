"""The vendor's part: what it holds, and a sample as it would send it."""

from __future__ import annotations

from generator import names
from lambdas.auth import secret_names
from lambdas.model import Auth, Source, Webhook, auths


def stored_names(webhook: Webhook) -> tuple[str, ...]:
    """The secrets that a source needs, and public keys; that of its events first."""
    return tuple(dict.fromkeys(name for auth in auths(webhook) for name in secret_names(auth)))


def ssm_names(
    source: Source, project: str = names.DEFAULT_PROJECT, environment: str = names.DEFAULT_ENVIRONMENT
) -> dict[str, str]:
    """The parameters that hold them, by their short names."""
    path = names.secret_path(source.name, project, environment)
    return {name: f"{path}/{name}" for name in stored_names(source.webhook)}


def can_sign(auth: Auth) -> bool:
    """Whether who has what is stored can sign as the vendor does; else the vendor alone has the key."""
    each = [can_sign(one) for one in getattr(auth.settings, "of", ())]
    if each:
        return all(each) if auth.type.__name__.endswith(".all_of") else any(each)  # type: ignore[attr-defined]
    return bool(secret_names(auth)) and not hasattr(auth.type, "key_pair")
