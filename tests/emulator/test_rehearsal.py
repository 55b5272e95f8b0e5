"""The generated pipeline, carried out: green from two folders to a message, and stopping where it should."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import urllib3

from generator.commands import main
from generator.definition.read import load
from generator.definition.secret_names import ssm_names
from generator.local import artifacts, container
from generator.local.emulator import Emulator
from generator.local.pipeline_actions import Folders
from generator.local.rehearsal import Rehearsal, StageError, start_rehearsal
from generator.packaging.configuration import framework_files
from generator.packaging.product import FILES, shared_files, source_files
from generator.testing import event_of
from tests.definitions import ROOT
from tests.emulator.service import free_port
from tests.emulator.vendors import zoom_headers
from tests.examples import assert_example

pytestmark = pytest.mark.emulator

GREEN = ["Source", "Source", "Merge", "TestBuildDeploy", "Verify"]


def put_secret(emulator: Emulator, name: str) -> None:
    emulator.client("ssm").put_parameter(Name=name, Value="5a" * 24, Type="SecureString")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What builds install into. Only the commands below that end well have one of their own: it takes 15 seconds."""
    return container.create_python(tmp_path_factory.mktemp("image"))


def clone(folder: Path, *sources: str) -> Path:
    """What builds need of the framework, with these of its sources alone, in which a test may change what it pushes."""
    shipped = tuple(f"sources/{name}/" for name in sources)
    for name, content in framework_files().items():
        if name.startswith(shipped) or not name.startswith("sources/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return lint_fast(folder)


def lint_fast(framework: Path) -> Path:
    """Have its builds lint with AWS's engine alone: both engines run where a command has this repository itself."""
    replace(framework / "generator" / "packaging" / "lint.py", "LintEngines(engines)", 'LintEngines("fast")')
    return framework


def unpack(artifact: bytes, folder: Path) -> Path:
    folder.mkdir(parents=True)
    artifacts.unpack(artifact, folder)
    return folder


class Repositories:
    """A deployed pipeline, and its two repositories to push to."""

    def __init__(self, deployed: Rehearsal) -> None:
        self.deployed = deployed
        self.framework, self.configuration = deployed.folders.application, deployed.folders.configuration
        self.stack = f"MozDef-EF-{deployed.source.name}-dev"
        self.definition = self.framework / "sources" / deployed.source.name / "source.yml"
        self.samples = self.definition.parent / "samples"

    def push(self) -> list[str]:
        """The stages that have passed."""
        return [step.stage for step in self.deployed.push() if step.result is not None]

    def stops(self) -> tuple[str, list[str]]:
        """The stage at which the next push stops, and what is shown of why."""
        with pytest.raises(StageError) as stopped:
            self.push()
        return stopped.value.stage, list(stopped.value.failed_command_output) or [str(stopped.value.cause)]

    def client(self, service: str) -> Any:
        return self.deployed.emulator.client(service)

    @property
    def outputs(self) -> dict[str, str]:
        return self.deployed.emulator.outputs(self.stack)

    def status(self) -> str | None:
        """The state of the event source's stack; None where there is none."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return next((stack["StackStatus"] for stack in stacks if stack["StackName"] == self.stack), None)

    def messages(self) -> dict[str, dict[str, Any]]:
        """What is on the queue, by the request that brought it. What is looked at ten times becomes a dead letter."""
        received = self.client("sqs").receive_message(
            QueueUrl=self.outputs["EventsQueueUrl"], VisibilityTimeout=0, MaxNumberOfMessages=10
        )
        bodies = [json.loads(message["Body"]) for message in received.get("Messages", ())]
        return {body["processid"]: body for body in bodies}


Deploy = Callable[..., AbstractContextManager[Rehearsal]]


@pytest.fixture(scope="module")
def deploy(python: Path) -> Deploy:
    """Deploy the pipeline of a source, with its two repositories below a folder."""

    def deployed(name: str, sources: Path, framework: Path, folder: Path, *, secret: bool = True) -> Any:
        definition = load(sources, [name])[0]
        built = source_files(definition)
        for file, content in built.items():
            if file.startswith("config/"):
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_bytes(content)
        folders = Folders(framework, folder / "config", folder / "logs")
        return start_rehearsal(
            definition, built | shared_files(), folders, free_port(), {}, secret=secret, python=python
        )

    return deployed


@pytest.fixture(scope="module")
def zoom(deploy: Deploy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repositories]:
    """Deployed once, green."""
    folder = tmp_path_factory.mktemp("zoom")
    framework = clone(folder / "framework", "zoom")
    with deploy("zoom", framework / "sources", framework, folder) as deployed:
        repositories = Repositories(deployed)
        assert repositories.push() == GREEN
        yield repositories


@pytest.fixture
def changed(zoom: Repositories) -> Iterator[Repositories]:
    """What a test changes in either repository is as it was after it."""
    kept = {folder: artifacts.zip_folder(folder) for folder in (zoom.framework, zoom.configuration)}
    yield zoom
    for folder, content in kept.items():
        shutil.rmtree(folder, ignore_errors=True)
        unpack(content, folder)


def replace(file: Path, old: str, new: str) -> str:
    """Change what a file says; what it said before."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text


def accept(repositories: Repositories) -> None:
    """As the user does after a change of the mapping."""
    sources, build = repositories.definition.parent.parent, repositories.deployed.folders.logs / "build"
    where = ["--lint", "fast", "--sources", str(sources), "--build", str(build)]
    assert main([repositories.deployed.source.name, "--accept", *where]) == 0


def test_a_message_arrives_with_the_tag_by_which_mozdef_drops_it(zoom: Repositories) -> None:
    message = zoom.deployed.newest_message()
    assert message is not None
    assert message["hostname"] == "zoom_host"
    assert message["tags"][0] == "zoom"
    assert message["tags"][-1] == "canary"
    logs = zoom.deployed.folders.logs
    kept = {file.relative_to(logs).as_posix() for file in logs.rglob("1-*") if file.is_file()}
    assert kept == {"1-build.log", "1-verify.log"}
    assert {file.name for file in (logs / "1-build" / "tests").iterdir()} == {"unit.xml", "integration.xml"}
    assert (logs / "1-verify.log").read_text().splitlines()[-3:] == [
        "ok  a forged account.settings_updated was refused with 401",
        "ok  account.settings_updated, signed, was answered 200",
        "ok  its message is on the queue, with the tags zoom and canary",
    ]


def test_a_second_push_updates_the_stack_in_place_and_sends_what_was_rejected_where_the_buildspec_says_so(
    changed: Repositories,
) -> None:
    emulator, outputs, before = changed.deployed.emulator, changed.outputs, changed.messages()
    secret = emulator.client("ssm").get_parameter(Name=outputs["SecretParameters"], WithDecryption=True)
    (sample,) = changed.samples.glob("user.created.json")
    body = json.dumps({**json.loads(sample.read_bytes()), "event_ts": "no time"}).encode()
    with urllib3.PoolManager(ca_certs=str(emulator.ca_bundle)) as http:
        headers = zoom_headers(body, secret=secret["Parameter"]["Value"])
        assert http.request("POST", emulator.invoke_url(outputs), body=body, headers=headers).status == 200
    replace(changed.definition, "  time: event_ts\n  time_format: unix_ms\n", "")
    replace(changed.definition, "\nmozdef:\n", "\nmozdef:\n  category: meetings\n")
    accept(changed)
    replace(changed.configuration / "buildspec.yml", 'REDRIVE: "false"', 'REDRIVE: "true"')
    assert changed.push() == GREEN
    assert (changed.status(), changed.outputs) == ("UPDATE_COMPLETE", outputs)
    after = changed.messages()
    assert {key: after[key] for key in before} == before
    new = [message for key, message in after.items() if key not in before]
    assert {message["category"] for message in new} == {"meetings"}
    assert sorted(event_of(message).get("event_ts") == "no time" for message in new) == [False, True]


def test_a_failed_update_followed_by_a_good_one_keeps_queue_and_endpoint(changed: Repositories) -> None:
    outputs, before = changed.outputs, changed.messages()
    replace(changed.definition, "webhook:\n", "webhook:\n  concurrency: 7\n")
    # What is deployed names code that is not there, as after an upload that was lost.
    deployment = changed.framework / "generator" / "deploy" / "deployment.py"
    code = replace(deployment, "self._upload_key(bundle.zip_key(self.product.files[CODE]))", '"code/lost.zip"')
    stage, log = changed.stops()
    assert stage == "TestBuildDeploy"
    assert f"error: stack {changed.stack}: the update failed" in log
    assert any(line.startswith(("error: Webhook: ", "error: Redrive: ")) and "code/lost.zip" in line for line in log)
    assert "error: it was rolled back, and is as before, queue and endpoint included" in log
    assert changed.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert (changed.outputs, changed.messages()) == (outputs, before)
    deployment.write_text(code, encoding="utf-8")
    assert changed.push() == GREEN
    assert changed.status() == "UPDATE_COMPLETE"
    assert changed.outputs == outputs
    assert before.keys() < changed.messages().keys()


def test_a_test_of_the_configuration_that_fails_stops_the_build(changed: Repositories) -> None:
    (changed.configuration / "tests" / "unit" / "test_mine.py").write_text("def test_mine():\n    assert 1 == 2\n")
    stage, log = changed.stops()
    assert stage == "TestBuildDeploy"
    assert "FAILED config/tests/unit/test_mine.py::test_mine - assert 1 == 2" in log


def test_a_canary_that_is_signed_with_another_secret_than_the_functions_have_stops_at_verify(
    changed: Repositories,
) -> None:
    """The configuration's own script has the acceptance test, and nothing else, sign with another parameter."""
    replace(
        changed.configuration / "deploy.sh",
        "  python -m generator canary",
        "  sed -i 's/^    hmac:/&\\n      secret: other/' sources/zoom/source.yml\n  python -m generator canary",
    )
    put_secret(changed.deployed.emulator, "/MozDef-EF/zoom/dev/other")
    before = changed.messages()
    stage, log = changed.stops()
    assert stage == "Verify"
    assert log == [
        'Running command bash "$CONFIG_DIRECTORY/deploy.sh" acceptance-test',
        "ok  a forged account.settings_updated was refused with 401",
        "error: account.settings_updated, signed with /MozDef-EF/zoom/dev/other, was answered 401: "
        "the functions may hold an older secret for five minutes, or the two are not the same",
        'Command did not exit successfully bash "$CONFIG_DIRECTORY/deploy.sh" acceptance-test exit status 1',
    ]
    assert changed.messages() == before


def test_a_configuration_that_leaves_its_folder_stops_at_the_merge(
    changed: Repositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder makes such a zip; somebody who writes one by hand may."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../generator/aws.py", b"")
    packed = artifacts.zip_folder

    def hostile(folder: Path) -> bytes:
        return buffer.getvalue() if folder == changed.configuration else packed(folder)

    monkeypatch.setattr(artifacts, "zip_folder", hostile)
    assert changed.stops() == (
        "Merge",
        [
            "The artifact 'Configuration' has the entry '../generator/aws.py'; "
            "it must be relative, without '..', backslash, drive letter or NUL."
        ],
    )


def test_a_folder_that_is_a_file_in_the_framework_stops_at_the_merge(changed: Repositories) -> None:
    (changed.framework / "config").write_text("")
    assert changed.stops() == (
        "Merge",
        [
            "'config' is a file or a link in the artifact 'Application', and a folder in the artifact "
            "'Configuration'; rename one of them."
        ],
    )


def test_a_configuration_that_is_none_stops_where_it_is_missed(changed: Repositories) -> None:
    missing = ["config/buildspec.yml: is not in the artifact: the configuration must have it"]
    (changed.configuration / "buildspec.yml").rename(changed.configuration / "buildspec.yaml")
    assert changed.stops() == ("TestBuildDeploy", missing)
    changed.configuration.rename(changed.configuration.parent / "gone")
    assert changed.stops() == ("Source", [f"{changed.configuration}: no such folder"])
    (changed.configuration.parent / "gone").rename(changed.configuration)


def test_source_stays_undeployed_until_its_pipeline_passes(deploy: Deploy, tmp_path: Path) -> None:
    """From a wrong sample over a missing secret and a stack that can't be made to one that is there."""
    framework = clone(tmp_path / "framework", "zoom")
    with deploy("zoom", framework / "sources", framework, tmp_path, secret=False) as deployed:
        zoom = Repositories(deployed)

        stored = zoom.samples / "user.created.mozdef.json"
        right = replace(stored, "user.created by", "made by")
        stage, log = zoom.stops()
        assert stage == "TestBuildDeploy"
        assert log[1].startswith(
            "error: sources/zoom/samples/user.created.mozdef.json: summary: "
            '"zoom: made by zoom-admin@example.com: soren.prove@example.com" is stored, and the build makes '
            '"zoom: user.created by zoom-admin@example.com: soren.prove@example.com"'
        )
        assert zoom.status() is None
        stored.write_text(right, encoding="utf-8")

        stage, log = zoom.stops()
        assert stage == "TestBuildDeploy"
        assert log[-2].startswith("error: no secret /MozDef-EF/zoom/dev/auth_token in Parameter Store")
        assert "python -m generator secret zoom" in log[-2]
        assert zoom.status() is None
        put_secret(deployed.emulator, ssm_names(deployed.source)["auth_token"])

        queue = framework / "generator" / "templates" / "resources" / "queue.py"
        named = "QueueName=value_or_none(add_is_set_condition(template, name), name)"
        wrong = (
            "QueueName=If(add_is_set_condition(template, name), Ref(name), "
            '__import__("troposphere").Sub("${AWS::StackName}.fifo"))'
        )
        right = replace(queue, named, wrong)
        stage, log = zoom.stops()
        assert stage == "TestBuildDeploy"
        assert f"error: stack {zoom.stack}: the creation failed" in log
        assert any(line.startswith("error: Events: ") for line in log)
        assert zoom.status() == "ROLLBACK_COMPLETE"
        assert zoom.client("sqs").list_queues().get("QueueUrls", []) == []
        queue.write_text(right, encoding="utf-8")

        assert zoom.push() == GREEN
        assert zoom.status() == "CREATE_COMPLETE"
        logs = sorted(file.name for file in deployed.folders.logs.glob("*.log"))
        assert logs == ["1-build.log", "2-build.log", "3-build.log", "4-build.log", "4-verify.log"]


def test_one_repository_on_github_is_enough_also_where_an_authorizer_verifies(deploy: Deploy, tmp_path: Path) -> None:
    framework = clone(tmp_path / "framework", "okta")
    with (framework / "sources" / "okta" / "source.yml").open("a") as definition:
        definition.write("pipeline: {source: github}\n")
    with deploy("okta", framework / "sources", framework, tmp_path) as deployed:
        assert not [name for name in deployed.actions.resource_names if name.startswith("Merge")]
        okta = Repositories(deployed)
        assert okta.push() == ["Source", "TestBuildDeploy", "Verify"]
        assert {message["tags"][-1] for message in okta.messages().values()} == {"canary"}
        log = (deployed.folders.logs / "1-verify.log").read_text()
        assert "a forged batch was refused with 403" in log


def test_one_repository_on_codecommit_is_enough(deploy: Deploy, tmp_path: Path) -> None:
    """It begins with config.zip and nothing else; the definition, a second tenant's, is only there."""
    sources = clone(tmp_path / "mine", "zoom") / "sources"
    (sources / "zoom-eu").mkdir()
    (sources / "zoom-eu" / "source.yml").write_text(
        "extends: zoom\ndescription: The other Zoom\npipeline: {source: codecommit}\n"
    )
    config_zip = source_files(load(sources, ["zoom-eu"])[0])["config.zip"]
    repository = lint_fast(unpack(config_zip, tmp_path / "repository"))
    assert not (repository / "sources" / "zoom-eu").exists()
    with deploy("zoom-eu", sources, repository, tmp_path) as deployed:
        zoom = Repositories(deployed)
        assert zoom.push() == ["Source", "TestBuildDeploy", "Verify"]
        [message] = zoom.messages().values()
        assert (message["hostname"], message["processname"], message["tags"][-1]) == ("zoom_host", "zoom-eu", "canary")


ACME = """\
description: Acme, whose definition is nobody else's to read
webhook: {{auth: {{hmac: {{signature: {{header: X-Acme}}}}}}}}
pipeline: {{private: true, source: [{source}]}}
"""


@pytest.mark.parametrize("source", ["github, codecommit", "github", "codecommit"])
def test_of_a_private_source_the_first_push_passes(python: Path, tmp_path: Path, source: str) -> None:
    """As it was built by the command that accepted its samples, from the folder that this build has written."""
    samples = tmp_path / "sources" / "acme" / "samples"
    samples.mkdir(parents=True)
    (samples / "a.json").write_text('{"id": 1}')
    (samples.parent / "source.yml").write_text(ACME.format(source=source))
    build = tmp_path / "build"
    where = ["--sources", str(tmp_path / "sources"), "--build", str(build)]
    assert main(["acme", "--accept", "--lint", "fast", *where]) == 0
    built = {name: (build / "acme" / name).read_bytes() for name in FILES} | shared_files()
    repository = tmp_path / "repository"
    framework = lint_fast(unpack(built["config.zip"], repository)) if source == "codecommit" else clone(repository)
    folders = Folders(framework, build / "acme" / "config", tmp_path / "logs")
    definition = load(tmp_path / "sources", ["acme"])[0]
    with start_rehearsal(definition, built, folders, free_port(), {}, python=python) as deployed:
        acme = Repositories(deployed)
        assert acme.push() == (GREEN if source == "github, codecommit" else ["Source", "TestBuildDeploy", "Verify"])
        [message] = acme.messages().values()
        assert (message["hostname"], message["tags"][-1]) == ("acme_host", "canary")


def test_a_source_that_is_pulled_asks_the_stand_in_of_its_vendor(deploy: Deploy, tmp_path: Path) -> None:
    framework = clone(tmp_path / "framework", "github-audit")
    with deploy("github-audit", framework / "sources", framework, tmp_path) as deployed:
        github = Repositories(deployed)
        assert github.push() == GREEN
        sample = json.loads((ROOT / "sources" / "github-audit" / "samples" / "audit.mozdef.json").read_bytes())
        message = deployed.newest_message()
        assert message
        assert message["summary"] in {expected["summary"] for expected in sample}
        log = (deployed.folders.logs / "1-verify.log").read_text()
        assert "audit: the vendor answered, with" in log


def test_the_command_shows_each_stage_and_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], update: bool
) -> None:
    """All of it as a user has it: this repository, what was built from it, a Python of its own."""
    monkeypatch.chdir(tmp_path)
    sources = ["--sources", str(ROOT / "sources")]
    assert main(["zoom", "--lint", "fast", *sources]) == 0
    capsys.readouterr()
    assert main(["rehearse", "zoom", "--approve", "--port", str(free_port()), *sources]) == 0
    out, err = capsys.readouterr()
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert err == ""
    assert lines[0] == "zoom: the pipeline, on this machine"
    stages = [line.split()[1] for line in lines if line.startswith("ok ")]
    assert stages == ["template", "Source", "Source", "Merge", "Approve", "TestBuildDeploy", "Verify"]
    assert "what MozDef reads from the queue" in lines
    summary = "summary zoom: account.settings_updated by zoom-admin@example.com: require_password"
    assert any(line.startswith(summary) for line in lines)
    assert any(line.startswith("tags [") and line.endswith('"canary"]') for line in lines)
    assert lines[-2:] == [
        "the same in AWS:",
        "python -m generator deploy zoom --pipeline --parameter ConnectionArn=VALUE --parameter GitHubRepository=VALUE",
    ]
    logs = Path("build/.rehearsal/zoom")
    assert sorted(file.name for file in logs.glob("*.log")) == ["1-build.log", "1-verify.log"]
    shown = re.sub(r" --sources \S+", "", out)
    assert_example("rehearse", "python -m generator rehearse zoom --approve", shown, update=update)


