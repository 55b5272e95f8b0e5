"""The credential of a run: what its type may use to authorize requests, and what of it no log may repeat."""

from __future__ import annotations

from collections.abc import Callable

from lambdas.credential_type import Token
from lambdas.model_pull import Credentials
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.rotated_secrets import RotatedSecrets

LEAST_SECRET = 8
"""Characters of a secret that is taken out of the vendor's words: a shorter one is a user, such as `admin`."""


class RunCredential:
    """Authorizes the requests of a run; it is also the context that the credentials type is given."""

    def __init__(
        self,
        credentials: Credentials,
        secrets: RotatedSecrets,
        tokens: dict[str, Token],
        ask: Callable[[HttpRequest], HttpAnswer],
        clock: Callable[[], float],
    ) -> None:
        """`ask` sends a request to the token endpoint, within the rate."""
        self._type = credentials.type
        self._settings = credentials.settings
        self._secrets = secrets
        self._ask = ask
        self._clock = clock
        self._used: set[str] = set()
        self.tokens = tokens

    # What credentials types use

    def secret(self, name: str) -> str:
        """Return a stored secret, stripped; SecretsUnavailable where there is none."""
        value = self._secrets.get(name)[0].strip()
        self._used.add(value)
        return value

    def fresh_secret(self, name: str) -> str:
        """Read a stored secret again, which `secret` returns from then on: another process may have replaced it."""
        self._secrets.forget(name)
        return self.secret(name)

    def replace_secret(self, name: str, value: str) -> None:
        """Overwrite a stored secret with the vendor's new value; SecretsUnavailable where that fails."""
        self._secrets.replace(name, value)

    def ask(self, request: HttpRequest) -> HttpAnswer:
        """Send a request to the token endpoint, within the rate."""
        return self._ask(request)

    def now(self) -> float:
        """Return the time in Unix seconds."""
        return self._clock()

    # What the API's client uses

    def authorize(self, request: HttpRequest) -> HttpRequest:
        """Return a request with its credential; what `CredentialType.authorize` raises where there is none."""
        return self._type.authorize(self._settings, request, self)

    def forget(self) -> bool:
        """Forget what the vendor refused with 401; return whether there is another token or secret now."""
        return self._type.forget(self._settings, self)

    def without_credential(self, url: str) -> str:
        """Return a URL of the vendor's as it may be stored: some repeat the key in the link of the next page."""
        strip = getattr(self._type, "without_credential", None)
        return strip(self._settings, url) if strip else url

    def without_secrets(self, words: str) -> str:
        """Return the vendor's words for the log: some vendors repeat the key that they refuse."""
        secrets = {*self._used, *(token.value for token in self.tokens.values())}
        for secret in sorted(secrets, key=len, reverse=True):
            words = words.replace(secret, "…") if len(secret) >= LEAST_SECRET else words
        return words
