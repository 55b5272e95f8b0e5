"""Events a second that a handler takes on one core, logging as deployed."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.processes import ROOT
from benchmarks.row import Row

NOTE = (
    "events: a second of CPU time on one core; verify, parse, shape, send to a stub, and a line of log flushed into a "
    "pipe for each, as Lambda's runtime does; the reference is json.loads, json.dumps and an HMAC of the same body."
)


def measure() -> list[Row]:
    """An event signed as Zoom signs, and one of Okta's behind its authorizer."""
    return [_row("zoom", "verified in the handler"), _row("okta", "behind the authorizer")]


def _row(source: str, where: str) -> Row:
    command = [sys.executable, "-m", "benchmarks.receiving", source]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        while running.stdout and running.stdout.read(1 << 16):
            pass  # what reads the log in AWS is another process too
        said = running.stderr.read().decode() if running.stderr else ""
    if running.returncode:
        raise SystemExit(said)
    size, event, loop = json.loads(said)
    return Row(
        f"{source} events of {size:,} bytes, {where}",
        1 / event,
        "/s",
        1 / loop,
        budget=20_000,
        budget_on="measured",
        at_least=True,
        note=NOTE,
    )
