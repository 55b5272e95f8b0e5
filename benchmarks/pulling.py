"""Events a second that a puller takes on one core, and how many requests it sends: a stand-in of Okta's System Log."""

from __future__ import annotations

import contextlib
import io
import json
import resource
import time
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.row import Row
from generator.definition.read import load
from generator.errors import BUNDLED
from generator.samples.fake_aws import Bucket, Queue, Store, Table
from lambdas.delivering.dedupe import Claims
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.position_table import PositionTable
from lambdas.pulling.runner import Runner
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.secrets import Secrets

PAGE, PAGES, ROUNDS = 1_000, 20, 3
NOTE = (
    "pull: CPU time of a run over pages of 1,000 events of 2 KB each, as Okta's log has them: parse, shape, claim, "
    "send to a stub, and write the position; the reference is json.loads and json.dumps of the same pages."
)


class _Vendor:
    """Answers page after page with the same sample under other ids, and a next link in each."""

    def __init__(self, event: dict[str, Any], prefix: str) -> None:
        self.requests = 0
        self.pages = [
            json.dumps([{**event, "uuid": f"{prefix}-{page}-{index}"} for index in range(PAGE)]).encode()
            for page in range(PAGES)
        ]

    def send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        self.requests += 1
        page = int(parse_qs(urlsplit(request.url).query).get("after", ["0"])[0])
        link = f'<https://example.okta.com/api/v1/logs?after={page + 1}>; rel="next"'
        return HttpAnswer(200, {"link": link}, self.pages[page] if page < PAGES else b"[]")


def measure() -> list[Row]:
    """Pull the pages, and ask once more where nothing is new."""
    source = load(BUNDLED, ["okta-log"])[0].source
    sample = json.loads((BUNDLED / "okta-log" / "samples" / "logs.json").read_bytes())[0]
    spent, reference, requests, idle = [], [], 0, 0
    for round_ in range(ROUNDS):
        vendor = _Vendor(sample, str(round_))
        table = Table()
        start = time.process_time()
        _run(source, vendor, table)
        spent.append((time.process_time() - start) / (PAGE * PAGES))
        requests = vendor.requests
        _run(source, vendor, table)
        idle = vendor.requests - requests
        start = time.process_time()
        for page in vendor.pages:
            json.dumps(json.loads(page))
        reference.append((time.process_time() - start) / (PAGE * PAGES))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    rate, plain = 1 / median(spent), 1 / median(reference)
    return [
        Row("pulled events", rate, "/s", plain, budget=5_000, budget_on="measured", at_least=True, note=NOTE),
        Row("memory of the process", peak, "MiB", None, note=NOTE),
        Row("requests of a run where nothing is new", idle, "", None, budget=1, budget_on="measured", note=NOTE),
    ]


def _run(source: Any, vendor: _Vendor, table: Table) -> None:
    deadline = Deadline()
    claims = Claims(source, "positions", table, 300.0, deadline=deadline, required=True)
    runner = Runner(
        source,
        Secrets("/benchmark", lambda: Store(lambda _name: ("made-up",))),
        vendor.send,
        PageDelivery(source, Outbox("queue", Queue()), KeptBucket("kept", Bucket), claims),
        lambda owner: PositionTable("positions", table, owner),
        deadline,
        sleep=lambda _seconds: None,
    )
    with contextlib.redirect_stdout(io.StringIO()):
        report = runner.run(300.0)
    if report.failures:
        raise SystemExit(str(report.failures))
