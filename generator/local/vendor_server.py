"""A stand-in for a vendor's API: HTTPS on this machine, under the vendor's own names, for functions in the emulator.

Nothing in a function's code leads to it. Each function's process runs `function_patch.py` as it starts, which changes
that process alone: the vendor's names lead here, and the certificate is trusted.
"""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from generator.definition.read import Definition
from generator.files import temporary
from generator.local import function_patch
from generator.local.certificate import write_certificate
from generator.samples.files import load_samples
from generator.samples.pulled_files import PullSample
from generator.samples.sample import SAMPLE_TIME
from generator.samples.vendor_answers import SampleAnswers
from lambdas.runtime.http_types import HttpAnswer, HttpRequest

_SECONDS = 30
"""Seconds after which a connection that says nothing is closed."""


@dataclass(frozen=True)
class VendorServer:
    """A running stand-in."""

    environment: dict[str, str]
    """What the emulator's process, and so its functions, must have in their environment."""
    clock: Path
    """A file: where it exists, the pullers' time is the number in it, in Unix seconds."""


@contextmanager
def serve_samples(definition: Definition) -> Iterator[Mapping[str, str]]:
    """Play the samples of a pulled source as its vendor, at their time; give the environment for the emulator.

    It is empty for a source that its vendor calls.
    """
    if definition.source.pull is None:
        yield {}
        return
    samples = [sample for sample in load_samples(definition)[0] if isinstance(sample, PullSample)]
    answers = SampleAnswers(definition.source, samples)
    with serve_vendor(answers.hosts, answers.answer) as server:
        server.clock.write_text(str(SAMPLE_TIME), encoding="ascii")
        yield server.environment


@contextmanager
def serve_vendor(hosts: Iterable[str], answer: Callable[[HttpRequest], HttpAnswer]) -> Iterator[VendorServer]:
    """Answer requests to these hosts, as long as the context lasts."""
    with temporary.temporary_folder("vendor") as folder:
        certificate = write_certificate(folder.path, *hosts)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server = _Server(context, answer)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        # Python imports a module of this name as it starts.
        patch = Path(function_patch.__file__).read_text(encoding="utf-8")
        (folder.path / "sitecustomize.py").write_text(patch, encoding="utf-8")
        clock = folder.path / "clock"
        environment = {
            "PYTHONPATH": os.pathsep.join(filter(None, [str(folder.path), os.environ.get("PYTHONPATH")])),
            function_patch.PORT: str(server.server_port),
            function_patch.CERTIFICATE: str(certificate),
            function_patch.CLOCK: str(clock),
        }
        try:
            yield VendorServer(environment, clock)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext, answer: Callable[[HttpRequest], HttpAnswer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.context = context
        self.answer = answer

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak TLS first, in the connection's own thread."""
        request.settimeout(_SECONDS)
        with suppress(OSError), self.context.wrap_socket(request, server_side=True) as stream:
            super().finish_request(stream, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        request = HttpRequest(self.command, f"https://{headers.get('host', '')}{self.path}", headers, body)
        answer = self.server.answer(request)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Log nothing: whoever answers knows what was asked."""
