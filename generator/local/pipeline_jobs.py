"""A server for the two calls with which a function answers CodePipeline, which the emulator does not have.

https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class PipelineJobs:
    """The answers by job: None is success, a text is the reason of a failure."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, str | None] = {}

    def answer(self, call: str, request: dict[str, Any]) -> int:
        """Store the answer of a call; return the HTTP status."""
        if call == "PutJobSuccessResult":
            self.answers[request["jobId"]] = None
        elif call == "PutJobFailureResult":
            self.answers[request["jobId"]] = request["failureDetails"]["message"]
        else:
            return 400
        return 200


@contextmanager
def serve_jobs() -> Iterator[PipelineJobs]:
    """Serve the two calls on a free port of 127.0.0.1."""
    jobs = PipelineJobs()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            # A request of a web page, or to another name that resolves to this machine, is from no function of ours.
            if "origin" in self.headers or self.headers.get_all("host") != [jobs.url.removeprefix("http://")]:
                self.send_error(403)
                return
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status = jobs.answer(self.headers["x-amz-target"].rpartition(".")[2], body)
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Log nothing: the result of a job is shown with its stage."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    jobs.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield jobs
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
