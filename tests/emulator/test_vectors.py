"""What vendors and others have published, through the deployed handler: the zip of a build, in the emulator.

Over HTTP, but where the URL is signed, which is that of another host: then as API Gateway would hand it over. The
function's environment is the one thing that is not of the build, so that it lives when the request was signed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from generator import names
from generator.definition.parameter_values import examples
from generator.definition.read import Definition
from generator.definition.secret_names import ssm_names
from generator.local.emulator import Emulator
from generator.local.start import run_emulator
from generator.packaging import bundle, product
from generator.samples import gateway
from lambdas.model import Source
from tests import issuers, published
from tests.emulator.service import HELPER_BUCKET, Service, free_port
from tests.published import DEFINITIONS, HANDSHAKES, REQUESTS, Delivery, Vector, delivery, handshake

pytestmark = pytest.mark.emulator

CLOCK = Path(__file__).parent / "clock"


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: str


@dataclass
class Deployed:
    """A source in the emulator, which can be taken to any time, with any secret."""

    source: Source
    service: Service
    folder: Path
    functions: dict[str, str]
    clients: Mapping[str, Any]
    moment: tuple[float, str | None] | None = None
    """The time and the secret of the request before, where its functions go on with what they remember."""

    @classmethod
    def deploy(cls, running: Emulator, definition: Definition, folder: Path, clients: Mapping[str, Any]) -> Deployed:
        files, stack = product.source_files(definition), names.stack_name(definition.source.name)
        code = files[product.CODE]
        clients["s3"].put_object(Bucket=HELPER_BUCKET, Key=bundle.zip_key(code), Body=code)
        service = Service.deploy(running, stack, files[product.TEMPLATE].decode(), examples(definition.source))
        functions = {title: name for title, name in running.resources(stack).items() if title in ("Webhook", "Verify")}
        return cls(definition.source, service, folder, functions, clients)

    @property
    def stored(self) -> dict[str, str]:
        """What is in Parameter Store for the source."""
        names = list(ssm_names(self.source).values())
        parameters = self.clients["ssm"].get_parameters(Names=names, WithDecryption=True)["Parameters"] if names else []
        return {parameter["Name"]: parameter["Value"] for parameter in parameters}

    def receive(self, arrives: Delivery) -> Answer:
        """Deliver a request at its time, with what is stored and published for it."""
        moment = None if arrives.pages else (arrives.now, arrives.stored)
        if moment is None or moment != self.moment:
            self._store(arrives.stored)
            self._take_to(arrives)
        self.moment = moment
        return self._invoke(arrives) if bundle.signs_url(self.source.endpoint) else self._call(arrives)

    def take_kept(self) -> dict[str, bytes]:
        """Take what is in the Kept bucket out of it: another request with the same body is kept under the same key."""
        s3, bucket = self.clients["s3"], self.service.outputs["KeptBucket"]
        keys = [listed["Key"] for listed in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
        objects = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
        for key in keys:
            s3.delete_object(Bucket=bucket, Key=key)
        return objects

    def requested_urls(self) -> list[str]:
        """The URLs that the function has asked for since the request before."""
        file = self.folder / "asked"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def _store(self, secret: str | None) -> None:
        ssm = self.clients["ssm"]
        # Parameter Store takes no empty value, so that no secret and an empty one are the same there.
        if secret:
            for name in ssm_names(self.source).values():
                ssm.put_parameter(Name=name, Value=secret, Type="SecureString", Overwrite=True)
        else:
            for name in self.stored:
                ssm.delete_parameter(Name=name)

    def _take_to(self, arrives: Delivery) -> None:
        """A new environment ends the function's process, and all that it remembers."""
        (self.folder / "asked").unlink(missing_ok=True)
        for url, page in arrives.pages.items():
            (self.folder / hashlib.sha256(url.encode()).hexdigest()).write_bytes(page)
        mine = {
            "PYTHONPATH": os.pathsep.join([str(CLOCK), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
            "VECTOR_NOW": str(arrives.now),
            "VECTOR_PAGES": str(self.folder),
            "VECTOR": uuid4().hex,
        }
        client = self.clients["lambda"]
        for name in self.functions.values():
            built = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            client.update_function_configuration(FunctionName=name, Environment={"Variables": {**built, **mine}})

    def _call(self, arrives: Delivery) -> Answer:
        sent, emulated = arrives.sent, self.service.emulator
        query = urlsplit(sent.url).query
        url = emulated.invoke_url(self.service.outputs) + (f"?{query}" if query else "")
        answer = self.service.http.request(sent.method, url, body=sent.body or None, headers=dict(sent.headers))
        return Answer(answer.status, answer.headers, answer.data.decode())

    def _invoke(self, arrives: Delivery) -> Answer:
        sent = arrives.sent
        event = json.dumps(gateway.event(sent.method, sent.headers, sent.body, url=sent.url)).encode()
        answer = self.clients["lambda"].invoke(FunctionName=self.functions["Webhook"], Payload=event)
        response: dict[str, Any] = json.loads(answer["Payload"].read())
        return Answer(response["statusCode"], response["headers"], response["body"])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Deployed]]:
    with run_emulator(free_port()) as running:
        clients = {service: running.client(service) for service in ("s3", "ssm", "lambda")}
        region = {"LocationConstraint": running.region}
        clients["s3"].create_bucket(Bucket=HELPER_BUCKET, CreateBucketConfiguration=region)
        folders = {name: tmp_path_factory.mktemp(name) for name in DEFINITIONS}
        yield {
            name: Deployed.deploy(running, definition, folders[name], clients)
            for name, definition in DEFINITIONS.items()
        }


