"""The only maker of boto3 clients here."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

# Most vendors hang up after 3 seconds: two quick tries, then an answer that makes them come back.
CONFIG = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})


@cache
def client(service: str, config: Config = CONFIG) -> Any:
    """A client of the function's own region, made when first asked for: each costs some 50 ms."""
    return boto3.client(service, config=config)
