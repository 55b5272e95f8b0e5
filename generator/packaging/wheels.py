"""Third-party packages of functions: wheels for Lambda's platform, pinned with their hashes, fetched once.

The functions of most sources need none. https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from generator.errors import GeneratorError
from generator.files import regular_file
from generator.templates.resources.function import ARCHITECTURE, RUNTIME

PINNED = Path(__file__).parent / "wheels.txt"
_NEEDS = {"cryptography": ("cryptography", "cffi"), "PyJWT": ("PyJWT", "cryptography", "cffi")}
# Of cffi, cryptography imports the part in C alone; nothing reads type stubs and lists of components at run time.
_LEFT_OUT = re.compile(r".*\.pyi|.*/py\.typed|.*\.dist-info/(sboms/.*|RECORD)|cffi/.*|.*/__pycache__/.*")
_PLATFORMS = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's image has glibc 2.34: https://docs.aws.amazon.com/linux/al2023/ug/glibc-gcc-and-binutils-versions.html
_GLIBC = ("manylinux_2_34", "manylinux_2_28", "manylinux2014")


def wheel_files(packages: Iterable[str]) -> dict[str, bytes]:
    """What is in the wheels of these packages and of what they need, by name; GeneratorError where one can't be had."""
    wanted = tuple(dict.fromkeys(one for package in packages for one in _NEEDS[package]))
    return dict(_unpacked(wanted)) if wanted else {}


@cache
def _unpacked(wanted: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    found: dict[str, bytes] = {}
    for content in _wheels(wanted):
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            for name in wheel.namelist():
                if not name.endswith("/") and not _LEFT_OUT.fullmatch(name):
                    found[_inside(name)] = wheel.read(name)
    return tuple(found.items())


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[0] == "lambdas":
        raise GeneratorError(f"a wheel has a file {name}, which can't go into a function's code")
    return name


def _wheels(wanted: tuple[str, ...]) -> list[bytes]:
    pinned = pinned_wheels()
    kept = {hashlib.sha256(content).hexdigest(): content for content in _kept()}
    if missing := [name for name in wanted if pinned[name][1] not in kept]:
        fetched = _fetched({name: pinned[name] for name in missing})
        kept |= {hashlib.sha256(content).hexdigest(): content for content in fetched.values()}
        _keep(fetched)
    if wrong := [name for name in wanted if pinned[name][1] not in kept]:
        raise GeneratorError(f"{PINNED}: the hash of {' and '.join(wrong)} is another one")
    return [kept[pinned[name][1]] for name in wanted]


def pinned_wheels() -> dict[str, tuple[str, str]]:
    """The version and the hash of each package."""
    lines = re.findall(r"^(\S+)==(\S+) --hash=sha256:([0-9a-f]{64})$", PINNED.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: (version, digest) for name, version, digest in lines}


def cache_folder() -> Path:
    """Where they are kept: beside what other programs keep for this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mozdef-event-framework" / "wheels"


def _kept() -> list[bytes]:
    try:
        return [regular_file.read(file) for file in sorted(cache_folder().glob("*.whl"))]
    except OSError:
        return []


def _keep(fetched: Mapping[str, bytes]) -> None:
    """Keep them for the next build; where that can't be, it fetches them again."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        for name, content in fetched.items():
            half = cache_folder() / f".{os.getpid()}-{name}"
            half.write_bytes(content)
            half.replace(cache_folder() / name)
    except OSError:
        return


def _fetched(wanted: Mapping[str, tuple[str, str]]) -> dict[str, bytes]:
    """The wheels by their file names, as pip finds them: with its settings, its mirrors, its checks of the hashes."""
    version = RUNTIME.removeprefix("python")
    abi = f"cp{version.replace('.', '')}"
    platforms = [f"--platform={glibc}_{_PLATFORMS[ARCHITECTURE]}" for glibc in _GLIBC]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries=1"]
    command += ["--timeout=10", "--no-deps", "--only-binary=:all:", "--require-hashes", f"--python-version={version}"]
    command += ["--implementation=cp", f"--abi={abi}", "--abi=abi3", "--abi=none", *platforms]
    lines = [f"{name}=={at} --hash=sha256:{digest}" for name, (at, digest) in wanted.items()]
    with tempfile.TemporaryDirectory() as there:
        listed = Path(there, "wheels.txt")
        listed.write_text("\n".join(lines), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own arguments
            [*command, f"--dest={there}", f"--requirement={listed}"], capture_output=True, text=True, check=False
        )
        found = {file.name: file.read_bytes() for file in Path(there).glob("*.whl")}
    if done.returncode:
        place = f"for {RUNTIME} on {ARCHITECTURE}"
        raise GeneratorError(
            f"{' and '.join(wanted)} can't be fetched {place}: {_why(done.stderr or done.stdout)}. "
            f"Build once where pip reaches an index; what it fetched stays in {cache_folder()}"
        )
    return found


def _why(said: str) -> str:
    """The last thing that pip said; that there is no network, it says as if there were no such package."""
    lines = said.strip().splitlines() or ["it said nothing"]
    unreachable = any("connection" in line.lower() or "Max retries" in line for line in lines)
    return "pip reaches no index" if unreachable else lines[-1].removeprefix("ERROR: ").rstrip(".")
