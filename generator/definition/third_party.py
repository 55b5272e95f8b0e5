"""The third-party packages that a source's functions import; most sources need none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdas.auth import wheels
from lambdas.model import Source, auths, verified_by
from lambdas.model_pull import Credentials

FIRST_IMPORT = {"cryptography": "cryptography.hazmat.bindings._rust", "PyJWT": "jwt"}
"""The module of each package whose import takes most of its time."""


def third_party_packages(source: Source) -> tuple[str, ...]:
    """Return the packages that the functions of a source import; none where API Gateway itself verifies."""
    if source.pull:
        return _credential_wheels(source.pull.credentials)
    if verified_by(source.endpoint) == "api":
        return ()
    return tuple(dict.fromkeys(package for auth in auths(source.endpoint) for package in wheels(auth)))


def _credential_wheels(credentials: Credentials) -> tuple[str, ...]:
    find: Callable[[Any], tuple[str, ...]] = getattr(credentials.type, "wheels", lambda _settings: ())
    return find(credentials.settings)
