"""Ways to verify a sender, one module each; the file's name is the type's name in a definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from lambdas.reading.request import Request


SecretLookup = Callable[[str], tuple[str, ...]]
"""What is stored under the name of a secret, the current value first; SecretsUnavailable where nothing is."""


class Unauthenticated(Exception):  # noqa: N818 - it names the outcome
    """The request is not from who it says. The text says why; it holds nothing of the request or the secret."""


class OutgoingRequest(NamedTuple):
    """A request as a vendor sends it."""

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
        """Where the type can be verified: the HTTP API itself, an authorizer (headers only), or the handler."""

    def headers(self, settings: Any) -> tuple[str, ...]:
        """The headers that carry the credential, lower case: never logged or kept."""

    def verify(self, settings: Any, request: Request, lookup_secret: SecretLookup, now: float) -> None:
        """Raise Unauthenticated unless the request was made with one of the keys. `now` is in Unix seconds."""

    def sign(
        self, settings: Any, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
    ) -> OutgoingRequest | None:
        """The request as the vendor would send it; None where the vendor alone can."""

    def describe(self, settings: Any) -> str:
        """What is verified, in a few words."""

    def problems(self, settings: Any) -> Iterator[tuple[str, str]]:
        """Mistakes that only show between keys: (key, what is wrong and what would be right)."""
