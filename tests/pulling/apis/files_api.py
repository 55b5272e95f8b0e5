"""An API whose events come in files: a list says which there are, and each is a further request."""

from __future__ import annotations

from typing import ClassVar

from tests.pulling.apis.api import Happening
from tests.pulling.apis.token_api import TokenApi


class FilesApi(TokenApi):
    """Has all events of a time in the same file, whose number is that of its first event."""

    in_files: ClassVar[frozenset[str]]
    """The streams whose events come so."""

    def happen(self, stream: str, age: float, copies: int = 1) -> None:
        while stream in self.in_files and any(event.at == self.now - age for event in self.logs[stream]):
            age += 1  # a file that was made does not change
        super().happen(stream, age, copies)

    def files(self, stream: str) -> list[list[Happening]]:
        """Return the events of each file."""
        by_time: dict[float, list[Happening]] = {}
        for event in self.logs[stream]:
            by_time.setdefault(event.at, []).append(event)
        return list(by_time.values())

    def file(self, stream: str, number: int) -> list[Happening]:
        """Return the events of the file with this number."""
        return next(events for events in self.files(stream) if events[0].number == number)
