"""Build many made-up sources at once: the time should grow no faster than their number."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.processes import GENERATOR, ROOT, run, seconds
from benchmarks.row import Row

ROUNDS = 3
SIZES = (250, 500, 1000)
NOTE = (
    "many: whole processes with --all --lint fast, two samples a source; the ratio is to a source among 250. How long "
    "file systems take to make a file differs thirtyfold: the last row is a loop that writes what the first build did."
)

_LIKE_ZOOM = """\
description: Made-up events, number {number}, signed as Zoom signs
webhook:
  auth:
    hmac:
      signature: {{header: x-made-up-{number}-signature, prefix: "v0="}}
      timestamp: {{header: x-made-up-{number}-timestamp}}
      signed: "v0:{{timestamp}}:{{body}}"
  challenges:
    - when: event == 'endpoint.url_validation'
      unauthenticated: true
      reply:
        json: {{plainToken: "{{payload.plainToken}}", encryptedToken: "{{hmac_hex(payload.plainToken)}}"}}
events:
  require: [event, payload]
  type: event
  time: event_ts
  time_format: unix_ms
facts:
  summary: "made-up {number}: {{event}} by {{payload.operator || payload.object.host_id}}"
"""
_LIKE_OKTA = """\
description: Made-up events, number {number}, with a token as Okta sends it
webhook:
  auth:
    token: {{header: Authorization, prefix: "Bearer {number} "}}
  challenges:
    - method: GET
      when: header('x-made-up-challenge')
      reply:
        json: {{verification: "{{header('x-made-up-challenge')}}"}}
events:
  split: data.events
  require: [uuid, eventType]
  id: uuid
  type: eventType
  time: published
facts:
  summary: "made-up {number}: {{eventType}} by {{actor.alternateId || actor.id}}: {{outcome.result}}"
  severity: "{{severity || 'INFO'}}"
  source_ip: "{{client.ipAddress}}"
"""
_KINDS = (
    (_LIKE_ZOOM, "zoom", ("user.updated", "meeting.started")),
    (_LIKE_OKTA, "okta", ("user.session.start", "user.lifecycle.create")),
)


def measure() -> list[Row]:
    """Measure the time for a source at each size, in the first and a repeated build, and for writing its files."""
    writing: list[float] = []
    first: dict[int, list[float]] = {size: [] for size in SIZES}
    repeated: dict[int, list[float]] = {size: [] for size in SIZES}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            write_sources(Path(folder, f"sources-{size}"), size)
        for _ in range(ROUNDS):
            for size in SIZES:
                build = Path(folder, "build")
                command = [*GENERATOR, "--all", "--lint", "fast", "--build", str(build)]
                command += ["--sources", str(Path(folder, f"sources-{size}"))]
                first[size].append(seconds(command) / size)
                repeated[size].append(seconds(command) / size)
                if size == SIZES[-1]:
                    writing.append(_seconds_to_write(build, Path(folder, "copy")) / size)
                shutil.rmtree(build)
    writing_row = Row(f"writing the files of one among {SIZES[-1]:,}", median(writing) * 1000, "ms", note=NOTE)
    return [*_rows("first", first, 0.025), *_rows("repeated", repeated, 0.01), writing_row]


def write_sources(sources: Path, count: int) -> None:
    """Write this many definitions, each with two samples and their stored messages."""
    for number in range(1, count + 1):
        text, original, samples = _KINDS[number % len(_KINDS)]
        folder = sources / f"s{number:04}"
        (folder / "samples").mkdir(parents=True)
        (folder / "source.yml").write_text(text.format(number=number), encoding="utf-8")
        for name in samples:
            shutil.copy(ROOT / "sources" / original / "samples" / f"{name}.json", folder / "samples")
    with tempfile.TemporaryDirectory() as build:
        accept = ["--all", "--accept", "--lint", "fast", "--sources", str(sources), "--build", build]
        run([*GENERATOR, *accept])


def _seconds_to_write(build: Path, copy: Path) -> float:
    """Return the seconds to write the files of a build, and nothing else."""
    files = {file.relative_to(build): file.read_bytes() for file in build.rglob("*") if file.is_file()}
    folders = {parent for file in files for parent in (copy / file).parents if copy in (parent, *parent.parents)}
    start = time.perf_counter()
    for parent in sorted(folders):
        parent.mkdir()
    for file, content in files.items():
        (copy / file).write_bytes(content)
    spent = time.perf_counter() - start
    shutil.rmtree(copy)
    return spent


def _rows(which_build: str, spent: dict[int, list[float]], budget: float) -> list[Row]:
    reference = median(spent[SIZES[0]])
    return [
        Row(
            f"a source among {size:,}, --lint fast, {which_build}",
            median(spent[size]) * 1000,
            "ms",
            reference * 1000 if size != SIZES[0] else None,
            budget=budget * 1000 if size == SIZES[-1] else None,
            budget_on="measured",
            note=NOTE,
        )
        for size in SIZES
    ]
