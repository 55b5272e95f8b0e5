"""The puller beside other pullers, on the same stand-in of Okta's System Log: CPU time, memory and requests.

The others are installed from PyPI into an environment of their own, `build/pullers`, at the first run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from benchmarks.row import Row
from tests.https_host import self_signed

OTHERS = {"grove": "grove==2.2.0", "dlt": "dlt==1.31.0"}
FOLDER = Path(__file__).parent
ENVIRONMENT = FOLDER.parent.parent / "build" / "pullers"
NOTE = (
    "pullers: each in a process of its own, over HTTPS from a stand-in on this machine: 100,000 events of Okta's log, "
    "2 KB each, in pages of 1,000. Events a second are of CPU time. The puller parses, shapes, claims, sends to a stub "
    "and stores its position; grove parses, hashes, adds its metadata and writes gzipped lines to a stub; dlt's "
    "rest_api source parses, and extracts into a file on disk. Ratios are to grove. Requests are those of a run where "
    "nothing is new."
)


def measure() -> list[Row]:
    """Run each, one after the other; a line on stderr where one can't be installed."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = self_signed(Path(folder), "localhost")
        environment = {**os.environ, "REQUESTS_CA_BUNDLE": str(certificate), "DLT_DATA_DIR": folder}
        command = [sys.executable, str(FOLDER / "stand_in.py"), str(certificate)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as stand_in:
            try:
                assert stand_in.stdout  # noqa: S101 - it was asked for
                url = stand_in.stdout.readline().strip()
                found = {"the puller": _run([sys.executable, "-m", "benchmarks.pullers.run_ours", url], environment)}
                for name in OTHERS:
                    if python := _installed(name):
                        found[name] = _run([python, str(FOLDER / f"run_{name}.py"), url], environment)
            finally:
                stand_in.terminate()
    return [row for name, figures in found.items() for row in _rows(name, figures, found.get("grove", {}))]


def _rows(name: str, figures: dict[str, Any], reference: dict[str, Any]) -> list[Row]:
    labels = {"rate": ("events", "/s"), "memory": ("memory", "MiB"), "idle": ("requests", "")}
    return [
        Row(f"{label} of {name}", figures[key], unit, reference.get(key), note=NOTE)
        for key, (label, unit) in labels.items()
    ]


def _run(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    finished = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    print(f"{command[-2]}: {figures}", file=sys.stderr)
    return figures


def _installed(name: str) -> str | None:
    """Return the Python of an environment that has another puller; None where it can't be installed."""
    environment = ENVIRONMENT / name
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", OTHERS[name]]
    finished = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if finished.returncode:
        print(f"{OTHERS[name]} is not measured, as pip can't install it:\n{finished.stderr}", file=sys.stderr)
        return None
    return str(python)
