"""Begin a project: the command `init`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from generator.commands import _console, _layout, _options
from generator.errors import display_path, program

_PURPOSES = {
    "README.md": "what is where, and the next steps",
    "sources/defaults.yml": "what holds for every source",
    "requirements.txt": "the framework, pinned",
    "constraints.txt": "the versions of what it needs",
    ".github/workflows/sources.yml": "GitHub Actions: the check of every push",
    ".gitlab-ci.yml": "the same for GitLab; delete the one that you do not need",
    ".gitignore": "what git leaves out: build/",
    ".gitattributes": "samples keep every byte",
    "sources/schema.json": "for editors: the keys of a source.yml",
    "sources/defaults.schema.json": "for editors: those of defaults.yml",
}


@_options.command(short_help="Begin a project of your own.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Begin a project in the folder DIR: a place for your sources, with a check of every push.

    Nothing is overwritten: if one of its files exists, none is written.
    """
    from rich.markup import escape

    from generator.scaffold.new_project import project_files, write_project

    files = project_files()
    write_project(folder, files)
    out = _console.console()
    out.print(f"\n[bold]{escape(display_path(folder))}[/]  a project of your own\n")
    lines = [(name, purpose) for name, purpose in _PURPOSES.items() if name in files]
    _layout.columns(out, ((f"  {escape(name)} ", f"[dim]{escape(purpose)}[/]") for name, purpose in lines))
    out.print("\n[bold]next[/]")
    steps = [
        (f"cd {quote(str(folder))}", ""),
        ("git init", "if it is in no repository yet"),
        (f"{program()} new acme", "begin a source of your own; it asks what it has to know"),
        (f"{program()} zoom", "build a source that comes with the framework"),
        (f"{program()} --all --check --strict", "what CI does"),
    ]
    if folder.resolve() == Path.cwd():
        steps = steps[1:]
    _layout.steps(out, steps)
