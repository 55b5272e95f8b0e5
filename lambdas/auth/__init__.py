"""Ways to verify a sender, one module each; the file's name is the type's name in a definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from lambdas.model import Auth
    from lambdas.request import Request
    from lambdas.secrets import Secrets


class Unauthenticated(Exception):  # noqa: N818 - it names the outcome
    """The request is not from who it says. The text says why; it holds nothing of the request or the secret."""


class AuthType(Protocol):
    """What a module in this package has."""

    Settings: type[Any]

    def where(self, settings: Any) -> Literal["api", "authorizer", "handler"]:
        """Where the type can be verified: the HTTP API itself, an authorizer (headers only), or the handler."""

    def headers(self, settings: Any) -> tuple[str, ...]:
        """The headers that carry the credential, lower case: never logged or kept."""

    def verify(self, settings: Any, request: Request, secrets: tuple[str, ...], now: float) -> None:
        """Raise Unauthenticated unless the request was made with one of the secrets. `now` is in Unix seconds."""

    def signed(self, settings: Any, request: Request) -> bytes:
        """The text whose signature the request carries; empty where it carries none."""

    def sign(self, settings: Any, body: bytes, secret: str, now: float) -> Mapping[str, str] | None:
        """The headers that the vendor would send with this body; None where the vendor alone can sign."""

    def describe(self, settings: Any) -> str:
        """What is verified, in a few words."""

    def problems(self, settings: Any) -> Iterator[tuple[str, str]]:
        """Mistakes that only show between keys: (key, what is wrong and what would be right)."""


def verified(auth: Auth, request: Request, secrets: Secrets) -> None:
    """Raise Unauthenticated unless the request is authentic; a rotation that has just happened is noticed."""
    name = auth.settings.secret
    try:
        auth.type.verify(auth.settings, request, secrets.get(name), request.time)
    except Unauthenticated:
        if not (anew := secrets.reread(name)):
            raise
        auth.type.verify(auth.settings, request, anew, request.time)
