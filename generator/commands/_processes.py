"""Run another command of this program, and end both at a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from generator.commands import _console
from generator.errors import GeneratorError, program_words

PAUSE_SECONDS = 0.2
"""Between two looks at what a command follows, until a signal ends it."""
_CHILD_SECONDS = 0.05
_END_SECONDS = 3
"""What a command that is interrupted has for putting things in order."""


def stop_event() -> threading.Event:
    """Return an event that the first signal to stop sets, so that a step can finish; a second signal interrupts."""
    stop = threading.Event()

    def end(_signal: int, _frame: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_, end)
    return stop


def run_again(arguments: Sequence[str], stop: threading.Event, *, stderr: bool = False) -> bool:
    """Run a command with the code as it is now; return whether it succeeded. A signal to stop ends it too.

    `stderr`: what it prints on standard output goes there.
    """
    out = sys.stderr if stderr else None
    command = [*program_words(), *arguments]
    # A session of its own: Ctrl-C reaches this process alone, which then ends the other and all that it has begun.
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, start_new_session=True) as process:  # noqa: S603
        try:
            while process.poll() is None and not stop.wait(_CHILD_SECONDS):
                pass
        finally:
            if process.poll() is None:
                _interrupt(process)
    if process.returncode < 0 and not stop.is_set():
        killed_by = signal.Signals(-process.returncode).name
        _console.failure(GeneratorError(f"{' '.join(arguments[:2])}: {killed_by} killed it before its end"))
    return process.returncode == 0


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """End a command as Ctrl-C does, so that it restores files; kill what is left then, or at a second signal."""
    try:
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, signal.SIGINT)
            process.wait(_END_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
