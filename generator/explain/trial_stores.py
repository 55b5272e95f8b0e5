"""What a page is delivered to that is only tried: a table and a bucket in memory, which know what was stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.samples.fake_aws import Bucket
from generator.samples.pulled import WatchedTable


class KeptReasons(Bucket):
    """Has the reasons for which events are kept."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def put_object(self, **call: Any) -> dict[str, Any]:
        if call["Key"].startswith("rejected/"):
            envelope = json.loads(call["Body"])
            self.reasons += [f"{envelope['reason']}: {event['detail']}" for event in envelope["events"]]
        return super().put_object(**call)


class Positions:
    """A table in memory, and the last position that was stored in it."""

    def __init__(self) -> None:
        self.after: Mapping[str, Any] | None = None
        self.table = WatchedTable(lambda step: self._store(*step.value))

    def _store(self, name: str, fields: Mapping[str, Any]) -> None:
        if name.startswith("position#"):
            self.after = fields
