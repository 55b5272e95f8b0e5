"""`python -m generator zoom` beside `cfn-lint` alone on the templates that it writes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.processes import CFN_LINT, GENERATOR, built, seconds
from benchmarks.row import Row

ROUNDS = 7
SOURCE = "zoom"


def measure() -> list[Row]:
    """First build, with the fast engine alone, and again when nothing changed; whole processes."""
    first, fast, unchanged, cfn_lint = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        built(Path(folder, "warm"), SOURCE)
        for round_ in range(ROUNDS):
            full, quick = Path(folder, f"{round_}-full"), Path(folder, f"{round_}-fast")
            first.append(seconds([*GENERATOR, SOURCE, "--build", str(full)]))
            cfn_lint.append(seconds([*CFN_LINT, "--template", *map(str, sorted((full / SOURCE).glob("*.json")))]))
            fast.append(seconds([*GENERATOR, SOURCE, "--lint", "fast", "--build", str(quick)]))
            unchanged.append(seconds([*GENERATOR, SOURCE, "--build", str(full)]))
    reference = median(cfn_lint)
    return [
        Row(f"build {SOURCE}, first / cfn-lint alone", median(first), "s", reference, budget=1.3),
        Row(f"build {SOURCE}, first, --lint fast / cfn-lint alone", median(fast), "s", reference, budget=0.5),
        Row(f"build {SOURCE}, nothing changed / cfn-lint alone", median(unchanged), "s", reference, budget=0.3),
    ]
