"""A build as CodeBuild runs it: a clean working copy, a clean home, and no environment but the project's."""

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

# How this machine reaches its package index; in CodeBuild there is nothing in between.
_NETWORK = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "PIP_CONFIG_FILE", "PIP_TRUSTED_HOST")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_LAST_LINES = 15


class BuildError(GeneratorError):
    """A build that failed: what the command said that did, at most the end of it, and where the whole log is."""

    def __init__(self, log: Path) -> None:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        # What comes after the command that failed is only of post_build.
        failed = next((at for at, line in enumerate(lines) if line.startswith(FAILED)), len(lines) - 1)
        begun = max((at for at, line in enumerate(lines[:failed]) if line.startswith(RUNNING)), default=0)
        self.failed_command_output = lines[begun : failed + 1][-_LAST_LINES:]
        self.log = log
        super().__init__("\n".join([*self.failed_command_output, f"the whole log: {log}"]))


@dataclass(frozen=True)
class Project:
    """A deployed CodeBuild project: `role` is the credentials of its service role."""

    name: str
    buildspec: str
    variables: Mapping[str, str]
    role: Mapping[str, str]

    @classmethod
    def find(cls, emulator: Emulator, name: str) -> Project:
        """The project of this name as it is deployed."""
        there = emulator.client("codebuild").batch_get_projects(names=[name])["projects"]
        if not there:
            raise GeneratorError(f"no CodeBuild project {name}")
        variables = {one["name"]: one["value"] for one in there[0]["environment"].get("environmentVariables", [])}
        role = assume_role(emulator, there[0]["serviceRole"], there[0]["arn"])
        return cls(name, there[0]["source"]["buildspec"], variables, role)


def assume_role(emulator: Emulator, role: str, source: str) -> dict[str, str]:
    """A session of a role, as a service takes it on for a resource of its own; `source` is that one's ARN."""
    sts = emulator.client("sts")
    given = sts.assume_role(RoleArn=role, RoleSessionName="rehearsal", ExternalId=source)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def create_python(folder: Path) -> Path:
    """A Python for the builds of one rehearsal, which share it: to install the framework takes many seconds."""
    venv.EnvBuilder(with_pip=True, symlinks=True).create(folder)
    return folder


def run_build(emulator: Emulator, project: Project, artifact: bytes, python: Path, log: Path) -> str:
    """Run a project on an artifact; what it came to, or GeneratorError with the end of its log."""
    with temporary.temporary_folder("build") as folder:
        source, home = folder.path / "src", folder.path / "home"
        source.mkdir()
        home.mkdir()
        unpack(artifact, source)
        spec = _buildspec(project, source)
        environment = {**spec.variables, **_environment(emulator, project, source, home, python)}
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            if spec.python and spec.python != _PYTHON:
                output.write(f"Python {_PYTHON} of this machine stands in for {spec.python}\n".encode())
                output.flush()
            # bash reads the script before it runs it, so that no command can eat the rest as its input.
            ended = subprocess.run(  # noqa: S603 - what it runs is what the pipeline would
                [shutil.which("bash") or "bash", "-c", bash_script(spec)],
                cwd=source,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[folder.lock],
                check=False,
            )
        reports = _collect(spec, source, log.with_suffix(""))
    if ended.returncode:
        raise BuildError(log)
    return f"log {log}{f', {reports} reports beside it' if reports else ''}"


def _buildspec(project: Project, source: Path) -> Buildspec:
    """The project's own, or the file of the artifact that it names."""
    if "\n" in project.buildspec:
        return read_buildspec(project.buildspec, f"the buildspec of {project.name}")
    file = source / project.buildspec
    if not file.is_file():
        raise GeneratorError(f"{project.buildspec}: is not in the artifact: the configuration must have it")
    return read_buildspec(file.read_text(encoding="utf-8"), project.buildspec)


def _environment(emulator: Emulator, project: Project, source: Path, home: Path, python: Path) -> dict[str, str]:
    """The project's variables, CodeBuild's own, and where AWS is on this machine."""
    passed = {
        name: os.environ[name] for name in (*_NETWORK, *_PROXIES, "LANG", "LD_LIBRARY_PATH") if name in os.environ
    }
    cache = os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip")
    return {
        **passed,
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
    """Keep the reports beside the log, by group; how many there are."""
    shutil.rmtree(folder, ignore_errors=True)
    found = {
        folder / group / file.relative_to(source / base): file
        for group, (base, patterns) in spec.reports.items()
        for pattern in patterns
        for file in (source / base).glob(pattern)
        if file.is_file()
    }
    for place, file in found.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)
    return len(found)
