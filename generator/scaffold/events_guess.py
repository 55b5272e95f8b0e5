"""Guess where the parts of an event are in the answers of an API, from all events that were captured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from generator.errors import GeneratorError
from generator.scaffold import first_mapping
from generator.scaffold.answer_values import Value, scalars
from generator.scaffold.captured_answer import CapturedAnswer
from generator.scaffold.finding import Finding
from generator.scaffold.split_guess import find_events, guess_split, written_as
from lambdas.model_pull import HASH_ID
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.times import TimeFormat, unix_seconds

_TIME = re.compile(
    r"published|.*(time|timestamp|date|datetime|created|occurred|createdat|occurredat|datecreate|loggedat|at|ts|when)"
)
_FIRST_TIMES = (
    *("published", "occurredat", "eventtime", "executiontime", "timestamp", "time", "createdat", "created", "date"),
)
_NO_TIME = re.compile("expir|until|valid|due|next|deadline|birth|schedul|updated|modified|lastlogin|ended|endtime")
_NO_ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?")
_IDS = (
    *("eventid", "uuid", "logid", "documentid", "id", "guid", "gid", "recordid", "activityid", "uniqueid", "auditid"),
    "entryid",
)
_TYPES = (
    *("eventType", "event_type", "event.type", "event_name", "eventName", "action", "action.type", "action.name"),
    *("action_type", "actionType", "operation", "Operation", "operationType", "activityDisplayName", "activity"),
    *("event", "type", "kind", "category", "verb", "name"),
)
_GENERAL = ("event", "type", "kind", "category", "verb", "name")
"""Names of fields that are often not the kind of an event, but a text for people."""
_CODE = re.compile(r"[\w.:/-]+")


@dataclass(frozen=True)
class EventsGuess:
    """The keys below `events` and `facts` that the captured events suggest."""

    events: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    captured: tuple[Any, ...] = ()
    """All events that were captured."""
    findings: tuple[Finding, ...] = ()
    order: Literal["", "oldest first", "newest first"] = ""
    """How the events of an answer follow each other, where that shows."""


def guess_events(name: str, answers: Sequence[CapturedAnswer], chosen: dict[str, str]) -> EventsGuess:
    """Return the guess; `chosen` are the paths that the user gives. GeneratorError where no answer has events."""
    split, split_finding = guess_split(answers, chosen.get("split"))
    events = [event for answer in answers for event in find_events(answer, split)]
    if not events:
        raise GeneratorError(
            f"{answers[0].file}: the list {split} is empty; capture an answer with at least one event, such as by "
            f"asking for a longer time"
        )
    guess: dict[str, Any] = {"split": split}
    findings = [split_finding] if split_finding else []
    for key, guesser in (("id", _id), ("type", _type), ("time", _time)):
        values, key_findings = (
            guesser(events) if key not in chosen else _as_chosen(key, chosen[key], events, answers[0])
        )
        guess |= values
        findings += key_findings
    if "time" not in guess:
        raise GeneratorError(
            f"{answers[0].file}: no field that all events have is a time; name the one that says when an event "
            f"happened: --time PATH"
        )
    facts = first_mapping.guess_facts(name, events, guess.get("type"))
    order = _order(find_events(answers[0], split), guess)
    if order:
        findings.append(Finding("sure", f"order: {order}, in this answer"))
    return EventsGuess(guess, facts, tuple(events), tuple(findings), order)


def _order(events: Sequence[Any], guess: dict[str, Any]) -> Literal["", "oldest first", "newest first"]:
    find = compile_path(guess["time"])
    written: TimeFormat = guess.get("time_format", "rfc3339")
    times = [unix_seconds(find(event, Functions(None, event)), written) for event in events]  # type: ignore[arg-type]
    if len(set(times)) < 2:
        return ""
    return "oldest first" if times == sorted(times) else "newest first" if times == sorted(times)[::-1] else ""


Guess = tuple[dict[str, Any], list[Finding]]


def _as_chosen(key: str, path: str, events: Sequence[Any], answer: CapturedAnswer) -> Guess:
    if path == HASH_ID:
        return {key: path}, []
    find = compile_path(path)
    values = [find(event, Functions(None, event)) for event in events]  # type: ignore[arg-type]  # asks no intake
    if None in values:
        raise GeneratorError(f"--{key}: {path} finds nothing in event {values.index(None) + 1} of {answer.file}")
    settings = {key: path}
    if key == "time":
        if not (written := written_as(values[0])):
            raise GeneratorError(f"--time: {path} finds {values[0]!r}, which is no time with a zone")
        settings |= {"time_format": written} if written != "rfc3339" else {}
    return settings, []


def _id(events: Sequence[Any]) -> Guess:
    ranked = sorted(
        (candidate for candidate in _common(events) if candidate.word in _IDS and len(candidate.names) <= 2),
        key=lambda candidate: (len(candidate.names), _IDS.index(candidate.word)),
    )
    for candidate in ranked:
        values = [str(value) for value in _values(events, candidate)]
        if candidate.value not in ("", None) and len(set(values)) == len(values):
            finding = Finding("sure", f"id: {candidate.path}, another in each of {len(events)} events")
            if len(events) == 1:
                finding = Finding("likely", f"id: {candidate.path}, from a single event: check that each has another")
            return {"id": candidate.path}, [finding]
    repeated = f" ({', '.join(candidate.path for candidate in ranked)} repeats)" if ranked else ""
    text = f"id: {HASH_ID}, a hash of the event: no field is an id of the event in all of them{repeated}"
    return {"id": HASH_ID}, [Finding("check", text)]


def _type(events: Sequence[Any]) -> Guess:
    texts = {candidate.path: candidate for candidate in _common(events) if first_mapping.is_word(candidate.value)}
    for path in filter(texts.__contains__, _TYPES):
        kinds = sorted({str(value) for value in _values(events, texts[path])})
        if path in _GENERAL and not all(map(_CODE.fullmatch, kinds)):
            continue
        return {"type": path}, [Finding("likely", f"type: {path}, such as {', '.join(kinds[:3])}")]
    return {}, [Finding("check", "type: no field looks like the kind of event; add it if events have one")]


def _time(events: Sequence[Any]) -> Guess:
    fields = [candidate for candidate in _common(events) if not _NO_TIME.search(candidate.word)]
    timed = [candidate for candidate in fields if _TIME.fullmatch(candidate.word) and _all_times(events, candidate)]
    timed = timed or [
        candidate for candidate in fields if isinstance(candidate.value, str) and _all_times(events, candidate)
    ]
    if not timed:
        return {}, []
    best = min(timed, key=lambda candidate: (len(candidate.names), _rank(candidate)))
    others = [candidate.path for candidate in timed if candidate is not best]
    more = f"; also times: {', '.join(others[:3])}" if others else ""
    kind: Any = "likely" if others else "sure"
    written = written_as(best.value)
    if not written:
        path = f"join('', [{best.path}, 'Z'])"
        return {"time": path}, [Finding("check", f"time: {best.path} has no zone; taken for UTC{more}")]
    settings = {"time": best.path, **({"time_format": written} if written != "rfc3339" else {})}
    return settings, [Finding(kind, f"time: {best.path}, written as {written}{more}")]


def _rank(candidate: Value) -> int:
    return _FIRST_TIMES.index(candidate.word) if candidate.word in _FIRST_TIMES else len(_FIRST_TIMES)


def _all_times(events: Sequence[Any], candidate: Value) -> bool:
    first, values = written_as(candidate.value), _values(events, candidate)
    if not first:
        return all(isinstance(value, str) and _NO_ZONE.fullmatch(value) for value in values)
    return all(written_as(value) == first for value in values)


def _common(events: Sequence[Any]) -> Iterator[Value]:
    """Yield the fields that all events have, with the value of the first."""
    paths = [{candidate.path for candidate in scalars(event) if candidate.value is not None} for event in events[1:]]
    for candidate in scalars(events[0]):
        if candidate.value is not None and all(candidate.path in others for others in paths):
            yield candidate


def _values(events: Sequence[Any], field_: Value) -> list[Any]:
    values = []
    for event in events:
        for name in field_.names:
            event = event[name]  # noqa: PLW2901 - goes down into the event
        values.append(event)
    return values
