"""A function in the emulator asks the stand-in of its vendor: its process runs this file as it starts.

It is copied, as `sitecustomize.py`, to where PYTHONPATH leads, and imports nothing of the framework. What looks names
up and what trusts certificates is changed once it is imported, and in this process alone. The time is what the file
STANDIN_CLOCK says, where it exists, and no wait takes longer than a moment.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import time
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, SupportsIndex

PORT, CERTIFICATE, CLOCK = "STANDIN_PORT", "STANDIN_CERTIFICATE", "STANDIN_CLOCK"
_FUNCTION = "_LAMBDA_FUNCTION_ARN"
"""A variable that only the processes of functions have; the emulator itself has none."""
_MOMENT = 0.01
"""Seconds."""
_real_time, _real_sleep = time.time, time.sleep


class _AfterImport(MetaPathFinder):
    """Calls a function with a module that has just been imported."""

    def __init__(self, name: str, change: Callable[[Any], None]) -> None:
        self._name = name
        self._change = change

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            self._change(module)

        loader.exec_module = exec_module
        return spec


def _lead_here(lookup: Any) -> None:
    address = (socket.AF_INET, ("127.0.0.1", int(os.environ[PORT])))
    lookup._resolve = lambda *_: [address]  # noqa: SLF001
    lookup.address_kind = lambda _address: "public"


def _trust(streams: Any) -> None:
    context = streams._context()  # noqa: SLF001
    context.load_verify_locations(os.environ[CERTIFICATE])
    streams._context = lambda: context  # noqa: SLF001


def _now() -> float:
    try:
        with open(os.environ[CLOCK], encoding="ascii") as file:  # noqa: PTH123 - nothing else is imported here
            return float(file.read())
    except (OSError, ValueError):
        return _real_time()


def _sleep(seconds: float | SupportsIndex, /) -> None:
    _real_sleep(min(float(seconds), _MOMENT))


if PORT in os.environ and _FUNCTION in os.environ:
    time.time, time.sleep = _now, _sleep
    sys.meta_path[:0] = [
        _AfterImport("lambdas.runtime.lookup", _lead_here),
        _AfterImport("lambdas.runtime.streams", _trust),
    ]
