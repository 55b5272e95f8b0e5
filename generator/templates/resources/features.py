"""What a source has beyond what every source has, as far as its pipeline's permissions depend on it."""

from __future__ import annotations

from typing import NamedTuple

from lambdas.model import Source, verified_by


class Features(NamedTuple):
    """A table of claims, the archive, what `strict` adds, an API that verifies tokens, a puller in place of an API.

    With `objects`, messages go into objects, and not onto a queue. With `vpc`, that puller may run in a VPC.
    """

    claims: bool
    archive: bool
    objects: bool
    hardening: bool
    jwt: bool
    pull: bool
    vpc: bool

    @property
    def streamed_buckets(self) -> list[str]:
        """The purposes of the buckets that streams fill."""
        return [*(["archive"] if self.archive else []), *(["objects"] if self.objects else [])]


def source_features(source: Source) -> Features:
    """Return the features of a source."""
    return Features(
        claims=source.dedupe is not None or source.pull is not None,
        archive=source.archive is not None,
        objects=source.delivery.s3 is not None,
        hardening=source.hardening == "strict",
        jwt=source.webhook is not None and verified_by(source.webhook) == "api",
        pull=source.pull is not None,
        vpc=source.pull is not None and source.pull.self_hosted,
    )
