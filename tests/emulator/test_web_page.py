"""What a web page can do to an emulator on the machine of who looks at it, in a real browser: nothing."""

from __future__ import annotations

import base64
import io
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from generator.local.emulator import Emulator

pytestmark = pytest.mark.emulator

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--ignore-certificate-errors",  # so that it is not the emulator's certificate alone that protects it
)
PAGE = Path(__file__).with_name("attack.html")
SECRET, MESSAGE = "a-parameters-value", "a-message-on-a-queue"
BLIND = ("create", "invoke", "purge", "reset")
READS = ("queue", "parameter", "health")
FORGED = ("create, forged", "invoke, forged", "queue, forged", "parameter, forged")


class Server(ThreadingHTTPServer):
    """Has the page, takes what it saw, and answers all else as a server does that welcomes every page."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.requests: list[str] = []
        self.seen: queue.Queue[Any] = queue.Queue()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def take(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        if self.path == "/seen":
            self.server.seen.put(json.loads(body))
        else:
            self.server.requests.append(f"{self.command} {self.path}")
        self.send_response(200)
        for name in ("origin", "headers", "methods"):
            self.send_header(f"access-control-allow-{name}", "authorization, *" if name == "headers" else "*")
        self.end_headers()
        self.wfile.write(PAGE.read_bytes() if self.path == "/" and self.command == "GET" else b"welcome")

    do_GET = do_POST = do_OPTIONS = take  # noqa: N815 - the names that the server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def browser(folder: Path, url: str) -> Iterator[None]:
    if not BROWSER:
        pytest.skip("there is no Chromium; CHROMIUM says where it is")
    profile = folder / "profile"
    profile.mkdir()
    with (folder / "browser.log").open("wb") as log:
        started = subprocess.Popen(
            [BROWSER, *FLAGS, f"--user-data-dir={profile}", url],
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def test_a_web_page_makes_runs_and_reads_nothing(aws: Emulator, tmp_path: Path) -> None:
    functions, iam, sqs, ssm = (aws.client(service) for service in ("lambda", "iam", "sqs", "ssm"))
    iam.create_role(RoleName="any", AssumeRolePolicyDocument="{}")
    url = sqs.create_queue(QueueName="secret")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=MESSAGE)
    ssm.put_parameter(Name="/secret", Value=SECRET, Type="SecureString", Overwrite=True)
    before = {function["FunctionName"] for function in functions.list_functions()["Functions"]}
    ran = tmp_path / "ran"
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as zipped:
        zipped.writestr("index.py", f"def handler(*_):\n    open({str(ran)!r}, 'w').close()\n")

    with serving() as elsewhere, serving() as welcoming:
        payload = {"targets": [aws.endpoint, welcoming.url], "code": base64.b64encode(code.getvalue()).decode()}
        with browser(tmp_path, f"{elsewhere.url}/#{quote(json.dumps(payload))}"):
            seen = elsewhere.seen.get(timeout=60)

    # That it is refused is the emulator's doing: the browser sends all of it where it is welcome.
    assert seen[welcoming.url] == {
        **dict.fromkeys(BLIND, "opaque "),
        **dict.fromkeys((*READS, *FORGED), "cors welcome"),
    }
    assert welcoming.requests.count("POST /2015-03-31/functions") == 3
    assert welcoming.requests.count("GET /000000000000/secret?Action=PurgeQueue") == 1

    assert seen[aws.endpoint] == {
        **dict.fromkeys(BLIND, "opaque "),
        **dict.fromkeys((*READS, *FORGED), "TypeError: Failed to fetch"),
    }
    assert {function["FunctionName"] for function in functions.list_functions()["Functions"]} == before
    assert not ran.exists()
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == MESSAGE
    assert ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == SECRET
    iam.delete_role(RoleName="any")
    sqs.delete_queue(QueueUrl=url)
    ssm.delete_parameter(Name="/secret")
