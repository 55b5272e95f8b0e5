"""Draw docs/pictures/terminal.svg, the README's picture: run its commands in a terminal, and draw what they print.

    python docs/pictures/terminal.py

It needs nothing but `pip install -e '.[local]'`, and takes half a minute. tests/whole/test_picture.py compares the
picture with what the commands print.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.rule import Rule
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parents[2]
PICTURE = Path(__file__).with_suffix(".svg")
COLUMNS = 96
BUILD, RUN, SEND = "zoom", "run zoom", "send zoom --sample user.created"
MORE = "…"
PATIENCE = 60
"""Seconds in which a command shows something more."""
# Colors with a contrast of 4.5 and more on the background, which is dark on GitHub's light and dark pages.
_COLORS = ("#484f58", "#ff7b72", "#3fb950", "#d29922", "#79c0ff", "#d2a8ff", "#56d4dd", "#c9d1d9")
_THEME = TerminalTheme(*(tuple(bytes.fromhex(color[1:])) for color in ("#0d1117", "#e6edf3")), [
    tuple(bytes.fromhex(color[1:])) for color in _COLORS
])  # fmt: skip
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>A terminal: build the source zoom, run it, and send it an event</title>
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class Terminal:
    """A command of ours in a terminal that is wide enough to break no line; `output` is what it has shown so far."""

    def __init__(self, words: str, folder: Path) -> None:
        self._screen, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 400, 0, 0))
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "NO_COLOR"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "generator", *words.split()],
            stdin=screen,
            stdout=screen,
            stderr=screen,
            cwd=folder,
            env=environment | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "400"},
        )
        os.close(screen)
        self.output = ""

    def read_until(self, is_enough: Callable[[str], bool] = lambda _: False) -> str:
        """Read until there is enough, or the command has ended."""
        while not is_enough(self.output):
            if not select.select([self._screen], [], [], PATIENCE)[0]:
                raise TimeoutError(f"nothing more came for {PATIENCE} s, after:\n{self.output}")
            try:
                block = os.read(self._screen, 65_536)
            except OSError:  # Linux: the other end is closed
                break
            if not block:
                break
            self.output += block.decode(errors="replace").replace("\r", "")
        return self.output


def session(folder: Path) -> Iterator[Text | Rule]:
    """Yield the lines of the picture."""
    yield Rule("first terminal", style="dim")
    build = Terminal(BUILD, folder).read_until()
    yield from _shown(BUILD, build, 7, MORE)
    run = Terminal(RUN, folder)
    started = run.read_until(lambda output: "AWS_SECRET_ACCESS_KEY=" in output)
    try:
        yield Text()
        yield from _shown(RUN, started, 3, MORE)
        yield Text()
        yield Rule("second terminal", style="dim")
        yield from _shown(SEND, Terminal(SEND, folder).read_until(), 2)
        yield Text()
        yield Rule("first terminal", style="dim")
        # The log line of a request may come before its message or after it.
        output = run.read_until(lambda output: "accepted" in output and "timestamp" in output)
        lines = [Text.from_ansi(line) for line in output.splitlines()]
        yield from [line for line in lines if line.plain.endswith("200 accepted")]
        message = next(number for number, line in enumerate(lines) if line.plain.strip().startswith("INFO "))
        yield from lines[message : message + 5]
        yield Text(f"  {MORE}")
    finally:
        run.process.send_signal(signal.SIGINT)
        run.process.wait(30)


def _shown(words: str, output: str, count: int, more: str = "") -> Iterator[Text]:
    """Yield a command and the first lines of what it printed."""
    yield Text.assemble(("$ ", "dim"), (f"python -m generator {words}", "bold"))
    yield from [Text.from_ansi(line) for line in output.strip("\n").splitlines()][:count]
    if more:
        yield Text(f"  {more}", "dim")


def draw(lines: Iterator[Text | Rule]) -> str:
    """Return the picture as SVG: text, in fonts that the reader has, and nothing from elsewhere."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in lines:
        if isinstance(line, Text):
            line.truncate(COLUMNS, overflow="ellipsis")
        console.print(line)
    svg = console.export_svg(title="", theme=_THEME, code_format=_FORMAT, unique_id="t")
    return "".join(f"{line.strip()}\n" for line in svg.splitlines() if line.strip())


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        PICTURE.write_text(draw(session(Path(folder))), encoding="utf-8")
