"""A handler's cold start beside that of boto3 with one client, each in a fresh process."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median

from benchmarks.processes import built, run
from benchmarks.row import Row

ROUNDS = 15
SOURCE, WITH_WHEELS = "zoom", "discord"
NOTE = (
    "start: from before the import to ready, without Python's own start; the handler runs from the unpacked zip alone, "
    "without bytecode, since a function can't write any; memory is the process's peak, Linux only."
)
_ENVIRONMENT = {
    "AWS_REGION": "us-west-2",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_EC2_METADATA_DISABLED": "true",
    "EVENTS_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/events",
    "KEPT_BUCKET": "kept",
    "SECRETS_PATH": "/MozDef-EF/zoom/dev",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_MEASURED = """\
import json, pathlib, time
start = time.perf_counter()
{code}
spent = time.perf_counter() - start
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else ["VmHWM: 0 kB"]
peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
print(json.dumps([spent * 1000, int(peak) / 1024]))
"""
HANDLER = "import lambdas.webhook"
_BOTO3 = 'import boto3; boto3.client("sqs")'


def measure() -> list[Row]:
    """Measure milliseconds and memory until the handler could take its first event."""
    sides: list[list[tuple[float, float]]] = [[], [], []]
    with tempfile.TemporaryDirectory() as folder:
        plain, heavy, empty = Path(folder, "plain"), Path(folder, "heavy"), Path(folder, "empty")
        unpack(built(Path(folder, "build"), SOURCE) / SOURCE / "lambdas.zip", plain)
        unpack(built(Path(folder, "build"), WITH_WHEELS) / WITH_WHEELS / "lambdas.zip", heavy)
        empty.mkdir()
        for round_ in range(ROUNDS + 1):
            figures = start(HANDLER, plain), start(HANDLER, heavy), start(_BOTO3, empty)
            for pair, side in zip(figures if round_ else (), sides, strict=False):  # the first round warms the disk
                side.append(pair)
    (ms, mib), (heavy_ms, heavy_mib), (reference_ms, reference_mib) = (
        map(median, zip(*side, strict=True)) for side in sides
    )
    return [
        Row("handler's cold start / boto3 with one client", ms, "ms", reference_ms, budget=1.25, note=NOTE),
        Row("its memory / boto3 with one client", mib, "MiB", reference_mib or None, note=NOTE),
        Row(f"cold start with cryptography ({WITH_WHEELS})", heavy_ms, "ms", reference_ms, note=NOTE),
        Row("its memory", heavy_mib, "MiB", reference_mib or None, note=NOTE),
    ]


def unpack(file: Path, folder: Path) -> None:
    """Unpack the framework's code alone: packages for Lambda's platform are replaced by those of this machine."""
    with zipfile.ZipFile(file) as zipped:
        zipped.extractall(folder, [name for name in zipped.namelist() if name.startswith("lambdas/")])


def start(code: str, folder: Path) -> tuple[float, float]:
    """Run code in a fresh process, and return milliseconds and MiB."""
    environment = {**os.environ, **_ENVIRONMENT}
    ms, mib = json.loads(run([sys.executable, "-c", _MEASURED.format(code=code)], folder, environment))
    return ms, mib
