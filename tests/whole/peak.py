"""A process of its own for test_memory.py: one invocation, and the most memory that the process ever had.

It runs from a zip's files alone, with botocore's own clients: their requests end here, and their answers are made up.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

ENVIRONMENT = {
    "AWS_REGION": "us-west-2",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_EC2_METADATA_DISABLED": "true",
    "EVENTS_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/events",
    "KEPT_BUCKET": "kept",
    "SECRETS_PATH": "/made/up",
    "STACK": "stack",
    "EVENTS_STREAM": "stream",
    "OBJECTS_BUCKET": "objects",
    "ARCHIVE_BUCKET": "archive",
    "ARCHIVE_STREAM": "stream",
    "DEDUPE_TABLE": "claims",
    "DEDUPE_LEASE": "25",
}
ONE_KEY = b"<ListBucketResult><Contents><Key>unsent/2026-01-01/0.json</Key><Size>1</Size></Contents></ListBucketResult>"


class Aws:
    """Answers each call; `calls` has the names of those that were made.

    The queue takes `taken` calls and is down from then on; None: it is never down.
    """

    def __init__(self, secret: str, kept: Path | None, taken: int | None) -> None:
        self._secret = secret
        self._kept = kept
        self._taken = taken
        self.calls: list[str] = []

    def answer(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        call = event_name.rpartition(".")[2]
        self.calls.append(call)
        if hasattr(request.body, "read"):
            while request.body.read(16_384):  # as it would be sent
                pass
        is_down = self._taken is not None and self.calls.count("SendMessageBatch") > self._taken
        status = 403 if is_down and call == "SendMessageBatch" else 200
        content = b'{"__type": "AccessDenied"}' if status == 403 else self._content(call, request.body)
        headers = {"content-length": str(len(content)), "etag": '"stored"'}
        return AWSResponse(request.url, status, headers, HTTPResponse(BytesIO(content), headers, preload_content=False))

    def _content(self, call: str, body: Any) -> bytes:
        if call == "GetParameters":
            name, *others = json.loads(body)["Names"]
            answer = {"Parameters": [{"Name": name, "Value": self._secret}], "InvalidParameters": others}
            return json.dumps(answer).encode()
        if call == "GetObject" and self._kept:
            return self._kept.read_bytes()
        if call == "SendMessageBatch":
            return json.dumps({"Successful": [{"Id": entry["Id"]} for entry in json.loads(body)["Entries"]]}).encode()
        if call == "PutRecordBatch":
            taken = [{"RecordId": "0"} for _ in json.loads(body)["Records"]]
            return json.dumps({"FailedPutCount": 0, "RequestResponses": taken}).encode()
        if call == "BatchWriteItem":
            return b'{"UnprocessedItems": {}}'
        return ONE_KEY if call == "ListObjectsV2" else b""


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 100_000


def main(module: str, payload: str, secret: str, kept: str, taken: str) -> None:
    """Write the peak in MiB and the calls to standard error: the log goes to standard output."""
    os.environ.update(ENVIRONMENT)
    aws = Aws(secret, Path(kept) if kept else None, int(taken) if taken else None)
    import_module("lambdas.runtime.aws")._session().register("before-send", aws.answer)
    handler = import_module(module).handler
    # Lambda's runtime has the payload as long as the handler runs.
    # https://github.com/aws/aws-lambda-python-runtime-interface-client/blob/main/awslambdaric/bootstrap.py
    sent = Path(payload).read_bytes()
    handler(json.loads(sent), Context())
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    sys.stderr.write(json.dumps([peak / 1024, aws.calls]))


if __name__ == "__main__":
    main(*sys.argv[1:])
