"""A source's configuration: what is in it for whom, and what its deploy.sh does."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from generator.definition.read import Definition, load
from generator.definition.source_folders import source_names
from generator.errors import GeneratorError
from generator.local.buildspec import read_buildspec
from generator.packaging import configuration
from generator.packaging.product import source_files
from generator.samples import comparison
from generator.samples import files as sample_files
from generator.samples import run as sample_run
from lambdas.model import Pipeline
from tests.definitions import ROOT, SOURCES, bundled_source, every_definition, make_definition

EVERY = pytest.mark.parametrize("definition", every_definition(SOURCES), ids=source_names(SOURCES))
# A source whose vendor calls, and one whose vendor is asked: the buildspecs and scripts of the others are the same.
SAMPLE = pytest.mark.parametrize("name", ["zoom", "okta-log"])
TESTS = {"tests/integration/test_stack.py", "tests/unit/test_source.py"}
PLAIN = {".gitattributes", "buildspec.yml", "deploy.sh", *TESTS}
BOTH, GITHUB, CODECOMMIT = ("github", "codecommit"), ("github",), ("codecommit",)
VARIANTS = pytest.mark.parametrize("repositories", [BOTH, GITHUB, CODECOMMIT], ids="-".join)
# A definition that is no one else's to read; `extends` brings it a vendor's samples, which stay where they are.
PRIVATE = """\
    extends: zoom
    description: Another Zoom
    pipeline: {private: true}
"""


def with_pipeline(definition: Definition, **pipeline: object) -> Definition:
    return replace(definition, source=replace(definition.source, pipeline=Pipeline(**pipeline)))  # type: ignore[arg-type]


def elsewhere(folder: Path, **pipeline: object) -> Definition:
    """A definition of the user's own, with all that may lie beside one."""
    event = {"id": "1", "what": "a"}
    (folder / "acme" / "samples").mkdir(parents=True)
    (folder / "acme" / "samples" / "a.json").write_text(json.dumps(event))
    (folder / "acme" / "README.md").write_text("# Acme\n")
    (folder / "acme" / "transform.py").write_text("def transform(event, request):\n    return [event]\n")
    (folder / "acme" / "schemas").mkdir()
    (folder / "acme" / "schemas" / "a.json").write_text('{"required": ["what"]}')
    text = "description: Acme\nwebhook: {auth: {token: {header: X-Acme}}}\nevents: {schemas: {'*': schemas/a.json}}\n"
    definition = make_definition(folder, text, "acme")
    [sample] = sample_files.load_samples(definition)[0]
    alone = definition.without_defaults or definition.source
    sample.file("mozdef").write_text(comparison.expected_text(sample_run.shape(alone, sample)))
    return with_pipeline(definition, **pipeline)


@EVERY
def test_configuration_has_a_buildspec_a_script_and_the_users_own_tests_with_the_sources_name(
    definition: Definition,
) -> None:
    files = configuration.config_files(definition)
    assert set(files) == PLAIN
    for name, content in files.items():
        assert definition.source.name.encode() in content, name
        assert b"SOURCE_NAME" not in content
        assert b"API_PATH_OF_SOURCE" not in content
    path = definition.source.webhook.path if definition.source.webhook else ""
    assert f'"{path}"'.encode() in files["tests/integration/test_stack.py"]


def test_a_private_definition_is_in_the_configuration_with_all_files_beside(tmp_path: Path) -> None:
    files = configuration.config_files(elsewhere(tmp_path, private=True))
    own = {"source.yml", "transform.py", "README.md", "samples/a.json", "samples/a.mozdef.json", "schemas/a.json"}
    assert set(files) == PLAIN | own
    assert {name: files[name] for name in own} == {name: (tmp_path / "acme" / name).read_bytes() for name in own}