def test_the_command_says_where_it_stops_and_keeps_that_log_alone(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(container, "create_python", lambda _: python)
    framework = clone(tmp_path / "framework", "zoom")
    replace(framework / "sources" / "zoom" / "samples" / "user.created.mozdef.json", "user.created by", "made by")
    sources = ["--sources", str(ROOT / "sources")]
    assert main(["zoom", "--lint", "fast", *sources]) == 0
    capsys.readouterr()
    logs = Path("build/.rehearsal/zoom")
    logs.mkdir(parents=True)
    (logs / "1-verify.log").write_text("of the last time")
    where = ["--port", str(free_port()), "--application", str(framework)]
    assert main(["rehearse", "zoom", *where, *sources]) == 1
    out, err = capsys.readouterr()
    assert err == "error: the pipeline stops at TestBuildDeploy: the whole log: build/.rehearsal/zoom/1-build.log\n"
    lines = [line.strip() for line in out.splitlines()]
    [failed] = [index for index, line in enumerate(lines) if line.startswith("failed")]
    assert lines[failed].split()[1] == "TestBuildDeploy"
    assert lines[failed + 1] == 'Running command bash "$CONFIG_DIRECTORY/deploy.sh" unit-test'
    assert lines[failed + 2].startswith("error: sources/zoom/samples/user.created.mozdef.json: summary: ")
    assert lines[-1] == ('Command did not exit successfully bash "$CONFIG_DIRECTORY/deploy.sh" unit-test exit status 1')
    assert [file.name for file in logs.iterdir()] == ["1-build.log"]
    assert set(lines[failed + 1 :]) <= {line.strip() for line in (logs / "1-build.log").read_text().splitlines()}


def test_missing_requirements_are_named_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    sources = ["--sources", str(ROOT / "sources")]
    assert main(["rehearse", "zoom", *sources]) == 1
    message = "error: build/zoom/event-source.json: is not built yet; build it: python -m generator zoom\n"
    assert capsys.readouterr() == ("", message)
    assert main(["rehearse", "zoom", "--application", "nowhere", *sources]) == 2
    assert "Directory 'nowhere' does not exist." in capsys.readouterr().err
    assert main(["rehearse", "zoom", "--env", "mine", *sources]) == 2
    assert "--env mine: must be one of " in capsys.readouterr().err


def test_a_definition_that_is_in_neither_repository_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    definition_file = Path("sources/mine/source.yml")
    definition_file.parent.mkdir(parents=True)
    definition_file.write_text("extends: zoom\ndescription: Mine\n")
    assert main(["mine", "--lint", "fast"]) == 0
    capsys.readouterr()
    assert main(["rehearse", "mine"]) == 1
    assert capsys.readouterr().err == (
        "error: sources/mine/source.yml: is in neither repository, so its pipeline would not find it. Commit it to the "
        "framework's sources/, or let `pipeline: {private: true}` put it into the configuration\n"
    )
