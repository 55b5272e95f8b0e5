"""The contract of a credentials type, `CredentialType`, and what its functions are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from lambdas.runtime.http_types import HttpAnswer, HttpRequest


class CredentialRefused(Exception):  # noqa: N818 - it names the outcome
    """The vendor's token endpoint refuses the credential. The message says what it answered, and holds no secret."""


class CredentialUnavailable(Exception):  # noqa: N818 - it names the outcome
    """The token endpoint gives no token at present: it limits requests, or is down. `answer` may say for how long."""

    def __init__(self, message: str, answer: HttpAnswer) -> None:
        super().__init__(message)
        self.answer = answer


class Token(NamedTuple):
    """An access token, or what else a type remembers, in the function's memory. It is never stored."""

    value: str
    expires: float
    """When to ask for another, in Unix seconds."""


class CredentialContext(Protocol):
    """What a credentials type may use: stored secrets, the token endpoint, the time, and this function's memory."""

    tokens: dict[str, Token]
    """Tokens by a name of the type's own; they last as long as the function's process."""

    def secret(self, name: str) -> str:
        """Return a stored secret, stripped; SecretsUnavailable where there is none."""

    def fresh_secret(self, name: str) -> str:
        """Read a stored secret again, which `secret` returns from then on: another process may have replaced it."""

    def replace_secret(self, name: str, value: str) -> None:
        """Overwrite a stored secret with the vendor's new value; SecretsUnavailable where that fails."""

    def ask(self, request: HttpRequest) -> HttpAnswer:
        """Send a request to the token endpoint, or to the API itself; it counts towards the source's rate."""

    def now(self) -> float:
        """Return the time in Unix seconds."""


class CredentialType(Protocol):
    """What a module in `lambdas/credentials/` has. The file's name is the type's name in a definition.

    A type has four more functions where it needs them:

    - `token_url(settings)`: the URL of its token endpoint, the only further origin that the function asks;
    - `wheels(settings)`: the third-party packages that it imports;
    - `replaced_secrets(settings)`: those of its secrets that it overwrites, since the vendor replaces them;
    - `without_credential(settings, url)`: a vendor's URL without the credential that it may repeat.
    """

    Settings: type[Any]

    def secret_names(self, settings: Any) -> tuple[str, ...]:
        """Return the names of the parameters that it reads, in the order in which people are asked for them."""

    def authorize(self, settings: Any, request: HttpRequest, context: CredentialContext) -> HttpRequest:
        """Return the request with the credential.

        CredentialRefused or CredentialUnavailable where the vendor gives no token; SecretsUnavailable where nothing is
        stored, or nothing of use.
        """

    def forget(self, settings: Any, context: CredentialContext) -> bool:
        """Forget a token, or read a secret again, that the vendor refused with 401.

        Return whether there is another now, so that trying again, once, may help.
        """

    def check_secret(self, settings: Any, name: str, value: str) -> str | None:
        """Return what is wrong with a value that is to be stored, and what would be right; None if nothing is."""

    def describe(self, settings: Any) -> str:
        """Return in a few words how requests are authorized."""

    def problems(self, settings: Any) -> Iterator[tuple[str, str]]:
        """Yield mistakes that show only between keys: (key, what is wrong and what would be right)."""
