"""Build sources again when their files change: the option --watch of `build` and of `run`.

A build runs in a process of its own, so that changed code of the framework is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands import _console, _layout
from generator.commands._processes import PAUSE_SECONDS, run_again, stop_event
from generator.definition.source_folders import source_folder, source_names, unknown_source_message
from generator.definition.watched_files import affected_sources, definition_folders, shared_files
from generator.errors import GeneratorError, display_path
from generator.files.watching import FileWatch
from generator.samples.comparison import is_expected

if TYPE_CHECKING:
    import threading

    from rich.console import Console

_SHOWN = 3


@dataclass
class Rebuilder:
    """Builds sources, and those of them that are affected again when files change.

    `names` returns the sources, of which there may be others later; `everything` says that they are all of the folder.
    `stderr`: everything is printed there.
    """

    names: Callable[[], Sequence[str]]
    sources: Path
    build: Path
    options: Sequence[str]
    stop: threading.Event
    out: Console
    everything: bool = False
    stderr: bool = False
    _failed: Sequence[str] = ()
    _files: FileWatch = field(init=False)

    def __post_init__(self) -> None:
        accepts = "--accept" in self.options  # then the build writes these
        self._files = FileWatch(self._roots, lambda file: accepts and is_expected(file))

    def build_all(self) -> bool:
        """Build all sources; return whether they could be built."""
        return self._build(["--all"] if self.everything else [], self.names())

    def build_until_complete(self) -> bool:
        """Build until all sources can be built, each time after a change; False where a signal ends that."""
        if self.build_all():
            return True
        self.say_waiting()
        while not self.stop.wait(PAUSE_SECONDS):
            if self.rebuild():
                return True
        return False

    def rebuild(self) -> bool:
        """Build what is affected by the changes since the last call, and what could not be built then.

        Return whether something was built.
        """
        if not (changed := self._files.changes()):
            return False
        affected = affected_sources(changed, self.names(), self.sources)
        if not affected:
            return False
        names = [name for name in self.names() if name in {*affected, *self._failed}]
        paths = _console.shortened([display_path(file) for file in changed], _SHOWN)
        self.out.print()
        _layout.paragraph(self.out, f"[dim]{datetime.now(UTC):%H:%M:%S} changed: {_console.safe(paths)}[/]")
        return self._build(["--short"], names)

    def say_waiting(self) -> None:
        """Print what is waited for."""
        self.out.print("\n[dim]waiting for a file to change; Ctrl-C ends it[/]")

    def _build(self, more: Sequence[str], names: Sequence[str]) -> bool:
        named = () if "--all" in more else names
        folders = ("--sources", str(self.sources), "--build", str(self.build))
        built = run_again(["build", *named, *more, *folders, *self.options], self.stop, stderr=self.stderr)
        self._failed = () if built else names
        return built

    def _roots(self) -> list[Path]:
        folders = [folder for name in self.names() for folder in definition_folders(name, self.sources)]
        if self.everything:  # a new source may come
            folders = [self.sources, *(folder for folder in folders if folder.parent != self.sources)]
        return [*dict.fromkeys(folders), *shared_files(self.sources)]


@dataclass
class Updater:
    """Runs a command, with the code as it is then, at first and whenever something is built again."""

    rebuilder: Rebuilder
    arguments: Sequence[str]
    _due: bool = True

    @property
    def stop(self) -> threading.Event:
        """Return what ends the watching."""
        return self.rebuilder.stop

    def update(self) -> bool:
        """Run the command if it is due; return whether it was."""
        if not (self._due or self.rebuilder.rebuild()):
            return False
        self._due = False
        run_again(self.arguments, self.stop)
        return True

    def repeat(self) -> int:
        """Run the command whenever it is due, until a signal ends it."""
        self.update()
        if not self.stop.is_set():
            self.rebuilder.say_waiting()
        while not self.stop.wait(PAUSE_SECONDS):
            self.update()
        self.rebuilder.out.print("\nstopped")
        return 0


def watch_builds(names: Sequence[str] | None, sources: Path, build: Path, options: Sequence[str]) -> int:
    """Build sources, or all, and build them again after each change until a signal ends it."""
    rebuilder = Rebuilder(
        lambda: _existing_names(sources) if names is None else names,
        sources,
        build,
        options,
        stop_event(),
        _console.console(),
        everything=names is None,
    )
    rebuilder.build_all()
    if not rebuilder.stop.is_set():
        rebuilder.say_waiting()
    while not rebuilder.stop.wait(PAUSE_SECONDS):
        rebuilder.rebuild()
    rebuilder.out.print("\nstopped")
    return 0


def refuse_unknown(names: Sequence[str], sources: Path) -> None:
    """Raise GeneratorError where a source does not exist: nothing could be watched."""
    source_names(sources)
    for name in names:
        if source_folder(name, sources) is None:
            raise GeneratorError(unknown_source_message(name, sources))


def _existing_names(sources: Path) -> list[str]:
    return source_names(sources) if sources.is_dir() else []
