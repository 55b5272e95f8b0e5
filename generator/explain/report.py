"""An explanation as lines for people, and as JSON values for programs (`verify --json`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.explain.captured_case import CapturedCase
from generator.explain.explanation import AuthNode, Explanation
from generator.explain.redaction import visible
from generator.explain.simulate import NO_ROUTE
from generator.samples.message_view import shown
from lambdas.model import Challenge
from lambdas.runtime.times import iso_time

_SHOWN = 10
_LONG = 600
_TOGETHER = {"any_of": "one of these is enough", "all_of": "all of these must hold"}


class Line(NamedTuple):
    """A label, a text, and the tone that decides its color; a line without a label continues the one before."""

    label: str
    text: str
    tone: str = ""


def title(explained: Explanation, case: CapturedCase) -> str:
    """Return the heading: the request, and the time as of which it was verified."""
    request = explained.request
    url = request.url if case.has_url else case.captured.url
    as_of = f"{iso_time(case.now)[:19]}Z{' (now)' if case.as_of_now else ''}"
    return explained.redact(f"{request.method} {visible(url)}, {len(request.body):,} bytes, as of {as_of}")


def lines(explained: Explanation) -> Iterator[Line]:
    """Yield all lines in reading order, redacted; an empty line separates the parts."""
    for line in _lines(explained):
        yield line._replace(text=explained.redact(line.text))


def _lines(explained: Explanation) -> Iterator[Line]:
    if explained.auth:
        yield from _node(explained.auth, "")
        yield Line("", "")
    yield _verdict(explained)
    for finding in explained.findings:
        yield Line("why" if finding.proven else "perhaps", finding.diagnosis, "finding")
        yield Line("do", finding.advice)
    if challenge := explained.challenge:
        yield Line("challenge", _describe_challenge(challenge))
    yield from _outcome(explained)


def _node(node: AuthNode, indent: str) -> Iterator[Line]:
    tone = {True: "good", False: "bad", None: "bad"}[node.verifies]
    yield Line(f"{indent}{node.name}", _TOGETHER.get(node.type_name, node.description), "type")
    for child in node.of:
        yield from _node(child, f"{indent}  ")
    for fact in node.facts:
        yield Line(f"{indent}{fact.label}" if fact.label else "", fact.text)
    if not node.of:
        yield Line(f"{indent}{'verifies' if node.verifies else 'refused'}", node.reason or "", tone)


def _verdict(explained: Explanation) -> Line:
    if explained.auth is None:
        return Line("verdict", "none is needed: a challenge that carries no credential is answered to anyone", "good")
    if explained.verifies:
        return Line("verdict", "verifies", "good")
    if explained.status == NO_ROUTE.status:
        return Line("verdict", f"is not looked at: the endpoint answers {explained.status}", "bad")
    if explained.auth.verifies is None:
        return Line("verdict", f"can't be known: {explained.auth.reason}", "bad")
    return Line("verdict", f"does not verify: the endpoint answers {explained.status}", "bad")


def _describe_challenge(challenge: Challenge) -> str:
    verified = "before its sender is verified" if challenge.unauthenticated else "once its sender is verified"
    effects = ""
    if challenge.store_secret:
        effects += f"; what {challenge.store_secret} finds becomes the secret, if there is none yet"
    if challenge.confirm:
        effects += f"; the URL in {challenge.confirm.url} is called"
    return f"{challenge.method} where {challenge.when}, answered {verified}{effects}"


def _outcome(explained: Explanation) -> Iterator[Line]:
    """Yield what follows, or would follow if the request verified."""
    outcome = explained.outcome
    happens = outcome is NO_ROUTE or not explained.auth or bool(explained.auth.verifies)
    becomes = "becomes" if happens else "would be"
    for message in outcome.messages[:_SHOWN]:
        view = shown(message)
        time = view.timestamp[:19].replace("T", " ")
        yield Line(becomes, " ".join(filter(None, (time, view.severity, view.summary))))
    if len(outcome.messages) > _SHOWN:
        yield Line("", f"and {len(outcome.messages) - _SHOWN} more")
    if not explained.challenge and not outcome.messages:
        yield Line(becomes, "no message")
    if outcome.reason:
        yield Line("kept" if outcome.status < 300 else "because", outcome.reason, "bad")
    yield Line(
        "answer",
        f"{visible(f'{outcome.status} {outcome.body[:_LONG]}'.strip())}{'' if happens else ', once it verifies'}",
    )


def as_plain(explained: Explanation, case: CapturedCase) -> dict[str, Any]:
    """Return the explanation as JSON values, redacted."""
    outcome, challenge = explained.outcome, explained.challenge
    plain = {
        "source": case.source.name,
        "request": {
            "method": explained.request.method,
            "url": explained.request.url,
            "bytes": len(explained.request.body),
        },
        "at": iso_time(case.now),
        "verifies": explained.verifies,
        "auth": _plain(explained.auth) if explained.auth else None,
        "findings": [
            {"said": finding.diagnosis, "todo": finding.advice, "proven": finding.proven}
            for finding in explained.findings
        ],
        "challenge": {"method": challenge.method, "when": challenge.when} if challenge else None,
        "status": explained.status,
        "onward": {"status": outcome.status, "body": outcome.body, "why": outcome.reason},
        "messages": [_plain_message(message) for message in outcome.messages],
    }
    return {name: _redacted(explained, value) for name, value in plain.items()}


def _plain_message(message: dict[str, Any]) -> dict[str, Any]:
    view = shown(message)
    return {name: getattr(view, name) for name in ("timestamp", "severity", "summary", "tags")}


def _plain(node: AuthNode) -> dict[str, Any]:
    facts: list[dict[str, str]] = []
    for label, text in node.facts:
        facts.append({"label": label or facts[-1]["label"], "text": text})
    plain = {"type": node.type_name, "told": node.description, "verifies": node.verifies, "why": node.reason}
    return {**plain, **({"of": [_plain(child) for child in node.of]} if node.of else {"facts": facts})}


def _redacted(explained: Explanation, value: Any) -> Any:
    if isinstance(value, str):
        return explained.redact(value)
    if isinstance(value, dict):
        return {name: _redacted(explained, child) for name, child in value.items()}
    return [_redacted(explained, child) for child in value] if isinstance(value, list) else value
