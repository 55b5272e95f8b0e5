"""A build on this machine: what it gets, what it leaves, and what is shown of one that failed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import GeneratorError
from generator.local import artifacts
from generator.local.buildspec import read_buildspec
from generator.local.container import BuildError, Project, run_build
from generator.local.emulator import Emulator, KeyPair

PYTHON = Path(sys.prefix)
EMULATOR = Emulator("https://127.0.0.1:1", "us-west-2", Path("/ca.pem"), Path("/emulator.log"), KeyPair.random())
ROLE = {"AWS_ACCESS_KEY_ID": "AKIAROLE", "AWS_SECRET_ACCESS_KEY": "role-secret", "AWS_SESSION_TOKEN": "role-token"}
MARK = "the-users-own"
# What a build may have of the user's: the way to a package index, and how text and libraries are found.
PASSED = {
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "PIP_CONFIG_FILE", "PIP_TRUSTED_HOST"),
    *("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
    *("LANG", "LD_LIBRARY_PATH", "PIP_CACHE_DIR"),
}


def spec(*commands: str, more: str = "") -> str:
    listed = "".join(f"      - {command}\n" for command in commands)
    return f"version: 0.2\nphases:\n  build:\n    commands:\n{listed}{more}\n"


def built(folder: Path, text: str, variables: dict[str, str] | None = None, files: dict[str, str] | None = None) -> str:
    """Run a project that names its buildspec on an artifact of these files; what it came to."""
    source = folder / "source"
    for name, content in {"config/buildspec.yml": text, **(files or {})}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(content)
    project = Project("a-build", "config/buildspec.yml", variables or {}, ROLE)
    return run_build(EMULATOR, project, artifacts.zip_folder(source), PYTHON, folder / "logs" / "1-build.log")


def log(folder: Path) -> list[str]:
    return (folder / "logs" / "1-build.log").read_text().splitlines()


def printed(folder: Path) -> dict[str, str]:
    """The environment that a build has printed."""
    content = (folder / "logs" / "1-build" / "seen" / "environment").read_bytes()
    return dict(line.split("=", 1) for line in content.decode().split("\0")[:-1])


PRINT = spec("env -0 >environment", more="reports: {seen: {files: [environment]}}")


def environment_of(folder: Path, users: dict[str, str], variables: dict[str, str] | None = None) -> dict[str, str]:
    with patch.dict(os.environ, users, clear=True):
        built(folder, PRINT, variables)
    return printed(folder)


_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True) | st.sampled_from(
    [
        *("HOME", "PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "BASH_ENV", "ENV", "GIT_DIR", "SSH_AUTH_SOCK"),
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CONFIG_FILE"),
        *("AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_CA_BUNDLE", "STAGE", "SERVICE", "HELPER_BUCKET", "NO_PROXY"),
        *("PIP_USER", "PIP_TARGET", "CODEBUILD_SRC_DIR", "CI"),
    ]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(_NAMES.filter(lambda name: name not in PASSED), max_size=8))
def test_a_build_has_nothing_of_the_users_environment(tmp_path: Path, names: set[str]) -> None:
    # The pip cache is the user's; where it is named, it does not hang on HOME.
    users = {**dict.fromkeys(names, MARK), "PIP_CACHE_DIR": "/pip-cache"}
    environment = environment_of(tmp_path, users, {"STAGE": "dev"})
    assert not [name for name, value in environment.items() if MARK in value]
    assert set(environment) == {
        *("PATH", "HOME", "CI", "NO_PROXY", "PIP_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK", "STAGE", *ROLE),
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_EC2_METADATA_DISABLED"),
        *("CODEBUILD_SRC_DIR", "CODEBUILD_BUILD_ID", "CODEBUILD_BUILD_SUCCEEDING"),
        *("PWD", "OLDPWD", "SHLVL", "_"),  # bash's own
    }


def test_the_way_to_the_package_index_is_this_machines(tmp_path: Path) -> None:
    users = {name: f"{MARK} {name}" for name in PASSED - {"LD_LIBRARY_PATH"}}
    environment = environment_of(tmp_path, users)
    assert {name: environment[name] for name in users} == users
    (tmp_path / "other").mkdir()
    at_home = environment_of(tmp_path / "other", {"HOME": "/home/me"})
    assert at_home["PIP_CACHE_DIR"] == "/home/me/.cache/pip"


def test_a_build_acts_with_its_role_on_the_emulator(tmp_path: Path) -> None:
    environment = environment_of(tmp_path, {"AWS_ACCESS_KEY_ID": MARK, "AWS_ENDPOINT_URL": "https://aws.example"})
    assert environment == environment | ROLE
    assert environment["AWS_ENDPOINT_URL"] == "https://127.0.0.1:1"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "us-west-2"
    assert environment["AWS_CA_BUNDLE"] == "/ca.pem"


def test_the_projects_variables_win_over_the_buildspecs_and_neither_over_where_things_are(tmp_path: Path) -> None:
    text = PRINT + "env: {variables: {STAGE: prod, OWN: 1.10, PATH: /nowhere, HOME: /nowhere}}\n"
    built(tmp_path, text, {"STAGE": "dev", "AWS_ENDPOINT_URL": "https://aws.example"})
    environment = printed(tmp_path)
    assert (environment["STAGE"], environment["OWN"]) == ("dev", "1.10")
    assert environment["PATH"].startswith(f"{PYTHON / 'bin'}:")
    assert environment["HOME"] != "/nowhere"
    assert environment["AWS_ENDPOINT_URL"] == "https://127.0.0.1:1"


def test_every_build_has_a_clean_home_and_a_working_copy_which_are_gone_afterwards(tmp_path: Path) -> None:
    commands = ('test -z "$(ls -A "$HOME")"', 'touch "$HOME/left" left', "cat file", 'echo "$CODEBUILD_SRC_DIR"', "pwd")
    for _ in range(2):
        built(tmp_path, spec(*commands), files={"file": "content\n"})
        content, source, working_folder = (
            line for line in log(tmp_path) if not line.startswith(("Running", "Entering"))
        )
        assert content == "content"
        assert source == working_folder
        assert not Path(source).parent.exists()
    assert not (tmp_path / "source" / "left").exists()


def test_no_file_of_an_artifact_is_executable(tmp_path: Path) -> None:
    """So it is in AWS: whoever calls a script without `bash` before it sees it here."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "run.sh").write_text("#!/bin/sh\necho ran\n")
    (tmp_path / "source" / "run.sh").chmod(0o755)
    built(tmp_path, spec("bash run.sh"))
    assert log(tmp_path)[-1] == "ran"
    with pytest.raises(BuildError) as caught:
        built(tmp_path, spec("./run.sh"))
    assert "Permission denied" in str(caught.value)