def test_configuration_of_a_private_tenant_has_the_tenants_own_files(tmp_path: Path) -> None:
    (tmp_path / "zoom").symlink_to(SOURCES / "zoom")
    assert set(configuration.config_files(make_definition(tmp_path, PRIVATE, "zoom-eu"))) == PLAIN | {"source.yml"}


@pytest.mark.parametrize("name", ["README.md", "samples"])
def test_link_to_a_file_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    definition = elsewhere(tmp_path, private=True)
    target, precious = tmp_path / "acme" / name, tmp_path / "precious"
    if target.is_dir():
        target.rename(precious)
    else:
        target.unlink()
        precious.write_text("mine")
    target.symlink_to(precious)
    with pytest.raises(GeneratorError) as raised:
        configuration.config_files(definition)
    first, led = (target / "a.json", precious / "a.json") if precious.is_dir() else (target, precious)
    assert str(raised.value) == f"{first}: leads to {led}, out of its folder: put a copy in its place"


@pytest.mark.parametrize("repositories", [BOTH, GITHUB])
def test_a_definition_that_is_not_private_is_in_the_framework(repositories: tuple[str, ...], tmp_path: Path) -> None:
    definition = elsewhere(tmp_path, source=repositories)
    assert set(configuration.config_files(definition)) == PLAIN
    assert configuration.config_zip_files(
        definition, configuration.config_files(definition)
    ) == configuration.config_files(definition)


@cache
def in_checkout(name: str) -> bytes:
    return (ROOT / name).read_bytes()


@EVERY
def test_codecommit_alone_has_the_framework_beside_it(definition: Definition) -> None:
    alone = with_pipeline(definition, source=CODECOMMIT)
    files = configuration.config_zip_files(alone, configuration.config_files(alone))
    assert {name for name in files if name.startswith("config/")} == {f"config/{name}" for name in PLAIN}
    assert {name: files[f"config/{name}"] for name in PLAIN} == configuration.config_files(alone)
    framework = {name for name in files if not name.startswith("config/")}
    assert {
        "pyproject.toml",
        "requirements.txt",
        "LICENSE",
        f"sources/{definition.source.name}/source.yml",
    } <= framework
    assert {name.partition("/")[0] for name in framework if "/" in name} == {"generator", "lambdas", "sources"}
    assert not [name for name in framework if "__pycache__" in name or name.endswith(".pyc")]
    assert {name: in_checkout(name) for name in framework} == {name: files[name] for name in framework}


def test_codecommit_alone_has_a_definition_from_elsewhere_too(tmp_path: Path) -> None:
    definition = elsewhere(tmp_path, source=CODECOMMIT)
    files = configuration.config_zip_files(definition, configuration.config_files(definition))
    assert {"config/source.yml", "config/samples/a.json", "config/transform.py"} <= set(files)


def repository(folder: Path, definition: Definition) -> Path:
    """A repository that begins with the configuration's zip."""
    with zipfile.ZipFile(io.BytesIO(source_files(definition)["config.zip"])) as packed:
        packed.extractall(folder / "repository")
    return folder / "repository"


# Without the site's own paths, so that no other copy of the framework is found.
ALONE = (sys.executable, "-S")
PACKAGES = {"PYTHONPATH": sysconfig.get_path("purelib")}


@pytest.mark.slow
def test_codecommit_alone_can_be_built_from_its_zip_and_nothing_else(tmp_path: Path) -> None:
    folder = repository(tmp_path, with_pipeline(bundled_source("zoom"), source=CODECOMMIT))
    command = [*ALONE, "-m", "generator", "zoom", "--check", "--lint", "fast"]
    done = subprocess.run(command, cwd=folder, env=PACKAGES, capture_output=True, text=True, check=False)
    message = "ok  zoom: 14 samples, lint clean, not built yet\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, message, "")


