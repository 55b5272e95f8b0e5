"""A source with parameters, deployed with values of its own: they hold, and an unfit one ends the function's start."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.commands import main
from generator.definition.parameter_values import with_values
from generator.definition.read import load
from generator.definition.secret_names import ssm_names
from generator.local.emulator import Emulator
from generator.local.running import SourceFollower, deploy_source
from generator.local.start import run_emulator
from generator.packaging import product
from generator.samples.sending import Endpoint, send_request
from generator.samples.vendor import stored_secrets
from lambdas.auth_type import OutgoingRequest
from tests.definitions import CASES
from tests.emulator.service import free_port
from tests.emulator.test_run_and_send import generator
from tests.emulator.test_run_and_send import running as running_source

pytestmark = pytest.mark.emulator

VALUES = {"PublicHost": "hooks.example.net", "Tenant": "corp42"}
STACK = "MozDef-EF-parameters-dev"


@pytest.fixture
def running() -> Iterator[Emulator]:
    with run_emulator(free_port()) as started:
        yield started


def test_the_values_of_a_deployment_hold_and_an_unfit_one_ends_the_start(running: Emulator) -> None:
    definition = load(CASES, ["parameters"])[0]
    files = product.source_files(definition)
    template, code = files[product.TEMPLATE].decode(), files[product.CODE]
    outputs = deploy_source(running, definition.source, template, code, VALUES)
    secrets = stored_secrets(running.client("ssm"), ssm_names(definition.source))
    endpoint = Endpoint(running.invoke_url(outputs), local=True)

    def status(values: dict[str, str]) -> int:
        """Send an event as the vendor would that was told these values."""
        auth = with_values(definition, values).source.endpoint.auth
        plain = OutgoingRequest("POST", endpoint.url, {"content-type": "application/json"}, b'{"id": "1"}')
        headers = {"x-acme-tenant": values.get("Tenant", "tenant1")}
        signed = auth.type.sign(auth.settings, plain._replace(headers=headers), secrets, time.time())
        assert signed
        return send_request(endpoint, signed).status

    assert status(VALUES) == 200
    assert status({}) == 401
    assert status({**VALUES, "PublicHost": "other.example.net"}) == 401
    assert status({**VALUES, "Tenant": "corp43"}) == 401
    assert len(list(SourceFollower(running, outputs, STACK).messages())) == 1

    function = running.resources(STACK)["Webhook"]
    variables = running.client("lambda").get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    unfit = {**variables, "PARAMETER_Tenant": "corp42/../"}
    running.client("lambda").update_function_configuration(FunctionName=function, Environment={"Variables": unfit})
    answer = running.client("lambda").invoke(FunctionName=function, Payload=json.dumps({}))
    error = json.loads(answer["Payload"].read())
    assert "FunctionError" in answer
    assert "PARAMETER_Tenant does not match [a-z0-9]{3,12}: deploy with --parameter Tenant=VALUE" in json.dumps(error)


def test_send_signs_for_the_values_that_run_was_given(tmp_path: Path) -> None:
    sources, build = tmp_path / "sources", tmp_path / "build"
    shutil.copytree(CASES / "parameters", sources / "acme")
    samples = sources / "acme" / "samples"
    samples.mkdir()
    (samples / "login.json").write_text('{"id": "1", "type": "login"}')
    (samples / "login.request.json").write_text('{"headers": {"x-acme-tenant": "tenant1"}}')
    folders = ["--sources", str(sources), "--build", str(build)]
    assert main(["acme", "--accept", "--lint", "fast", *folders]) == 0
    given = ["--parameter", "PublicHost=hooks.example.net"]
    with running_source(tmp_path, build, "acme", *given, "--sources", str(sources)) as run:
        run.wait_until_ready()
        answers = [
            generator(tmp_path, "send", "acme", *folders, *options)[1].splitlines()[-1].split()
            for options in ([], ["--parameter", "PublicHost=other.example.net"])
        ]
    assert answers == [["answer", "200"], ["answer", "401"]]
