"""A captured request with all that is needed to verify it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.samples import gateway
from generator.samples.captured import Captured
from lambdas.auth_type import OutgoingRequest
from lambdas.model import Source
from lambdas.runtime.secrets import NoSecret


@dataclass(frozen=True)
class CapturedCase:
    """A captured request, what it is verified with, and when; `url` is what the vendor was told."""

    source: Source
    captured: Captured
    secrets: Mapping[str, tuple[str, ...]] = field(repr=False)
    now: float
    url: str | None = None
    as_of_now: bool = True
    has_previous_secret: bool = False

    def lookup_secret(self, name: str) -> tuple[str, ...]:
        """What is stored under a name, the current secret first."""
        if not (found := self.secrets.get(name, ())):
            raise NoSecret(f"no secret {name} was given")
        return found

    def other_secrets(self, name: str) -> dict[str, str]:
        """The source's other secrets."""
        return {other: values[0] for other, values in self.secrets.items() if other != name and values}

    @property
    def has_url(self) -> bool:
        """Whether the host is known too, and not the path alone."""
        return self.url is not None or "://" in self.captured.url

    def request_with(self, body: bytes) -> OutgoingRequest:
        """The request with this body, as it reaches the endpoint."""
        there = self.captured.url
        query = there.partition("?")[2]
        if self.url is not None:
            there = f"{self.url}?{query}" if query and "?" not in self.url else self.url
        elif not self.has_url:
            there = f"{gateway.URL.removesuffix('/events')}/{there.removeprefix('/')}"
        return OutgoingRequest(self.captured.method, there, self.captured.joined, body)
