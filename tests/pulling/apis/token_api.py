"""An API that is asked with an access token, which a token endpoint gives and which ends."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call
from tests.pulling.vendor import answer_of


class TokenApi(Api):
    """Gives a token for an hour to who proves to be a client, and answers requests that have it."""

    token_url: ClassVar[str]
    token_form: ClassVar[dict[str, str]] = {"grant_type": "client_credentials"}
    """What a request for a token has, beside the client's id and secret."""
    token_status: ClassVar[int] = 200
    """The status of an answer with a token."""

    def secrets(self) -> dict[str, str]:
        """Return what is stored, by name."""
        return {"client_id": "the-client", "client_secret": "the-clients-secret"}

    def is_client(self, call: Call) -> bool:
        """Return whether a request for a token proves whose it is."""
        return {**self.secrets(), **self.token_form}.items() <= call.form.items()

    def grant(self) -> dict[str, object]:
        """Return what the token endpoint answers, beside the token."""
        return {"token_type": "Bearer", "expires_in": 3_600}

    def replace_credential(self) -> None:
        """End all tokens; the secrets stay."""
        self.access: dict[str, float] = {}
        self.stored |= {f"/made/up/{name}": value for name, value in self.secrets().items()}

    def is_authorized(self, call: Call) -> bool:
        if call.request.url == self.token_url:
            return self.is_client(call)
        return self.access.get(call.authorization.removeprefix("Bearer "), 0) > self.now

    def limit_answer(self, call: Call) -> HttpAnswer:
        """Return the answer to this request; a token endpoint has a limit of its own (RFC 6585)."""
        return answer_of({}, 429) if call.request.url == self.token_url else super().limit_answer(call)

    def answer(self, call: Call) -> HttpAnswer:
        if call.request.url != self.token_url:
            return self.api_answer(call)
        self._count += 1
        token = f"access-token-{self._count}"
        self.access[token] = self.now + 3_600
        return answer_of({"access_token": token, **self.grant()}, self.token_status)

    @abstractmethod
    def api_answer(self, call: Call) -> HttpAnswer:
        """Return the answer to a request that has a token."""
