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
{what}
spent = time.perf_counter() - start
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else ["VmHWM: 0 kB"]
peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
print(json.dumps([spent * 1000, int(peak) / 1024]))
"""
HANDLER = "import lambdas.webhook"
_BOTO3 = 'import boto3; boto3.client("sqs")'


def measure() -> list[Row]:
    """Milliseconds and memory until the handler could take its first event."""
    sides: list[list[tuple[float, float]]] = [[], [], []]
    with tempfile.TemporaryDirectory() as folder:
        code, heavy, empty = Path(folder, "code"), Path(folder, "heavy"), Path(folder, "empty")
        unpack(built(Path(folder, "build"), SOURCE) / SOURCE / "lambdas.zip", code)
        unpack(built(Path(folder, "build"), WITH_WHEELS) / WITH_WHEELS / "lambdas.zip", heavy)
        empty.mkdir()
        for turn in range(ROUNDS + 1):
            found = started(HANDLER, code), started(HANDLER, heavy), started(_BOTO3, empty)
            for one, side in zip(found if turn else (), sides, strict=False):  # the first turn warms the disk
                side.append(one)
    (ms, mib), (heavy_ms, heavy_mib), (reference_ms, reference_mib) = (
        (median(one[0] for one in side), median(one[1] for one in side)) for side in sides
    )
    return [
        Row("handler's cold start / boto3 with one client", ms, "ms", reference_ms, budget=1.25, note=NOTE),
        Row("its memory / boto3 with one client", mib, "MiB", reference_mib or None, note=NOTE),
        Row(f"cold start with cryptography ({WITH_WHEELS})", heavy_ms, "ms", reference_ms, note=NOTE),
        Row("its memory", heavy_mib, "MiB", reference_mib or None, note=NOTE),
    ]


def unpack(file: Path, folder: Path) -> None:
    """Our own part: packages that are built for Lambda's platform are those of this machine here."""
    with zipfile.ZipFile(file) as zipped:
        zipped.extractall(folder, [name for name in zipped.namelist() if name.startswith("lambdas/")])


def started(what: str, folder: Path) -> tuple[float, float]:
    """Milliseconds and MiB."""
    environment = {**os.environ, **_ENVIRONMENT}
    ms, mib = json.loads(run([sys.executable, "-c", _MEASURED.format(what=what)], folder, environment))
    return ms, mib
