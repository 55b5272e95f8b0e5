"""The zip that ships: the same bytes everywhere, small, and nothing but what runs in AWS."""

from __future__ import annotations

import ast
import io
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from generator.definition.read import BUNDLED, source_names
from generator.packaging import bundle
from lambdas.model import Source
from tests.definitions import bundled_source, make_definition

ALLOWED = {*sys.stdlib_module_names, "lambdas", "boto3", "botocore", "jmespath"}


def files(name: str = "zoom") -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(bundled_source(name)))) as made:
        return {one.filename: made.read(one) for one in made.infolist()}


def test_it_is_stored_sorted_and_without_a_time_or_a_users_modes() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(bundled_source("zoom")))) as made:
        entries = made.infolist()
    assert [one.filename for one in entries] == sorted(one.filename for one in entries)
    assert {one.compress_type for one in entries} == {zipfile.ZIP_STORED}
    assert {one.date_time for one in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {oct(one.external_attr >> 16) for one in entries} == {"0o100644"}


def test_it_has_the_code_and_the_definition() -> None:
    assert {"lambdas/webhook.py", "lambdas/auth/hmac.py", "lambdas/source.py"} <= set(files())
    assert all(name.startswith("lambdas/") and name.endswith(".py") for name in files())


@pytest.mark.parametrize("name", source_names(BUNDLED))
def test_it_stays_small_without_what_others_have_written(name: str) -> None:
    made = io.BytesIO(bundle.lambdas_zip(bundled_source(name)))
    own = [one for one in zipfile.ZipFile(made).infolist() if one.filename.startswith("lambdas/")]
    # A name stands twice, with 76 bytes about it.
    assert sum(one.file_size + 2 * len(one.filename) + 76 for one in own) + 22 <= 250 * 1024


@pytest.mark.parametrize("name", ["zoom", "okta"])
def test_it_imports_nothing_that_is_not_in_it_or_in_aws(name: str) -> None:
    """The generator never ships: what runs in AWS is the standard library, boto3 and itself."""
    for file, content in files(name).items():
        for node in ast.walk(ast.parse(content)):
            imported = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, file
                imported = [str(node.module)]
            assert {one.partition(".")[0] for one in imported} <= ALLOWED, file


@pytest.mark.parametrize("name", ["zoom", "okta"])
def test_the_definition_in_it_is_the_one_that_was_read_without_what_people_are_told(name: str) -> None:
    namespace: dict[str, Source] = {}
    exec(compile(files(name)["lambdas/source.py"], "source.py", "exec"), namespace)  # noqa: S102
    assert bundled_source(name).source.vendor is not None
    assert namespace["SOURCE"] == replace(bundled_source(name).source, vendor=None)


def test_a_sources_own_code_goes_with_it(tmp_path: Path) -> None:
    make_definition(tmp_path, "description: made\nwebhook: {auth: {token: {header: x-token}}}")
    code = "def transform(event, request):\n    return [event]\n"
    (tmp_path / "made" / "transform.py").write_text(code)
    made = make_definition(tmp_path, "description: made\nwebhook: {auth: {token: {header: x-token}}}")
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(made))) as packed:
        assert packed.read("lambdas/transform.py").decode() == code
        source = packed.read("lambdas/source.py").decode()
    assert "from lambdas.transform import transform\n" in source
    assert "transform=transform" in source


def test_its_key_is_its_content() -> None:
    assert bundle.zip_key(b"a") != bundle.zip_key(b"b")
    assert bundle.zip_key(b"") == "code/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.zip"


def test_a_script_keeps_its_mode() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.make_zip({"deploy.sh": b"", "a.txt": b""}))) as made:
        assert {one.filename: oct(one.external_attr >> 16) for one in made.infolist()} == {
            "a.txt": "0o100644",
            "deploy.sh": "0o100755",
        }
