"""Why a captured request does, or does not, verify: what was read, what was expected, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.explain import credentials, reasons
from generator.explain import simulate as onward
from generator.explain.captured_case import CapturedCase
from generator.explain.evidence import Fact, published, signatures, tokens
from generator.explain.findings import Finding
from generator.explain.mistakes import VerificationAttempt, type_name
from generator.explain.reasons import attempt_of, labeled, refusal_of, verdict
from generator.explain.redaction import Redactor
from generator.explain.simulate import SimulatedOutcome
from lambdas.auth import jwt, leaves
from lambdas.auth_type import OutgoingRequest
from lambdas.model import Auth, Challenge
from lambdas.reading.body import Rejected
from lambdas.reading.request import Request
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.signature_settings import SignatureSettings

_REFUSED = (401, 403, 404, 503)
FACTS: dict[str, Callable[[VerificationAttempt], Iterator[Fact]]] = {
    "token": tokens.token_facts,
    "basic": tokens.basic_facts,
    "body_token": tokens.body_token_facts,
    "jwt": published.jwt_facts,
    "sns": published.sns_facts,
}
"""What is shown of a type, beside those that sign; of one that is not here, the headers that it reads."""


@dataclass(frozen=True)
class AuthNode:
    """A type of the definition's, and how the request fares with it; `verifies` is None where that can't be known."""

    name: str
    type_name: str
    description: str
    verifies: bool | None
    why: str | None
    facts: tuple[Fact, ...] = ()
    of: tuple[AuthNode, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """All that is said about a request: `onward` is what comes once it is verified, or would.

    What is printed goes through `hidden`.
    """

    request: OutgoingRequest
    challenge: Challenge | None
    auth: AuthNode | None
    findings: tuple[Finding, ...]
    outcome: SimulatedOutcome
    status: int
    redact: Redactor

    @property
    def verifies(self) -> bool:
        return self.status not in _REFUSED


def explain(case: CapturedCase) -> Explanation:
    """What the endpoint does with the request, and why."""
    sent = _sent(case)
    request = onward.received_request(case.source, sent, case.now)
    challenge, auth = onward.challenge_and_auth(case.source, request)
    hidden = Redactor(credentials.credentials_in(case, request, challenge))
    node = _node(auth, case, request, hidden) if auth else None
    found = tuple(reasons.all_findings(auth, case, request, verifies=not node or bool(node.verifies)))
    if onward.has_no_route(case.source, request):
        return Explanation(sent, None, node, found, onward.NO_ROUTE, onward.NO_ROUTE.status, hidden)
    after = onward.simulate_challenge(challenge, request) if challenge else onward.simulate_event(case, sent)
    status = after.status
    if auth and node and not node.verifies:
        certain = node.verifies is False and not isinstance(refusal_of(auth, case, request), UnusableSecret)
        status = onward.refusal_status(case.source, auth, request) if certain else 503
    return Explanation(sent, challenge, node, found, after, status, hidden)


def _sent(case: CapturedCase) -> OutgoingRequest:
    """Without the line break at the end of the file, or with it where that is what was signed."""
    plain, whole = case.request_with(case.captured.body), case.request_with(case.captured.body + case.captured.cut)
    for one in (plain, whole) if case.captured.cut else ():
        request = onward.received_request(case.source, one, case.now)
        auth = onward.challenge_and_auth(case.source, request)[1]
        covering = [leaf for leaf in leaves(auth) if not isinstance(leaf.settings, jwt.Settings)] if auth else []
        if any(attempt_of(leaf, case, request).ignoring_time.verifies for leaf in covering):
            return one
    return plain


def _node(auth: Auth, case: CapturedCase, request: Request, hidden: Redactor, name: str = "") -> AuthNode:
    verifies, why = verdict(auth, case, request)
    told = auth.type.describe(auth.settings)
    if of := getattr(auth.settings, "of", None):
        below = tuple(_node(one, case, request, hidden, label) for label, one in labeled(of))
        return AuthNode(name or type_name(auth), type_name(auth), told, verifies, why, of=below)
    try:
        facts = tuple(_facts(attempt_of(auth, case, request), hidden))
    except Rejected as rejected:
        facts = (Fact("body", str(rejected)),)
    return AuthNode(name or type_name(auth), type_name(auth), told, verifies, why, facts)


def _facts(attempt: VerificationAttempt, hidden: Redactor) -> Iterator[Fact]:
    if isinstance(attempt.settings, SignatureSettings):
        return signatures.signature_facts(attempt, hidden)
    if attempt.type_name == "body_hmac":
        return tokens.body_hmac_facts(attempt, hidden)
    return FACTS.get(attempt.type_name, tokens.header_facts)(attempt)
