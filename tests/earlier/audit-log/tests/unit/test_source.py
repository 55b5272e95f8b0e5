"""Your own tests of audit-log. They run before anything is built or deployed; one that fails stops the pipeline.

Every sample has become the message stored beside it by now. Write here what must hold for all of them, or for events
that you make up.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition import load
from generator.samples import Sample, shape
from generator.samples import load as samples_of

DEFINITION = load(Path("sources"), ["audit-log"])[0]
SAMPLES = [one for one in samples_of(DEFINITION)[0] if not one.file("reply").exists()]


def test_there_is_an_event_to_test_with() -> None:
    assert SAMPLES, "put an event as the vendor sends it into samples/"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_an_analyst_sees_what_happened_and_how_bad_it_is(sample: Sample) -> None:
    for message in shape(DEFINITION.source, sample).messages:
        assert message["summary"]
        assert message["severity"]
        assert message["details"], "the event itself is what an investigation needs"
