"""Send the samples of a source to where it runs on this machine, and see what becomes of each."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.definition.secret_names import ssm_names
from generator.local.running import RunningSource, SourceFollower
from generator.samples.sample import Sample
from generator.samples.sending import Endpoint, HttpResponse, send_request
from generator.samples.vendor import sign_sample, stored_secrets
from lambdas.model import Source

_SECONDS, _PAUSE_SECONDS = 2, 0.05
"""How long a request's log line and messages are waited for, once it is answered; the emulator has them at once."""


@dataclass
class SampleResult:
    """What became of a sample; the answer is None where the vendor alone can sign it."""

    name: str
    answer: HttpResponse | None
    lines: list[Mapping[str, Any]] = field(default_factory=list)
    """The log lines of the functions."""
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Return whether what its log line counts has come."""
        return bool(self.lines) and len(self.messages) >= sum(line.get("sent", 0) for line in self.lines)


def send_samples(
    source: Source, samples: Iterable[Sample], running: RunningSource, followed: SourceFollower
) -> Iterator[SampleResult]:
    """Send each sample as the vendor would, one after the other, and yield what became of it."""
    secrets = stored_secrets(running.emulator.client("ssm"), ssm_names(source), prefer_private_key=True)
    endpoint = Endpoint(running.url, local=True, ca_bundle=running.ca_bundle, vendor_url=running.vendor_url)
    for sample in samples:
        request = sign_sample(source, sample, running.vendor_url, secrets, time.time())
        result = SampleResult(sample.name, request and send_request(endpoint, request))
        deadline = time.monotonic() + _SECONDS
        while request and not result.is_complete and time.monotonic() < deadline:
            result.lines += followed.log()
            result.messages += followed.messages()
            if not result.is_complete:
                time.sleep(_PAUSE_SECONDS)
        yield result
