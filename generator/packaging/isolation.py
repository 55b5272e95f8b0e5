"""Check that a source's transform.py can be imported in AWS: from its zip, in an interpreter that sees nothing else.

It does not see what this machine happens to have, such as an installed package or a file beside transform.py.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from generator.definition.transform_file import MODULE
from generator.definition.transform_imports import LAMBDA_PACKAGES
from generator.errors import Problem, display_path
from generator.packaging import bundle

_PROGRAM = Path(__file__).with_name("isolated_import.py")
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
START_SECONDS = 10
# Some of the variables that Lambda sets: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "Webhook",
    "AWS_REGION": "us-east-1",
    "LANG": "en_US.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "TZ": ":UTC",
}


def import_digest(code: bytes) -> str:
    """Return the digest under which it is stored that this code can be imported."""
    return hashlib.sha256(b"\0".join([code, _PROGRAM.read_bytes(), sys.version.encode()])).hexdigest()


def import_problems(file: Path, code: bytes) -> list[Problem]:
    """Return what keeps transform.py, whose file is `file`, from being imported from the zip `code`."""
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        names = archive.namelist()
        lambdas_only = bundle.make_zip({name: archive.read(name) for name in names if name.startswith("lambdas/")})
    wheels = {name.partition("/")[0].partition(".")[0] for name in names} - {"lambdas"}
    arguments = json.dumps([MODULE, sorted(LAMBDA_PACKAGES | wheels), sys.path])
    command = [sys.executable, "-I", "-S", "-B", str(_PROGRAM), arguments]
    try:
        process = subprocess.run(  # noqa: S603 - our own arguments
            command, input=lambdas_only, env=_ENVIRONMENT, capture_output=True, check=False, timeout=START_SECONDS
        )
    except subprocess.TimeoutExpired:
        return [_problem(file, 0, f"takes more than the {START_SECONDS} s in which a function has to start")]
    try:
        error = json.loads(process.stdout)
    except ValueError:
        return [_problem(file, 0, f"ends the interpreter that imports it, with status {process.returncode}")]
    return [_problem(file, error[0], f"{error[1]}: {error[2]}")] if error else []


def _problem(file: Path, line: int, reason: str) -> Problem:
    return Problem(
        display_path(file), line, "", f"can't be imported in AWS, where nothing but lambdas.zip is there: {reason}"
    )
