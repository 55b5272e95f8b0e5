"""Who makes the secret with which a vendor's requests are verified."""

from __future__ import annotations

from collections.abc import Mapping

from generator.definition.auth_types import auth_type_name
from generator.definition.path_checks import Mistakes
from generator.definition.secret_names import can_sign
from generator.definition.yaml_nodes import Location, location_of
from lambdas.auth import leaves, secret_names
from lambdas.model import Auth, Source, Webhook

NOT_KNOWN = "not known"
_WORDS = {"issued": "they issue it", "chosen": "you choose it"}


def secret_origin(source: Source) -> str:
    """Return who makes the secret that verifies a webhook's events: "they issue it", or "not known"."""
    stated = source.vendor.secret if source.vendor else None
    return _derived(source.endpoint) or _WORDS.get(stated or "", NOT_KNOWN)


def origin_note(source: Source, name: str) -> str:
    """Return "; they issue it", to follow on a secret's name; empty where the definition does not say who makes it."""
    owners = [leaf for leaf in leaves(source.endpoint.auth) if name in secret_names(leaf)]
    if not owners:
        return ""
    origin = _WORDS["chosen"] if all(map(_is_login, owners)) else secret_origin(source)
    return "" if origin == NOT_KNOWN else f"; {origin}"


def origin_mistakes(source: Source, locations: Mapping[str, Location]) -> Mistakes:
    """Yield that `vendor.secret` says nothing, where it stands in the file that makes it so."""
    if not source.webhook or not source.vendor or not source.vendor.secret:
        return
    if (derived := _derived(source.webhook)) and _in_one_file(locations):
        yield "vendor.secret", f"is clear without it ({derived}); leave it out"


def _derived(webhook: Webhook) -> str | None:
    """Return what the auth type or a handshake says of the secret; None where it is shared, and only people know."""
    if not any(map(can_sign, leaves(webhook.auth))):
        return "their public key"
    if any(challenge.store_secret for challenge in webhook.challenges):
        return "it is learned"
    return _WORDS["chosen"] if all(_is_login(leaf) for leaf in leaves(webhook.auth) if secret_names(leaf)) else None


def _is_login(auth: Auth) -> bool:
    """Return whether the secret is a user name and a password: whoever receives requests chooses them."""
    return auth_type_name(auth) == "basic"


def _in_one_file(locations: Mapping[str, Location]) -> bool:
    """Return whether one definition has both keys: an inherited word may suit the source that it is from alone."""
    return location_of(locations, "vendor.secret")[0] == location_of(locations, "webhook.auth")[0]
