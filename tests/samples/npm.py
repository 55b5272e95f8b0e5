"""Packages of the npm registry that tests read: pinned by a package-lock.json, installed once, and not committed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.definitions import ROOT

CACHE = ROOT / ".cache" / "npm"


def installed(folder: Path) -> Path:
    """Install what the lock file in a folder pins, and return `node_modules`.

    Where npm is missing, the test fails in CI, and is skipped elsewhere.
    """
    lock = folder / "package-lock.json"
    home = CACHE / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if not home.exists():
        if not (npm := shutil.which("npm")):
            give_up = pytest.fail if "CI" in os.environ else pytest.skip
            give_up(f"npm is missing: {lock} can't be installed without it")
        staging = home.with_suffix(f".{os.getpid()}")
        staging.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, staging)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        ran = subprocess.run(command, cwd=staging, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"npm can't install {lock}:\n{ran.stdout}{ran.stderr}"
        staging.rename(home)
    return home / "node_modules"
