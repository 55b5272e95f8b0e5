"""A program that imports a source's transform.py as Lambda does; isolation.py runs it with -I -S.

It reads the code as a zip from standard input. It writes null, or line, type and text of the exception that was raised.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any


class _LambdaPackages:
    """Finds this machine's copies of packages that Lambda provides, or that the zip has for Lambda's platform."""

    def __init__(self, names: Sequence[str], path: Sequence[str]) -> None:
        self._names, self._path = names, path

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        return PathFinder.find_spec(name, self._path) if path is None and name in self._names else None


def _import_error(module: str, file: Path) -> list[Any] | None:
    try:
        importlib.import_module(module)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it would end the function
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if Path(frame.filename) == file]
        message = str(error).replace(str(file.parent.parent), "/var/task")  # where a function's code is
        return [lines[-1] if lines else 0, type(error).__name__, message]
    return None


if __name__ == "__main__":
    module, names, path = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        with zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())) as code:
            code.extractall(root)
        os.chdir(root)
        sys.path.insert(0, str(root))
        sys.meta_path.append(_LambdaPackages(names, path))
        report, sys.stdout = sys.stdout, sys.stderr
        report.write(json.dumps(_import_error(module, root.joinpath(*module.split(".")).with_suffix(".py"))))
        os.chdir(root.parent)
