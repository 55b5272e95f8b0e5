"""Third-party packages of functions: pinned, fetched once, and only where a source needs them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.commands import main
from generator.definition import third_party
from generator.definition.third_party import third_party_packages
from generator.errors import GeneratorError
from generator.packaging import wheels
from tests.definitions import SOURCES, bundled_source, make_definition


def wheel(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/", 1), content)
    return buffer.getvalue()


CRYPTOGRAPHY = wheel(**{"cryptography__x.py": "1", "cryptography__x.pyi": "2", "cryptography-1.dist-info__RECORD": "3"})
CFFI = wheel(**{"_cffi_backend.so": "4", "cffi__api.py": "5"})
FETCHED = {"cryptography-1.whl": CRYPTOGRAPHY, "cffi-1.whl": CFFI}
NEEDED = {"cryptography/x.py": b"1", "_cffi_backend.so": b"4"}


@pytest.fixture(autouse=True)
def _afresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of one's own, and packages that are small."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pinned = tmp_path / "wheels.txt"
    pinned.write_text(
        "".join(
            f"{name}==1 --hash=sha256:{hashlib.sha256(content).hexdigest()}\n"
            for name, content in (("cryptography", CRYPTOGRAPHY), ("cffi", CFFI))
        )
    )
    monkeypatch.setattr(wheels, "PINNED", pinned)
    wheels._unpack.cache_clear()


def offline(_wanted: Mapping[str, tuple[str, str]]) -> dict[str, bytes]:
    raise GeneratorError("cryptography can't be fetched")


def test_needed_files_of_wheels_go_into_the_zip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_fetch", lambda _wanted: FETCHED)
    assert wheels.wheel_files(["cryptography"]) == NEEDED


def test_wheels_are_fetched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_fetch", lambda _wanted: FETCHED)
    wheels.wheel_files(["cryptography"])
    wheels._unpack.cache_clear()
    monkeypatch.setattr(wheels, "_fetch", offline)
    assert wheels.wheel_files(["cryptography"]) == NEEDED


def test_tampered_wheel_is_fetched_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_fetch", lambda _wanted: FETCHED)
    wheels.wheel_files(["cryptography"])
    for kept in wheels.cache_folder().iterdir():
        kept.write_bytes(kept.read_bytes() + b"x")
    wheels._unpack.cache_clear()
    monkeypatch.setattr(wheels, "_fetch", offline)
    with pytest.raises(GeneratorError, match="can't be fetched"):
        wheels.wheel_files(["cryptography"])


def test_wheel_with_another_hash_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_fetch", lambda _wanted: {**FETCHED, "cffi-1.whl": CFFI + b"x"})
    with pytest.raises(GeneratorError, match="the hash of cffi is another one"):
        wheels.wheel_files(["cryptography"])


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "lambdas/webhook.py"])
def test_wheel_can_not_replace_a_file_of_ours(name: str) -> None:
    with pytest.raises(GeneratorError, match=r"which can't go into a function's code"):
        wheels._safe_name(name)


def test_a_cache_that_can_not_be_written_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(wheels, "_fetch", lambda _wanted: FETCHED)
    assert wheels.wheel_files(["cryptography"]) == NEEDED


def test_pip_that_reaches_no_index_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE", "PIP_NO_INDEX"):
        monkeypatch.setenv(name, "/dev/null" if name == "PIP_CONFIG_FILE" else "")
    with pytest.raises(GeneratorError) as error:
        wheels.wheel_files(["cryptography"])
    assert str(error.value) == (
        "cryptography and cffi can't be fetched for python3.13 on arm64: pip reaches no index. "
        f"Build once where pip reaches an index; what it fetched stays in {wheels.cache_folder()}"
    )


def test_only_a_source_that_needs_wheels_fails_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(wheels, "_fetch", offline)
    build = tmp_path / "build"
    arguments = ["--sources", str(SOURCES), "--build", str(build), "--lint", "fast"]
    assert main(["discord", "okta", *arguments]) == 1
    assert capsys.readouterr().err == "error: discord: not built: cryptography can't be fetched\n"
    assert (build / "okta" / "lambdas.zip").exists()
    assert not (build / "discord").exists()
    assert main(["discord", *arguments]) == 1
    assert capsys.readouterr().err == "error: discord: not built: cryptography can't be fetched\n"


@pytest.mark.parametrize(
    ("name", "needed"),
    [("zoom", ()), ("okta", ()), ("discord", ("cryptography",)), ("aws-sns", ("cryptography",)), ("google-pubsub", ())],
)
def test_a_source_needs_what_its_way_of_verifying_imports(name: str, needed: tuple[str, ...]) -> None:
    assert third_party_packages(bundled_source(name).source) == needed


def test_a_token_that_the_api_can_not_verify_needs_wheels(tmp_path: Path) -> None:
    text = """
        description: Tokens with another algorithm
        webhook:
          auth:
            jwt: {issuer: "https://issuer.example.com", audience: [us], algorithms: [ES256]}
    """
    assert third_party_packages(make_definition(tmp_path, text).source) == ("PyJWT", "cryptography")


def test_every_package_that_a_type_may_need_is_pinned() -> None:
    pinned = {line.split("==")[0] for line in (Path(wheels.__file__).parent / "wheels.txt").read_text().splitlines()}
    assert {name for needs in wheels._REQUIREMENTS.values() for name in needs} <= pinned
    assert set(third_party.FIRST_IMPORT) == set(wheels._REQUIREMENTS)
