"""The table in docs/reference/outputs/sources.md: what the events in each source's samples are, in ECS and in OCSF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.reference.markdown import table

Messages = Sequence[Mapping[str, Any]]
_NO_CATEGORY = "none"
_BASE_EVENT = "Base Event"


def output_table(sources: Mapping[str, tuple[Messages, Messages]], folder: str) -> str:
    """Return the table in Markdown, from each source's messages of ECS and of OCSF.

    `folder` is the path from the page to the folder of the sources.
    """
    head = ("source", "events", "ECS: kind, categories", "OCSF: classes", "Base Event")
    rows = [_row(f"[{name}]({folder}/{name}/README.md)", *messages) for name, messages in sources.items()]
    ecs = [message for messages, _ in sources.values() for message in messages]
    ocsf = [message for _, messages in sources.values() for message in messages]
    return table(head, [*rows, _row("all", ecs, ocsf)])


def _row(name: str, ecs: Messages, ocsf: Messages) -> tuple[str, ...]:
    classes = Counter(message["class_name"] for message in ocsf)
    base_events = classes.pop(_BASE_EVENT, 0)
    return name, str(len(ocsf)), _counts(map(_category, ecs)), _counts(classes.elements()), str(base_events or "")


def _category(message: Mapping[str, Any]) -> str:
    event = message["event"]
    return ", ".join(event.get("category", ())) or ("alert" if event["kind"] == "alert" else _NO_CATEGORY)


def _counts(words: Iterable[str]) -> str:
    """Return words with how often each is there, the most frequent first."""
    counts = sorted(Counter(words).items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{word} {count}" for word, count in counts)
