"""Why a captured request does, or does not, verify: what was read, what was expected, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from generator.explain import credentials, onward
from generator.explain.case import Case
from generator.explain.evidence import Fact, published, signed, tokens
from generator.explain.findings import Finding, findings
from generator.explain.glimpse import Hidden
from generator.explain.mistakes import Attempt, kind
from generator.explain.onward import Onward
from lambdas.auth import Sent, Unauthenticated, leaves
from lambdas.body import Rejected
from lambdas.model import Auth, Challenge
from lambdas.request import Request
from lambdas.secrets import SecretsDown
from lambdas.signed import Signed

_REFUSED = (401, 403, 503)
FACTS: dict[str, Callable[[Attempt], Iterator[Fact]]] = {
    "token": tokens.of_token,
    "basic": tokens.of_basic,
    "body_token": tokens.of_body_token,
    "jwt": published.of_jwt,
    "sns": published.of_sns,
}
"""What is shown of a type, beside those that sign."""


@dataclass(frozen=True)
class Node:
    """A type of the definition's, and how the request fares with it; `verifies` is None where that can't be known."""

    name: str
    kind: str
    told: str
    verifies: bool | None
    why: str | None
    facts: tuple[Fact, ...] = ()
    of: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """All that is said about a request: `onward` is what comes once it is verified, or would.

    What is printed goes through `hidden`.
    """

    sent: Sent
    challenge: Challenge | None
    auth: Node | None
    findings: tuple[Finding, ...]
    onward: Onward
    status: int
    hidden: Hidden

    @property
    def verifies(self) -> bool:
        return self.status not in _REFUSED


def explain(case: Case) -> Explanation:
    """What the endpoint does with the request, and why."""
    sent = _sent(case)
    request = onward.seen(case.source, sent, case.now)
    challenge, auth = onward.role(case.source, request)
    hidden = Hidden(credentials.of(case, request, challenge))
    node = _node(auth, case, request, hidden) if auth else None
    found = tuple(_findings(auth, case, request)) if auth else ()
    after = onward.answered(challenge, request) if challenge else onward.delivered(case, sent)
    status = after.status
    if auth and node and not node.verifies:
        status = onward.refused(case.source, auth, request) if node.verifies is False else 503
    return Explanation(sent, challenge, node, found, after, status, hidden)


def _sent(case: Case) -> Sent:
    """Without the line break at the end of the file, or with it where that is what was signed."""
    plain, whole = case.sent(case.captured.body), case.sent(case.captured.body + case.captured.cut)
    for one in (plain, whole) if case.captured.cut else ():
        request = onward.seen(case.source, one, case.now)
        auth = onward.role(case.source, request)[1]
        if auth and any(_attempt(leaf, case, request).relaxed.verifies for leaf in leaves(auth)):
            return one
    return plain


def _attempt(leaf: Auth, case: Case, request: Request) -> Attempt:
    return Attempt(leaf, request, case.secrets.get(getattr(leaf.settings, "secret", ""), ()), case.now)


def _node(auth: Auth, case: Case, request: Request, hidden: Hidden, name: str = "") -> Node:
    verifies, why = _verdict(auth, case, request)
    told = auth.type.describe(auth.settings)
    if of := getattr(auth.settings, "of", None):
        below = tuple(_node(one, case, request, hidden, label) for label, one in _named(of))
        return Node(name or kind(auth), kind(auth), told, verifies, why, of=below)
    try:
        facts = tuple(_facts(_attempt(auth, case, request), hidden))
    except Rejected as rejected:
        facts = (Fact("body", str(rejected)),)
    return Node(name or kind(auth), kind(auth), told, verifies, why, facts)


def _named(of: tuple[Auth, ...]) -> Iterator[tuple[str, Auth]]:
    """The types with their names; of one that stands there twice, with its number too."""
    kinds = [kind(one) for one in of]
    for place, one in enumerate(of):
        number = f" {kinds[: place + 1].count(kind(one))}" if kinds.count(kind(one)) > 1 else ""
        yield f"{kind(one)}{number}", one


def _verdict(auth: Auth, case: Case, request: Request) -> tuple[bool | None, str | None]:
    try:
        auth.type.verify(auth.settings, request, case.keys, case.now)
    except (Unauthenticated, Rejected) as refused:
        return False, str(refused)
    except SecretsDown as down:
        return None, str(down)
    return True, None


def _facts(attempt: Attempt, hidden: Hidden) -> Iterator[Fact]:
    if isinstance(attempt.settings, Signed):
        return signed.facts(attempt, hidden)
    if attempt.kind == "body_hmac":
        return tokens.of_body_hmac(attempt, hidden)
    return FACTS[attempt.kind](attempt)


def _findings(auth: Auth, case: Case, request: Request) -> Iterator[Finding]:
    """Why it does not verify; where it does with the previous secret alone, that."""
    verifies, why = _verdict(auth, case, request)
    if verifies:
        current = replace(case, secrets={name: values[:1] for name, values in case.secrets.items()})
        if not _verdict(auth, current, request)[0]:
            todo = f"have the vendor use the current one before `secret {case.source.name} --drop-previous`"
            yield Finding("it was made with the previous secret, not with the current one", todo)
    elif of := getattr(auth.settings, "of", None):
        yield from _composed(kind(auth), of, case, request)
    elif verifies is None:
        yield Finding(str(why), "without it, nothing can be said of the rest", proven=False)
    else:
        found = list(findings(_attempt(auth, case, request), case))
        yield from found or [Finding(str(why), "compare what was read with the definition", proven=False)]


def _composed(how: str, of: tuple[Auth, ...], case: Case, request: Request) -> Iterator[Finding]:
    """Of all the ones that fail; of any, those for which there is a credential, or one that explains it all."""
    failing = [(name, one) for name, one in _named(of) if not _verdict(one, case, request)[0]]
    if how == "any_of":
        failing = [(name, one) for name, one in failing if _is_used(one, request)] or failing
    found = [(name, list(_findings(one, case, request))) for name, one in failing]
    if how == "any_of":
        found = [(name, said) for name, said in found if any(each.proven for each in said)] or found
    for name, said in found:
        yield from (each._replace(said=f"{name}: {each.said}") for each in said)


def _is_used(auth: Auth, request: Request) -> bool:
    names = auth.type.headers(auth.settings)
    return not names or any(name in request.headers for name in names)
