"""Merge two artifacts of 100 MB, by a job as CodePipeline starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copyfileobj
from statistics import median
from typing import Any

from benchmarks.processes import ROOT
from benchmarks.row import Row

ROUNDS = 5
MEMBERS, MEMBER = 100, 1_000_000
"""Files of an artifact, and the bytes of each."""
NOTE = (
    "merge: a fresh process a job, from before the import to the report, with an S3 on the same machine that keeps "
    "nothing; random content; the reference is boto3 with the two clients; memory is the process's peak, Linux only."
)
_MEASURED = """\
import json, pathlib, sys, time
start = time.perf_counter()
from lambdas import merge
{code}
spent = time.perf_counter() - start
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else ["VmHWM: 0 kB"]
peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
print(json.dumps([spent, int(peak) / 1024]), file=sys.stderr)
"""
_JOB = """\
class Context:
    get_remaining_time_in_millis = staticmethod(lambda: 900_000)
merge.handler(json.loads(sys.argv[1]), Context)
"""
_CLIENTS = """\
merge.codepipeline_client()
merge.s3_client(json.loads(sys.argv[1])["CodePipeline.job"]["data"]["artifactCredentials"])
"""


def measure() -> list[Row]:
    """Measure seconds and MiB of a job, each in a process of its own."""
    jobs, clients = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("App", "Config"):
            _write(Path(folder, name))
        with _aws(Path(folder)) as url:
            for round_ in range(ROUNDS + 1):
                pair = _run(_JOB, url, "merged"), _run(_CLIENTS, url, "")
                if round_:  # the first pair warms the disk
                    jobs.append(pair[0])
                    clients.append(pair[1])
    seconds, mib = map(median, zip(*jobs, strict=True))
    reference = median(client_mib for _, client_mib in clients)
    size = f"{MEMBERS * MEMBER // 1_000_000} MB"
    return [
        Row(f"memory of merging {size} and {size}", mib, "MiB", reference or None, 128, "measured", note=NOTE),
        Row(f"merging {size} and {size}", seconds, "s", note=NOTE),
    ]


def _write(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as artifact:
        for number in range(MEMBERS):
            artifact.writestr(f"{path.name}/{number}", os.urandom(MEMBER))


def _run(code: str, url: str, message: str) -> tuple[float, float]:
    """Return seconds and MiB; the job's log line must have this message, where one is given."""
    credentials = {
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_DEFAULT_REGION": "us-west-2",
    }
    environment = {**os.environ, **credentials, "AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_DISABLED": "true"}
    command = [sys.executable, "-c", _MEASURED.format(code=code), json.dumps(_job())]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or (message and json.loads(done.stdout)["message"] != message):
        raise SystemExit(done.stdout + done.stderr)
    seconds, mib = json.loads(done.stderr)
    return seconds, mib


def _job() -> dict[str, Any]:
    def artifact(name: str) -> dict[str, Any]:
        return {"name": name, "location": {"s3Location": {"bucketName": "artifacts", "objectKey": name}}}

    data = {
        "actionConfiguration": {"configuration": {"UserParameters": "config"}},
        "inputArtifacts": [artifact("App"), artifact("Config")],
        "outputArtifacts": [artifact("Merged")],
        "artifactCredentials": dict.fromkeys(("accessKeyId", "secretAccessKey", "sessionToken"), "made-up"),
    }
    return {"CodePipeline.job": {"id": "made-up", "data": data}}


@contextmanager
def _aws(folder: Path) -> Iterator[str]:
    """Serve the part of S3 and CodePipeline that a job calls; the objects are the files of the folder."""

    class Aws(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with (folder / self.path.rpartition("/")[2]).open("rb") as file:
                self._head(os.fstat(file.fileno()).st_size)
                copyfileobj(file, self.wfile)

        def do_PUT(self) -> None:
            remaining = int(self.headers["Content-Length"])
            while remaining:
                remaining -= len(self.rfile.read(min(remaining, 1 << 20)))
            self._head(0)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            upload = b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
            body = b"{}" if self.path == "/" else upload if "uploads" in self.path else b"<Done/>"
            self._head(len(body))
            self.wfile.write(body)

        def _head(self, length: int) -> None:
            self.send_response(200)
            self.send_header("ETag", '"made-up"')
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Aws) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
