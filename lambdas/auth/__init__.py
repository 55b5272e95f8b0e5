"""Ways to verify a sender, one module each; the file's name is the type's name in a definition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from lambdas.secrets import UnusableSecret

if TYPE_CHECKING:
    from lambdas.model import Auth, Source
    from lambdas.request import Request
    from lambdas.secrets import Secrets

Keys = Callable[[str], tuple[str, ...]]
"""What is stored under the name of a secret, the current value first; SecretsDown where nothing is."""


class Unauthenticated(Exception):  # noqa: N818 - it names the outcome
    """The request is not from who it says. The text says why; it holds nothing of the request or the secret."""


class Sent(NamedTuple):
    """A request as a vendor sends it."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def request(self, now: float) -> Request:
        """The request as it is seen when it arrives."""
        from lambdas.request import Request

        return Request.sent(self.method, self.url, self.headers, self.body, now)


class AuthType(Protocol):
    """What a module in this package has.

    `Settings` has a field `secret`, the name of the parameter that holds what is verified with, unless nothing is
    stored; a type that is made of others has them in a field `of`. Five more functions stand where a type needs them:
    `read_secret(settings, stored)`, the keys that a stored text stands for, UnusableSecret where it stands for none;
    `wheels(settings)`, the third-party packages that it imports; `masks(settings)`, the fields of the body that hold a
    secret; `signed(settings, request)`, the texts of which the request may carry an HMAC under the secret; `pair()`, a
    made-up key pair, what is stored and what the sender has, where these are not the same.
    """

    Settings: type[Any]

    def where(self, settings: Any) -> Literal["api", "authorizer", "handler"]:
        """Where the type can be verified: the HTTP API itself, an authorizer (headers only), or the handler."""

    def headers(self, settings: Any) -> tuple[str, ...]:
        """The headers that carry the credential, lower case: never logged or kept."""

    def verify(self, settings: Any, request: Request, keys: Keys, now: float) -> None:
        """Raise Unauthenticated unless the request was made with one of the keys. `now` is in Unix seconds."""

    def sign(self, settings: Any, sent: Sent, keys: Keys, now: float) -> Sent | None:
        """The request as the vendor would send it; None where the vendor alone can."""

    def describe(self, settings: Any) -> str:
        """What is verified, in a few words."""

    def problems(self, settings: Any) -> Iterator[tuple[str, str]]:
        """Mistakes that only show between keys: (key, what is wrong and what would be right)."""


def verified(auth: Auth, request: Request, secrets: Secrets) -> None:
    """Raise Unauthenticated unless the request is authentic; a rotation that has just happened is noticed."""
    try:
        auth.type.verify(auth.settings, request, secrets.get, request.time)
    except (Unauthenticated, UnusableSecret):
        reread = [secrets.reread(name) for name in secret_names(auth)]
        if not any(reread):
            raise
        auth.type.verify(auth.settings, request, secrets.get, request.time)


def refuse_compressed(request: Request) -> None:
    """Unauthenticated where a body would have to be decompressed for somebody whom nobody knows yet."""
    if "content-encoding" in request.headers:
        raise Unauthenticated("the body is compressed, and has to be read before its sender is known")


def parameter(request: Request, name: str) -> str:
    """The query parameter of this name, decoded; Unauthenticated unless it is there once.

    Of two, one could be what was signed and the other what is read: `%58=1&X=2` is X twice.
    """
    values = [value for each, value in request.parameters if each == name]
    if len(values) != 1:
        raise Unauthenticated(
            f"query parameter {name} is there more than once" if values else f"no query parameter {name}"
        )
    return values[0]


def leaves(auth: Auth) -> Iterator[Auth]:
    """The types that do verify, where one is made of others."""
    of = getattr(auth.settings, "of", None)
    if of is None:
        yield auth
    else:
        for one in of:
            yield from leaves(one)


def secret_names(auth: Auth) -> tuple[str, ...]:
    """The parameters that hold secrets, or public keys; none where no type stores one."""
    names = (getattr(one.settings, "secret", None) for one in leaves(auth))
    return tuple(dict.fromkeys(str(name) for name in names if name))


def signed(auth: Auth, request: Request) -> Iterator[bytes]:
    """The texts of which the request may carry an HMAC under the secret."""
    for one in leaves(auth):
        try:
            yield from getattr(one.type, "signed", lambda *_: ())(one.settings, request)
        except Unauthenticated:
            continue  # it lacks what this way signs


def wheels(auth: Auth) -> tuple[str, ...]:
    """The third-party packages that verifying imports."""
    return _all(auth, "wheels")


def masks(auth: Auth) -> tuple[str, ...]:
    """The fields of the body that hold a secret."""
    return _all(auth, "masks")


def masked_fields(source: Source) -> tuple[str, ...]:
    """The fields of the body that hold a secret, by the ways of verifying and by the definition."""
    ways = (source.webhook.auth, *(one.auth for one in source.webhook.challenges if one.auth))
    return (*(name for auth in ways for name in masks(auth)), *source.events.mask)


def queries(auth: Auth) -> tuple[str, ...]:
    """The query parameters that carry a credential: never logged, kept or sent on."""
    found = (getattr(one.settings, "query", None) for one in leaves(auth))
    return tuple(dict.fromkeys(str(name) for name in found if name))


def headers(auths: Iterable[Auth]) -> tuple[str, ...]:
    """The headers that carry a credential, of any of these."""
    return tuple(dict.fromkeys(name for auth in auths for name in auth.type.headers(auth.settings)))


def _all(auth: Auth, function: str) -> tuple[str, ...]:
    found = (getattr(one.type, function, lambda _settings: ())(one.settings) for one in leaves(auth))
    return tuple(dict.fromkeys(name for names in found for name in names))
