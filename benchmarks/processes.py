"""Whole processes, run and timed from the checkout."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
GENERATOR = (sys.executable, "-m", "generator")
CFN_LINT = (sys.executable, "-c", "import sys; from cfnlint.runner import main; sys.exit(main())")


def run(command: Sequence[str], folder: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
    """What the command prints; an error, with what it says, where it fails."""
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def seconds(command: Sequence[str]) -> float:
    """How long the whole process takes."""
    start = time.perf_counter()
    run(command)
    return time.perf_counter() - start


def built(build: Path, *names: str) -> Path:
    """The build folder, with these sources in it."""
    run([*GENERATOR, *names, "--lint", "fast", "--build", str(build)])
    return build
