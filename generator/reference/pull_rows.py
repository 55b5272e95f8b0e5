"""What a pulled source asks, and what its vendor's answers mean: tables of its page, from its definition."""

from __future__ import annotations

from collections.abc import Iterator

from generator.definition.pull_words import credential_text, network_text, rate_text, span_text, token_url
from generator.definition.secret_names import credential_secrets
from generator.definition.stream_words import ACTION_TEXTS, paging_name, stream_requests
from generator.definition.words import capitalized
from generator.reference.markdown import code, codes, plain, table
from lambdas.model import Source
from lambdas.model_pull import ErrorRule, Pull
from lambdas.reading.text_templates import template_parts

_LATER = "400, 404, 410, 416 or 422"
_MEANINGS = {
    "retry": "the vendor is in trouble, or can't be reached",
    "wait": "the limit is used up",
    "restart": "the vendor does not know the page any more",
    "empty": "there are no events",
    "skip_stream": "the vendor does not have this for us",
    "stop": "the vendor refuses",
}
"""What an answer means of which the definition says no more than what to do."""
_SILENT = "[when it is silent](../../docs/how-to/silent-source.md#was-refused)"


def asked(source: Source, pull: Pull) -> Iterator[str]:
    """Yield what is asked, with which credential, and each request."""
    yield table(("", ""), _summary(source, pull))
    rows = [
        (code(name), code(row.request) + row.for_each, code(paging_name(stream)), row.purpose)
        for name, stream in pull.streams.items()
        for row in stream_requests(stream)
    ]
    yield table(("stream", "request", "paging", "how it goes on"), rows)


def _summary(source: Source, pull: Pull) -> Iterator[tuple[str, str]]:
    vendor = source.vendor
    yield "Asks", f"{code(pull.url)}, every {span_text(pull.every)}; {network_text(pull)}"
    yield "Rate", f"{rate_text(pull.rate)}, over all streams"
    if vendor:
        yield "The vendor's limit", plain(vendor.limit)
        yield "How late events come", plain(vendor.lateness)
    yield "Credential", plain(credential_text(pull))
    if vendor:
        yield "Who makes it", plain(vendor.credential)
    if url := token_url(pull):
        yield "Tokens are from", code(url)
    yield "Stored in Parameter Store", codes(credential_secrets(pull))
    if vendor:
        yield "The vendor's page", f"<{vendor.docs}>"


def answers(pull: Pull) -> str:
    """Return what answers mean that are no page of events, by the definition, and by status where it says nothing."""
    rows = [(_answer(rule), says(rule), ACTION_TEXTS[rule.do]) for rule in pull.errors]
    ruled = {str(rule.status) for rule in pull.errors if rule.status and not rule.when}
    rows += [(answer, meaning, does) for answer, meaning, does in _defaults() if answer not in ruled]
    head = ("answer", "what it means", "what the puller does")
    return f"{table(head, rows)}\n\nAn answer that ends a run: {_SILENT}."


def _answer(rule: ErrorRule) -> str:
    where = f"where {code(rule.when)}" if rule.when else ""
    return f"{rule.status or ''} {where}".strip()


def says(rule: ErrorRule) -> str:
    """Return what a rule tells people; a path of the answer as what it stands for."""
    if not rule.say:
        return _MEANINGS[rule.do]
    words = ("*the answer's words*" if kind == "path" else plain(part) for kind, part in template_parts(rule.say))
    return capitalized("".join(words))


def _defaults() -> Iterator[tuple[str, str, str]]:
    yield "429", _MEANINGS["wait"], ACTION_TEXTS["wait"]
    yield "503 with `Retry-After`", "the vendor wants to be left alone", ACTION_TEXTS["wait"]
    yield "408, other 5xx, or none", _MEANINGS["retry"], ACTION_TEXTS["retry"]
    yield f"{_LATER}, for a later page", _MEANINGS["restart"], ACTION_TEXTS["restart"]
    yield "all else", _MEANINGS["stop"], ACTION_TEXTS["stop"]
