"""Third-party packages of functions: wheels for Lambda's platform, pinned by hashes in wheels.txt, fetched once.

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
_REQUIREMENTS = {"cryptography": ("cryptography", "cffi"), "PyJWT": ("PyJWT", "cryptography", "cffi")}
# cryptography imports only the C part of cffi; at run time nothing reads type stubs and lists of components.
_LEFT_OUT = re.compile(r".*\.pyi|.*/py\.typed|.*\.dist-info/(sboms/.*|RECORD)|cffi/.*|.*/__pycache__/.*")
_PLATFORMS = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's image has glibc 2.34: https://docs.aws.amazon.com/linux/al2023/ug/glibc-gcc-and-binutils-versions.html
_GLIBC = ("manylinux_2_34", "manylinux_2_28", "manylinux2014")


def wheel_files(packages: Iterable[str]) -> dict[str, bytes]:
    """Return the files of packages and their requirements, by name; GeneratorError where one can't be fetched."""
    names = tuple(dict.fromkeys(name for package in packages for name in _REQUIREMENTS[package]))
    return dict(_unpack(names)) if names else {}


@cache
def _unpack(names: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    files: dict[str, bytes] = {}
    for content in _wheels(names):
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            for file in wheel.namelist():
                if not file.endswith("/") and not _LEFT_OUT.fullmatch(file):
                    files[_safe_name(file)] = wheel.read(file)
    return tuple(files.items())


def _safe_name(name: str) -> str:
    """Return the name, unless it leads out of the zip or into `lambdas`."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[0] == "lambdas":
        raise GeneratorError(f"a wheel has a file {name}, which can't go into a function's code")
    return name


def _wheels(names: tuple[str, ...]) -> list[bytes]:
    """Return the pinned wheels, from the cache or from an index."""
    pinned = pinned_wheels()
    by_hash = {hashlib.sha256(content).hexdigest(): content for content in _cached_wheels()}
    if missing := [name for name in names if pinned[name][1] not in by_hash]:
        fetched = _fetch({name: pinned[name] for name in missing})
        by_hash |= {hashlib.sha256(content).hexdigest(): content for content in fetched.values()}
        _store(fetched)
    if wrong := [name for name in names if pinned[name][1] not in by_hash]:
        raise GeneratorError(f"{PINNED}: the hash of {' and '.join(wrong)} is another one")
    return [by_hash[pinned[name][1]] for name in names]


def pinned_wheels() -> dict[str, tuple[str, str]]:
    """Return the version and the hash of each package in wheels.txt."""
    lines = re.findall(r"^(\S+)==(\S+) --hash=sha256:([0-9a-f]{64})$", PINNED.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: (version, digest) for name, version, digest in lines}


def cache_folder() -> Path:
    """Return the folder of fetched wheels, in this user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mozdef-event-framework" / "wheels"


def _cached_wheels() -> list[bytes]:
    try:
        return [regular_file.read(file) for file in sorted(cache_folder().glob("*.whl"))]
    except OSError:
        return []


def _store(fetched: Mapping[str, bytes]) -> None:
    """Store wheels for the next build, which fetches them again where that fails."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        for name, content in fetched.items():
            partial = cache_folder() / f".{os.getpid()}-{name}"
            partial.write_bytes(content)
            partial.replace(cache_folder() / name)
    except OSError:
        return


def _fetch(pinned: Mapping[str, tuple[str, str]]) -> dict[str, bytes]:
    """Return wheels by file name, as pip downloads them: with its settings, its mirrors, its checks of hashes."""
    version = RUNTIME.removeprefix("python")
    abi = f"cp{version.replace('.', '')}"
    platforms = [f"--platform={glibc}_{_PLATFORMS[ARCHITECTURE]}" for glibc in _GLIBC]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries=1"]
    command += ["--timeout=10", "--no-deps", "--only-binary=:all:", "--require-hashes", f"--python-version={version}"]
    command += ["--implementation=cp", f"--abi={abi}", "--abi=abi3", "--abi=none", *platforms]
    lines = [f"{name}=={release} --hash=sha256:{digest}" for name, (release, digest) in pinned.items()]
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "wheels.txt")
        requirements.write_text("\n".join(lines), encoding="utf-8")
        process = subprocess.run(  # noqa: S603 - our own arguments
            [*command, f"--dest={folder}", f"--requirement={requirements}"], capture_output=True, text=True, check=False
        )
        wheels = {file.name: file.read_bytes() for file in Path(folder).glob("*.whl")}
    if process.returncode:
        platform = f"for {RUNTIME} on {ARCHITECTURE}"
        raise GeneratorError(
            f"{' and '.join(pinned)} can't be fetched {platform}: {_reason(process.stderr or process.stdout)}. "
            f"Build once where pip reaches an index; what it fetched stays in {cache_folder()}"
        )
    return wheels


def _reason(output: str) -> str:
    """Return pip's last line; without a network pip reports that there is no such package."""
    lines = output.strip().splitlines() or ["no output"]
    unreachable = any("connection" in line.lower() or "Max retries" in line for line in lines)
    return "pip reaches no index" if unreachable else lines[-1].removeprefix("ERROR: ").rstrip(".")
