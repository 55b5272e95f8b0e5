"""The generated pipeline, carried out: green from two folders to a message, and stopping where it should."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import artifacts
from generator.commands import main
from generator.definition import load
from generator.product import files, shared
from generator.rehearsal import Folders, Rehearsal, StageError, rehearsal
from generator.running import secret_name
from tests.definitions import ROOT
from tests.local.service import free_port

pytestmark = pytest.mark.local
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".tox", "build", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info", "tests", "benchmarks"
)


@pytest.fixture(scope="module")
def framework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone, in which a test may change what it pushes."""
    folder = tmp_path_factory.mktemp("clone") / "framework"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    return folder


def configured(name: str, framework: Path, folder: Path) -> tuple[Any, dict[str, bytes], Folders]:
    """A source, what a build makes of it, and its two repositories."""
    definition = load(framework / "sources", [name])[0]
    built = files(definition)
    for file, content in built.items():
        if file.startswith("config/"):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
    return definition.source, built | shared(), Folders(framework, folder / "config", folder / "logs")


class Repositories:
    """A deployed pipeline of zoom, and its two repositories to push to."""

    def __init__(self, deployed: Rehearsal) -> None:
        self.deployed = deployed
        self.framework, self.configuration = deployed.folders.application, deployed.folders.configuration
        self.definition = self.framework / "sources" / "zoom" / "source.yml"

    def push(self) -> list[str]:
        """The stages that have passed."""
        return [step.stage for step in self.deployed.push() if step.came_to is not None]

    def stops(self) -> tuple[str, str]:
        """The stage at which the next push stops, and why."""
        with pytest.raises(StageError) as stopped:
            self.push()
        return stopped.value.stage, str(stopped.value)

    @property
    def outputs(self) -> dict[str, str]:
        return self.deployed.emulator.outputs("MozDef-EF-zoom-dev")

    def waiting(self) -> int:
        """Messages on the queue."""
        sqs, wanted = self.deployed.emulator.client("sqs"), "ApproximateNumberOfMessages"
        found = sqs.get_queue_attributes(QueueUrl=self.outputs["EventsQueueUrl"], AttributeNames=[wanted])
        return int(found["Attributes"][wanted])

    def status(self) -> str:
        described = self.deployed.emulator.client("cloudformation").describe_stacks(StackName="MozDef-EF-zoom-dev")
        return str(described["Stacks"][0]["StackStatus"])


@pytest.fixture(scope="module")
def zoom(framework: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repositories]:
    """Deployed once, green."""
    source, built, folders = configured("zoom", framework, tmp_path_factory.mktemp("zoom"))
    with rehearsal(source, built, folders, free_port(), {}, secret=True) as deployed:
        repositories = Repositories(deployed)
        assert repositories.push() == ["Source", "Source", "Merge", "TestBuildDeploy", "Verify"]
        yield repositories


@pytest.fixture
def changed(zoom: Repositories) -> Iterator[Repositories]:
    """What a test changes in either repository is as it was after it, and so is the secret."""
    secret = secret_name(zoom.deployed.source)
    ssm = zoom.deployed.emulator.client("ssm")
    before = ssm.get_parameter(Name=secret, WithDecryption=True)["Parameter"]["Value"]
    kept = {folder: artifacts.packed(folder) for folder in (zoom.framework, zoom.configuration)}
    yield zoom
    for folder, content in kept.items():
        shutil.rmtree(folder)
        folder.mkdir()
        artifacts.unpacked(content, folder)
    ssm.put_parameter(Name=secret, Value=before, Type="SecureString", Overwrite=True)


def test_a_message_arrives_with_the_tag_by_which_mozdef_drops_it(zoom: Repositories) -> None:
    message = zoom.deployed.message()
    assert message is not None
    assert message["hostname"] == "zoom_host"
    assert message["tags"][0] == "zoom"
    assert message["tags"][-1] == "canary"
    assert {file.name for file in zoom.deployed.folders.logs.iterdir()} >= {"1-build.log", "1-verify.log"}


