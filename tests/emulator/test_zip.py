"""The functions as they are in AWS: from the unpacked zip, beside boto3."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import boto3
import pytest

from tests.emulator.service import template

pytestmark = pytest.mark.emulator

PACKAGES = Path(boto3.__file__).parent.parent
BOTO3 = {"boto3", "botocore", "certifi", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
# Isolated and without `site`: neither the checkout nor what is installed is found but by these two folders.
PROGRAM = """
import importlib, json, sys
sys.path[:0] = sys.argv[1:3]
for entry in sys.argv[3:]:
    module, _, function = entry.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
print(json.dumps({name: getattr(module, "__file__", None) for name, module in sys.modules.items()}))
"""


@pytest.mark.parametrize(
    ("name", "handlers"),
    [
        ("zoom", ["lambdas.redrive.handler", "lambdas.webhook.handler"]),
        ("okta", ["lambdas.authorizer.handler", "lambdas.redrive.handler", "lambdas.webhook.handler"]),
    ],
)
def test_the_functions_need_nothing_but_the_zip_boto3_and_the_templates_variables(
    build: Path, tmp_path: Path, name: str, handlers: list[str]
) -> None:
    with ZipFile(build / name / "lambdas.zip") as code:
        code.extractall(tmp_path)
    resources = json.loads(template(build, name))["Resources"].values()
    functions = [resource["Properties"] for resource in resources if resource["Type"] == "AWS::Lambda::Function"]
    assert sorted(function["Handler"] for function in functions) == handlers

    for function in functions:
        command = [sys.executable, "-I", "-S", "-c", PROGRAM, str(tmp_path), str(PACKAGES), function["Handler"]]
        variables = {**dict.fromkeys(function["Environment"]["Variables"], "made"), "AWS_DEFAULT_REGION": "us-west-2"}
        done = subprocess.run(command, env=variables, capture_output=True, check=False)
        assert (done.returncode, done.stderr.decode()) == (0, "")
        imported = json.loads(done.stdout)
        own_modules = {module: file for module, file in imported.items() if module.partition(".")[0] == "lambdas"}
        assert function["Handler"].rpartition(".")[0] in own_modules
        assert {file for file in own_modules.values() if not Path(file).is_relative_to(tmp_path)} == set()
        others = {module.partition(".")[0] for module, file in imported.items() if file and str(PACKAGES) in file}
        assert others - BOTO3 == set()
        assert "generator" not in imported