@pytest.mark.slow
def test_the_first_step_of_a_build_passes_with_a_definition_from_elsewhere(tmp_path: Path) -> None:
    folder = repository(tmp_path, elsewhere(tmp_path / "mine", source=CODECOMMIT))
    ran = shell(folder, "unit-test", path=stub_of_python(tmp_path), **PACKAGES)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "ok  acme: 1 sample, lint clean, not built yet"
    assert "2 passed" in ran.out
    assert (folder / "reports" / "unit.xml").exists()


def stub_of_python(folder: Path) -> Path:
    """A folder in which `python` is the one that runs the tests, without another copy of the framework."""
    stub = folder / "bin" / "python"
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\nexec {" ".join(ALONE)} "$@"\n')
    stub.chmod(0o755)
    return stub.parent


class Ran(NamedTuple):
    status: int
    out: str
    err: str


def shell(folder: Path, *words: str, path: Path, cwd: Path | None = None, **environment: str) -> Ran:
    """Run deploy.sh with these words; `python` is what is at a path."""
    done = subprocess.run(
        ["/bin/bash", str(folder / "config" / "deploy.sh"), *words],
        cwd=cwd or folder,
        env={"PATH": f"{path}:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class Checkout:
    """A framework's folder with a configuration in it, where `python` only writes down how it was called."""

    def __init__(self, folder: Path, definition: Definition) -> None:
        self.folder = folder / "checkout"
        (self.folder / "generator").mkdir(parents=True)
        for name, content in configuration.config_files(definition).items():
            (self.folder / "config" / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / "config" / name).write_bytes(content)
        self._calls = folder / "calls"
        self._python = folder / "bin" / "python"
        self._python.parent.mkdir()
        self._python.write_text(
            "#!/bin/bash\n"
            f'printf "%s\\n" "$*" >>{self._calls}\n'
            f'printf "%s " "${{STAGE-}}" "${{AWS_DEFAULT_REGION-}}" "$PWD" >{self._calls}.env\n'
            'case "$*" in $FAILING) exit 3 ;; esac\n'
        )
        self._python.chmod(0o755)

    def run(self, *words: str, **more: str) -> Ran:
        self._calls.write_text("")
        return shell(self.folder, *words, path=self._python.parent, **more)

    @property
    def calls(self) -> list[str]:
        """What python was called with."""
        return self._calls.read_text().splitlines()

    @property
    def seen(self) -> tuple[str, str, str]:
        """STAGE, AWS_DEFAULT_REGION and the folder, as the last call has seen them."""
        stage, region, folder = Path(f"{self._calls}.env").read_text().split(" ")[:3]
        return stage, region, folder


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path, bundled_source("zoom"))


UNIT = [
    "-m generator zoom --check",
    "-m pytest {place}/config/tests/unit --junitxml=reports/unit.xml",
]
INT = ["-m pytest {place}/config/tests/integration --junitxml=reports/integration.xml"]
DEPLOY = "-m generator deploy zoom --yes --env dev --project MozDef-EF"
CANARY = "-m generator canary zoom --env dev --project MozDef-EF"


@pytest.mark.parametrize(
    ("words", "calls"),
    [
        (["unit-test"], UNIT),
        (["deploy", "dev"], [DEPLOY]),
        (["deploy", "dev", "eu-west-1"], [f"{DEPLOY} --region eu-west-1"]),
        (["int-test", "dev"], INT),
        (["int-test", "dev", "eu-west-1"], INT),
        (["acceptance-test", "dev"], [CANARY]),
        (["acceptance-test", "dev", "eu-west-1"], [f"{CANARY} --region eu-west-1"]),
    ],
)
def test_by_hand_each_command_does_its_own(checkout: Checkout, words: list[str], calls: list[str]) -> None:
    assert checkout.run(*words) == Ran(0, "", "")
    assert checkout.calls == [call.format(place=checkout.folder) for call in calls]


PIPELINE = {
    "STAGE": "prod",
    "SERVICE": "zoom",
    "PROJECT": "Sec",
    "API_PATH": "/events",
    "HELPER_BUCKET": "a-bucket",
    "EXECUTION_ROLE_ARN": "arn:role",
    "PERMISSIONS_BOUNDARY_ARN": "arn:boundary",
    "CONSUMER_PRINCIPAL_ARN": "",
    "EVENTS_QUEUE_NAME": "a-queue",
}
THERE = "--env prod --project Sec --bucket a-bucket"


def test_a_pipelines_variables_say_where_and_as_whom(checkout: Checkout) -> None:
    """What the form leaves empty, the stack keeps."""
    assert checkout.run("deploy", "prod", **PIPELINE) == Ran(0, "", "")
    assert checkout.calls == [
        f"-m generator deploy zoom --yes {THERE} --path /events --role-arn arn:role "
        "--parameter PermissionsBoundaryArn=arn:boundary --parameter EventsQueueName=a-queue"
    ]
    assert checkout.run("acceptance-test", **PIPELINE) == Ran(0, "", "")
    assert checkout.calls == [f"-m generator canary zoom {THERE}"]
    assert checkout.run("int-test", **PIPELINE) == Ran(0, "", "")
    assert checkout.seen[0] == "prod"


def test_the_parameters_of_a_definition_are_handed_on(checkout: Checkout) -> None:
    """Each is a word of its own, whatever stands in it."""
    variables = {"PARAMETER_Tenant": "a $HOME b=c", "PARAMETER_Host": "a.example", "PARAMETER_Empty": ""}
    assert checkout.run("deploy", "dev", **variables) == Ran(0, "", "")
    assert checkout.calls == [f"{DEPLOY} --parameter Host=a.example --parameter Tenant=a $HOME b=c"]


@pytest.mark.parametrize(("setting", "more"), [("true", " --redrive"), ("false", ""), ("", "")])
def test_rejected_events_are_brought_back_where_the_buildspec_says_so(
    checkout: Checkout, setting: str, more: str
) -> None:
    assert checkout.run("deploy", "dev", REDRIVE=setting) == Ran(0, "", "")
    assert checkout.calls == [DEPLOY + more]


def test_the_buildspec_leaves_rejected_events_where_they_are() -> None:
    text = configuration.config_files(bundled_source("zoom"))["buildspec.yml"].decode()
    assert read_buildspec(text, "buildspec.yml").variables == {"REDRIVE": "false"}


def test_the_tests_of_a_stack_are_about_the_one_that_is_named(checkout: Checkout) -> None:
    checkout.run("int-test", "dev", "eu-west-1", AWS_DEFAULT_REGION="us-west-2", AWS_REGION="us-west-2")
    assert checkout.seen == ("dev", "eu-west-1", str(checkout.folder))
    checkout.run("int-test", "dev", AWS_DEFAULT_REGION="us-west-2")
    assert checkout.seen == ("dev", "us-west-2", str(checkout.folder))


USAGE = """\
usage: bash {script} unit-test
       bash {script} deploy <environment> [region]
       bash {script} int-test [environment] [region]
       bash {script} acceptance-test [environment] [region]

unit-test        builds zoom in memory, lints it, compares its samples; then runs tests/unit
deploy           makes or updates the stack of zoom in this environment; with REDRIVE=true, then sends rejected events
                 that the new code can shape
int-test         runs tests/integration on the deployed stack
acceptance-test  sends a forged and a signed event through the deployed endpoint
"""


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        ([], {}),
        ([""], {}),
        (["--help"], {}),
        (["unit_test"], {}),
        (["own_definition"], {}),
        (["destroy", "dev"], {}),
        (["unit-test", "dev"], {}),
        (["deploy"], {"STAGE": "dev"}),
        (["deploy", ""], {}),
        (["deploy", "dev", "eu-west-1", "more"], {}),
        (["int-test"], {}),
        (["int-test", "dev", "eu-west-1", "more"], {}),
        (["acceptance-test"], {}),
        (["acceptance-test", "dev", "eu-west-1", "more"], {}),
    ],
)
def test_anything_else_is_answered_with_how_it_is_used(
    checkout: Checkout, words: list[str], environment: dict[str, str]
) -> None:
    usage = USAGE.format(script=checkout.folder / "config" / "deploy.sh")
    assert checkout.run(*words, **environment) == Ran(2, "", usage)
    assert checkout.calls == []


