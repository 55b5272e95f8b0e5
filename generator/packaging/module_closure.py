"""Which of our modules go into a zip, and what of them: all that is imported, without what only people read."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import lambdas

_ROOT = Path(lambdas.__file__).parent
_LATER = (ast.FunctionDef, ast.ClassDef)


@cache
def modules(names: frozenset[str], late: frozenset[str] = frozenset()) -> Mapping[str, bytes]:
    """The files of these modules of ours, and of all that they import, by their names in a zip.

    `late` are modules that functions import, and that nobody will ask for; whoever imports one at once has it too.
    """
    found: dict[str, bytes] = {}
    waiting = [name for name in names if name not in late]
    while waiting:
        name = waiting.pop()
        module = _module(name)
        if module is None:
            continue
        file, content, at_once, later = module
        if file not in found:
            found[file] = content
            waiting += [*at_once, *(one for one in later if one not in late), name.rpartition(".")[0] or name]
    return found


EMPTIED = {
    *("sign", "describe", "problems", "pair", "dressed", "described"),
    *("_stamped", "_stamp_problems", "_hash_problems"),
}
"""Functions of auth types, and of what these share, that a build or a sender runs, and no handler."""


@cache
def _module(name: str) -> tuple[str, bytes, tuple[str, ...], tuple[str, ...]] | None:
    """A module's file, what is shipped of it, and what it imports; None where a name is no module's."""
    place = _ROOT.joinpath(*name.split(".")[1:])
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            content = file.read_bytes()
            tree = ast.parse(content)
            found = tuple(_imports(tree))
            at_once = tuple(one for node in tree.body if not isinstance(node, _LATER) for one in _imports(node))
            later = tuple(one for one in found if one not in at_once)
            return f"lambdas/{file.relative_to(_ROOT).as_posix()}", bare(content), at_once, later
    return None


@cache
def imports(content: bytes) -> tuple[str, ...]:
    """The modules of ours that a module may import, at once or late."""
    return tuple(_imports(ast.parse(content)))


def _imports(tree: ast.AST) -> Iterator[str]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            # A relative import stands in a source's own code alone, which lies in the package itself.
            module = ".".join(filter(None, [_ROOT.name if node.level else None, node.module]))
            names = [module, *(f"{module}.{one.name}" for one in node.names)]
        yield from (name for name in names if name.partition(".")[0] == _ROOT.name)
        waiting += ast.iter_child_nodes(node)


def bare(content: bytes) -> bytes:
    """A module without documentation, comments and functions' types, and with a space for each indentation.

    What no handler runs is there, and does nothing.

    Each line is where we read it: a traceback names these lines.
    """
    content = _emptied(content)
    lines, tree = content.split(b"\n"), ast.parse(content)
    inside: set[int] = set()
    for node in ast.walk(tree):
        for statement in _documentation(node):
            for number in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
                lines[number - 1] = b""
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno:
            inside.update(range(node.lineno + 1, node.end_lineno + 1))
    for token in tokenize.tokenize(BytesIO(content).readline):
        if token.type == tokenize.COMMENT:
            number, column = token.start
            lines[number - 1] = lines[number - 1].decode()[:column].rstrip().encode()
    for number, start, end in sorted(_types(tree, lines), reverse=True):
        lines[number - 1] = lines[number - 1][:start] + lines[number - 1][end:]
    for number, line in enumerate(lines, 1):
        if number not in inside:
            code = line.lstrip(b" ")
            lines[number - 1] = b" " * ((len(line) - len(code)) // 4) + code
    return b"\n".join(lines)


def _emptied(content: bytes) -> bytes:
    """A module in which those of EMPTIED do nothing, in as many lines."""
    lines = content.split(b"\n")
    for node in ast.parse(content).body:
        if isinstance(node, ast.FunctionDef) and node.name in EMPTIED:
            first, last = node.body[0].lineno, node.end_lineno or node.lineno
            lines[first - 1 : last] = [b"    pass", *[b""] * (last - first)]
    return b"\n".join(lines)


def _types(tree: ast.Module, lines: list[bytes]) -> Iterator[tuple[int, int, int]]:
    """Where functions say what they take and return: nothing reads it when they run. Line, and columns in bytes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation and node.annotation.end_lineno == node.lineno:
            yield node.lineno, node.col_offset + len(node.arg.encode()), node.annotation.end_col_offset or 0
        elif isinstance(node, ast.FunctionDef) and node.returns and node.returns.end_lineno == node.returns.lineno:
            before = lines[node.returns.lineno - 1][: node.returns.col_offset]
            yield node.returns.lineno, before.rindex(b")") + 1, node.returns.end_col_offset or 0


def _documentation(node: ast.AST) -> list[ast.stmt]:
    """The texts that stand among a node's statements; not one that stands alone, since something has to."""
    body: Any = getattr(node, "body", None)
    if not isinstance(body, list):  # an expression has one too
        return []
    found = [one for one in body if _is_text(one)]
    return found if len(found) < len(body) else found[1:]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
