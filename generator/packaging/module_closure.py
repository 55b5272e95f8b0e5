"""Which of our modules go into a zip, each as it is: those that are imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import lambdas

_ROOT = Path(lambdas.__file__).parent
_LATER = (ast.FunctionDef, ast.ClassDef)


@cache
def module_files(names: frozenset[str], late: frozenset[str] = frozenset()) -> Mapping[str, bytes]:
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


@cache
def _module(name: str) -> tuple[str, bytes, tuple[str, ...], tuple[str, ...]] | None:
    """A module's file in a zip, its content, and its imports, at once and late; None where a name is no module's."""
    place = _ROOT.joinpath(*name.split(".")[1:])
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            content = file.read_bytes()
            tree = ast.parse(content)
            found = tuple(_imports(tree))
            at_once = tuple(one for node in tree.body if not isinstance(node, _LATER) for one in _imports(node))
            later = tuple(one for one in found if one not in at_once)
            return f"lambdas/{file.relative_to(_ROOT).as_posix()}", content, at_once, later
    return None


@cache
def imported_modules(content: bytes) -> tuple[str, ...]:
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
