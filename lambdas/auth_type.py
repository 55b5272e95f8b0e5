"""The contract of an auth type, `AuthType`, and the types that its functions exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from lambdas.reading.request import Request


SecretLookup = Callable[[str], tuple[str, ...]]
"""Returns the stored values of a secret by its name, the current one first; SecretsUnavailable where none is stored."""


class Unauthenticated(Exception):  # noqa: N818 - it names the outcome
    """The sender is not verified. The message says why, and holds nothing of the request or the secret."""


class OutgoingRequest(NamedTuple):
    """A request as a vendor sends it, before it arrives at the endpoint."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class AuthType(Protocol):
    """What a module in `lambdas/auth/` has.

    `Settings` has a field `secret`, the name of the parameter that holds the key or the token, unless nothing is
    stored; a type that is made of others has them in a field `of`. A type has five more functions where it needs them:

    - `read_secret(settings, stored)`: the keys in a stored text; UnusableSecret where it holds none;
    - `wheels(settings)`: the third-party packages that the type imports;
    - `masked_fields(settings)`: the fields of the body that hold a credential;
    - `hmac_texts(settings, request)`: the texts of which the request may carry an HMAC under the secret;
    - `key_pair(settings)`: a random key pair, what is stored and what the sender has, where these differ.
    """

    Settings: type[Any]

    def verified_by(self, settings: Any) -> Literal["api", "authorizer", "handler"]:
        """Return what can verify the type: the HTTP API itself, an authorizer (headers only), or the handler."""

    def headers(self, settings: Any) -> tuple[str, ...]:
        """Return the headers that carry the credential, in lower case: they are never logged or kept."""

    def verify(self, settings: Any, request: Request, lookup_secret: SecretLookup, now: float) -> None:
        """Raise Unauthenticated unless the request proves one of the secrets. `now` is in Unix seconds."""

    def sign(
        self, settings: Any, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
    ) -> OutgoingRequest | None:
        """Return the request with the vendor's credential; None where the vendor alone can make it."""

    def describe(self, settings: Any) -> str:
        """Return in a few words what is verified."""

    def problems(self, settings: Any) -> Iterator[tuple[str, str]]:
        """Yield mistakes that show only between keys: (key, what is wrong and what would be right)."""
