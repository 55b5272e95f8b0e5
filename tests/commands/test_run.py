"""What `run` shows before the first event comes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from generator.commands import run

URL, QUEUE = "http://127.0.0.1:4566/_aws/execute-api/1/$default/events", "http://localhost:4566/0/acme"


@pytest.mark.parametrize(
    ("outputs", "lines"),
    [
        ({"EventsQueueUrl": QUEUE}, [f"  queue     {QUEUE}"]),
        (
            {"ObjectsQueueUrl": QUEUE, "ObjectsBucket": "acme-dev-objects-1"},
            [f"  queue     {QUEUE}", "  bucket    acme-dev-objects-1  of the objects that the queue tells of"],
        ),
    ],
)
def test_it_names_all_that_a_reader_needs(outputs: dict[str, str], lines: list[str]) -> None:
    started = run._Run(
        "acme", 4566, iam=False, as_json=False, parameters={}, sources=Path("sources"), build=Path("build")
    )
    printed = io.StringIO()
    run._banner(Console(file=printed, width=200), started, URL, outputs, signed=None, watched=False)
    assert printed.getvalue().splitlines() == [
        "",
        "acme runs on this machine; Ctrl-C ends it",
        f"  endpoint  {URL}",
        *lines,
    ]
