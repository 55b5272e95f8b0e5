from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.https_host import HttpsHost, self_signed


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("host"))


@pytest.fixture
def host(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpsHost]:
    """A host that this process trusts."""
    https_host = HttpsHost(certificate)
    https_host.trust(monkeypatch, certificate)
    yield https_host
    https_host.close()
