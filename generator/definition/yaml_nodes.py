"""Parse YAML into nodes that know their file and line, with hints for common slips such as tabs and quotes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import yaml

from generator.errors import Problem, display_path
from generator.files import regular_file

MAX_DEPTH, MAX_BYTES = 50, 1_048_576
_LONG = 8_192
"""Characters of a text that might end the process by its nesting, so it is measured first."""
# The tags of plain YAML; DataclassReader refuses `=` and `<<` as unknown keys.
_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value")
}
Location = tuple[str, int]
"""A file and a line."""

_Fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# A part of the parser's message, and what would be right.
_HINTS = (
    ("'\\t'", "has a tab; indent with spaces"),
    ("'@' that cannot start", "text that starts with @ goes in quotes"),
    ("'`' that cannot start", "text that starts with ` goes in quotes"),
    ("'%' that cannot start", "text that starts with % goes in quotes"),
    (
        "mapping values are not allowed",
        'text with ": " in it goes in quotes; or this line is indented deeper than its neighbors',
    ),
    ("found '<block mapping start>'", "this line is indented differently from its neighbors"),
    ("found '-'", "this line is indented differently from its neighbors"),
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


def parse(file: Path, *, may_be_empty: bool = False) -> tuple[yaml.Node | None, list[Problem]]:
    """Return the file's only document, or the mistakes that keep it from being read."""
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
        return None, [_syntax_problem(text, name)]
    except RecursionError:
        return None, too_deep
    if node is None:
        empty = Problem(name, 0, "", "is empty; it needs at least description, and webhook or pull")
        return None, [] if may_be_empty else [empty]
    return node, list(mark_file(node, name))


def _deeper_than(text: str, limit: int) -> bool:
    """Return whether the text is nested deeper, as far as it is YAML.

    The C code that makes nodes calls itself for each level: some twenty thousand opening brackets end the process.
    """
    depth = 0
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, Loader=_Fast):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > limit:
                return True
    return False


def _syntax_problem(text: str, name: str) -> Problem:
    """Return the message of the parser in Python, which words it the same on every machine."""
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        message = str(error.problem)
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        hint = next((hint for part, hint in _HINTS if part in message), None)
        return Problem(name, line, "", f"{hint} (YAML: {message})" if hint else f"is not YAML: {message}")
    except yaml.YAMLError as error:
        return Problem(name, 0, "", f"is not YAML: {str(error).splitlines()[0]}")
    return Problem(name, 0, "", "is not YAML")


def mark_file(node: yaml.Node, name: str, key: str = "", depth: int = 0) -> Iterator[Problem]:
    """Store the file's name in every node, since `extends` mixes nodes of several files; yield what is unsupported.

    A node that has a name already is an alias.
    """
    if hasattr(node, "file"):
        yield Problem(name, line(node), key, "anchors and aliases (& and *) are not supported; write the value out")
        return
    if depth > MAX_DEPTH:
        yield Problem(name, line(node), "", f"is nested deeper than {MAX_DEPTH}")
        return
    if node.tag not in _TAGS:
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        yield Problem(name, line(node), key, f"the tag {tag} is not supported; leave it out")
    node.file = name  # type: ignore[attr-defined]  # these nodes take further attributes
    seen: dict[str, int] = {}
    for key_node, value in entries(node):
        if not isinstance(key_node, yaml.ScalarNode):
            yield Problem(name, line(key_node), key, "a key is plain text; text with braces or brackets goes in quotes")
            return
        member = f"{key}.{key_node.value}" if key else str(key_node.value)
        key_node.file = name  # type: ignore[attr-defined]
        if first := seen.get(str(key_node.value)):
            yield Problem(name, line(key_node), member, f"appears twice; the first is in line {first}")
        seen[str(key_node.value)] = line(key_node)
        yield from mark_file(value, name, member, depth + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from mark_file(item, name, f"{key}[{index}]", depth + 1)


def line(node: yaml.Node) -> int:
    """Return the node's first line, counted from 1."""
    return int(node.start_mark.line) + 1


def location(node: yaml.Node) -> Location:
    """Return the node's file and first line."""
    return node.file, line(node)  # type: ignore[attr-defined]


def location_of(locations: Mapping[str, Location], key: str) -> Location:
    """Return the location of a key, or of the nearest key above it."""
    while key not in locations and key:
        key = key.rpartition(".")[0]
    return locations.get(key, ("", 0))


def entries(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Yield the keys and values of a mapping; nothing for any other node."""
    if isinstance(node, yaml.MappingNode):
        yield from node.value
