"""The findings about a request: those that hold for any auth type, then why the definition's types refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from generator.definition.auth_types import auth_type_name
from generator.explain import body_suspicions, simulate
from generator.explain.captured_case import CapturedCase
from generator.explain.findings import findings
from generator.explain.mistakes import VerificationAttempt
from generator.explain.redaction import visible
from generator.explain.time_findings import Finding
from lambdas.auth_type import Unauthenticated
from lambdas.model import Auth, methods
from lambdas.model_types import KeyText
from lambdas.reading.body import Rejected
from lambdas.reading.request import Request
from lambdas.runtime.secrets import SecretsUnavailable, UnusableSecret


def all_findings(auth: Auth | None, case: CapturedCase, request: Request) -> Iterator[Finding]:
    """Yield the findings that need no auth type first, then those about why the request does not verify."""
    if simulate.has_no_route(case.source, request):
        routes = " and ".join(methods(case.source.endpoint))
        diagnosis = f"{visible(request.method)} has no route: there is one for {routes}"
        yield Finding(diagnosis, "have the vendor send events as POST")
    yield from (Finding(*texts) for texts in body_suspicions.undeclared_gzip(request))
    if auth:
        yield from _findings(auth, case, request)


def _findings(auth: Auth, case: CapturedCase, request: Request) -> Iterator[Finding]:
    """Yield why the request does not verify, or that it verifies only with the previous secret."""
    verifies, reason = verdict(auth, case, request)
    if verifies:
        current = replace(case, secrets={name: values[:1] for name, values in case.secrets.items()})
        if not verdict(auth, current, request)[0]:
            advice = f"have the vendor use the current one before `secret {case.source.name} --drop-previous`"
            yield Finding("it was made with the previous secret, not with the current one", advice)
    elif of := getattr(auth.settings, "of", None):
        yield from _composed(auth_type_name(auth), of, case, request)
    elif verifies is None:
        yield Finding(str(reason), "without it, nothing can be said of the rest", proven=False)
    else:
        explained = list(findings(attempt_of(auth, case, request), case))
        yield from explained or [Finding(str(reason), "compare what was read with the definition", proven=False)]


def _composed(combination: str, of: tuple[Auth, ...], case: CapturedCase, request: Request) -> Iterator[Finding]:
    """Yield the findings of the types that fail.

    For `any_of`, only of those with a credential in the request; of these, if possible, those with proven findings, and
    the fewest.
    """
    failing = [(name, auth) for name, auth in labeled(of) if not verdict(auth, case, request)[0]]
    if combination == "any_of":
        failing = [(name, auth) for name, auth in failing if _is_used(auth, request)] or failing
    by_type = [(name, list(_findings(auth, case, request))) for name, auth in failing]
    if combination == "any_of":
        by_type = [(name, causes) for name, causes in by_type if any(each.proven for each in causes)] or by_type
        # A change that makes a request verify in one way rarely comes with a second that makes it verify in another.
        fewest = min((len(causes) for _, causes in by_type), default=0)
        by_type = [(name, causes) for name, causes in by_type if len(causes) == fewest]
    for name, type_findings in by_type:
        yield from (each._replace(diagnosis=f"{name}: {each.diagnosis}") for each in type_findings)


def _is_used(auth: Auth, request: Request) -> bool:
    names = auth.type.headers(auth.settings)
    return not names or any(name in request.headers for name in names)


def attempt_of(leaf: Auth, case: CapturedCase, request: Request) -> VerificationAttempt:
    """Return the attempt to verify the request with this type."""
    key: Any = getattr(leaf.settings, "key", None)
    if others := getattr(key, "other_secrets", ()):
        # A search changes one secret; the others of which the key is made are as they are stored.
        text = str(key.text)
        for name in others:
            text = text.replace(f"{{secret('{name}')}}", (case.secrets.get(name) or ("",))[0].strip())
        leaf = replace(leaf, settings=replace(leaf.settings, key=replace(key, text=KeyText(text))))
    return VerificationAttempt(leaf, request, case.secrets.get(getattr(leaf.settings, "secret", ""), ()), case.now)


def labeled(of: tuple[Auth, ...]) -> Iterator[tuple[str, Auth]]:
    """Yield the types with their names; a type that stands there twice has its number too."""
    names = [auth_type_name(auth) for auth in of]
    for index, auth in enumerate(of):
        number = f" {names[: index + 1].count(names[index])}" if names.count(names[index]) > 1 else ""
        yield f"{names[index]}{number}", auth


def verdict(auth: Auth, case: CapturedCase, request: Request) -> tuple[bool | None, str | None]:
    """Return whether the request verifies (None where that can't be known), and why not."""
    refusal = refusal_of(auth, case, request)
    unknown = isinstance(refusal, SecretsUnavailable) and not isinstance(refusal, UnusableSecret)
    return (None if unknown else refusal is None), str(refusal) if refusal else None


def refusal_of(auth: Auth, case: CapturedCase, request: Request) -> Exception | None:
    """Return the exception with which the endpoint's own code refuses the request; None where it verifies."""
    try:
        auth.type.verify(auth.settings, request, case.lookup_secret, case.now)
    except (Unauthenticated, Rejected, SecretsUnavailable) as refusal:
        return refusal
    return None
