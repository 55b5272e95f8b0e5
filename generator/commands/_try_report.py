"""The lines of `try`: what was asked for, what came, what becomes of it, and where reading would go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.commands import _console
from generator.commands._pull_run import position_text
from generator.commands._pull_times import time_text
from generator.explain.redaction import shorten
from generator.samples.message_view import shown

if TYPE_CHECKING:
    from generator.explain.redaction import Redactor
    from generator.explain.vendor_page import PageTrial
    from generator.explain.watched_vendor import Exchange
    from lambdas.model_pull import Pull, Stream

MAX_MESSAGES = 10
_LABELS = {"prepare": "prepares", "page": "asks", "item": "item"}


def trial_rows(pull: Pull, stream: Stream, trial: PageTrial, redact: Redactor) -> Iterator[tuple[str, str]]:
    """Yield label and text, with markup, of each line; no credential is in it."""
    for label, text, color in _lines(pull, stream, trial, redact):
        shown = _console.safe(redact(text))
        yield label, f"[{color}]{shown}[/]" if color else shown


def _lines(pull: Pull, stream: Stream, trial: PageTrial, redact: Redactor) -> Iterator[tuple[str, str, str]]:
    start, end = trial.slice
    yield "slice", f"from {time_text(start)}{f' to {time_text(end)}' if end else ''}", ""
    for exchange in trial.vendor.exchanges:
        yield from _exchange_lines(pull, exchange, redact)
    if trial.outcome == "failed" and (answered := trial.vendor.answered("page")):
        yield "begins", shorten(answered[-1].answer.body if answered[-1].answer else b"", redact), ""
    if trial.outcome != "read":
        yield trial.outcome, _reason(trial), "yellow" if trial.outcome == "skipped" else "red"
        yield "position", f"stays {position_text(dict(trial.before)).replace(pull.url, '')}", ""
        return
    yield from _message_lines(trial)
    yield "page", _page_text(stream, trial), ""
    if trial.words:
        yield "", trial.words, ""
    if trial.next_token is None:
        yield "paging", "this was the last page", ""
    else:
        yield "paging", f"the next page is at {trial.next_token.replace(pull.url, '')}", ""
    yield "before", position_text(dict(trial.before)), ""
    after = "as before" if trial.after is None else position_text(dict(trial.after)).replace(pull.url, "")
    yield "after", after, ""


def _exchange_lines(pull: Pull, exchange: Exchange, redact: Redactor) -> Iterator[tuple[str, str, str]]:
    kind, request, answer, is_cut = exchange
    if kind == "token":
        status = answer.status if answer else "no answer"
        yield "token", f"{request.method} {request.url.partition('?')[0]}: {status}", ""
        return
    yield _LABELS[kind], f"{request.method} {request.url.removeprefix(pull.url)}", ""
    if request.body:
        yield "", request.body.decode(errors="replace"), ""
    if answer is None:
        yield "answer", "none", ""
        return
    beginning = ", the beginning of it" if is_cut else ""
    yield "answer", f"{answer.status}, {_console.size(len(answer.body))}{beginning}", ""
    if answer.status // 100 != 2 and answer.body.strip():
        yield "", shorten(answer.body, redact), ""


def _reason(trial: PageTrial) -> str:
    if trial.outcome == "waits":
        return f"a run would end here, and the next go on: {trial.words}"
    return trial.words


def _message_lines(trial: PageTrial) -> Iterator[tuple[str, str, str]]:
    for message in trial.messages[:MAX_MESSAGES]:
        yield "message", shown(message).line, ""
    if (more := len(trial.messages) - MAX_MESSAGES) > 0:
        yield "", f"and {_console.count(more, 'more message')}", ""
    for reason in dict.fromkeys(trial.refused):
        yield "kept", f"becomes no message: {reason}", "red"


def _page_text(stream: Stream, trial: PageTrial) -> str:
    noun = "item" if stream.each else "event"
    parts = [_console.count(len(trial.messages), "message")]
    if trial.dropped:
        parts.append(f"{trial.dropped} dropped")
    if trial.refused:
        parts.append(f"{len(trial.refused)} kept, since they become no message")
    return f"{_console.count(trial.items, noun)}: {', '.join(parts)}"
