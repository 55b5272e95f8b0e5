"""The third-party packages that a source's functions import; most sources need none."""

from __future__ import annotations

from lambdas.auth import wheels
from lambdas.model import Source, auths, verified_by

FIRST_IMPORT = {"cryptography": "cryptography.hazmat.bindings._rust", "PyJWT": "jwt"}
"""The module of each package whose import takes most of its time."""


def third_party_packages(source: Source) -> tuple[str, ...]:
    """Return the packages that the functions of a source import; none where API Gateway itself verifies."""
    if verified_by(source.endpoint) == "api":
        return ()
    return tuple(dict.fromkeys(package for auth in auths(source.endpoint) for package in wheels(auth)))