@pytest.mark.parametrize("command", ["deploy", "int-test", "acceptance-test"])
def test_another_environment_than_the_pipelines_stops_the_script(checkout: Checkout, command: str) -> None:
    message = "error: this is for stage, and the pipeline's environment is stg\n"
    assert checkout.run(command, "stage", STAGE="stg") == Ran(1, "", message)
    assert checkout.calls == []


@pytest.mark.parametrize("command", ["deploy", "int-test", "acceptance-test"])
def test_another_region_than_the_pipelines_stops_the_script(checkout: Checkout, command: str) -> None:
    build = {"STAGE": "dev", "AWS_REGION": "us-west-2", "CODEBUILD_BUILD_ID": "1"}
    message = "error: this is for eu-west-1, and the pipeline is in us-west-2\n"
    assert checkout.run(command, "dev", "eu-west-1", **build) == Ran(1, "", message)
    assert checkout.calls == []
    assert checkout.run(command, "dev", "us-west-2", **build) == Ran(0, "", "")


@pytest.mark.parametrize("words", [["unit-test"], ["deploy", "dev"], ["int-test", "dev"], ["acceptance-test", "dev"]])
def test_the_pipeline_of_another_source_stops_the_script(checkout: Checkout, words: list[str]) -> None:
    message = "error: this configuration is of zoom, and the pipeline is of okta\n"
    assert checkout.run(*words, SERVICE="okta") == Ran(1, "", message)
    assert checkout.calls == []


