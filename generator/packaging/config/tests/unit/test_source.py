"""Your own tests of SOURCE_NAME. They run before anything is built or deployed; one that fails stops the pipeline.

Every sample has become the message stored beside it by now. Write here what must hold for all of them, or for events
that you make up: Sample("SOURCE_NAME", {"what": "happened"}).messages()
"""

from __future__ import annotations

import pytest

from generator.testing import Sample, load_samples, summary_of

SAMPLES = load_samples("SOURCE_NAME")


def test_there_is_an_event_to_test_with() -> None:
    assert SAMPLES, "put an event as the vendor sends it into samples/"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_an_analyst_sees_what_happened(sample: Sample) -> None:
    for message in sample.messages():
        assert summary_of(message)
