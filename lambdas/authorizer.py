"""Entry point of the authorizer, which API Gateway asks first where a source's credential is in a header."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from lambdas.receiving.authorize import authorize
from lambdas.runtime.aws import client
from lambdas.runtime.secrets import Secrets
from lambdas.source import SOURCE

SECRETS = Secrets(os.environ["SECRETS_PATH"], lambda: client("ssm"))


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Allow or deny a request, an authorizer event of payload format 2.0."""
    return authorize(SOURCE, SECRETS, event, time.time(), os.environ.get("STACK", ""))
