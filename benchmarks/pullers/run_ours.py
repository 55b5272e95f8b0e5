"""Pull the stand-in's events by the definition of `okta-log`, over the function's own way out, and print figures."""

from __future__ import annotations

import contextlib
import io
import json
import os
import ssl
import sys
from dataclasses import replace
from typing import Any

from benchmarks.pullers.figures import Figures
from generator.definition.read import load
from generator.errors import BUNDLED
from generator.samples.fake_aws import Bucket, Queue, Store, Table
from lambdas.delivering.dedupe import Claims
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.model_types import UrlOrigin
from lambdas.pulling.connections import Connections
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.position_table import PositionTable
from lambdas.pulling.runner import Runner
from lambdas.runtime import lookup, streams
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.secrets import Secrets


class CountingQueue(Queue):
    """Takes every message, and keeps none."""

    count = 0

    def send_message_batch(self, Entries: list[dict[str, str]], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.count += len(Entries)
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}


class PositionsOnly(Table):
    """Takes every claim, and keeps only positions: memory is to be the puller's."""

    def put_item(self, Item: dict[str, Any], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return super().put_item(Item) if "state" in Item else {"ResponseMetadata": {}}


def main(url: str) -> None:
    """Pull twice: all events, and then nothing new."""
    _trust_this_machine()
    source = load(BUNDLED, ["okta-log"])[0].source
    assert source.pull  # noqa: S101 - it is pulled
    source = replace(source, pull=replace(source.pull, url=UrlOrigin(f"{url}/api/v1")))
    source = replace(source, pull=replace(source.pull, rate=replace(source.pull.rate, requests=10_000)))
    queue, table, connections, deadline = CountingQueue(), PositionsOnly(), Connections(), Deadline()
    claims = Claims(source, "positions", table, 300.0, deadline=deadline, required=True)
    runner = Runner(
        source,
        Secrets("/benchmark", lambda: Store(lambda _name: ("made-up",))),
        connections.send,
        PageDelivery(source, Outbox("queue", queue), KeptBucket("kept", Bucket), claims),
        lambda owner: PositionTable("positions", table, owner),
        deadline,
        sleep=lambda _seconds: None,
        stream=connections.stream,
    )

    def run() -> int:
        queue.count = 0
        with contextlib.redirect_stdout(io.StringIO()):
            report = runner.run(900.0)
        if report.failures:
            raise SystemExit(str(report.failures))
        return queue.count

    print(json.dumps(Figures(url, os.environ["REQUESTS_CA_BUNDLE"]).of(run)))


def _trust_this_machine() -> None:
    """Have this process, and no other, take this machine for a public host, and its certificate for a good one."""
    context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
    context.sslsocket_class = streams.Stream
    streams._context = lambda: context  # type: ignore[assignment]  # noqa: SLF001
    lookup.address_kind = lambda _address: "public"  # type: ignore[assignment]


if __name__ == "__main__":
    main(sys.argv[1])
