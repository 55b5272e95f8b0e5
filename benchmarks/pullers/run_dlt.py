"""Pull the stand-in's events with dlt's rest_api source, and print figures. It runs in dlt's environment."""

from __future__ import annotations

import importlib
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from figures import Figures


def main(url: str) -> None:
    """Extract twice: all events, and then nothing new."""
    os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="CRITICAL")
    dlt: Any = importlib.import_module("dlt")
    rest_api: Any = importlib.import_module("dlt.sources.rest_api")
    now = datetime.now(UTC)
    tomorrow = f"{now + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    config = {
        "client": {
            "base_url": f"{url}/api/v1/",
            "auth": {"type": "api_key", "name": "Authorization", "api_key": "SSWS made-up"},
            "paginator": {"type": "header_link"},
        },
        "resources": [
            {
                "name": "logs",
                "primary_key": "uuid",
                "endpoint": {
                    "path": "logs",
                    # With `until`, Okta ends its next links; without, this paginator never ends.
                    "params": {
                        "limit": 1000,
                        "sortOrder": "ASCENDING",
                        "until": tomorrow,
                    },
                    "incremental": {
                        "cursor_path": "published",
                        "start_param": "since",
                        "initial_value": f"{now - timedelta(days=7):%Y-%m-%dT%H:%M:%S.000Z}",
                    },
                },
            }
        ],
    }
    pipeline = dlt.pipeline("benchmark", destination="filesystem")

    def run() -> int:
        info = pipeline.extract(rest_api.rest_api_source(config))
        return sum(
            metrics.items_count
            for package in info.metrics.values()
            for metric in package
            for name, metrics in metric["table_metrics"].items()
            if name == "logs"
        )

    print(json.dumps(Figures(url, os.environ["REQUESTS_CA_BUNDLE"]).of(run)))


if __name__ == "__main__":
    main(sys.argv[1])
