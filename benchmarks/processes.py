"""Run whole processes from the checkout, and time them."""

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
    """Return what a command prints; SystemExit with its output where it fails."""
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def seconds(command: Sequence[str]) -> float:
    """Return the seconds that a whole process takes."""
    start = time.perf_counter()
    run(command)
    return time.perf_counter() - start


def built(build: Path, *names: str) -> Path:
    """Build these sources into a folder, and return it."""
    run([*GENERATOR, *names, "--lint", "fast", "--build", str(build)])
    return build
