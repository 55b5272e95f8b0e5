"""A stand-in of Okta's System Log over HTTPS: `python stand_in.py CERTIFICATE` prints its URL, and serves.

It has 100 pages of 1,000 events, a next link in each answer, and none in the last answer of a query with `until`.
`/requests` says how many requests came since it was last asked.
"""

from __future__ import annotations

import json
import ssl
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGES, PAGE = 100, 1_000
SAMPLE = Path(__file__).parent.parent.parent / "sources" / "okta-log" / "samples" / "logs.json"


def _template() -> bytes:
    event: dict[str, Any] = json.loads(SAMPLE.read_bytes())[0]
    events = [
        {
            **event,
            "uuid": f"5a10f001-@@@@-11f1-9a3c-{index:012}",
            "published": f"##:{index * 60 // PAGE:02}.{index % 1_000:03}Z",
        }
        for index in range(PAGE)
    ]
    return json.dumps(events).encode()


class Handler(BaseHTTPRequestHandler):
    """Answers page after page; a query without a cursor begins anew, but for one that begins after the first event."""

    protocol_version = "HTTP/1.1"
    template = _template()
    begin = datetime.now(UTC) - timedelta(hours=3)
    requests = 0

    def do_GET(self) -> None:
        """Answer."""
        parts = urlsplit(self.path)
        if parts.path == "/requests":
            self._send(str(Handler.requests).encode())
            Handler.requests = 0
            return
        Handler.requests += 1
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        page = int(query.get("after", PAGES if query.get("since", "") > self._minute(0) else 0))
        body = self.template.replace(b"@@@@", b"%04d" % page).replace(b"##", self._minute(page).encode())
        is_last = page >= PAGES
        link = f"https://{self.headers['Host']}/api/v1/logs?after={min(page + 1, PAGES)}&limit=1000"
        until = f"&until={query['until']}" if "until" in query else ""
        is_end = page >= PAGES - 1 and bool(until)
        self._send(b"[]" if is_last else body, None if is_end else f'<{link}{until}>; rel="next"')

    def _minute(self, page: int) -> str:
        return f"{self.begin + timedelta(minutes=page):%Y-%m-%dT%H:%M}"

    def _send(self, body: bytes, link: str | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if link:
            self.send_header("Link", f'<https://{self.headers["Host"]}{self.path}>; rel="self"')
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(certificate: str) -> None:
    """Serve."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"https://localhost:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
