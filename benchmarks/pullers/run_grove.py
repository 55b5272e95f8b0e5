"""Pull the stand-in's events with grove's connector for Okta, and print figures. It runs in grove's environment."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

from figures import Figures


def main(url: str) -> None:
    """Pull twice: all events, and then nothing new."""
    os.environ.update(GROVE_CACHE_HANDLER="local_memory", GROVE_OUTPUT_HANDLER="local_stdout")
    api: Any = importlib.import_module("grove.connectors.okta.api")
    connectors: Any = importlib.import_module("grove.connectors.okta.system_log")
    models: Any = importlib.import_module("grove.models")
    api.API_BASE_URI = url
    config = models.ConnectorConfig(name="okta", identity="example", connector="okta_system_log", key="made-up")
    cache: list[Any] = []

    def run() -> int:
        connector = connectors.Connector(config, {})
        # The cache in memory is each connector's own; what the first run stored is what the second begins with.
        cache.append(connector._cache)  # noqa: SLF001
        connector._cache = cache[0]  # noqa: SLF001
        connector._output.submit = lambda **_: None  # noqa: SLF001
        connector.run()
        return int(connector._saved["logs"])  # noqa: SLF001

    print(json.dumps(Figures(url, os.environ["REQUESTS_CA_BUNDLE"]).of(run)))


if __name__ == "__main__":
    main(sys.argv[1])
