"""What is asked of a vendor's API, in the section on what comes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.definition.pull_words import credential_text, network_text, rate_text, span_text, token_url
from generator.definition.stream_words import ACTION_TEXTS, stream_requests
from generator.page.html import Child, code, element, facts, marked, table
from lambdas.model_pull import ErrorRule, Pull, Stream


def asking(pull: Pull) -> Iterator[Child]:
    """Yield what the puller asks, how often, and what it does about an answer that is no page of events."""
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
            ("From", [network_text(pull)]),
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
    if url := token_url(pull):
        yield "Tokens are from", [code(url)]


def _stream_rows(name: str, stream: Stream) -> Iterator[Sequence[Sequence[Child]]]:
    return (([name], [code(row.request), row.for_each], [row.purpose]) for row in stream_requests(stream))


def _error_row(rule: ErrorRule) -> Sequence[Sequence[Child]]:
    answer: list[Child] = [f"status {rule.status}"] if rule.status else []
    if rule.when:
        answer += [" where " if answer else "where ", code(rule.when)]
    return answer, [ACTION_TEXTS[rule.do]], marked(rule.say)