def test_the_reports_are_kept_beside_the_log_by_their_groups(tmp_path: Path) -> None:
    groups = ["tests: {base-directory: reports, files: ['*.xml', '**/*']}", "more: {files: ['reports/*.xml', 'x/*']}"]
    more = f"reports: {{{', '.join(groups)}}}"
    make = "mkdir -p reports/deep && echo 1 >reports/unit.xml && echo 2 >reports/deep/int.xml"
    reports = tmp_path / "logs" / "1-build"
    came_to = built(tmp_path, spec(make, more=more))
    assert came_to == f"log {tmp_path / 'logs' / '1-build.log'}, 3 reports beside it"
    assert {
        file.relative_to(reports).as_posix(): file.read_text() for file in reports.rglob("*") if file.is_file()
    } == {
        "tests/unit.xml": "1\n",
        "tests/deep/int.xml": "2\n",
        "more/reports/unit.xml": "1\n",
    }
    assert built(tmp_path, spec("true", more=more)) == f"log {tmp_path / 'logs' / '1-build.log'}"
    assert not reports.exists()


def test_the_reports_of_a_build_that_failed_are_kept_too(tmp_path: Path) -> None:
    with pytest.raises(BuildError):
        built(tmp_path, spec("echo 1 >a.xml; exit 1", more="reports: {tests: {files: ['*.xml']}}"))
    assert (tmp_path / "logs" / "1-build" / "tests" / "a.xml").read_text() == "1\n"


def test_of_a_build_that_failed_the_command_and_the_end_of_what_it_said_are_shown(tmp_path: Path) -> None:
    more = "  post_build: {commands: [echo after]}"
    command = "seq 100; echo why >&2; exit 3"
    with pytest.raises(BuildError) as caught:
        built(tmp_path, spec("echo before", f"'{command}'", "echo never", more=more))
    failed = f"Command did not exit successfully {command} exit status 3"
    whole = f"the whole log: {tmp_path / 'logs' / '1-build.log'}"
    assert str(caught.value).splitlines() == [*map(str, range(88, 101)), "why", failed, whole]
    assert log(tmp_path)[-4:] == [
        failed,
        "Entering phase POST_BUILD",
        "Running command echo after",
        "after",
    ]
    with pytest.raises(BuildError) as caught:
        built(tmp_path, spec("seq 100", "'echo why; false'", more=more))
    failed = "Command did not exit successfully echo why; false exit status 1"
    assert str(caught.value).splitlines() == ["Running command echo why; false", "why", failed, whole]


def test_a_buildspec_that_is_not_there_is_said(tmp_path: Path) -> None:
    project = Project("a-build", "cfg/buildspec.yml", {}, ROLE)
    (tmp_path / "file").write_text("")
    with pytest.raises(GeneratorError) as caught:
        run_build(EMULATOR, project, artifacts.zip_folder(tmp_path), PYTHON, tmp_path / "a.log")
    assert str(caught.value) == "cfg/buildspec.yml: is not in the artifact: the configuration must have it"


def test_a_buildspec_with_more_than_a_rehearsal_knows_does_not_run(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError) as caught:
        built(tmp_path, spec("touch ran", more="artifacts: {files: [a]}"))
    assert str(caught.value) == (
        "config/buildspec.yml: artifacts: CodeBuild may know it, a rehearsal does not (env, phases, reports, version)"
    )
    assert not (tmp_path / "logs").exists()


def test_a_project_may_have_its_buildspec_itself(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("content\n")
    project = Project("a-build", spec("cat file"), {}, ROLE)
    run_build(EMULATOR, project, artifacts.zip_folder(tmp_path), PYTHON, tmp_path / "a.log")
    assert (tmp_path / "a.log").read_text().splitlines()[-1] == "content"


def test_the_log_says_which_python_stands_in_for_the_one_that_is_wanted(tmp_path: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for requested, notes in (("3.99", [f"Python {version} of this machine stands in for 3.99"]), (version, [])):
        text = (
            f"version: 0.2\nphases: {{install: {{runtime-versions: {{python: {requested}}}, commands: [python -V]}}}}"
        )
        assert read_buildspec(text, "x").python == requested
        built(tmp_path, text)
        assert log(tmp_path) == [
            *notes,
            "Entering phase INSTALL",
            "Running command python -V",
            f"Python {sys.version.split()[0]}",
        ]
