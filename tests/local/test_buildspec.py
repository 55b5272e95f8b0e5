"""A buildspec: what a rehearsal reads of it, what it refuses, and how its phases run."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import GeneratorError
from generator.local.buildspec import Buildspec, bash_script, read_buildspec

FAILED = "the command failed"


class Ran(NamedTuple):
    status: int
    lines: list[str]


def run(phases: dict[str, list[str]], folder: Path, variables: dict[str, str] | None = None) -> Ran:
    """What the commands themselves say, and where one failed."""
    status, output = raw(Buildspec(phases, {}, {}, None), folder, variables or {})
    for phase, commands in phases.items():
        output = output.replace(f"Entering phase {phase.upper()}\n", "")
        for command in commands:
            output = output.replace(f"Running command {command.strip()}\n", "", 1)
            output = output.replace(f"Command did not exit successfully {command.strip()} exit status", FAILED)
    return Ran(status, output.splitlines())


def raw(spec: Buildspec, folder: Path, variables: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        ["/bin/bash", "-c", bash_script(spec)],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def refused(text: str) -> list[str]:
    with pytest.raises(GeneratorError) as caught:
        read_buildspec(dedent(text), "buildspec.yml")
    return str(caught.value).splitlines()


def test_everything_that_a_rehearsal_knows_is_read() -> None:
    spec = read_buildspec(
        dedent("""\
            version: 0.2
            env:
              variables: {ANSWER: 42, SURE: yes, RELEASE: 3.10}
            phases:
              post_build:
                commands: [echo after]
              install:
                runtime-versions: {python: 3.10}
                commands:
                  - pip install .
                  - |
                    echo one
                    echo two
              build:
                commands: ['echo "a: b"']
            reports:
              unit: {files: ["*.xml", "more/*.xml"], base-directory: reports, file-format: JUNITXML}
              other: {files: [one.xml]}
        """),
        "buildspec.yml",
    )
    assert spec == Buildspec(
        phases={
            "install": ["pip install .", "echo one\necho two\n"],
            "build": ['echo "a: b"'],
            "post_build": ["echo after"],
        },
        variables={"ANSWER": "42", "SURE": "yes", "RELEASE": "3.10"},
        reports={"unit": ("reports", ["*.xml", "more/*.xml"]), "other": (".", ["one.xml"])},
        python="3.10",
    )
    assert list(spec.phases) == ["install", "build", "post_build"]


def test_empty_keys_are_as_if_absent() -> None:
    text = "version: 0.2\nenv:\nreports:\nphases:\n  install:\n    runtime-versions:\n    commands: [x]\n"
    assert read_buildspec(text, "x") == Buildspec({"install": ["x"]}, {}, {}, None)


def test_all_that_a_rehearsal_cannot_do_is_refused_by_name_at_once() -> None:
    assert refused("""\
        version: 0.1
        run-as: nobody
        env:
          shell: bash
          secrets-manager: {TOKEN: a}
          variables: {A: {b: c}}
        phases:
          install:
            runtime-versions: {python: 3.13, java: 21}
            on-failure: CONTINUE
            commands: [pip install .]
          build:
            commands:
              - echo: x
            finally: [echo y]
          upload: {commands: [x]}
        reports:
          unit: {files: ["../*.xml"], discard-paths: yes}
          other: {base-directory: /tmp}
        artifacts: {files: ["*"]}
        cache: {paths: [x]}
    """) == [
        "buildspec.yml: version: must be 0.2",
        *(
            f"buildspec.yml: {key}: CodeBuild may know it, a rehearsal does not (env, phases, reports, version)"
            for key in ("run-as", "artifacts", "cache")
        ),
        "buildspec.yml: env.shell: CodeBuild may know it, a rehearsal does not (variables)",
        "buildspec.yml: env.secrets-manager: CodeBuild may know it, a rehearsal does not (variables)",
        "buildspec.yml: env.variables: must be texts by name",
        "buildspec.yml: phases.upload: CodeBuild may know it, a rehearsal does not "
        "(build, install, post_build, pre_build)",
        "buildspec.yml: phases.install.on-failure: CodeBuild may know it, a rehearsal does not "
        "(commands, runtime-versions)",
        "buildspec.yml: phases.install.runtime-versions.java: CodeBuild may know it, a rehearsal does not (python)",
        "buildspec.yml: phases.build.finally: CodeBuild may know it, a rehearsal does not (commands)",
        "buildspec.yml: phases.build.commands: must be a list of commands; one with ': ' in it needs quotes",
        "buildspec.yml: reports.unit.discard-paths: CodeBuild may know it, a rehearsal does not "
        "(base-directory, file-format, files)",
        "buildspec.yml: reports.unit.files: must be a list of patterns, relative to base-directory",
        "buildspec.yml: reports.other.files: must be a list of patterns, relative to base-directory",
        "buildspec.yml: reports.other.base-directory: must be a folder below the source's",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "must have version and phases"),
        ("", "must have version and phases"),
        ("version: 0.2", "phases: must have at least one of install, pre_build, build, post_build"),
        ("version: 0.2\nphases: {}", "phases: must have at least one of install, pre_build, build, post_build"),
        ("version: 0.2\nphases: build", "phases: must have at least one of install, pre_build, build, post_build"),
        (
            "version: 0.2\nphases: {build: }",
            "phases.build.commands: must be a list of commands; one with ': ' in it needs quotes",
        ),
        (
            "version: 0.2\nphases: {build: {commands: make}}",
            "phases.build.commands: must be a list of commands; one with ': ' in it needs quotes",
        ),
        (
            "version: 0.2\nphases: {build: {commands: []}}",
            "phases.build.commands: must be a list of commands; one with ': ' in it needs quotes",
        ),
        (
            "version: 0.2\nphases: {install: {commands: [x], runtime-versions: 3}}",
            "phases.install.runtime-versions: must be such as python: 3.13",
        ),
        ("version: 0.2\nenv: x\nphases: {build: {commands: [x]}}", "env: must have variables"),
        ("version: 0.2\nreports: [x]\nphases: {build: {commands: [x]}}", "reports: must be groups by name"),
        (
            "version: 0.2\nphases: [",
            "is not YAML: while parsing a flow node expected the node content, but found '<stream end>' "
            'in "<unicode string>", line 2, column 10: phases: [ ^',
        ),
    ],
)
def test_invalid_buildspec_is_refused_in_a_line(text: str, message: str) -> None:
    assert refused(text) == [f"buildspec.yml: {message}"]


_YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["variables", "install", "build", "commands", "runtime-versions", "python", "files"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_YAML, st.sampled_from(["env", "phases", "reports"]))
def test_any_value_of_a_key_is_read_or_refused(value: object, key: str) -> None:
    text = json.dumps({"version": "0.2", "phases": {"build": {"commands": ["x"]}}, key: value})
    with suppress(GeneratorError):
        assert bash_script(read_buildspec(text, "x"))


def test_the_phases_run_in_their_order_and_the_log_is_like_codebuilds(tmp_path: Path) -> None:
    text = "{version: 0.2, phases: {build: {commands: [echo b, '(exit 3)']}, install: {commands: [echo a]}}}"
    assert raw(read_buildspec(text, "x"), tmp_path, {}) == (
        3,
        "Entering phase INSTALL\nRunning command echo a\na\n"
        "Entering phase BUILD\nRunning command echo b\nb\n"
        "Running command (exit 3)\nCommand did not exit successfully (exit 3) exit status 3\n",
    )


@pytest.mark.parametrize(("failing", "before"), [("install", ["1"]), ("pre_build", ["1", "2"])])
def test_the_first_command_that_fails_ends_its_phase_and_before_the_build_everything(
    failing: str, before: list[str], tmp_path: Path
) -> None:
    phases = {"install": ["echo 1"], "pre_build": ["echo 2"], "build": ["echo 3"], "post_build": ["echo 4"]}
    phases[failing] += ["(exit 7)", "echo never"]
    assert run(phases, tmp_path) == Ran(7, [*before, f"{FAILED} 7"])


def test_after_a_build_that_failed_post_build_runs_and_is_told(tmp_path: Path) -> None:
    command = "echo $CODEBUILD_BUILD_SUCCEEDING"
    phases = {"build": [command, "(exit 3)", "echo never"], "post_build": [command, "true"]}
    assert run(phases, tmp_path) == Ran(3, ["1", f"{FAILED} 3", "0"])
    assert run({"build": [command], "post_build": [command]}, tmp_path) == Ran(0, ["1", "1"])


def test_a_failed_post_build_fails_the_build(tmp_path: Path) -> None:
    assert run({"build": ["echo 1"], "post_build": ["(exit 4)", "echo 2"]}, tmp_path) == Ran(4, ["1", f"{FAILED} 4"])


def test_next_command_finds_what_the_last_one_left(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-cmd.html"""
    (tmp_path / "sub 'folder'").mkdir()
    phases = {
        "install": [
            """export SAID="it's \\"quoted\\" \\$HOME" """,
            "plain='not exported'",
            "unset GONE",
            "cd \"sub 'folder'\"",
        ],
        "build": ['echo "$SAID"', 'echo "$plain"', 'echo "${GONE-nothing}"', 'echo "${PWD##*/}"', 'ls "$OLDPWD"'],
    }
    assert run(phases, tmp_path, {"GONE": "x"}) == Ran(
        0, ['it\'s "quoted" $HOME', "not exported", "nothing", "sub 'folder'", "sub 'folder'"]
    )