@pytest.mark.parametrize(
    ("words", "failing", "calls"),
    [
        (["unit-test"], "*--check*", 1),
        (["unit-test"], "*pytest*", 2),
        (["deploy", "dev"], "*deploy*", 1),
        (["int-test", "dev"], "*pytest*", 1),
        (["acceptance-test", "dev"], "*canary*", 1),
    ],
)
def test_a_step_that_fails_fails_the_script(checkout: Checkout, words: list[str], failing: str, calls: int) -> None:
    assert checkout.run(*words, FAILING=failing) == Ran(3, "", "")
    assert len(checkout.calls) == calls


def test_script_runs_in_the_framework_wherever_it_is_called_from(checkout: Checkout, tmp_path: Path) -> None:
    for cwd in (tmp_path, checkout.folder / "config", Path("/")):
        assert checkout.run("deploy", "dev", cwd=cwd).status == 0  # type: ignore[arg-type]
        assert checkout.seen[2] == str(checkout.folder)


def test_a_configuration_that_lies_elsewhere_runs_in_the_framework_that_is_here(
    checkout: Checkout, tmp_path: Path
) -> None:
    (checkout.folder / "config").rename(tmp_path / "config")
    script = str(tmp_path / "config" / "deploy.sh")
    environment = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    command = ["/bin/bash", script, "deploy", "dev"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    message = "error: there is no generator/ here: run this in the framework's folder\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)
    subprocess.run(command, cwd=checkout.folder, env=environment, check=True)
    assert checkout.seen[2] == str(checkout.folder)


def test_a_definition_of_its_own_goes_to_where_definitions_are(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, elsewhere(tmp_path / "mine", private=True))
    installed = checkout.folder / "sources" / "acme"
    for _ in range(2):
        assert checkout.run("deploy", "dev") == Ran(0, "", "")
        assert {file.relative_to(installed).as_posix() for file in installed.rglob("*") if file.is_file()} == {
            "source.yml",
            "transform.py",
            "samples/a.json",
            "samples/a.mozdef.json",
            "schemas/a.json",
        }


def test_own_definition_replaces_the_frameworks_in_a_build(tmp_path: Path) -> None:
    """So that no sample and no code of another definition is left beside it."""
    checkout = Checkout(tmp_path, elsewhere(tmp_path / "mine", private=True))
    installed = checkout.folder / "sources" / "acme"
    (installed / "samples").mkdir(parents=True)
    for name in ("source.yml", "samples/other.json", "transform.py"):
        (installed / name).write_text("the framework's")
    (checkout.folder / "config" / "transform.py").unlink()
    assert checkout.run("deploy", "dev", CODEBUILD_BUILD_ID="1") == Ran(0, "", "")
    assert {file.relative_to(installed).as_posix() for file in installed.rglob("*") if file.is_file()} == {
        "source.yml",
        "samples/a.json",
        "samples/a.mozdef.json",
        "schemas/a.json",
    }
    assert (installed / "source.yml").read_bytes() == (checkout.folder / "config" / "source.yml").read_bytes()


def test_own_definition_replaces_no_other_by_hand(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, elsewhere(tmp_path / "mine", private=True))
    installed = checkout.folder / "sources" / "acme"
    installed.mkdir(parents=True)
    (installed / "source.yml").write_text("mine")
    own = checkout.folder / "config" / "source.yml"
    message = f"error: sources/acme/source.yml is another than {own}: move it away first\n"
    assert checkout.run("deploy", "dev") == Ran(1, "", message)
    assert checkout.calls == []
    assert [file.name for file in installed.iterdir()] == ["source.yml"]
    assert (installed / "source.yml").read_text() == "mine"


DEFAULTS = "hardening: strict\n"


@pytest.fixture
def with_defaults(tmp_path: Path) -> Checkout:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "defaults.yml").write_text(DEFAULTS)
    checkout = Checkout(tmp_path, elsewhere(tmp_path / "mine"))
    # The stub of python shows what lies in `sources/` while it runs.
    stub = checkout.folder.parent / "bin" / "python"
    stub.write_text(stub.read_text().replace("#!/bin/bash\n", "#!/bin/bash\ncat sources/defaults.yml\n"))
    return checkout


