"""The zip that ships: the same bytes everywhere, small, and nothing but what runs in AWS."""

from __future__ import annotations

import ast
import io
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from generator.packaging import bundle
from lambdas.model import Source
from tests.definitions import bundled_source, make_definition, pulled_names, webhook_names

ALLOWED = {*sys.stdlib_module_names, "lambdas", "boto3", "botocore", "jmespath"}


def files(name: str = "zoom") -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(bundled_source(name)))) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def test_zip_is_stored_sorted_and_without_a_time_or_a_users_modes() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(bundled_source("zoom")))) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {oct(entry.external_attr >> 16) for entry in entries} == {"0o100644"}


def test_zip_contains_code_and_definition() -> None:
    assert {"lambdas/webhook.py", "lambdas/auth/hmac.py", "lambdas/source.py"} <= set(files())
    assert all(name.startswith("lambdas/") and name.endswith(".py") for name in files())


# Code that fetches the keys of a token comes on top of what reads a body, where the HTTP API can't verify the token.
KILOBYTES = dict.fromkeys(webhook_names(), 257) | {"fusionauth": 300} | dict.fromkeys(pulled_names(), 450)


@pytest.mark.parametrize(("name", "kilobytes"), KILOBYTES.items())
def test_zip_stays_small_without_the_code_of_others(name: str, kilobytes: int) -> None:
    archive = io.BytesIO(bundle.lambdas_zip(bundled_source(name)))
    own = [entry for entry in zipfile.ZipFile(archive).infolist() if entry.filename.startswith("lambdas/")]
    # A name stands twice, with 76 bytes about it.
    assert sum(entry.file_size + 2 * len(entry.filename) + 76 for entry in own) + 22 <= kilobytes * 1024


@pytest.mark.parametrize("name", ["zoom", "aws-sns"])
def test_zip_of_a_webhook_has_nothing_of_sources_that_are_pulled(name: str) -> None:
    parts = ("credential", "paging", "pull", "tokens")
    assert [file for file in files(name) if any(part in file for part in parts)] == []


def test_zip_has_the_archives_code_only_where_there_is_an_archive(tmp_path: Path) -> None:
    text = "description: made\nwebhook: {auth: {token: {header: x-token}}}\n"
    zips = [bundle.lambdas_zip(make_definition(tmp_path, text + more)) for more in ("archive: {}\n", "")]
    with_archive, without = (set(zipfile.ZipFile(io.BytesIO(content)).namelist()) for content in zips)
    names = ("archive", "replay", "event_filter")
    assert with_archive - without == {f"lambdas/delivering/{name}.py" for name in names}


@pytest.mark.parametrize("name", ["zoom", "okta", "slack-audit"])
def test_zip_imports_nothing_outside_itself_and_aws(name: str) -> None:
    """The generator never ships: what runs in AWS is the standard library, boto3 and itself."""
    for file, content in files(name).items():
        for node in ast.walk(ast.parse(content)):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, file
                imported = [str(node.module)]
            assert {module.partition(".")[0] for module in imported} <= ALLOWED, file


@pytest.mark.parametrize("name", ["zoom", "okta", "slack-audit"])
def test_definition_in_the_zip_is_the_one_read_without_texts_for_people(name: str) -> None:
    namespace: dict[str, Source] = {}
    exec(compile(files(name)["lambdas/source.py"], "source.py", "exec"), namespace)  # noqa: S102
    assert bundled_source(name).source.vendor is not None
    assert namespace["SOURCE"] == replace(bundled_source(name).source, vendor=None)


def test_a_sources_own_code_goes_with_it(tmp_path: Path) -> None:
    make_definition(tmp_path, "description: made\nwebhook: {auth: {token: {header: x-token}}}")
    code = "def transform(event, request):\n    return [event]\n"
    (tmp_path / "made" / "transform.py").write_text(code)
    definition = make_definition(tmp_path, "description: made\nwebhook: {auth: {token: {header: x-token}}}")
    with zipfile.ZipFile(io.BytesIO(bundle.lambdas_zip(definition))) as packed:
        assert packed.read("lambdas/transform.py").decode() == code
        source = packed.read("lambdas/source.py").decode()
    assert "from lambdas.transform import transform\n" in source
    assert "transform=transform" in source


def test_key_of_a_zip_is_its_content() -> None:
    assert bundle.zip_key(b"a") != bundle.zip_key(b"b")
    assert bundle.zip_key(b"") == "code/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.zip"


def test_a_script_keeps_its_mode() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.make_zip({"deploy.sh": b"", "a.txt": b""}))) as archive:
        assert {entry.filename: oct(entry.external_attr >> 16) for entry in archive.infolist()} == {
            "a.txt": "0o100644",
            "deploy.sh": "0o100755",
        }


@pytest.mark.parametrize("output", ["mozdef", "raw", "ecs", "ocsf"])
def test_zip_has_the_output_of_its_source_alone(tmp_path: Path, output: str) -> None:
    text = f"description: made\nwebhook: {{auth: {{token: {{header: x-token}}}}}}\noutput: {output}\n"
    content = bundle.lambdas_zip(make_definition(tmp_path, text))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {name.removeprefix("lambdas/shaping/") for name in archive.namelist()}
    own = {
        "mozdef": {"flat_fields.py", "mozdef_names.py"},
        "raw": {"truncation.py"},
        "ecs": {"truncation.py"},
        "ocsf": {"truncation.py", "ocsf_classes.py", "ocsf_objects.py"},
    }
    assert {name for name in names if name.startswith("outputs/")} == {"outputs/__init__.py", f"outputs/{output}.py"}
    assert names & set.union(*own.values()) == own[output]
    assert "output.py" not in names  # it is read by those who write an output, and by mypy
