"""Secrets from Parameter Store, current and previous, cached in memory."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.runtime.aws_errors import AWS_ERRORS, Unconfirmed, call_aws, error_code, list_field, required_field

TTL = 300.0
"""Seconds for which a secret is served from memory."""
REREAD_INTERVAL = 60.0
"""Least seconds between two re-reads after a mismatch: the account shares 40 reads a second."""
RETRY_INTERVAL = 10.0
"""Seconds after which a store that was down, or had no secret, is read again."""
PREVIOUS_SUFFIX = "_previous"
"""The end of the name of the parameter that holds the secret before the current one."""


class SecretsUnavailable(Exception):  # noqa: N818 - it names the outcome
    """There is nothing to verify with: the store, or the vendor that publishes a key, is down."""


class NoSecret(SecretsUnavailable):
    """The store is up, and no secret is stored there."""


class UnusableSecret(SecretsUnavailable):
    """The auth type can't verify with the stored text. The message says why, and holds nothing of the secret."""


@dataclass(slots=True)
class _Entry:
    values: tuple[str, ...]
    fresh_until: float


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
        self._reread_after: dict[str, float] = {}

    def get(self, name: str) -> tuple[str, ...]:
        """Return the secrets that are valid now, the current one first; SecretsUnavailable where there is none."""
        entry = self._entries.get(name)
        if entry is None or self._clock() >= entry.fresh_until:
            try:
                entry = self._read(name)
            except SecretsUnavailable:
                if entry is None or not entry.values:
                    raise
                # Serve the stale secret while the store is down: an event that verifies with a secret of five minutes
                # ago is worth more than a 503.
                entry.fresh_until = self._clock() + RETRY_INTERVAL
        if not entry.values:
            raise NoSecret(f"{self._path}/{name}: not there, or empty")
        return entry.values

    def store_new(self, name: str, value: str) -> bool:
        """Store a secret that a vendor hands over; False where one is stored already: nothing is ever overwritten.

        The function's role may not overwrite one either.
        """
        current, previous = f"{self._path}/{name}", f"{self._path}/{name}{PREVIOUS_SUFFIX}"
        try:
            if self._fetch_values(previous):
                return False  # an operator is rotating the secret
            put = self._client().put_parameter
            required_field(call_aws(put, Name=current, Value=value, Type="SecureString", Overwrite=False), "Version")
        except AWS_ERRORS as error:
            if error_code(error) != "ParameterAlreadyExists":
                raise SecretsUnavailable(f"{current}: {error_code(error)}") from error
            return False
        finally:
            # The cache says that there is no secret; whatever the outcome, one may be stored now.
            self._entries.pop(name, None)
        return True

    def reread(self, name: str) -> tuple[str, ...]:
        """Read the secrets again, for a request that does not verify: they may have been rotated just now.

        Empty where they are unchanged, and where it is too soon, so that a flood of forgeries is no flood of reads.
        """
        if self._clock() < self._reread_after.get(name, 0.0):
            return ()
        self._reread_after[name] = self._clock() + REREAD_INTERVAL * (1 + self._jitter())
        before = self._entries.get(name)
        try:
            after = self._read(name)
        except SecretsUnavailable:
            return ()
        return after.values if before is None or after.values != before.values else ()

    def _read(self, name: str) -> _Entry:
        """Read the store, and cache what it has, also that it has no secret: an operator may have deleted it."""
        current, previous = f"{self._path}/{name}", f"{self._path}/{name}{PREVIOUS_SUFFIX}"
        try:
            values = self._fetch_values(current, previous)
        except AWS_ERRORS as error:
            raise SecretsUnavailable(f"{current}: {error_code(error)}") from error
        # Without a current secret, the previous one is not valid either.
        valid = tuple(filter(None, (values[current], values.get(previous)))) if values.get(current) else ()
        self._entries[name] = _Entry(valid, self._clock() + (TTL if valid else RETRY_INTERVAL))
        return self._entries[name]

    def _fetch_values(self, *names: str) -> dict[str, str]:
        """Fetch the values of those of the parameters that exist."""
        answer = call_aws(self._client().get_parameters, Names=list(names), WithDecryption=True)
        return {parameter["Name"]: parameter["Value"] for parameter in parameters_in_answer(answer, names)}


def parameters_in_answer(answer: Mapping[str, Any], names: Iterable[str]) -> list[Mapping[str, Any]]:
    """Return the parameters in an answer to GetParameters; Unconfirmed unless it accounts for every requested name.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
    """
    requested, invalid = list(names), answer.get("InvalidParameters") or []
    parameters = [
        parameter
        for parameter in list_field(answer, "Parameters")
        if parameter.get("Name") in requested and isinstance(parameter.get("Value"), str)
    ]
    if not isinstance(invalid, list) or any(
        name not in invalid and all(parameter["Name"] != name for parameter in parameters) for name in requested
    ):
        raise Unconfirmed
    return parameters