def test_defaults_of_the_configuration_hold_while_the_script_runs(with_defaults: Checkout) -> None:
    """They would hold for the other sources of a checkout too."""
    assert with_defaults.run("deploy", "dev") == Ran(0, DEFAULTS, "")
    assert not (with_defaults.folder / "sources" / "defaults.yml").exists()
    assert with_defaults.run("deploy", "dev", FAILING="*") == Ran(3, DEFAULTS, "")
    assert not (with_defaults.folder / "sources" / "defaults.yml").exists()


def test_defaults_of_the_configuration_replace_the_frameworks_in_a_build(with_defaults: Checkout) -> None:
    (with_defaults.folder / "sources").mkdir()
    (with_defaults.folder / "sources" / "defaults.yml").write_text("{}")
    assert with_defaults.run("deploy", "dev", CODEBUILD_BUILD_ID="1") == Ran(0, DEFAULTS, "")


def test_defaults_of_the_configuration_replace_no_others_by_hand(with_defaults: Checkout) -> None:
    installed = with_defaults.folder / "sources" / "defaults.yml"
    installed.parent.mkdir()
    installed.write_text("{}")
    own = with_defaults.folder / "config" / "defaults.yml"
    message = f"error: sources/defaults.yml is another than {own}: move it away first\n"
    assert with_defaults.run("deploy", "dev") == Ran(1, "", message)
    assert installed.read_text() == "{}"
    installed.write_text(DEFAULTS)
    assert with_defaults.run("deploy", "dev") == Ran(0, DEFAULTS, "")
    assert installed.read_text() == DEFAULTS


