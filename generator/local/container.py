"""Run a build as CodeBuild does: a clean working copy, a clean home, and no environment but the project's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError
from generator.files import temporary
from generator.local.artifacts import unpack
from generator.local.buildspec import FAILED, RUNNING, Buildspec, bash_script, read_buildspec
from generator.local.emulator import Emulator

# How this machine reaches its package index; CodeBuild reaches PyPI directly.
_NETWORK = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "PIP_CONFIG_FILE", "PIP_TRUSTED_HOST")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_LAST_LINES = 15


class BuildError(GeneratorError):
    """A build failed: the last lines of the failed command's output, and the file with the whole log."""

    def __init__(self, log: Path) -> None:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        # After the command that failed, the log has only post_build.
        failed_line = next((number for number, line in enumerate(lines) if line.startswith(FAILED)), len(lines) - 1)
        command_line = max(
            (number for number, line in enumerate(lines[:failed_line]) if line.startswith(RUNNING)), default=0
        )
        self.failed_command_output = lines[command_line : failed_line + 1][-_LAST_LINES:]
        self.log = log
        super().__init__("\n".join([*self.failed_command_output, f"the whole log: {log}"]))


@dataclass(frozen=True)
class Project:
    """A deployed CodeBuild project; `role` has the credentials of its service role."""

    name: str
    buildspec: str
    variables: Mapping[str, str]
    role: Mapping[str, str]

    @classmethod
    def find(cls, emulator: Emulator, name: str) -> Project:
        """Return the deployed project of a name; GeneratorError where there is none."""
        projects = emulator.client("codebuild").batch_get_projects(names=[name])["projects"]
        if not projects:
            raise GeneratorError(f"no CodeBuild project {name}")
        variables = {
            variable["name"]: variable["value"]
            for variable in projects[0]["environment"].get("environmentVariables", [])
        }
        role = assume_role(emulator, projects[0]["serviceRole"], projects[0]["arn"])
        return cls(name, projects[0]["source"]["buildspec"], variables, role)


def assume_role(emulator: Emulator, role: str, resource_arn: str) -> dict[str, str]:
    """Return credentials of a role, as a service assumes it for the resource with this ARN."""
    sts = emulator.client("sts")
    session = sts.assume_role(RoleArn=role, RoleSessionName="rehearsal", ExternalId=resource_arn)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }


def create_python(folder: Path) -> Path:
    """Install a Python for the builds of a rehearsal, which share it: to install the framework takes many seconds."""
    venv.EnvBuilder(with_pip=True, symlinks=True).create(folder)
    return folder


def run_build(emulator: Emulator, project: Project, artifact: bytes, python: Path, log: Path) -> str:
    """Run a project on an artifact; return a line with the log and the reports. BuildError where a command fails."""
    with temporary.temporary_folder("build") as folder:
        source_folder, home = folder.path / "src", folder.path / "home"
        source_folder.mkdir()
        home.mkdir()
        unpack(artifact, source_folder)
        spec = _buildspec(project, source_folder)
        environment = {**spec.variables, **_environment(emulator, project, source_folder, home, python)}
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            if spec.python and spec.python != _PYTHON:
                output.write(f"Python {_PYTHON} of this machine stands in for {spec.python}\n".encode())
                output.flush()
            # The script is an argument, and not the input, which a command could read.
            completed = subprocess.run(  # noqa: S603 - the commands of the pipeline
                [shutil.which("bash") or "bash", "-c", bash_script(spec)],
                cwd=source_folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[folder.lock],
                check=False,
            )
        reports = _collect(spec, source_folder, log.with_suffix(""))
    if completed.returncode:
        raise BuildError(log)
    return f"log {log}{f', {reports} reports beside it' if reports else ''}"


def _buildspec(project: Project, source: Path) -> Buildspec:
    """Return the project's buildspec, which is a text, or a file in the artifact."""
    if "\n" in project.buildspec:
        return read_buildspec(project.buildspec, f"the buildspec of {project.name}")
    file = source / project.buildspec
    if not file.is_file():
        raise GeneratorError(f"{project.buildspec}: is not in the artifact: the configuration must have it")
    return read_buildspec(file.read_text(encoding="utf-8"), project.buildspec)


def _environment(emulator: Emulator, project: Project, source: Path, home: Path, python: Path) -> dict[str, str]:
    """Return the project's variables, CodeBuild's own, and the settings for the emulator."""
    inherited = {
        name: os.environ[name] for name in (*_NETWORK, *_PROXIES, "LANG", "LD_LIBRARY_PATH") if name in os.environ
    }
    cache = os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip")
    return {
        **inherited,
        **project.variables,
        **project.role,
        "PATH": f"{python / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "PIP_CACHE_DIR": cache,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "CI": "true",
        "CODEBUILD_SRC_DIR": str(source),
        "CODEBUILD_BUILD_ID": f"{project.name}:rehearsal",
        "AWS_REGION": emulator.region,
        "AWS_DEFAULT_REGION": emulator.region,
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        **({"AWS_CA_BUNDLE": str(emulator.ca_bundle)} if emulator.ca_bundle else {}),
    }


def _collect(spec: Buildspec, source: Path, folder: Path) -> int:
    """Copy the reports beside the log, by group; return their number."""
    shutil.rmtree(folder, ignore_errors=True)
    reports = {
        folder / group / file.relative_to(source / base): file
        for group, (base, patterns) in spec.reports.items()
        for pattern in patterns
        for file in (source / base).glob(pattern)
        if file.is_file()
    }
    for target, file in reports.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return len(reports)
