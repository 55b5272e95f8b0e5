"""Why a captured request does, or does not, verify: what was read, what was expected, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.explain import credentials, reasons
from generator.explain import simulate as onward
from generator.explain.captured_case import Case
from generator.explain.evidence import Fact, published, signed, tokens
from generator.explain.findings import Finding
from generator.explain.mistakes import Attempt, kind
from generator.explain.reasons import attempt_of, named, refusal_of, verdict
from generator.explain.redaction import Hidden
from generator.explain.simulate import Onward
from lambdas.auth import jwt, leaves
from lambdas.auth_type import Sent
from lambdas.model import Auth, Challenge
from lambdas.reading.body import Rejected
from lambdas.reading.request import Request
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.signature_settings import Signed

_REFUSED = (401, 403, 404, 503)
FACTS: dict[str, Callable[[Attempt], Iterator[Fact]]] = {
    "token": tokens.of_token,
    "basic": tokens.of_basic,
    "body_token": tokens.of_body_token,
    "jwt": published.of_jwt,
    "sns": published.of_sns,
}
"""What is shown of a type, beside those that sign; of one that is not here, the headers that it reads."""


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
    found = tuple(reasons.found(auth, case, request, verifies=not node or bool(node.verifies)))
    if onward.is_lost(case.source, request):
        return Explanation(sent, None, node, found, onward.LOST, onward.LOST.status, hidden)
    after = onward.answered(challenge, request) if challenge else onward.delivered(case, sent)
    status = after.status
    if auth and node and not node.verifies:
        certain = node.verifies is False and not isinstance(refusal_of(auth, case, request), UnusableSecret)
        status = onward.refused(case.source, auth, request) if certain else 503
    return Explanation(sent, challenge, node, found, after, status, hidden)


def _sent(case: Case) -> Sent:
    """Without the line break at the end of the file, or with it where that is what was signed."""
    plain, whole = case.sent(case.captured.body), case.sent(case.captured.body + case.captured.cut)
    for one in (plain, whole) if case.captured.cut else ():
        request = onward.seen(case.source, one, case.now)
        auth = onward.role(case.source, request)[1]
        covering = [leaf for leaf in leaves(auth) if not isinstance(leaf.settings, jwt.Settings)] if auth else []
        if any(attempt_of(leaf, case, request).relaxed.verifies for leaf in covering):
            return one
    return plain


def _node(auth: Auth, case: Case, request: Request, hidden: Hidden, name: str = "") -> Node:
    verifies, why = verdict(auth, case, request)
    told = auth.type.describe(auth.settings)
    if of := getattr(auth.settings, "of", None):
        below = tuple(_node(one, case, request, hidden, label) for label, one in named(of))
        return Node(name or kind(auth), kind(auth), told, verifies, why, of=below)
    try:
        facts = tuple(_facts(attempt_of(auth, case, request), hidden))
    except Rejected as rejected:
        facts = (Fact("body", str(rejected)),)
    return Node(name or kind(auth), kind(auth), told, verifies, why, facts)


def _facts(attempt: Attempt, hidden: Hidden) -> Iterator[Fact]:
    if isinstance(attempt.settings, Signed):
        return signed.facts(attempt, hidden)
    if attempt.kind == "body_hmac":
        return tokens.of_body_hmac(attempt, hidden)
    return FACTS.get(attempt.kind, tokens.of_any)(attempt)