def test_codecommit_alone_has_no_defaults_but_those_of_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "framework_files", lambda: {"sources/defaults.yml": b"the framework's"})
    definition = elsewhere(tmp_path, source=CODECOMMIT)
    assert not [name for name in zipped(definition) if name.endswith("defaults.yml")]
    (tmp_path / "defaults.yml").write_text(DEFAULTS)
    [definition] = load(tmp_path, ["acme"])
    files = zipped(with_pipeline(definition, source=CODECOMMIT))
    assert {name: files[name] for name in files if name.endswith("defaults.yml")} == {
        "config/defaults.yml": DEFAULTS.encode()
    }


def zipped(definition: Definition) -> dict[str, bytes]:
    return configuration.config_zip_files(definition, configuration.config_files(definition))


@pytest.mark.slow
def test_the_first_step_of_a_build_takes_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "defaults.yml").write_text("mozdef: {eventsource: ours}\n")
    folder = repository(tmp_path, elsewhere(tmp_path / "mine", source=CODECOMMIT))
    ran = shell(folder, "unit-test", path=stub_of_python(tmp_path), **PACKAGES)
    note = "note: sources/defaults.yml: alters the messages of 1 sample (acme): run with it, compared without it\n"
    assert (ran.status, ran.err) == (0, note)


def test_frameworks_definition_stays_without_an_own_one(checkout: Checkout) -> None:
    checkout.run("deploy", "dev")
    assert not (checkout.folder / "sources").exists()


@pytest.mark.parametrize("file", ["buildspec.yml", "deploy.sh"])
@EVERY
def test_buildspecs_and_scripts_of_two_sources_differ_in_the_name_alone(definition: Definition, file: str) -> None:
    zooms = configuration.config_files(bundled_source("zoom"))[file]
    own = configuration.config_files(definition)[file]
    assert own.decode() == zooms.decode().replace("zoom", definition.source.name)


@pytest.mark.slow
@SAMPLE
@VARIANTS
def test_the_buildspecs_of_a_source_are_those_that_a_rehearsal_carries_out(
    name: str, repositories: tuple[str, ...]
) -> None:
    files = source_files(with_pipeline(bundled_source(name), source=repositories))
    with zipfile.ZipFile(io.BytesIO(files["config.zip"])) as packed:
        folder = "config/" if repositories == CODECOMMIT else ""
        build = read_buildspec(packed.read(f"{folder}buildspec.yml").decode(), "buildspec.yml")
        mode = packed.getinfo(f"{folder}deploy.sh").external_attr >> 16
    assert stat.S_IMODE(mode) == 0o755
    resources = json.loads(files["pipeline.json"])["Resources"]
    verify = read_buildspec(resources["Verify"]["Properties"]["Source"]["BuildSpec"], "Verify")
    # Each runs in a container of its own, and none has more than it installs.
    assert verify.phases["install"] == build.phases["install"]
    assert verify.python == build.python
    commands = [command for phase in (build, verify) for lines in phase.phases.values() for command in lines]
    scripts = [command for command in commands if "deploy.sh" in command]
    assert scripts == [
        f'bash "$CONFIG_DIRECTORY/deploy.sh" {words}'
        for words in ("unit-test", 'deploy "$STAGE"', 'int-test "$STAGE"', "acceptance-test")
    ]


@pytest.mark.slow
@SAMPLE
def test_the_script_is_one_in_which_shellcheck_finds_nothing(name: str, tmp_path: Path) -> None:
    script = tmp_path / "deploy.sh"
    script.write_bytes(configuration.config_files(bundled_source(name))["deploy.sh"])
    command = [str(Path(sys.executable).with_name("shellcheck")), str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_private_definition_that_extends_one_of_no_repository_is_refused(tmp_path: Path) -> None:
    make_definition(tmp_path, "description: Base\nwebhook: {auth: {token: {header: X-A}}}\n", "base")
    definition = make_definition(tmp_path, PRIVATE.replace("zoom", "base"), "tenant")
    with pytest.raises(GeneratorError) as raised:
        configuration.config_files(definition)
    message = "tenant/source.yml:1: extends: base is in no repository of the pipeline: put its keys here"
    assert str(raised.value).endswith(message)
