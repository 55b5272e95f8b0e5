"""A buildspec, as far as a rehearsal supports it: variables, phases and reports. Anything else is refused by name.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from generator.errors import GeneratorError

PHASES = ("install", "pre_build", "build", "post_build")
_ROOT = {"version", "env", "phases", "reports"}
_REPORT = {"files", "base-directory", "file-format"}
RUNNING, FAILED = "Running command", "Command did not exit successfully"
"""How lines of the log begin, as in CodeBuild: before each command, and after one that fails."""


@dataclass(frozen=True)
class Buildspec:
    """A build's commands by phase, its variables, its reports by group: (folder, patterns), and the Python version."""

    phases: Mapping[str, list[str]]
    variables: Mapping[str, str]
    reports: Mapping[str, tuple[str, list[str]]]
    python: str | None


def read_buildspec(text: str, name: str) -> Buildspec:
    """Return the buildspec in a text; GeneratorError with everything in it that a rehearsal does not support."""
    try:
        # Every scalar stays text: 3.10 is no number, and yes no boolean.
        spec = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes only strings, lists and mappings
    except yaml.YAMLError as error:
        raise GeneratorError(f"{name}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(spec, dict):
        raise GeneratorError(f"{name}: must have version and phases")
    if problems := [f"{name}: {problem}" for problem in _problems(spec)]:
        raise GeneratorError("\n".join(problems))
    phases = spec["phases"]
    reports = spec.get("reports") or {}
    return Buildspec(
        {phase: phases[phase]["commands"] for phase in PHASES if phase in phases},
        (spec.get("env") or {}).get("variables") or {},
        {group: (report.get("base-directory", "."), report["files"]) for group, report in reports.items()},
        (phases.get("install", {}).get("runtime-versions") or {}).get("python"),
    )


def _problems(spec: Mapping[str, Any]) -> Iterator[str]:
    if spec.get("version") != "0.2":
        yield "version: must be 0.2"
    yield from _unknown("", spec, _ROOT)
    yield from _env(spec.get("env") or {})
    if not isinstance(phases := spec.get("phases"), dict) or not phases:
        yield "phases: must have at least one of " + ", ".join(PHASES)
    else:
        yield from _unknown("phases.", phases, PHASES)
        for phase in PHASES:
            if phase in phases:
                yield from _phase(phase, phases[phase])
    yield from _reports(spec.get("reports") or {})


def _env(env: Any) -> Iterator[str]:
    if not isinstance(env, dict):
        yield "env: must have variables"
        return
    yield from _unknown("env.", env, {"variables"})
    variables = env.get("variables") or {}
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        yield "env.variables: must be texts by name"


def _phase(phase: str, settings: Any) -> Iterator[str]:
    install = phase == "install"
    yield from _unknown(f"phases.{phase}.", settings, {"commands", "runtime-versions"} if install else {"commands"})
    if not isinstance(settings, dict) or not _is_list_of_strings(settings.get("commands")):
        yield f"phases.{phase}.commands: must be a list of commands; one with ': ' in it needs quotes"
    if not install or not isinstance(settings, dict):
        return
    versions = settings.get("runtime-versions") or {}
    yield from _unknown("phases.install.runtime-versions.", versions, {"python"})
    if not isinstance(versions, dict) or not isinstance(versions.get("python", ""), str):
        yield "phases.install.runtime-versions: must be such as python: 3.13"


def _reports(reports: Any) -> Iterator[str]:
    if not isinstance(reports, dict):
        yield "reports: must be groups by name"
        return
    for group, report in reports.items():
        yield from _unknown(f"reports.{group}.", report, _REPORT)
        files = report.get("files") if isinstance(report, dict) else None
        if not _is_list_of_strings(files) or not all(map(_is_relative, files or ())):
            yield f"reports.{group}.files: must be a list of patterns, relative to base-directory"
        base = report.get("base-directory", ".") if isinstance(report, dict) else "."
        if not isinstance(base, str) or not _is_relative(base):
            yield f"reports.{group}.base-directory: must be a folder below the source's"


def _unknown(prefix: str, mapping: Any, known: Collection[str]) -> Iterator[str]:
    for key in mapping if isinstance(mapping, dict) else ():
        if key not in known:
            yield f"{prefix}{key}: CodeBuild may know it, a rehearsal does not ({', '.join(sorted(known))})"


def _is_list_of_strings(section: Any) -> bool:
    return isinstance(section, list) and bool(section) and all(isinstance(text, str) and text for text in section)


def _is_relative(path: str) -> bool:
    pure_path = PurePosixPath(path)
    return bool(path) and not pure_path.is_absolute() and ".." not in pure_path.parts


# Each command runs in a shell of its own, which begins with the folder and every variable of the command before, even
# those not exported. So `exit 0` ends a command and nothing more, and `set -e` is for one command.
# https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-cmd.html
_SHELL = f"""\
_state=$(mktemp -d)
trap 'rm -rf "$_state"' EXIT
export CODEBUILD_BUILD_SUCCEEDING=1
export -p >"$_state/env"
pwd >"$_state/dir"
_failed=0
_failed_in=
_run() {{
  printf '{RUNNING} %s\\n' "$2"
  printf 'cd %q\\n' "$(cat "$_state/dir")" >"$_state/command"
  printf '%s\\n' 'set -a' ". '$_state/env'" "$2" 'CODEBUILD_LAST_EXIT=$?' \\
    "export -p >'$_state/env'" "pwd >'$_state/dir'" 'exit $CODEBUILD_LAST_EXIT' >>"$_state/command"
  env -i "$BASH" --posix "$_state/command" && return
  _failed=$? _failed_in=$1
  printf '{FAILED} %s exit status %s\\n' "$2" "$_failed"
  echo 'CODEBUILD_BUILD_SUCCEEDING=0' >>"$_state/env"
  return 1
}}
"""


def bash_script(spec: Buildspec) -> str:
    """Return the phases as a bash script.

    The first command of a phase that fails ends the phase. After install or pre_build nothing more runs; after build,
    post_build does: https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
    """
    lines = [_SHELL]
    for phase, commands in spec.phases.items():
        after = "|build" if phase == "post_build" else ""
        commands_in_order = " &&\n    ".join(f"_run {phase} {shlex.quote(command.strip())}" for command in commands)
        lines += [
            f'case "$_failed_in" in ""{after})',
            f"  echo Entering phase {phase.upper()}",
            f"  {commands_in_order} ;;",
            "esac",
        ]
    return "\n".join([*lines, "exit $_failed", ""])
