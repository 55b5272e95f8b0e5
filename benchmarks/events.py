"""Events a second that a handler takes on one core, with its log as deployed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import get_args

from benchmarks.processes import ROOT
from benchmarks.row import Row
from lambdas.model import OutputName

NOTE = (
    "events: a second of CPU time on one core; verify, parse, shape, send to a stub, and a line of log flushed into a "
    "pipe for each, as Lambda's runtime does; the reference is json.loads, json.dumps and an HMAC of the same body."
)

_PAUSE = 0.003


def measure() -> list[Row]:
    """An event signed as Zoom signs, and one of Okta's behind its authorizer, which all outputs make messages of."""
    zoom = _row("zoom", "verified in the handler", "mozdef")
    return [zoom, *(_row("okta", "behind the authorizer", output) for output in get_args(OutputName))]


def _row(source: str, verified: str, output: str) -> Row:
    command = [sys.executable, "-m", "benchmarks.receiving", source, output]
    with subprocess.Popen(command, cwd=ROOT, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # In AWS another process reads the log too. Waking for each line would take a share of the same core, so this
        # reads some sixty lines at a time, which a pipe easily holds.
        while process.stdout and process.stdout.read(1 << 16):
            time.sleep(_PAUSE)
        report = process.stderr.read().decode() if process.stderr else ""
    if process.returncode:
        raise SystemExit(report)
    size, event_seconds, reference_seconds = json.loads(report)
    return Row(
        f"{source} events of {size:,} bytes, {verified}, output {output}",
        1 / event_seconds,
        "/s",
        1 / reference_seconds,
        budget=8_000,
        budget_on="measured",
        at_least=True,
        note=NOTE,
    )
