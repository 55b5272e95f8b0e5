"""Secrets from Parameter Store, current and previous, kept in memory."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TTL = 300.0
"""Seconds that a secret is taken from memory."""
REREAD = 60.0
"""Seconds, at least, between two re-reads that a mismatch asks for: the account shares 40 reads a second."""
RETRY = 10.0
"""Seconds that a secret past its time goes on serving before the store is asked again."""
PREVIOUS = "_previous"
"""Ends the name of the parameter that holds the secret before the current one."""


class SecretsDown(Exception):  # noqa: N818 - it names the outcome
    """There is no secret to verify with: the store is down, or nobody has put one there."""


@dataclass(slots=True)
class _Entry:
    values: tuple[str, ...]
    fresh_until: float
    reread_after: float


class Secrets:
    """Reads `<path>/<name>` and `<path>/<name>_previous` in one call; `path` is /<project>/<service>/<environment>."""

    def __init__(
        self,
        path: str,
        client: Callable[[], Any],
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._path = path
        self._client = client
        self._clock = clock
        self._jitter = jitter
        self._entries: dict[str, _Entry] = {}

    def get(self, name: str) -> tuple[str, ...]:
        """The secrets that are valid now, the current one first; SecretsDown where there is none."""
        entry = self._entries.get(name)
        if entry and self._clock() < entry.fresh_until:
            return entry.values
        try:
            return self._read(name)
        except SecretsDown:
            if not entry:
                raise
            # An event that verifies with yesterday's secret is worth more than a 503.
            entry.fresh_until = self._clock() + RETRY
            return entry.values

    def reread(self, name: str) -> tuple[str, ...]:
        """The secrets anew, for a request that does not verify: they may have just been rotated.

        Empty where it is too soon, so that a flood of forgeries does not become a flood of reads.
        """
        entry = self._entries.get(name)
        if entry is None or self._clock() < entry.reread_after:
            return ()
        entry.reread_after = self._clock() + REREAD * (1 + self._jitter())
        before = entry.values
        try:
            after = self._read(name)
        except SecretsDown:
            return ()
        return after if after != before else ()

    def _read(self, name: str) -> tuple[str, ...]:
        from botocore.exceptions import BotoCoreError, ClientError

        current, previous = f"{self._path}/{name}", f"{self._path}/{name}{PREVIOUS}"
        try:
            found = self._client().get_parameters(Names=[current, previous], WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            raise SecretsDown(f"{current}: {type(error).__name__}") from error
        values = {parameter["Name"]: parameter["Value"] for parameter in found["Parameters"]}
        if not values.get(current):
            raise SecretsDown(f"{current}: not there, or empty")
        now = self._clock()
        self._entries[name] = _Entry(
            tuple(values[one] for one in (current, previous) if values.get(one)),
            fresh_until=now + TTL,
            reread_after=now + REREAD * (1 + self._jitter()),
        )
        return self._entries[name].values
