"""A captured request with everything that is needed to verify it: the source, the secrets, the time, the URL."""

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
    """A captured request, the secrets by name, and the time; `url` is the one registered at the vendor."""

    source: Source
    captured: Captured
    secrets: Mapping[str, tuple[str, ...]] = field(repr=False)
    now: float
    url: str | None = None
    as_of_now: bool = True
    has_previous_secret: bool = False

    def lookup_secret(self, name: str) -> tuple[str, ...]:
        """Return the secrets with this name, the current one first; NoSecret where there is none."""
        if not (values := self.secrets.get(name, ())):
            raise NoSecret(f"no secret {name} was given")
        return values

    def other_secrets(self, name: str) -> dict[str, str]:
        """Return the source's other secrets by name."""
        return {other: values[0] for other, values in self.secrets.items() if other != name and values}

    @property
    def has_url(self) -> bool:
        """Whether the whole URL is known, not only its path."""
        return self.url is not None or "://" in self.captured.url

    def request_with(self, body: bytes) -> OutgoingRequest:
        """Return the request with this body, as it reaches the endpoint."""
        url = self.captured.url
        query = url.partition("?")[2]
        if self.url is not None:
            url = f"{self.url}?{query}" if query and "?" not in self.url else self.url
        elif not self.has_url:
            url = f"{gateway.URL.removesuffix('/events')}/{url.removeprefix('/')}"
        return OutgoingRequest(self.captured.method, url, self.captured.headers_by_name, body)
