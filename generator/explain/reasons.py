"""The reasons of a request's fate: what is certain of any request, and why one does not verify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.explain import simulate, suspicions, unusable
from generator.explain.captured_case import CapturedCase
from generator.explain.findings import Finding, findings
from generator.explain.mistakes import VerificationAttempt, type_name
from generator.explain.redaction import visible
from lambdas.auth_type import Unauthenticated
from lambdas.model import Auth, methods
from lambdas.reading.body import Rejected
from lambdas.reading.request import Request
from lambdas.runtime.secrets import SecretsUnavailable, UnusableSecret


def all_findings(auth: Auth | None, case: CapturedCase, request: Request, *, verifies: bool) -> Iterator[Finding]:
    """What is certain of any request first, and then why this one does not verify."""
    if simulate.has_no_route(case.source, request):
        there = " and ".join(methods(case.source.webhook))
        said = f"{visible(request.method)} has no route: there is one for {there}"
        yield Finding(said, "have the vendor send events as POST")
    yield from (Finding(*one) for one in unusable.unset_placeholders(case) if not verifies)
    yield from (Finding(*one) for one in suspicions.undeclared_gzip(request))
    if auth:
        yield from _findings(auth, case, request)


def _findings(auth: Auth, case: CapturedCase, request: Request) -> Iterator[Finding]:
    """Why it does not verify; where it does with the previous secret alone, that."""
    verifies, why = verdict(auth, case, request)
    if verifies:
        current = replace(case, secrets={name: values[:1] for name, values in case.secrets.items()})
        if not verdict(auth, current, request)[0]:
            todo = f"have the vendor use the current one before `secret {case.source.name} --drop-previous`"
            yield Finding("it was made with the previous secret, not with the current one", todo)
    elif of := getattr(auth.settings, "of", None):
        yield from _composed(type_name(auth), of, case, request)
    elif unusable.unset_issuer(auth):
        return  # the placeholder is told of the whole definition
    elif verifies is None:
        yield Finding(str(why), "without it, nothing can be said of the rest", proven=False)
    else:
        known = list(findings(attempt_of(auth, case, request), case))
        yield from known or [Finding(str(why), "compare what was read with the definition", proven=False)]


def _composed(how: str, of: tuple[Auth, ...], case: CapturedCase, request: Request) -> Iterator[Finding]:
    """Of all the ones that fail; of any, those for which there is a credential, or one that explains it all."""
    failing = [(name, one) for name, one in labeled(of) if not verdict(one, case, request)[0]]
    if how == "any_of":
        failing = [(name, one) for name, one in failing if _is_used(one, request)] or failing
    told = [(name, list(_findings(one, case, request))) for name, one in failing]
    if how == "any_of":
        told = [(name, said) for name, said in told if any(each.proven for each in said)] or told
    for name, said in told:
        yield from (each._replace(diagnosis=f"{name}: {each.diagnosis}") for each in said)


def _is_used(auth: Auth, request: Request) -> bool:
    names = auth.type.headers(auth.settings)
    return not names or any(name in request.headers for name in names)


def attempt_of(leaf: Auth, case: CapturedCase, request: Request) -> VerificationAttempt:
    """The request, and what this type verifies it with."""
    return VerificationAttempt(leaf, request, case.secrets.get(getattr(leaf.settings, "secret", ""), ()), case.now)


def labeled(of: tuple[Auth, ...]) -> Iterator[tuple[str, Auth]]:
    """The types with their names; of one that stands there twice, with its number too."""
    kinds = [type_name(one) for one in of]
    for place, one in enumerate(of):
        number = f" {kinds[: place + 1].count(type_name(one))}" if kinds.count(type_name(one)) > 1 else ""
        yield f"{type_name(one)}{number}", one


def verdict(auth: Auth, case: CapturedCase, request: Request) -> tuple[bool | None, str | None]:
    """Whether it verifies, and why not; None where that can't be known."""
    if why := unusable.unset_issuer(auth):
        return None, why
    refusal = refusal_of(auth, case, request)
    unknown = isinstance(refusal, SecretsUnavailable) and not isinstance(refusal, UnusableSecret)
    return (None if unknown else refusal is None), str(refusal) if refusal else None


def refusal_of(auth: Auth, case: CapturedCase, request: Request) -> Exception | None:
    """Why it does not verify, as the endpoint sees it."""
    try:
        auth.type.verify(auth.settings, request, case.lookup_secret, case.now)
    except (Unauthenticated, Rejected, SecretsUnavailable) as refusal:
        return refusal
    return None