def moment(vector: Vector) -> tuple[str, float, str]:
    """What those have in common between which a source's functions go on with what they remember."""
    arrives = delivery(vector)
    return published.source_of(vector), arrives.now, arrives.stored or ""


BY_MOMENT = sorted(REQUESTS, key=moment)


@pytest.mark.parametrize("vector", BY_MOMENT, ids=published.vector_names(BY_MOMENT))
def test_a_published_request_is_taken_or_refused_as_its_publisher_says(
    deployed: dict[str, Deployed], vector: Vector
) -> None:
    source = deployed[published.source_of(vector)]
    status = source.receive(delivery(vector)).status
    seen = published.outcome(status, source.service.arrived(), source.take_kept())
    assert seen == published.expected(vector)


@pytest.mark.parametrize("vector", HANDSHAKES, ids=published.vector_names(HANDSHAKES))
def test_a_published_handshake_is_answered_and_becomes_no_event(deployed: dict[str, Deployed], vector: Vector) -> None:
    source = deployed[published.source_of(vector)]
    answer = source.receive(handshake(vector))
    assert (answer.status, published.parse_answer(answer.body)) == (vector["expect_status"], vector["expect_body"])
    # urllib3's headers have their names in any case.
    assert {name: answer.headers[name] for name in vector["expect_headers"]} == vector["expect_headers"]
    assert (source.service.arrived(), source.take_kept()) == ([], {})


def of_scheme(scheme: str) -> Vector:
    [vector] = [handshake_vector for handshake_vector in HANDSHAKES if handshake_vector["scheme"] == scheme]
    return vector


def test_a_secret_that_a_vendor_hands_over_is_in_parameter_store(deployed: dict[str, Deployed]) -> None:
    arrives = handshake(of_scheme("challenge:header-echo"))
    assert deployed["asana"].receive(arrives).status == 200
    assert deployed["asana"].stored == {"/MozDef-EF/asana/dev/auth_token": arrives.sent.headers["X-Hook-Secret"]}


def test_a_subscription_is_confirmed_and_one_that_nobody_signed_is_not(deployed: dict[str, Deployed]) -> None:
    vector = of_scheme("challenge:sns-confirm")
    arrives = handshake(vector)
    assert deployed["sns"].receive(arrives).status == 200
    assert deployed["sns"].requested_urls() == [issuers.CERTIFICATE_URL, json.loads(arrives.sent.body)["SubscribeURL"]]
    assert deployed["sns"].receive(arrives._replace(sent=delivery(vector).sent)).status == 401
    assert deployed["sns"].requested_urls() == []
