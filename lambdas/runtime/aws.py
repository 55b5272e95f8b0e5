"""AWS clients of the functions; no other module makes one.

botocore makes them without boto3, whose layer on top takes a tenth of a cold start and adds nothing that is used.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

# Most vendors hang up after 3 seconds: two quick tries leave time for a 503, after which the vendor retries.
CONFIG = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})


@cache
def client(service: str, config: Config = CONFIG) -> Any:
    """Return a client for the function's own region, made at its first use: each takes some 50 ms."""
    return _session().create_client(service, config=config)


@cache
def _session() -> Any:
    return botocore.session.get_session()
