"""End a command that goes on by a signal, and run another command of this program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from generator.errors import program_words

_CHILD_SECONDS = 0.05


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
            with suppress(ProcessLookupError):
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGTERM)
    return process.returncode == 0
