"""A source's samples with the messages that they become: a table of its page, and an example as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from os.path import relpath
from typing import Any

from generator.definition.read import Definition
from generator.reference.markdown import block, code, details, table
from generator.samples.example import find_example, json_lines
from generator.samples.files import load_samples
from generator.samples.message_view import shown
from generator.samples.run import sample_events
from generator.samples.sample import Sample
from lambdas.model import Source
from lambdas.shaping.facts import FactFinder

_HEAD = ("sample", "its messages: severity, summary, type, kind, id")
_LONGEST = 160
"""Characters of a summary, or of a text in the example."""
_LONGEST_ID = 36
"""Characters of an id in the table: a UUID is whole."""
_MAX_ITEMS, _MAX_REQUESTS = 6, 6


def samples(definition: Definition) -> Iterator[str]:
    """Yield the table of a source's samples, and one of them beside its message."""
    all_samples, _ = load_samples(definition)
    yield table(_HEAD, (row for sample in all_samples for row in _rows(definition, sample)))
    if example := find_example(definition):
        lines = (*example.requests[:_MAX_REQUESTS], *example.headers)
        yield details(
            f"<code>{example.sample}</code> and its message; long texts and lists are cut",
            *([block("", "\n".join(lines))] if lines else []),
            f"The event, as the vendor has it. {example.position}".strip(),
            block("json", "\n".join(json_lines(_cut(example.event)))),
            f"The message, with `output: {definition.source.output}`:",
            block("json", "\n".join(json_lines(_cut(example.message)))),
        )


def _cut(value: Any) -> Any:
    """Return a value of JSON with its long texts and lists cut, which is JSON still."""
    if isinstance(value, str):
        return _shortened(value, _LONGEST)
    if isinstance(value, dict):
        return {name: _cut(member) for name, member in value.items()}
    if isinstance(value, list):
        more = len(value) - _MAX_ITEMS
        return [*map(_cut, value[:_MAX_ITEMS]), *([f"… and {more} more"] if more > 0 else [])]
    return value


def _rows(definition: Definition, sample: Sample) -> Iterator[tuple[str, str]]:
    part = definition.source.output
    messages, reply = _stored(sample, part), sample.file("reply")
    name = f"[{sample.name}]({_link(definition, sample.source_file)})"
    if reply.exists():
        yield f"{name}<br>→ [reply]({_link(definition, reply)})", "a handshake, which is answered"
        return
    cell = f"{name}<br>→ [message]({_link(definition, sample.file(part))})"
    if not messages:
        yield cell, "no event, so no message"
    for message, (action, kind) in zip(messages, _facts(definition.source, sample, messages), strict=True):
        view = shown(message)
        summary = f"{view.severity} {code(_shortened(view.summary, _LONGEST))}".strip()
        words = [f"{name} {code(word)}" for name, word in (("type", action), ("kind", kind)) if word]
        yield cell, "<br>".join(filter(None, (summary, ", ".join(words), f"id {code(_id(message))}")))
        cell = ""


def _stored(sample: Sample, part: str) -> list[dict[str, Any]]:
    file = sample.file(part)
    stored = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    return stored if isinstance(stored, list) else [stored]


def _facts(source: Source, sample: Sample, messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the type and kind of each message; of MozDef's bounded ones, from the message, else from the event."""
    if source.output == "mozdef" and not source.mozdef.whole:
        details = (message["details"] for message in messages)
        return [(each.get("eventname", ""), each.get("kind", "")) for each in details]
    finder = FactFinder(source)
    words = [finder.find(*event).words for event in sample_events(source, sample)]
    return [(each.get("action", ""), each.get("kind", "")) for each in words][: len(messages)]


def _link(definition: Definition, file: Any) -> str:
    return relpath(file, definition.folders[0]).replace("\\", "/").replace(" ", "%20")


def _id(message: dict[str, Any]) -> str:
    return _shortened(shown(message).id, _LONGEST_ID)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
