"""Every source that comes with the framework, deployed, with IAM enforced: samples, handshakes, who is not let in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import names
from generator.commands import main
from generator.definition.read import Definition
from generator.definition.secret_names import ssm_names
from generator.deploy.endpoint import vendor_url
from generator.local.emulator import Emulator
from generator.local.running import SourceFollower, deploy_source
from generator.local.start import run_emulator
from generator.samples import files as sample_files
from generator.samples import gateway
from generator.samples.sample import SAMPLE_TIME, Sample
from generator.samples.sending import Endpoint, HttpResponse, send_request
from generator.samples.vendor import PRIVATE_KEY_SUFFIX, auth_of_sample, sample_secrets, sign_sample, stored_secrets
from lambdas.auth_type import OutgoingRequest
from lambdas.reading.request import BY_IAM
from tests.definitions import SOURCES, webhook_definitions
from tests.emulator.service import free_port

pytestmark = pytest.mark.emulator

DEFINITIONS = {definition.source.name: definition for definition in webhook_definitions(SOURCES)}
CLOCK = Path(__file__).parent / "clock"


class Deployed:
    """A source in the emulator, as its vendor and MozDef see it."""

    def __init__(self, running: Emulator, build: Path, definition: Definition) -> None:
        self.definition, self.source = definition, definition.source
        folder = build / self.source.name
        template = (folder / "event-source.json").read_text(encoding="utf-8")
        outputs = deploy_source(running, self.source, template, (folder / "lambdas.zip").read_bytes())
        stack = names.stack_name(self.source.name)
        self.followed = SourceFollower(running, outputs, stack)
        bundle = str(running.ca_bundle)
        self.endpoint = Endpoint(
            running.invoke_url(outputs), local=True, ca_bundle=bundle, vendor_url=vendor_url(outputs)
        )
        self._ssm, self._lambda = running.client("ssm"), running.client("lambda")
        self._keys = stored_secrets(self._ssm, ssm_names(self.source), prefer_private_key=True)
        self._function = running.resources(stack)["Webhook"]
        self._share_the_secret_of_the_samples()
        for title, function in running.resources(stack).items():
            if title in ("Webhook", "Verify"):
                self._take_to_the_time_of_the_samples(function, build)

    def _share_the_secret_of_the_samples(self) -> None:
        """Where the vendor has the same as we: it is part of some answers. What is learned is not there yet."""
        learns = any(challenge.store_secret for challenge in self.source.endpoint.challenges)
        secrets = sample_secrets(self.source.endpoint)
        for secret, name in ssm_names(self.source).items():
            if learns:
                self._ssm.delete_parameter(Name=name)
            elif not self._ssm.get_parameters(Names=[name + PRIVATE_KEY_SUFFIX])["Parameters"]:
                self._ssm.put_parameter(Name=name, Value=secrets[secret], Type="SecureString", Overwrite=True)

    def _take_to_the_time_of_the_samples(self, function: str, build: Path) -> None:
        """Their time is signed in some, and what they would have us call is not on this machine."""
        own = self._lambda.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        pages = build / "pages"
        pages.mkdir(exist_ok=True)
        for sample in sample_files.load_samples(self.definition)[0]:
            for challenge in self.source.endpoint.challenges:
                if challenge.confirm and (url := sample.request.json.get(challenge.confirm.url)):
                    (pages / hashlib.sha256(url.encode()).hexdigest()).write_bytes(b"<ConfirmSubscriptionResponse/>")
        more = {"PYTHONPATH": str(CLOCK), "VECTOR_NOW": str(SAMPLE_TIME), "VECTOR_PAGES": str(pages)}
        self._lambda.update_function_configuration(FunctionName=function, Environment={"Variables": {**own, **more}})

    def send(self, sample: Sample) -> HttpResponse:
        """As the vendor does; by IAM, what the vendor alone can sign."""
        sent = sign_sample(self.source, sample, self.endpoint.vendor_url or "", self._keys, SAMPLE_TIME)
        return send_request(self.endpoint, sent) if sent else self._hand_over(sample)

    def _hand_over(self, sample: Sample) -> HttpResponse:
        event = gateway.event(sample.method, sample.headers, sample.body, query=sample.query)
        answer = self._lambda.invoke(FunctionName=self._function, Payload=json.dumps({**event, BY_IAM: True}))
        response = json.loads(answer["Payload"].read())
        return HttpResponse(response["statusCode"], response["body"])

    def forge(self, sample: Sample, secret: str) -> HttpResponse:
        """With a secret of one's own; unsigned, what only the vendor can sign."""
        sent = sign_sample(self.source, sample, self.endpoint.vendor_url or "", lambda _name: (secret,), SAMPLE_TIME)
        plain = OutgoingRequest(sample.method, self.endpoint.vendor_url or "", sample.headers, sample.body)
        return send_request(self.endpoint, sent or plain)

    def arrived(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        while batch := list(self.followed.messages()):
            messages += batch
        return messages


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    assert main([*DEFINITIONS, "--lint", "fast", "--sources", str(SOURCES), "--build", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with run_emulator(free_port(), iam=True) as started:
        yield started


@pytest.mark.parametrize("name", DEFINITIONS)
def test_source_accepts_its_samples_answers_its_handshakes_and_refuses_a_forgery(
    name: str, build: Path, running: Emulator
) -> None:
    definition = DEFINITIONS[name]
    deployed = Deployed(running, build, definition)
    samples = sample_files.load_samples(definition)[0]
    assert samples

    # The handshakes first: a vendor's secret may come with one.
    for sample in samples:
        if sample.file("reply").exists():
            expected = json.loads(sample.file("reply").read_bytes())
            answer = deployed.send(sample)
            assert (answer.status, _body(answer)) == (expected["status"], expected["body"]), sample.name
    for sample in samples:
        if auth_of_sample(definition.source, sample):
            assert deployed.forge(sample, "5b" * 24).status in (401, 403), sample.name
    assert (deployed.arrived(), list(deployed.followed.kept())) == ([], [])
    accepted = definition.source.endpoint.answer
    for sample in samples:
        if sample.file("mozdef").exists():
            assert deployed.send(sample).status == (accepted.status if accepted else 200), sample.name
            expected = json.loads(sample.file("mozdef").read_bytes())
            assert _comparable(deployed.arrived()) == _listed(expected), sample.name
    assert list(deployed.followed.kept()) == []


def _body(answer: HttpResponse) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return answer.body


def _listed(stored: Any) -> list[dict[str, Any]]:
    return _comparable(stored if isinstance(stored, list) else [stored])


def _comparable(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the id of the delivery, and without hashes: a body that carries its credential has another one here."""
    return [
        {**message, "processid": "sample", "tags": [tag for tag in message["tags"] if not tag.startswith("id:sha256:")]}
        for message in messages
    ]
