"""What is asked of a vendor's API, in the section on what comes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.definition.pull_words import credential_text, rate_text, resume_text, span_text
from generator.page.html import Child, code, element, facts, marked, table
from lambdas.model_pull import Each, ErrorRule, Prepare, Pull, Stream

_ACTIONS = {
    "retry": "asks again",
    "wait": "waits until the vendor allows more",
    "restart": "begins the slice again",
    "empty": "takes it for an answer without events",
    "skip_stream": "leaves the stream out",
    "stop": "ends the run with an error, of which an alarm tells",
}


def asking(pull: Pull) -> Iterator[Child]:
    """Yield what the puller asks, how often, and what it does about an answer that is no page of events."""
    where = "in a VPC of yours; it may ask private addresses" if pull.self_hosted else "it asks public addresses alone"
    yield facts(
        (
            (
                "Direction",
                ["a function in your AWS account asks the vendor; nothing outside can call the stack"],
            ),
            ("Asks", [code(pull.url)]),
            ("How often", [f"every {span_text(pull.every)}; {rate_text(pull.rate)}, over all streams"]),
            ("Credential", [credential_text(pull)]),
            *_token_host(pull),
            ("From", [where]),
        )
    )
    yield element("h3", "Requests")
    rows = (row for name, stream in pull.streams.items() for row in _stream_rows(name, stream))
    yield table(("Stream", "Request", "How it goes on"), rows, "Requests to the vendor", "requests")
    if pull.errors:
        yield element("h3", "Answers that are no events")
        yield table(
            ("Answer", "What the puller does", "What it tells"),
            map(_error_row, pull.errors),
            "Answers that are no events",
            "equal",
        )


def _token_host(pull: Pull) -> Iterator[tuple[str, Sequence[Child]]]:
    if find := getattr(pull.credentials.type, "token_url", None):
        yield "Tokens are from", [code(str(find(pull.credentials.settings)))]


def _stream_rows(name: str, stream: Stream) -> Iterator[Sequence[Sequence[Child]]]:
    if stream.prepare:
        yield [name], [code(f"POST {_path(stream.prepare)}")], ["before the first request of a run"]
    values = next(iter((stream.for_ or {}).items()), None)
    each = f", for each of {', '.join(values[1])}" if values else ""
    request = f"GET {stream.get}" if stream.get else f"POST {stream.post}"
    yield [name], [code(request), each], [resume_text(stream)]
    if stream.each:
        yield [name], [code(f"GET {_path(stream.each)}")], ["for each item of a page, whose answer has the events"]


def _path(request: Prepare | Each) -> str:
    return str(request.post if isinstance(request, Prepare) else request.get)


def _error_row(rule: ErrorRule) -> Sequence[Sequence[Child]]:
    answer: list[Child] = [f"status {rule.status}"] if rule.status else []
    if rule.when:
        answer += [" where " if answer else "where ", code(rule.when)]
    return answer, [_ACTIONS[rule.do]], marked(rule.say)