def test_a_second_push_updates_the_stack_in_place(changed: Repositories) -> None:
    outputs, waiting = changed.outputs, changed.waiting()
    text = changed.definition.read_text(encoding="utf-8")
    changed.definition.write_text(text.replace("\nmozdef:", "\nmozdef:\n  category: meetings", 1), encoding="utf-8")
    sources, build = str(changed.framework / "sources"), str(changed.deployed.folders.logs / "build")
    assert main(["zoom", "--accept", "--lint", "fast", "--sources", sources, "--build", build]) == 0
    assert changed.push()[-1] == "Verify"
    assert changed.outputs == outputs
    assert changed.waiting() == waiting + 1


def test_a_sample_that_became_another_message_stops_the_build_and_nothing_is_deployed(changed: Repositories) -> None:
    outputs = changed.outputs
    stored = changed.framework / "sources" / "zoom" / "samples" / "user.created.mozdef.json"
    stored.write_text(stored.read_text(encoding="utf-8").replace("user.created by", "made by"), encoding="utf-8")
    stage, why = changed.stops()
    assert stage == "TestBuildDeploy"
    assert (
        'sources/zoom/samples/user.created.mozdef.json: summary: "zoom: made by zoom-admin@example.com" is stored'
        in why
    )
    assert changed.outputs == outputs


def test_a_test_of_the_configuration_that_fails_stops_the_build(changed: Repositories) -> None:
    (changed.configuration / "tests" / "unit" / "test_mine.py").write_text("def test_mine():\n    assert 1 == 2\n")
    stage, why = changed.stops()
    assert (stage, "FAILED config/tests/unit/test_mine.py::test_mine" in why) == ("TestBuildDeploy", True)


def test_a_secret_that_is_not_there_stops_the_deployment_with_the_line_that_puts_it(changed: Repositories) -> None:
    changed.deployed.emulator.client("ssm").delete_parameter(Name="/MozDef-EF/zoom/dev/auth_token")
    stage, why = changed.stops()
    assert stage == "TestBuildDeploy"
    assert "error: there is no secret /MozDef-EF/zoom/dev/auth_token in Parameter Store" in why
    assert "python -m generator secret zoom" in why


def test_a_failed_update_followed_by_a_good_one_keeps_queue_and_endpoint(changed: Repositories) -> None:
    outputs, waiting = changed.outputs, changed.waiting()
    text = changed.definition.read_text(encoding="utf-8")
    changed.definition.write_text(text.replace("webhook:\n", "webhook:\n  concurrency: 7\n", 1), encoding="utf-8")
    # What is deployed names code that is not there, as after an upload that was lost.
    deployment = changed.framework / "generator" / "deployment.py"
    code = deployment.read_text(encoding="utf-8")
    lost = code.replace("self._own(bundle.key(self.product.files[CODE]))", '"code/lost.zip"')
    assert lost != code
    deployment.write_text(lost, encoding="utf-8")
    stage, why = changed.stops()
    assert stage == "TestBuildDeploy"
    assert "it was rolled back, and is as before, queue and endpoint included" in why
    assert changed.status() == "UPDATE_ROLLBACK_COMPLETE"
    deployment.write_text(code, encoding="utf-8")
    assert changed.push()[-1] == "Verify"
    assert changed.status() == "UPDATE_COMPLETE"
    assert changed.outputs == outputs
    assert changed.waiting() == waiting + 1


def test_a_handler_with_another_secret_than_the_stored_one_stops_at_verify(changed: Repositories) -> None:
    """The canary signs with what is stored; the stack that is deployed looks elsewhere."""
    path = changed.framework / "generator" / "canary.py"
    text = path.read_text(encoding="utf-8")
    # A fork whose canary reads another parameter than the definition's.
    path.write_text(
        text.replace("secret_name(source, target.project, target.environment)", '"/MozDef-EF/zoom/dev/other"')
    )
    changed.deployed.emulator.client("ssm").put_parameter(
        Name="/MozDef-EF/zoom/dev/other", Value="not-what-signs-1234", Type="SecureString", Overwrite=True
    )
    stage, why = changed.stops()
    assert stage == "Verify"
    assert (
        "was answered 401: the functions may hold an older secret for five minutes, or the two are not the same" in why
    )


