"""What a source has beyond what every source has, as far as its pipeline's permissions depend on it."""

from __future__ import annotations

from typing import NamedTuple

from lambdas.model import Source, verified_by


class Features(NamedTuple):
    """The table of `dedupe`, the stream and bucket of `archive`, what `strict` adds, an API that verifies tokens."""

    claims: bool
    archive: bool
    hardening: bool
    jwt: bool


def source_features(source: Source) -> Features:
    """Return the features of a source."""
    return Features(
        claims=source.dedupe is not None,
        archive=source.archive is not None,
        hardening=source.hardening == "strict",
        jwt=verified_by(source.endpoint) == "api",
    )
