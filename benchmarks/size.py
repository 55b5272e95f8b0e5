"""The size of the functions' zips."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.processes import built
from benchmarks.row import Row


def measure() -> list[Row]:
    """Measure each source's zip in KB (1,024 bytes), as it is uploaded."""
    with tempfile.TemporaryDirectory() as folder:
        build = built(Path(folder), "zoom", "okta")
        sizes = {name: (build / name / "lambdas.zip").stat().st_size for name in ("zoom", "okta")}
    return [
        Row(f"lambdas.zip of {name}", size / 1024, "KB", budget=250, budget_on="measured")
        for name, size in sizes.items()
    ]
