from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from botocore.loaders import create_loader
from hypothesis import HealthCheck, settings

from generator.packaging import lint_engines

# No test has a time limit. In CI the examples are the same in every run, so that a change fails for what it changed.
# Elsewhere each run draws others.
_IN_CI = "CI" in os.environ
settings.register_profile(
    "ours",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=_IN_CI,
    max_examples=50 if _IN_CI else 100,
)
settings.register_profile("quick", settings.get_profile("ours"), max_examples=10)
# For tox -e random: examples that no run has had before, and what it takes to have one of them again.
settings.register_profile(
    "random", settings.get_profile("ours"), max_examples=1_000, derandomize=False, print_blob=True
)
settings.load_profile("ours")

QUICK = "not slow and not emulator"
_UPDATE = "update: bool"
"""The parameter of a test that writes what it would compare."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write anew all that is generated, and run no other test")
    parser.addoption(
        "--quick", action="store_true", help="in a minute: nothing slow or in the emulator, ten examples a property"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--quick"):
        settings.load_profile("quick")
        chosen = config.option.markexpr
        config.option.markexpr = f"({chosen}) and {QUICK}" if chosen else QUICK


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With --update, leave out the files that write nothing."""
    is_test = collection_path.name.startswith("test_") and collection_path.is_file()
    if config.getoption("--update") and is_test and _UPDATE not in collection_path.read_text(encoding="utf-8"):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --update, leave out the tests that write nothing.

    Have pytest-xdist begin with the emulator's tests, since the longest file is among them.
    """
    if config.getoption("--update"):
        config.hook.pytest_deselected(items=[item for item in items if not _writes(item)])
        items[:] = [item for item in items if _writes(item)]
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: item.get_closest_marker("emulator") is None)


def _writes(item: pytest.Item) -> bool:
    return "update" in getattr(item, "fixturenames", ())


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session", autouse=True)
def fast_engine() -> Iterator[None]:
    """One for all builds of a run: to start it and to end it take a quarter of a second each."""
    engine = cache(lint_engines._fast_engine)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lint_engines, "_fast_engine", engine)
        yield
    engine.cache_clear()


_loader = cache(create_loader)


@pytest.fixture
def empty_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS account in memory that has nothing yet, and the environment of somebody who is signed in to it."""
    from moto import mock_aws

    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    # Each command makes a session of its own, and each session would read the models of its services anew.
    monkeypatch.setattr("botocore.session.create_loader", _loader)
    with mock_aws():
        yield
