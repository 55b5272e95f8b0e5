"""Print the pages of the AWS console for a deployed source, and open them: the command `open`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator import names
from generator.aws import Target
from generator.aws_failures import environment_is_emulator
from generator.commands import _console, _options
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.operate.console_pages import ConsolePage

_PAGES = ("stack", "queue", "dead-letters", "logs", "dashboard", "pipeline")


@_options.command(short_help="Open a deployed source in the AWS console.")
@_options.source
@click.argument("pages", nargs=-1, type=click.Choice(_PAGES), metavar="[PAGE]...")
@click.option("--print", "print_only", is_flag=True, help="Only print the addresses.")
@_options.target
@_options.sources
def command(source: str, pages: Sequence[str], print_only: bool, target: Target, sources: Path) -> int:  # noqa: ARG001 - SOURCE is read with it
    """Print the addresses of SOURCE's pages in the AWS console, and open them if there is a browser and a terminal.

    PAGE is stack, queue, dead-letters, logs, dashboard or pipeline. Without PAGE, all are meant.
    """
    from generator.operate.console_pages import find_pages

    if problem := names.service_problem(source):
        raise click.UsageError(f"{source}: {problem}")
    if environment_is_emulator():
        url = os.environ["AWS_ENDPOINT_URL"]
        raise GeneratorError(f"the emulator at {url} (AWS_ENDPOINT_URL) has no console; `status` and `logs` read it")
    existing_pages = find_pages(target, source)
    chosen = [page for page in existing_pages if not pages or page.name in pages]
    if missing := [name for name in pages if name not in {page.name for page in existing_pages}]:
        existing = ", ".join(page.name for page in existing_pages)
        raise GeneratorError(f"{source} has no {' and no '.join(missing)}; it has {existing}")
    _print(chosen)
    if not print_only and is_terminal() and has_browser():
        _open(chosen)
    return 0


def _print(pages: Sequence[ConsolePage]) -> None:
    """Print a page a line. A URL is not broken, so that it can be clicked and copied."""
    out = _console.console()
    for page in pages:
        out.print(f"[dim]{page.name:<12}[/] ", end="")
        out.print(page.url, markup=False)


def is_terminal() -> bool:
    """Return whether somebody reads the output; it may be closed."""
    return sys.stdout is not None and sys.stdout.isatty()


def has_browser(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Return whether a browser can show a page beside the terminal; one in the terminal would take it over."""
    if platform in ("darwin", "win32"):
        return True
    return any(environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))


def _open(pages: Sequence[ConsolePage]) -> None:
    import webbrowser

    for page in pages:
        if not webbrowser.open(page.url):
            _console.note("no browser could be started; the pages are printed above")
            return
