"""The wheel alone: built from an sdist, installed into an environment of its own, and used in empty folders."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

from generator.definition.read import load
from generator.definition.source_folders import source_names
from generator.packaging.configuration import framework_files
from generator.packaging.product import source_files
from tests.definitions import ROOT, SOURCES
from tests.emulator.service import eventually, free_port

pytestmark = pytest.mark.slow

BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
BESIDE_PACKAGES = (".gitattributes", "LICENSE", "README.md", "constraints.txt", "pyproject.toml", "requirements.txt")
COMPLETE = """\
eval "$(_MOZDEF_EF_COMPLETE=bash_source mozdef-ef)"
COMP_WORDS=(mozdef-ef send zo) COMP_CWORD=2
_mozdef_ef_completion mozdef-ef
echo "${COMPREPLY[@]}"
"""


@dataclass(frozen=True)
class Installation:
    """An environment that has the wheel, and the libraries of this one; nothing of the checkout."""

    wheel: Path
    environment: Path

    @property
    def variables(self) -> dict[str, str]:
        path = f"{self.environment / 'bin'}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.environment), "AWS_EC2_METADATA_DISABLED": "true"}

    def run(self, folder: Path, *command: str) -> str:
        """What a command prints that succeeds in a folder, errors and notes too."""
        executable = shutil.which(command[0], path=self.variables["PATH"])
        assert executable
        done = subprocess.run(
            [executable, *command[1:]],
            cwd=folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installed")
    backend = setuptools_folder(folder / "backend")
    build("build_sdist", copied_checkout(folder / "checkout"), folder, backend)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "sdist", filter="data")
    (unpacked,) = (folder / "sdist").iterdir()
    build("build_wheel", unpacked, folder, backend)
    (wheel,) = folder.glob("*.whl")
    venv.EnvBuilder(symlinks=True).create(folder / "environment")
    python = folder / "environment" / "bin" / "python"
    site = Path(output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip())
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check"]
    output([*pip, "--no-index", "--no-deps", "--no-compile", wheel], folder)
    return Installation(wheel, folder / "environment")


def setuptools_folder(folder: Path) -> str:
    """The folder of a setuptools that builds this project: this environment's, or one that pip fetches."""
    wanted = re.search(r"^setuptools==(\d+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert wanted
    try:
        if int(metadata.version("setuptools").partition(".")[0]) >= 77:
            return sysconfig.get_path("purelib")
    except metadata.PackageNotFoundError:
        pass
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", f"--target={folder}", "setuptools"]
    command += ["--retries=0", "--timeout=10", f"--constraint={ROOT / 'constraints.txt'}"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(
            "there is no setuptools 77 here, and pip can't fetch it: pip install -c constraints.txt -e '.[dev]'"
        )
    return str(folder)


def copied_checkout(folder: Path) -> Path:
    """A copy of what is, or could be, checked in: setuptools writes into the folder that it builds."""
    listing = output(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], ROOT)
    for name in filter(None, listing.split("\0")):
        if not name.startswith(("tests/", "docs/", "benchmarks/")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def build(kind: str, project: Path, target: Path, backend: str) -> None:
    output([sys.executable, "-c", BUILD, kind, target], project, PYTHONPATH=backend)


def output(command: Sequence[str | Path], folder: Path, **variables: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_has_every_file_of_the_packages_and_the_catalogue(installation: Installation) -> None:
    listing = output(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], ROOT).split("\0")
    expected = {name: name for name in listing if name.startswith(("generator/", "lambdas/"))}
    expected |= {f"generator/repository/{name}": name for name in listing if name.startswith("sources/")}
    expected |= {f"generator/repository/{name}": name for name in BESIDE_PACKAGES}
    with zipfile.ZipFile(installation.wheel) as wheel:
        packed = {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == {name: (ROOT / file).read_bytes() for name, file in expected.items()}


def test_a_source_that_is_shipped_is_built_in_an_empty_folder_as_in_a_checkout(
    installation: Installation, tmp_path: Path
) -> None:
    printed = installation.run(tmp_path, "python", "-m", "generator", "zoom", "--lint", "fast")
    assert "  python -m generator run zoom " in printed
    built = {
        file.relative_to(tmp_path / "build" / "zoom").as_posix(): file.read_bytes()
        for file in (tmp_path / "build" / "zoom").rglob("*")
        if file.is_file()
    }
    assert built == source_files(load(SOURCES, ["zoom"])[0])


def test_the_overview_and_hints_name_the_script_and_where_sources_come_from(
    installation: Installation, tmp_path: Path
) -> None:
    printed = installation.run(tmp_path, "mozdef-ef")
    folder = r"\S*/site-packages/generator/repository/sources/"
    assert re.search(rf"\n{len(source_names(SOURCES))} sources shipped, from {folder}\n", printed)
    assert "\n  mozdef-ef zoom " in printed
    assert "\n  mozdef-ef init DIR " in printed
    installation.run(tmp_path, "mozdef-ef", "init", ".")
    new = ["new", "acme", "--auth", "token", "--header", "x-acme", "--description", "Acme", "--lint", "fast"]
    assert "\n  mozdef-ef acme --accept" in installation.run(tmp_path, "mozdef-ef", *new)
    requirement = (tmp_path / "requirements.txt").read_text(encoding="utf-8")
    assert f"\nmozdef-event-framework[local]=={metadata.version('mozdef-event-framework')}\n" in requirement


def test_bash_completes_by_the_script(installation: Installation, tmp_path: Path) -> None:
    assert installation.run(tmp_path, "bash", "-c", COMPLETE) == "zoom zoom-log\n"


def test_what_the_cloud_builds_with_is_the_same_from_the_wheel(installation: Installation, tmp_path: Path) -> None:
    program = (
        "import hashlib, json; from generator.packaging.configuration import framework_files\n"
        "print(json.dumps({name: hashlib.sha256(text).hexdigest() for name, text in framework_files().items()}))"
    )
    expected = {name: hashlib.sha256(content).hexdigest() for name, content in framework_files().items()}
    assert json.loads(installation.run(tmp_path, "python", "-c", program)) == expected


@pytest.mark.emulator
def test_a_shipped_source_runs_and_takes_an_event(installation: Installation, tmp_path: Path) -> None:
    installation.run(tmp_path, "mozdef-ef", "zoom", "--lint", "fast")
    command = [installation.environment / "bin" / "mozdef-ef", "run", "zoom", "--json", "--port", str(free_port())]
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen(command, cwd=tmp_path, env=installation.variables, stdout=out, stderr=err)
        try:
            assert eventually((tmp_path / "build" / ".run" / "zoom.json").exists), (tmp_path / "err").read_text()
            assert "answer  200" in installation.run(tmp_path, "mozdef-ef", "send", "zoom", "--sample", "user.created")
            assert eventually(lambda: (tmp_path / "out").read_text().endswith("\n")), (tmp_path / "err").read_text()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    message = json.loads((tmp_path / "out").read_text(encoding="utf-8"))
    assert message["summary"] == "zoom: user.created by zoom-admin@example.com: soren.prove@example.com"
