"""Every pulled source that comes with the framework, deployed, with IAM enforced: its samples as its vendor."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import names
from generator.commands import main
from generator.definition.read import Definition
from generator.local.emulator import Emulator
from generator.local.running import deploy_source
from generator.local.start import run_emulator
from generator.local.vendor_server import VendorServer, serve_vendor
from generator.samples.files import load_samples
from generator.samples.pulled_files import PullSample
from generator.samples.sample import SAMPLE_TIME
from generator.samples.vendor_answers import SampleAnswers
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.definitions import SOURCES, pulled_definitions
from tests.emulator.pulled import Pulled
from tests.emulator.service import free_port

pytestmark = pytest.mark.emulator

DEFINITIONS = {definition.source.name: definition for definition in pulled_definitions(SOURCES)}


class Vendors:
    """All vendors, by the hosts at which they are."""

    def __init__(self) -> None:
        self.samples = {name: _samples(definition) for name, definition in DEFINITIONS.items()}
        self.answers = {
            name: SampleAnswers(definition.source, self.samples[name]) for name, definition in DEFINITIONS.items()
        }
        self.hosts = sorted({host for answers in self.answers.values() for host in answers.hosts})
        self.current = ""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        return self.answers[self.current].answer(request)


def _samples(definition: Definition) -> list[PullSample]:
    return [sample for sample in load_samples(definition)[0] if isinstance(sample, PullSample)]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    assert main([*DEFINITIONS, "--lint", "fast", "--sources", str(SOURCES), "--build", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def vendors() -> Vendors:
    return Vendors()


@pytest.fixture(scope="module")
def server(vendors: Vendors) -> Iterator[VendorServer]:
    with serve_vendor(vendors.hosts, vendors.answer) as serving:
        serving.clock.write_text(str(SAMPLE_TIME), encoding="ascii")
        yield serving


@pytest.fixture(scope="module")
def running(server: VendorServer) -> Iterator[Emulator]:
    with run_emulator(free_port(), iam=True, extra_environment=server.environment) as started:
        yield started


@pytest.mark.parametrize("name", DEFINITIONS)
def test_what_the_vendor_answers_becomes_the_messages_of_the_samples(
    name: str, build: Path, running: Emulator, vendors: Vendors
) -> None:
    definition, folder = DEFINITIONS[name], build / name
    template = (folder / "event-source.json").read_text(encoding="utf-8")
    deploy_source(running, definition.source, template, (folder / "lambdas.zip").read_bytes())
    stack = names.stack_name(name)
    # It would ask by itself, also while another source's vendor answers. tests/emulator/test_pull.py tests schedules.
    running.client("scheduler").delete_schedule(Name=running.resources(stack)["Pull"])
    deployed = Pulled.find(running, stack)
    vendors.current, vendor = name, vendors.answers[name]

    # Some vendors' tokens last for the next run, which then goes on with a further page.
    reports = [deployed.run() for _ in range(2)]
    assert [report.get("outcome") for report in reports] == ["asked"] * 2, reports
    assert [report.get("kept", 0) for report in reports] == [0] * 2

    messages = Counter(map(_text, deployed.arrived()))
    whole, in_part = Counter[str](), Counter[str]()
    for sample in vendors.samples[name]:
        (in_part if _ends_early(definition, sample) else whole).update(_stored(sample))
    assert messages - in_part == whole - in_part
    assert messages - whole - in_part == Counter()
    assert not in_part or messages & in_part
    assert vendor.unknown == []
    assert list(deployed.followed.kept()) == []


def _ends_early(definition: Definition, sample: PullSample) -> bool:
    """Whether a page of the sample is the last for the puller, since a vendor's full page is longer."""
    assert definition.source.pull
    stream = definition.source.pull.streams[sample.key.name]
    has_size = getattr(stream.paging.settings, "size", None) is not None
    return has_size and stream.resume == "time" and len(sample.pages) > 1


def _stored(sample: PullSample) -> list[str]:
    stored = json.loads(sample.file("mozdef").read_bytes())
    return [_text(message) for message in (stored if isinstance(stored, list) else [stored])]


def _text(message: dict[str, Any]) -> str:
    """A message without the name of the run."""
    return json.dumps({**message, "processid": "sample"}, sort_keys=True)
