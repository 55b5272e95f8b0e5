"""What is measured of a process that pulls. It needs the standard library alone, as it runs in every environment."""

from __future__ import annotations

import resource
import ssl
import time
import urllib.request
from collections.abc import Callable


class Figures:
    """Measures runs that ask a stand-in."""

    def __init__(self, url: str, certificate: str) -> None:
        self._url = url
        self._context = ssl.create_default_context(cafile=certificate)

    def of(self, run: Callable[[], int]) -> dict[str, float]:
        """Return the figures of a run over all events, and the requests of a second. A run returns its events."""
        self._requests()
        began, began_cpu = time.monotonic(), time.process_time()
        events = run()
        cpu, seconds = time.process_time() - began_cpu, time.monotonic() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        requests = self._requests()
        again = run()
        return {
            "events": events,
            "rate": events / cpu,
            "seconds": seconds,
            "memory": memory,
            "requests": requests,
            "idle": self._requests(),
            "again": again,
        }

    def _requests(self) -> int:
        with urllib.request.urlopen(f"{self._url}/requests", context=self._context) as answer:  # noqa: S310 - of this machine
            return int(answer.read())
