"""The explanation of a captured request: facts per auth type, findings, and the simulated outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.definition.auth_types import auth_type_name
from generator.explain import credentials, reasons, simulate
from generator.explain.captured_case import CapturedCase
from generator.explain.evidence import Fact, published, signatures, tokens
from generator.explain.mistakes import VerificationAttempt
from generator.explain.reasons import attempt_of, labeled, refusal_of, verdict
from generator.explain.redaction import Redactor
from generator.explain.simulate import SimulatedOutcome
from generator.explain.time_findings import Finding
from lambdas.auth import jwt, leaves
from lambdas.auth_type import OutgoingRequest
from lambdas.model import Auth, Challenge
from lambdas.reading.body import Rejected
from lambdas.reading.request import Request
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.token_claims import covers_body

_REFUSED = (401, 403, 404, 503)
FACTS: dict[str, Callable[[VerificationAttempt], Iterator[Fact]]] = {
    "token": tokens.token_facts,
    "basic": tokens.basic_facts,
    "body_token": tokens.body_token_facts,
    "jwt": published.jwt_facts,
    "sns": published.sns_facts,
}
"""The facts to show for each type without a signature in a header; for others, `header_facts`."""


@dataclass(frozen=True)
class AuthNode:
    """An auth type of the definition, and its verdict on the request; `verifies` is None where it can't be known."""

    name: str
    type_name: str
    description: str
    verifies: bool | None
    reason: str | None
    facts: tuple[Fact, ...] = ()
    of: tuple[AuthNode, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """Everything to show about a request; `outcome` is what follows, or would follow, once it is verified.

    Every printed text must go through `redact`.
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
    """Explain what the endpoint does with the request, and why."""
    outgoing = _with_signed_newline(case)
    request = simulate.received_request(case.source, outgoing, case.now)
    challenge, auth = simulate.challenge_and_auth(case.source, request)
    redact = Redactor(credentials.credentials_in(case, request, challenge))
    node = _node(auth, case, request, redact) if auth else None
    findings = tuple(reasons.all_findings(auth, case, request))
    if simulate.has_no_route(case.source, request):
        return Explanation(outgoing, None, node, findings, simulate.NO_ROUTE, simulate.NO_ROUTE.status, redact)
    outcome = simulate.simulate_challenge(challenge, request) if challenge else simulate.simulate_event(case, outgoing)
    status = outcome.status
    if auth and node and not node.verifies:
        certain = node.verifies is False and not isinstance(refusal_of(auth, case, request), UnusableSecret)
        status = simulate.refusal_status(case.source, auth, request) if certain else 503
    return Explanation(outgoing, challenge, node, findings, outcome, status, redact)


def _with_signed_newline(case: CapturedCase) -> OutgoingRequest:
    """Return the request without the line break at the end of its file, or with it if that body was signed."""
    body, newline = case.captured.body, case.captured.trailing_newline
    stripped, complete = case.request_with(body), case.request_with(body + newline)
    for outgoing in (stripped, complete) if newline else ():
        request = simulate.received_request(case.source, outgoing, case.now)
        auth = simulate.challenge_and_auth(case.source, request)[1]
        covering = [leaf for leaf in leaves(auth) if not _leaves_body_open(leaf)] if auth else []
        if any(attempt_of(leaf, case, request).ignoring_time.verifies for leaf in covering):
            return outgoing
    return stripped


def _leaves_body_open(leaf: Auth) -> bool:
    """Return whether a type verifies a token that names nothing of the body."""
    return isinstance(leaf.settings, jwt.Settings) and not covers_body(leaf.settings.claims)


def _node(auth: Auth, case: CapturedCase, request: Request, redact: Redactor, name: str = "") -> AuthNode:
    verifies, reason = verdict(auth, case, request)
    name, kind = name or auth_type_name(auth), auth_type_name(auth)
    description = auth.type.describe(auth.settings)
    if of := getattr(auth.settings, "of", None):
        children = tuple(_node(child, case, request, redact, label) for label, child in labeled(of))
        return AuthNode(name, kind, description, verifies, reason, of=children)
    try:
        facts = tuple(_facts(attempt_of(auth, case, request), redact))
    except Rejected as error:
        facts = (Fact("body", str(error)),)
    return AuthNode(name, kind, description, verifies, reason, facts)


def _facts(attempt: VerificationAttempt, redact: Redactor) -> Iterator[Fact]:
    if isinstance(attempt.settings, SignatureSettings):
        return signatures.signature_facts(attempt, redact)
    if attempt.type_name == "body_hmac":
        return tokens.body_hmac_facts(attempt, redact)
    return FACTS.get(attempt.type_name, tokens.header_facts)(attempt)
