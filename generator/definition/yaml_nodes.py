"""YAML as nodes that know their lines, and what people usually mean when it is not YAML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import yaml

from generator.errors import Problem, display_path
from generator.files import regular_file

MAX_DEPTH, MAX_BYTES = 50, 1_048_576
_LONG = 8_192
# What plain YAML makes of what it reads; `=` and `<<` are for the walker to refuse, as keys that there are none of.
_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value")
}
Location = tuple[str, int]
"""A file and a line."""

_Fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What the parser says of a slip, and what would be right.
_HINTS = (
    ("'\\t'", "a tab; YAML is indented with spaces"),
    ("'@' that cannot start", "text that starts with @ goes in quotes"),
    ("'`' that cannot start", "text that starts with ` goes in quotes"),
    ("'%' that cannot start", "text that starts with % goes in quotes"),
    (
        "mapping values are not allowed",
        'text with ": " in it goes in quotes; or this line is indented deeper than its neighbours',
    ),
    ("found '<block mapping start>'", "this line is indented differently from its neighbours"),
    ("found '-'", "this line is indented differently from its neighbours"),
    (
        "expected <block end>, but found '<scalar>'",
        'text that starts with { or a quote goes in quotes as a whole: "{…} …"',
    ),
    ("expected <block end>, but found '}'", 'text with braces goes in quotes: "{…}"'),
    ("expected the node content, but found '}'", 'text with braces goes in quotes: "{…}"'),
    ("expected ',' or '}'", 'text that starts with { goes in quotes: "{…}"'),
    ("expected ',' or ']'", "a list is closed with ], and text with brackets goes in quotes"),
    ("could not find expected ':'", "a key is followed by a colon and a space"),
    ("expected alphabetic or numeric character", 'a key or a text that starts with * or & goes in quotes: "*"'),
    ("found undefined alias", "text that starts with * goes in quotes"),
    ("unexpected end of stream", "a quote is never closed"),
)


def parse(file: Path) -> tuple[yaml.Node | None, list[Problem]]:
    """The file's one document, or the mistakes that keep it from being read."""
    name = display_path(file)
    try:
        text = regular_file.read_text(file, MAX_BYTES)
    except UnicodeDecodeError:
        return None, [Problem(name, 0, "", "is not UTF-8 text")]
    except OSError as error:
        return None, [Problem(name, 0, "", f"can't be read: {error.strerror}")]
    too_deep = [Problem(name, 0, "", f"is nested deeper than {MAX_DEPTH}")]
    if len(text) > _LONG and _deeper_than(text, MAX_DEPTH):
        return None, too_deep
    try:
        node = yaml.compose(text, Loader=_Fast)
    except yaml.YAMLError:
        return None, [_problem(text, name)]
    except RecursionError:
        return None, too_deep
    if node is None:
        return None, [Problem(name, 0, "", "is empty; it needs at least description and webhook")]
    return node, list(_owned(node, name))


def _deeper_than(text: str, limit: int) -> bool:
    """Whether it is nested deeper, as far as it is YAML. What makes nodes calls itself for each level, in C.

    Some twenty thousand opening brackets end the process.
    """
    depth = 0
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, Loader=_Fast):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > limit:
                return True
    return False


def _problem(text: str, name: str) -> Problem:
    """The parser's complaint; the one in Python is asked again, since it words them the same everywhere."""
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        said = str(error.problem)
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        hint = next((hint for part, hint in _HINTS if part in said), None)
        return Problem(name, line, "", f"{hint} (YAML: {said})" if hint else f"is not YAML: {said}")
    except yaml.YAMLError as error:
        return Problem(name, 0, "", f"is not YAML: {str(error).splitlines()[0]}")
    return Problem(name, 0, "", "is not YAML")


def _owned(node: yaml.Node, name: str, key: str = "", depth: int = 0) -> Iterator[Problem]:
    """Write the file's name on every node, since `extends` mixes nodes of several files.

    A node met twice is an alias: what it repeats reads better written out.
    """
    if hasattr(node, "file"):
        yield Problem(name, line(node), key, "anchors and aliases (& and *) are not supported; write it out")
        return
    if depth > MAX_DEPTH:
        yield Problem(name, line(node), "", f"is nested deeper than {MAX_DEPTH}")
        return
    if node.tag not in _TAGS:
        yield Problem(
            name, line(node), key, f"{node.tag.replace('tag:yaml.org,2002:', '!!')} is no tag of a definition"
        )
    node.file = name  # type: ignore[attr-defined]  # these nodes take further attributes
    seen: dict[str, int] = {}
    for key_node, value in entries(node):
        if not isinstance(key_node, yaml.ScalarNode):
            yield Problem(name, line(key_node), key, "a key is plain text; text with braces or brackets goes in quotes")
            return
        below = f"{key}.{key_node.value}" if key else str(key_node.value)
        key_node.file = name  # type: ignore[attr-defined]
        if first := seen.get(str(key_node.value)):
            yield Problem(name, line(key_node), below, f"stands twice; the first is in line {first}")
        seen[str(key_node.value)] = line(key_node)
        yield from _owned(value, name, below, depth + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, one in enumerate(node.value):
            yield from _owned(one, name, f"{key}[{index}]", depth + 1)


def line(node: yaml.Node) -> int:
    """The node's first line, counted from 1."""
    return int(node.start_mark.line) + 1


def location(node: yaml.Node) -> Location:
    """The node's file and first line."""
    return node.file, line(node)  # type: ignore[attr-defined]


def entries(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Keys and values of a mapping; nothing where it is none."""
    if isinstance(node, yaml.MappingNode):
        yield from node.value
