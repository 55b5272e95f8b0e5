"""What `rehearse` shows once the pipeline has passed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from generator.commands import rehearse
from tests.definitions import make_definition

ACME = "description: Acme's events\nwebhook: {auth: {token: {header: x}}}\n"


@pytest.mark.parametrize(
    ("more", "heading"),
    [
        ("", "what MozDef reads from the queue"),
        ("output: ecs\n", "what your SIEM reads from the queue"),
        ("output: ocsf\ndelivery: {s3: {}}\n", "what your SIEM reads from an object"),
        ("delivery: {s3: {}}\n", "what your SIEM reads from an object"),
    ],
)
def test_it_says_who_reads_the_message_and_where(tmp_path: Path, more: str, heading: str) -> None:
    source, printed = make_definition(tmp_path, ACME + more).source, io.StringIO()
    rehearse._print_message(Console(file=printed, width=80), source, {"message": "acme: login", "tags": ["canary"]})
    assert printed.getvalue().splitlines() == [
        "",
        heading,
        "  message       acme: login",
        '  tags          ["canary"]',
    ]
