"""Events a second that a handler takes on one core, logging as deployed."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks.processes import ROOT
from benchmarks.row import Row

NOTE = (
    "events: a second of CPU time on one core; verify, parse, shape, send to a stub, and a line of log flushed into a "
    "pipe for each, as Lambda's runtime does; the reference is json.loads, json.dumps and an HMAC of the same body."
)

_PAUSE = 0.003


def measure() -> list[Row]:
    """An event signed as Zoom signs, and one of Okta's behind its authorizer."""
    return [_row("zoom", "verified in the handler"), _row("okta", "behind the authorizer")]


def _row(source: str, where: str) -> Row:
    command = [sys.executable, "-m", "benchmarks.receiving", source]
    with subprocess.Popen(command, cwd=ROOT, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        # What reads the log in AWS is another process too. One that wakes for each line has a share of the same core:
        # some sixty lines at a time are well within a pipe.
        while running.stdout and running.stdout.read(1 << 16):
            time.sleep(_PAUSE)
        said = running.stderr.read().decode() if running.stderr else ""
    if running.returncode:
        raise SystemExit(said)
    size, event, loop = json.loads(said)
    return Row(
        f"{source} events of {size:,} bytes, {where}",
        1 / event,
        "/s",
        1 / loop,
        budget=8_000,
        budget_on="measured",
        at_least=True,
        note=NOTE,
    )