def test_nothing_is_left_behind_however_it_ends(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    for command in ("true", "false", "kill -TERM $PPID"):
        run({"build": [command]}, tmp_path, {"TMPDIR": str(tmp_path / "temporary")})
        assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("name", ["state", "failed", "failed_in", "run"])
def test_a_variable_may_have_any_name(name: str, tmp_path: Path) -> None:
    phases = {"build": [f"echo ${name}", f"{name}=1", "false"], "post_build": [f"echo ${name}"]}
    assert run(phases, tmp_path, {name: "given"}) == Ran(1, ["given", f"{FAILED} 1", "1"])


@pytest.mark.parametrize(
    ("command", "status", "lines"),
    [
        ("false | cat", 0, []),
        ("set -o pipefail; false | cat", 1, []),
        ("false && echo a", 1, []),
        ("false && echo a; echo b", 0, ["b"]),
        ("false || echo a", 0, ["a"]),
        ("echo a\nfalse\necho b\n", 0, ["a", "b"]),
        ("echo a\nset -e\nfalse\necho b\n", 1, ["a"]),
        ("echo a\nfalse", 1, ["a"]),
        ("if true; then\n  echo 'a  b' \"c'd\" $((1 + 1))\nfi", 0, ["a  b c'd 2"]),
        ("cat <<'END'\n$x 'y' \"z\"\nEND\n", 0, ["$x 'y' \"z\""]),
        ("echo a # echo b", 0, ["a"]),
        ("(exit 0); exit 5", 5, []),
    ],
)
def test_a_commands_status_is_that_of_its_last_line(
    command: str, status: int, lines: list[str], tmp_path: Path
) -> None:
    after = [f"{FAILED} {status}"] if status else ["next"]
    assert run({"build": [command, "echo next"]}, tmp_path) == Ran(status, [*lines, *after])


def test_to_exit_without_a_failure_ends_a_command_and_nothing_more(tmp_path: Path) -> None:
    phases = {"install": ["exit 0", "echo on"], "build": ["set -e; exit 0", "false; echo still on"]}
    assert run(phases, tmp_path) == Ran(0, ["on", "still on"])


def test_no_command_can_eat_the_rest(tmp_path: Path) -> None:
    assert run({"build": ["cat", "read -r line || echo nothing", "echo on"]}, tmp_path) == Ran(0, ["nothing", "on"])


def test_a_command_that_is_no_shell_fails(tmp_path: Path) -> None:
    ran = run({"build": ["echo 'open", "echo never"]}, tmp_path)
    assert (ran.status, ran.lines[-1]) == (2, f"{FAILED} 2")
    assert "never" not in " ".join(ran.lines)


_VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=30)
@given(st.dictionaries(st.from_regex(r"V[A-Z_]{0,5}", fullmatch=True), _VALUES, min_size=1, max_size=3))
def test_every_value_of_a_variable_is_carried_over_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, variables: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("build")
    show = [f'printf "%s\\0" "${name}" >>out' for name in variables]
    assert run({"install": ["true"], "build": show}, folder, variables) == Ran(0, [])
    written = (folder / "out").read_bytes().decode().split("\0")
    assert written == [*variables.values(), ""]
