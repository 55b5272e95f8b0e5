"""Secrets from Parameter Store, current and previous, kept in memory."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.runtime.aws_errors import AWS_ERRORS, Unconfirmed, call_aws, error_code, list_field, required_field

TTL = 300.0
"""Seconds that a secret is taken from memory."""
REREAD_INTERVAL = 60.0
"""Seconds, at least, between two re-reads that a mismatch asks for: the account shares 40 reads a second."""
RETRY_INTERVAL = 10.0
"""Seconds before a store that was down, or had no secret, is asked again."""
PREVIOUS_SUFFIX = "_previous"
"""Ends the name of the parameter that holds the secret before the current one."""


class SecretsUnavailable(Exception):  # noqa: N818 - it names the outcome
    """There is nothing to verify with: the store, or who publishes a key, is down."""


class NoSecret(SecretsUnavailable):
    """The store is up, and nobody has put a secret there."""


class UnusableSecret(SecretsUnavailable):
    """What is stored is no secret that its type can verify with. The text says why, and holds nothing of it."""


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
        """The secrets that are valid now, the current one first; SecretsUnavailable where there is none."""
        entry = self._entries.get(name)
        if entry is None or self._clock() >= entry.fresh_until:
            try:
                entry = self._read(name)
            except SecretsUnavailable:
                if entry is None or not entry.values:
                    raise
                # An event that verifies with a secret of five minutes ago is worth more than a 503.
                entry.fresh_until = self._clock() + RETRY_INTERVAL
        if not entry.values:
            raise NoSecret(f"{self._path}/{name}: not there, or empty")
        return entry.values

    def store_new(self, name: str, value: str) -> bool:
        """Store a secret that a vendor hands over; False where there is one already: nothing is ever overwritten.

        The function's role may not overwrite it either.
        """
        current, previous = f"{self._path}/{name}", f"{self._path}/{name}{PREVIOUS_SUFFIX}"
        try:
            if self._found(previous):
                return False  # somebody is changing it
            put = self._client().put_parameter
            required_field(call_aws(put, Name=current, Value=value, Type="SecureString", Overwrite=False), "Version")
        except AWS_ERRORS as error:
            if error_code(error) != "ParameterAlreadyExists":
                raise SecretsUnavailable(f"{current}: {error_code(error)}") from error
            return False
        finally:
            # Whatever came of it, somebody may have stored one: what is remembered is that there is none.
            self._entries.pop(name, None)
        return True

    def reread(self, name: str) -> tuple[str, ...]:
        """The secrets anew, for a request that does not verify: they may have just been rotated.

        Empty where they are the same, and where it is too soon, so that a flood of forgeries is no flood of reads.
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
        """What the store says now. That there is no secret is an answer too: somebody may have taken it back."""
        current, previous = f"{self._path}/{name}", f"{self._path}/{name}{PREVIOUS_SUFFIX}"
        try:
            values = self._found(current, previous)
        except AWS_ERRORS as error:
            raise SecretsUnavailable(f"{current}: {error_code(error)}") from error
        valid = tuple(values[one] for one in (current, previous) if values.get(one)) if values.get(current) else ()
        self._entries[name] = _Entry(valid, self._clock() + (TTL if valid else RETRY_INTERVAL))
        return self._entries[name]

    def _found(self, *names: str) -> dict[str, str]:
        """The values of those parameters that are there."""
        answer = call_aws(self._client().get_parameters, Names=list(names), WithDecryption=True)
        return {parameter["Name"]: parameter["Value"] for parameter in parameters_in_answer(answer, names)}


def parameters_in_answer(answer: Mapping[str, Any], names: Iterable[str]) -> list[Mapping[str, Any]]:
    """The parameters of an answer to GetParameters; Unconfirmed where it does not say of each name what there is.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
    """
    wanted, invalid = list(names), answer.get("InvalidParameters") or []
    parameters = [
        parameter
        for parameter in list_field(answer, "Parameters")
        if parameter.get("Name") in wanted and isinstance(parameter.get("Value"), str)
    ]
    if not isinstance(invalid, list) or any(
        name not in invalid and all(parameter["Name"] != name for parameter in parameters) for name in wanted
    ):
        raise Unconfirmed
    return parameters
