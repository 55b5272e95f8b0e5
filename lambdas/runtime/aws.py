"""The only maker of clients here.

They are boto3's, made by the botocore below it: what boto3 puts on top is a tenth of a cold start, and nothing to us.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

# Most vendors hang up after 3 seconds: two quick tries, then an answer that makes them come back.
CONFIG = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})


@cache
def client(service: str, config: Config = CONFIG) -> Any:
    """A client of the function's own region, made when first asked for: each costs some 50 ms."""
    return _session().create_client(service, config=config)


@cache
def _session() -> Any:
    return botocore.session.get_session()
