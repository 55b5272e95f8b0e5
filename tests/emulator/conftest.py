"""What the real command builds, deployed into one emulator that is plain, and one that enforces IAM over TLS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.commands import main
from generator.local.emulator import Emulator
from generator.local.start import run_emulator
from generator.local.vendor_server import VendorServer, serve_vendor
from tests.definitions import SOURCES
from tests.emulator.pulled import HOST, TOKEN_HOST, Acme
from tests.emulator.service import HELPER_BUCKET, SECRET, Service, free_port, template

NAMES = ("zoom", "okta")


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    assert main([*NAMES, "--sources", str(SOURCES), "--build", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def plain(build: Path) -> Iterator[Emulator]:
    with run_emulator(free_port()) as running:
        _provide(running, build)
        yield running


@pytest.fixture(scope="session")
def enforced(build: Path) -> Iterator[Emulator]:
    with run_emulator(free_port(), iam=True) as running:
        _provide(running, build)
        yield running


@pytest.fixture(scope="session")
def acme() -> Acme:
    """The vendor of pulled sources."""
    return Acme()


@pytest.fixture(scope="session")
def server(acme: Acme) -> Iterator[VendorServer]:
    with serve_vendor([HOST, TOKEN_HOST], acme.answer) as serving:
        yield serving


@pytest.fixture(scope="session")
def asking(server: VendorServer) -> Iterator[Emulator]:
    """One that enforces IAM, whose functions find that vendor."""
    with run_emulator(free_port(), iam=True, extra_environment=server.environment) as running:
        yield running


@pytest.fixture(scope="session", params=["plain", "enforced"])
def aws(request: pytest.FixtureRequest) -> Emulator:
    running: Emulator = request.getfixturevalue(request.param)
    return running


@pytest.fixture(scope="session")
def services(aws: Emulator, build: Path) -> dict[str, Service]:
    return {name: Service.deploy(aws, f"MozDef-EF-{name}-dev", template(build, name)) for name in NAMES}


@pytest.fixture
def zoom(services: dict[str, Service]) -> Service:
    return _emptied(services["zoom"])


@pytest.fixture
def okta(services: dict[str, Service]) -> Service:
    return _emptied(services["okta"])


def _provide(running: Emulator, build: Path) -> None:
    """What a stack needs to be there: its code, and its secret."""
    s3, ssm = running.client("s3"), running.client("ssm")
    s3.create_bucket(Bucket=HELPER_BUCKET, CreateBucketConfiguration={"LocationConstraint": running.region})
    for name in NAMES:
        key = json.loads(template(build, name))["Parameters"]["LambdaKey"]["Default"]
        s3.put_object(Bucket=HELPER_BUCKET, Key=key, Body=(build / name / "lambdas.zip").read_bytes())
        ssm.put_parameter(Name=f"/MozDef-EF/{name}/dev/auth_token", Value=SECRET, Type="SecureString")


def _emptied(service: Service) -> Service:
    service.arrived()
    service.kept()
    return service