def test_a_configuration_that_leaves_its_folder_stops_at_the_merge(
    changed: Repositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("../generator/aws.py", b"")
    packed = artifacts.packed

    def hostile(folder: Path) -> bytes:
        return buffer.getvalue() if folder == changed.configuration else packed(folder)

    monkeypatch.setattr(artifacts, "packed", hostile)
    stage, why = changed.stops()
    assert stage == "Merge"
    assert (
        "The artifact 'Configuration' has the entry '../generator/aws.py'; "
        "it must be relative, without '..', backslash, drive letter or NUL."
    ) in why


def test_a_configuration_without_a_buildspec_stops_at_the_build(changed: Repositories) -> None:
    (changed.configuration / "buildspec.yml").unlink()
    stage, why = changed.stops()
    assert (stage, "config/buildspec.yml" in why) == ("TestBuildDeploy", True)


def test_the_command_shows_each_stage_and_the_message(
    framework: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Okta, whose token is an authorizer's, with a person's approval."""
    monkeypatch.chdir(tmp_path)
    sources = ["--sources", str(framework / "sources")]
    assert main(["okta", "--lint", "fast", *sources]) == 0
    capsys.readouterr()
    assert (
        main(["rehearse", "okta", "--approve", "--port", str(free_port()), "--application", str(framework), *sources])
        == 0
    )
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "okta: the pipeline, on this machine"
    stages = [line.split()[1] for line in lines if line.startswith("ok ")]
    assert stages == ["template", "Source", "Source", "Merge", "Approve", "TestBuildDeploy", "Verify"]
    assert any(line.startswith("summary okta: ") for line in lines)
    assert any(line.startswith("tags ") and line.endswith('"canary"]') for line in lines)


def test_the_command_says_where_it_stops_and_keeps_the_log(
    framework: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    common = ["--sources", str(framework / "sources")]
    assert main(["zoom", "--lint", "fast", *common]) == 0
    capsys.readouterr()
    where = ["--port", str(free_port()), "--application", str(framework)]
    assert main(["rehearse", "zoom", "--no-secret", *where, *common]) == 1
    said = capsys.readouterr().err
    assert said == "error: the pipeline stops at TestBuildDeploy: the whole log: build/.rehearsal/zoom/1-build.log\n"
    assert "there is no secret" in Path("build/.rehearsal/zoom/1-build.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("variant", ["github", "codecommit"])
def test_one_repository_is_enough(variant: str, framework: Path, tmp_path: Path) -> None:
    clone = tmp_path / "framework"
    shutil.copytree(framework, clone)
    definition = clone / "sources" / "zoom" / "source.yml"
    definition.write_text(
        definition.read_text(encoding="utf-8") + f"pipeline: {{source: {variant}}}\n", encoding="utf-8"
    )
    source, built, folders = configured("zoom", clone, tmp_path / "zoom")
    assert ("MergeKey" in str(built["pipeline.json"])) is False
    with rehearsal(source, built, folders, free_port(), {}, secret=True) as deployed:
        stages = [step.stage for step in deployed.push() if step.came_to is not None]
        assert stages == ["Source", "TestBuildDeploy", "Verify"]
        message = deployed.message()
        assert message is not None
        assert message["tags"][-1] == "canary"


def test_no_file_of_an_artifact_is_executable(framework: Path) -> None:
    """Repositories' zips keep no modes, which is why deploy.sh is called by bash."""
    with zipfile.ZipFile(io.BytesIO(artifacts.packed(framework))) as packed:
        assert {stat.S_IMODE(one.external_attr >> 16) & 0o111 for one in packed.infolist()} == {0}
