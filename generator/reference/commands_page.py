"""The commands as Markdown: a table of all, and of each what it does, how it is called, its options and an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from inspect import cleandoc

import click

PROGRAM = "python -m generator"
_OWN = "Options"
_EXTRAS = re.compile(r"\s*\[(default: [^][]*|[^][]*\bx[<>=][^][]*)\]")
"""What stands behind the help of an option: its default and its range."""


def commands_page(
    groups: Mapping[str, Sequence[str]], commands: Mapping[str, click.Command], examples: Mapping[str, str]
) -> str:
    """Return the generated part of the page: `groups` has each command once, `examples` what a terminal shows of it.

    An option may have a `section`, which is its heading, and be `shared`: its section then stands once on the page.
    """
    parts = ["\n".join(_overview(groups, commands))]
    for title, names in groups.items():
        parts += [f"## {title}", *(_command(name, commands[name], examples[name]) for name in names)]
    parts.append("## Options of several commands")
    for section in _shared_sections(commands.values()):
        rows = [_row(option) for command in commands.values() for option in _options(command, section)]
        parts += [f"### {section}", _table(dict.fromkeys(rows))]
    return "\n\n".join(parts)


def _overview(groups: Mapping[str, Sequence[str]], commands: Mapping[str, click.Command]) -> Iterator[str]:
    yield from ("| to | command | what it does |", "|---|---|---|")
    for title, names in groups.items():
        for number, name in enumerate(names):
            group = "" if number else title[0].lower() + title[1:]
            yield f"| {group} | [`{name}`](#{name}) | {_cell(commands[name].get_short_help_str(200))} |"


def _command(name: str, command: click.Command, example: str) -> str:
    usage = " ".join([PROGRAM, name, *command.collect_usage_pieces(click.Context(command))])
    parts = [f"### `{name}`", f"```\n{usage}\n```", *_description(command)]
    shared = _shared_sections([command])
    for section in _sections([command]):
        if section not in shared:
            heading = [] if section == _OWN else [f"{section}:"]
            parts += [*heading, _table(_row(option) for option in _options(command, section))]
    if shared:
        parts.append(f"And {'; '.join(_link(command, section) for section in shared)}.")
    parts.append(f"```console\n{example}\n```")
    return "\n\n".join(parts)


def _link(command: click.Command, section: str) -> str:
    names = ", ".join(f"`{option.opts[0]}`" for option in _options(command, section))
    return f"[{section[0].lower()}{section[1:]}](#{section.lower().replace(' ', '-')}): {names}"


def _description(command: click.Command) -> Iterator[str]:
    """Yield the paragraphs of a command's help; one whose lines click keeps is a block."""
    for paragraph in cleandoc(command.help or "").split("\n\n"):
        yield f"```\n{paragraph[2:]}\n```" if paragraph.startswith("\b\n") else " ".join(paragraph.split())


def _sections(commands: Iterable[click.Command]) -> list[str]:
    return list(dict.fromkeys(_section(option) for command in commands for option in _options(command)))


def _shared_sections(commands: Iterable[click.Command]) -> list[str]:
    options = [option for command in commands for option in _options(command) if getattr(option, "shared", False)]
    return list(dict.fromkeys(map(_section, options)))


def _section(option: click.Option) -> str:
    return getattr(option, "section", _OWN)


def _options(command: click.Command, section: str | None = None) -> list[click.Option]:
    """Return the options that a command's help shows, but for `--help`."""
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    return [option for option in options if section in (None, _section(option))]


def _table(rows: Iterable[str]) -> str:
    return "\n".join(["| option | what it does | default |", "|---|---|---|", *rows])


def _row(option: click.Option) -> str:
    names, text = option.get_help_record(click.Context(click.Command(None))) or ("", "")
    extras = [extra for group in _EXTRAS.findall(text) for extra in group.split("; ")]
    defaults = (extra.removeprefix("default: ") for extra in extras if extra.startswith("default: "))
    bounds = "".join(_bounds(extra) for extra in extras if not extra.startswith("default: "))
    return f"| `{_cell(names)}` | {_cell(_EXTRAS.sub('', text))}{bounds} | {_cell(' '.join(defaults))} |"


def _bounds(text: str) -> str:
    """Return in words what click writes as `1<=x<=65535`, `x>=1` or `x>0`."""
    if between := re.fullmatch(r"(\d+)<=x<=(\d+)", text):
        return f" From {between[1]} to {between[2]}."
    number = text.lstrip("x>=")
    return f" At least {number}." if ">=" in text else f" More than {number}."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
