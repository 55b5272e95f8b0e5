"""Entry point of the handler, behind API Gateway."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from lambdas.delivering.delivery import load_archive, load_claims, load_outbox
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.receiving.receive import Receiver
from lambdas.runtime.aws import client
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.secrets import Secrets
from lambdas.source import SOURCE

DEADLINE = Deadline()
RECEIVER = Receiver(
    SOURCE,
    Secrets(os.environ["SECRETS_PATH"], lambda: client("ssm")),
    load_outbox(SOURCE, DEADLINE),
    KeptBucket(os.environ["KEPT_BUCKET"], lambda: client("s3"), DEADLINE),
    stack=os.environ.get("STACK", ""),
    claims=load_claims(SOURCE, DEADLINE),
    archive=load_archive(SOURCE, DEADLINE),
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request, which is an event of payload format 2.0."""
    DEADLINE.begin(context)
    return RECEIVER.respond(event)
