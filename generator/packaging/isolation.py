"""Whether a source's transform.py can be imported in AWS: from its zip, in an interpreter that has nothing else.

What this machine has by chance, such as a package that is installed or a file beside transform.py, is not there.
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
# Of what Lambda sets: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "Webhook",
    "AWS_REGION": "us-east-1",
    "LANG": "en_US.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "TZ": ":UTC",
}


def import_digest(code: bytes) -> str:
    """What it is remembered by that this code can be imported."""
    return hashlib.sha256(b"\0".join([code, _PROGRAM.read_bytes(), sys.version.encode()])).hexdigest()


def import_problems(file: Path, code: bytes) -> list[Problem]:
    """What hinders transform.py, of this file, from being imported out of this zip."""
    with zipfile.ZipFile(io.BytesIO(code)) as packed:
        inside = packed.namelist()
        ours = bundle.make_zip({name: packed.read(name) for name in inside if name.startswith("lambdas/")})
    wheels = {name.partition("/")[0].partition(".")[0] for name in inside} - {"lambdas"}
    arguments = json.dumps([MODULE, sorted(LAMBDA_PACKAGES | wheels), sys.path])
    command = [sys.executable, "-I", "-S", "-B", str(_PROGRAM), arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            command, input=ours, env=_ENVIRONMENT, capture_output=True, check=False, timeout=START_SECONDS
        )
    except subprocess.TimeoutExpired:
        return [_problem(file, 0, f"takes more than the {START_SECONDS} s in which a function has to start")]
    try:
        raised = json.loads(done.stdout)
    except ValueError:
        return [_problem(file, 0, f"ends the interpreter that imports it, with status {done.returncode}")]
    return [_problem(file, raised[0], f"{raised[1]}: {raised[2]}")] if raised else []


def _problem(file: Path, line: int, said: str) -> Problem:
    return Problem(
        display_path(file), line, "", f"can't be imported in AWS, where nothing but lambdas.zip is there: {said}"
    )
