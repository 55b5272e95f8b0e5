"""The queue that a SIEM reads of a deployed source: of messages, or of notifications of objects."""

from __future__ import annotations

from collections.abc import Mapping


def reader_queue(outputs: Mapping[str, str]) -> str:
    """Return the URL of the queue from a stack's outputs; KeyError for a stack without one."""
    return outputs.get("EventsQueueUrl") or outputs["ObjectsQueueUrl"]
