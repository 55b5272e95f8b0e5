"""Which modules of `lambdas` go into a zip, each as it is: those that are imported, directly or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import lambdas

_ROOT = Path(lambdas.__file__).parent
_LAZY = (ast.FunctionDef, ast.ClassDef)


@cache
def module_files(names: frozenset[str], optional: frozenset[str] = frozenset()) -> Mapping[str, bytes]:
    """Return the files of these modules, and of all that they import, by their names in a zip.

    `optional` modules are left out unless a shipped module imports one at its top level.
    """
    files: dict[str, bytes] = {}
    waiting = [name for name in names if name not in optional]
    while waiting:
        name = waiting.pop()
        module = _module(name)
        if module is None:
            continue
        file, content, eager_imports, lazy_imports = module
        if file not in files:
            files[file] = content
            needed_lazy = [imported for imported in lazy_imports if imported not in optional]
            waiting += [*eager_imports, *needed_lazy, name.rpartition(".")[0] or name]
    return files


@cache
def _module(name: str) -> tuple[str, bytes, tuple[str, ...], tuple[str, ...]] | None:
    """Return a module's file in a zip, its content, its eager and its lazy imports; None if there is no such module."""
    path = _ROOT.joinpath(*name.split(".")[1:])
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            content = file.read_bytes()
            tree = ast.parse(content)
            top_level = (node for node in tree.body if not isinstance(node, _LAZY))
            eager_imports = tuple(imported for node in top_level for imported in _imports(node))
            lazy_imports = tuple(imported for imported in _imports(tree) if imported not in eager_imports)
            return f"lambdas/{file.relative_to(_ROOT).as_posix()}", content, eager_imports, lazy_imports
    return None


@cache
def imported_modules(content: bytes) -> tuple[str, ...]:
    """Return the modules of `lambdas` that a module imports anywhere."""
    return tuple(_imports(ast.parse(content)))


def _imports(tree: ast.AST) -> Iterator[str]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # Only a source's own code has relative imports; it lies in the package itself.
            module = ".".join(filter(None, [_ROOT.name if node.level else None, node.module]))
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call):  # such as importlib.import_module("lambdas.body")
            names = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        yield from (name for name in names if name.partition(".")[0] == _ROOT.name)
        waiting += ast.iter_child_nodes(node)
