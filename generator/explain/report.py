"""An explanation in lines for people, and as plain values for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.explain.captured_case import CapturedCase
from generator.explain.explanation import AuthNode, Explanation
from generator.explain.redaction import visible
from generator.explain.simulate import NO_ROUTE
from lambdas.model import Challenge
from lambdas.runtime.times import iso_time

_SHOWN = 10
_LONG = 600
_TOGETHER = {"any_of": "one of these is enough", "all_of": "all of these must hold"}


class Line(NamedTuple):
    """A label, what it is about, and in which tone it is said; without a label, it goes on with the one before."""

    label: str
    text: str
    tone: str = ""


def title(explained: Explanation, case: CapturedCase) -> str:
    """What was verified, and as of when."""
    sent = explained.request
    url = sent.url if case.has_url else case.captured.url
    when = f"{iso_time(case.now)[:19]}Z{' (now)' if case.as_of_now else ''}"
    return explained.redact(f"{sent.method} {visible(url)}, {len(sent.body):,} bytes, as of {when}")


def lines(explained: Explanation) -> Iterator[Line]:
    """All that is said, in the order in which it is read; an empty line between the parts."""
    for one in _lines(explained):
        yield one._replace(text=explained.redact(one.text))


def _lines(explained: Explanation) -> Iterator[Line]:
    if explained.auth:
        yield from _node(explained.auth, "")
        yield Line("", "")
    yield _verdict(explained)
    for finding in explained.findings:
        yield Line("why" if finding.proven else "perhaps", finding.diagnosis, "finding")
        yield Line("do", finding.advice)
    if challenge := explained.challenge:
        yield Line("challenge", _told(challenge))
    yield from _onward(explained)


def _node(node: AuthNode, indent: str) -> Iterator[Line]:
    tone = {True: "good", False: "bad", None: "bad"}[node.verifies]
    yield Line(f"{indent}{node.name}", _TOGETHER.get(node.type_name, node.description), "type")
    for below in node.of:
        yield from _node(below, f"{indent}  ")
    for fact in node.facts:
        yield Line(f"{indent}{fact.label}" if fact.label else "", fact.text)
    if not node.of:
        yield Line(f"{indent}{'verifies' if node.verifies else 'refused'}", node.why or "", tone)


def _verdict(explained: Explanation) -> Line:
    if explained.auth is None:
        return Line("verdict", "none is needed: a challenge that carries no credential is answered to anyone", "good")
    if explained.verifies:
        return Line("verdict", "verifies", "good")
    if explained.status == NO_ROUTE.status:
        return Line("verdict", f"is not looked at: the endpoint answers {explained.status}", "bad")
    if explained.auth.verifies is None:
        return Line("verdict", f"can't be known: {explained.auth.why}", "bad")
    return Line("verdict", f"does not verify: the endpoint answers {explained.status}", "bad")


def _told(challenge: Challenge) -> str:
    verified = "before its sender is verified" if challenge.unauthenticated else "once its sender is verified"
    effects = ""
    if challenge.store_secret:
        effects += f"; what {challenge.store_secret} finds becomes the secret, if there is none yet"
    if challenge.confirm:
        effects += f"; the URL in {challenge.confirm.url} is called"
    return f"{challenge.method} where {challenge.when}, answered {verified}{effects}"


def _onward(explained: Explanation) -> Iterator[Line]:
    """What comes next, or would if it verified."""
    onward = explained.outcome
    would = onward is NO_ROUTE or not explained.auth or bool(explained.auth.verifies)
    becomes = "becomes" if would else "would be"
    for message in onward.messages[:_SHOWN]:
        at = message["timestamp"][:19].replace("T", " ")
        yield Line(becomes, f"{at} {message['severity']} {message['summary']}")
    if len(onward.messages) > _SHOWN:
        yield Line("", f"and {len(onward.messages) - _SHOWN} more")
    if not explained.challenge and not onward.messages:
        yield Line(becomes, "no message")
    if onward.why:
        yield Line("kept" if onward.status < 300 else "because", onward.why, "bad")
    yield Line(
        "answer", f"{visible(f'{onward.status} {onward.body[:_LONG]}'.strip())}{'' if would else ', once it verifies'}"
    )


def as_plain(explained: Explanation, case: CapturedCase) -> dict[str, Any]:
    """All that is said, for programs."""
    onward, challenge = explained.outcome, explained.challenge
    found = {
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
        "onward": {"status": onward.status, "body": onward.body, "why": onward.why},
        "messages": [
            {name: message[name] for name in ("timestamp", "severity", "summary", "tags")}
            for message in onward.messages
        ],
    }
    return {name: _hidden(explained, value) for name, value in found.items()}


def _plain(node: AuthNode) -> dict[str, Any]:
    facts: list[dict[str, str]] = []
    for label, text in node.facts:
        facts.append({"label": label or facts[-1]["label"], "text": text})
    about = {"type": node.type_name, "told": node.description, "verifies": node.verifies, "why": node.why}
    return {**about, **({"of": [_plain(one) for one in node.of]} if node.of else {"facts": facts})}


def _hidden(explained: Explanation, value: Any) -> Any:
    if isinstance(value, str):
        return explained.redact(value)
    if isinstance(value, dict):
        return {name: _hidden(explained, below) for name, below in value.items()}
    return [_hidden(explained, below) for below in value] if isinstance(value, list) else value
