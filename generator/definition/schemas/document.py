"""Read a JSON Schema's file: its value, and the line of every part of it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from generator.definition.scalars import is_long
from generator.definition.yaml_nodes import entries, line
from generator.errors import Problem, display_path
from generator.files import regular_file
from lambdas.reading.body import MAX_DEPTH, is_deeper_than

MAX_BYTES = 4 * 1_048_576
"""GitHub's schema of all its events has 1 MiB."""


@dataclass(frozen=True)
class Document:
    """A schema as its file has it, and the lines by JSON pointer (RFC 6901); the root's pointer is empty."""

    file: str
    root: Any
    lines: Mapping[str, int]

    def at(self, pointer: str) -> Any:
        """Return the value at a pointer; LookupError or ValueError where there is none."""
        value = self.root
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
        return value

    def problem(self, pointer: str, message: str) -> Problem:
        """Return a mistake at a pointer, written with dots as the keys of a definition are."""
        return Problem(self.file, self.lines.get(pointer, 0), dotted_key(pointer), message)


def child_pointer(pointer: str, key: object) -> str:
    """Return the pointer of a member."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def dotted_key(pointer: str) -> str:
    """Return a pointer as the keys of a definition are written."""
    return pointer.removeprefix("/").replace("/", ".").replace("~1", "/").replace("~0", "~")


def read_document(file: Path) -> tuple[Document | None, list[Problem]]:
    """Return the schema in a file; with mistakes, None or the schema beside them."""
    name = display_path(file)
    try:
        text = regular_file.read_text(file, MAX_BYTES)
        root = json.loads(text, parse_constant=_constant, parse_float=_float, parse_int=_integer)
    except OSError as error:
        return None, [Problem(name, 0, "", f"can't be read: {error.strerror}")]
    except UnicodeDecodeError:
        return None, [Problem(name, 0, "", "is not UTF-8 text")]
    except json.JSONDecodeError as error:
        return None, [Problem(name, error.lineno, "", f"is not JSON: {error.msg}")]
    except RecursionError:
        return None, [Problem(name, 0, "", f"is nested deeper than {MAX_DEPTH}")]
    except ValueError as error:
        return None, [Problem(name, 0, "", str(error))]
    if is_deeper_than(root, MAX_DEPTH):
        return None, [Problem(name, 0, "", f"is nested deeper than {MAX_DEPTH}")]
    lines: dict[str, int] = {}
    return Document(name, root, lines), list(_add_lines(name, text, lines))


def _add_lines(name: str, text: str, lines: dict[str, int]) -> Iterator[Problem]:
    """Fill in the lines, and yield each key that appears twice. JSON is YAML, but for a tab between its parts."""
    lines[""] = 1
    try:
        top = yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = "has a name of more than 1,024 characters, or a character that is to be escaped, as \\u007f is"
        yield Problem(name, mark.line + 1 if mark else 0, "", message)
        return
    waiting = [("", top)] if top else []
    while waiting:
        pointer, node = waiting.pop()
        members = [(key.value, key, value) for key, value in entries(node)]
        if isinstance(node, yaml.SequenceNode):
            members = [(str(index), value, value) for index, value in enumerate(node.value)]
        last: dict[str, yaml.Node] = {}
        for key, key_node, value in members:
            member = child_pointer(pointer, key)
            if member in lines:
                yield Problem(
                    name, line(key_node), dotted_key(member), f"appears twice; the first is in line {lines[member]}"
                )
            lines.setdefault(member, line(key_node))
            last[member] = value
        waiting += last.items()


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _float(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text} is beyond what a double holds")
    return value


def _integer(text: str) -> int:
    if len(text) > 20 or not is_long(value := int(text)):
        raise ValueError(f"{text[:20]} is beyond 64 bits, and no event has such a number")
    return value
