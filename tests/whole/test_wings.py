"""The house: every module is in a wing, imports go downwards, and there is no circle.

docs/architecture.md has the plan.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.definitions import ROOT

PACKAGES = ("generator", "lambdas")
COPIED = ROOT / "generator" / "packaging" / "config"  # texts for the configuration's repository


class Wing(NamedTuple):
    """A folder, or a module of the ground, below its package."""

    floor: int
    path: str
    job: str


def wings() -> dict[str, Wing]:
    """The rows of the plan by their path, such as `lambdas/reading`."""
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows: dict[str, Wing] = {}
    for package in PACKAGES:
        section = plan.partition(f"\n### `{package}/`\n")[2].partition("\n#")[0]
        for floor, name, job in re.findall(r"^\| (\d+) \| `([\w./]+)` \| (.+) \|$", section, re.MULTILINE):
            path = f"{package}/{name.rstrip('/')}"
            rows[path] = Wing(int(floor), path, job)
    return rows


WINGS = wings()
FILES = sorted(
    file
    for package in PACKAGES
    for file in (ROOT / package).rglob("*.py")
    if COPIED not in file.parents and file not in (ROOT / package / "__init__.py", ROOT / package / "__main__.py")
)


def relative_path(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def package_of(file: Path) -> str:
    return relative_path(file).partition("/")[0]


def wing_of(file: Path) -> Wing | None:
    return WINGS.get("/".join(relative_path(file).split("/")[:2]))


def file_of(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    files = (path.with_suffix(".py"), path / "__init__.py") if module.partition(".")[0] in PACKAGES else ()
    return next((file for file in files if file.exists()), None)


def imports(file: Path) -> Iterator[Path]:
    """The files of this project that a file imports, at once or late, but for annotations alone."""
    return imports_of(file.read_text(encoding="utf-8"), relative_path(file.parent).split("/"))


def imports_of(code: str, package: list[str]) -> Iterator[Path]:
    """The files that the code of a module in a package imports."""
    waiting: list[ast.AST] = [ast.parse(code)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        candidates: list[tuple[str, ...]] = []
        if isinstance(node, ast.Import):
            candidates = [(alias.name,) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            candidates = [(f"{module}.{alias.name}", module) for alias in node.names]
        for modules in candidates:
            if imported := next(filter(None, map(file_of, modules)), None):
                yield imported
        waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize(
    "code",
    [
        "from lambdas.runtime import log",
        "from lambdas.runtime.log import log",
        "import lambdas.runtime.log",
        "import json, lambdas.runtime.log as written",
        "from . import log",
        "from .log import log",
        "from ..runtime import log",
        "def late():\n    import lambdas.runtime.log",
        "try:\n    from lambdas.runtime import log\nexcept ImportError:\n    pass",
    ],
)
def test_an_import_is_seen_in_every_form(code: str) -> None:
    assert [relative_path(file) for file in imports_of(code, ["lambdas", "runtime"])] == ["lambdas/runtime/log.py"]


def test_an_import_for_annotations_is_not_counted() -> None:
    assert list(imports_of("if TYPE_CHECKING:\n    import lambdas.runtime.log", ["lambdas", "runtime"])) == []


@cache
def every_import() -> list[tuple[Path, Path]]:
    """Each file with each file that it imports."""
    return [(file, imported) for file in FILES for imported in imports(file)]


def test_the_plan_is_read() -> None:
    assert {"generator/commands", "generator/errors.py", "lambdas/runtime", "lambdas/webhook.py"} <= set(WINGS)


def test_every_wing_of_the_plan_is_a_folder_or_a_module() -> None:
    assert [path for path in WINGS if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "wing", [wing for wing in WINGS.values() if not wing.path.endswith(".py")], ids=lambda w: w.path
)
def test_wing_docstring_equals_the_plan(wing: Wing) -> None:
    text = ast.get_docstring(ast.parse((ROOT / wing.path / "__init__.py").read_bytes()))
    assert text is not None
    assert text.splitlines()[0] == wing.job


def test_every_module_is_in_a_wing() -> None:
    for file in FILES:
        package = package_of(file)
        jobs = "\n".join(f"  {wing.path}: {wing.job}" for wing in WINGS.values() if wing.path.startswith(f"{package}/"))
        assert wing_of(file), f"{relative_path(file)} is in no wing. Put it where its job belongs:\n{jobs}"


def test_imports_go_downwards() -> None:
    for file, imported in every_import():
        own, other = wing_of(file), wing_of(imported)
        if own is None or other is None or other == own or package_of(imported) != package_of(file):
            continue
        where = "above it" if other.floor > own.floor else "on the same floor"
        assert other.floor < own.floor, (
            f"{relative_path(file)} (floor {own.floor}) imports "
            f"{relative_path(imported)}, which is {where} (floor {other.floor}).\n"
            f"  {own.path}: {own.job}\n"
            f"  {other.path}: {other.job}\n"
            "Move what both need to a wing below both, or the code that needs it into the upper wing."
        )


def test_no_import_cycles() -> None:
    # A package's own __init__ is imported before each of its modules; here it counts where it is named.
    graph: dict[str, set[str]] = {}
    for file, imported in every_import():
        if imported != file:
            graph.setdefault(relative_path(file), set()).add(relative_path(imported))
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " imports ".join(reversed(error.args[1]))
        pytest.fail(f"a circle: {circle}. Move what two of them need into a third module below both.")


def test_lambdas_import_nothing_of_the_generator() -> None:
    for file, imported in every_import():
        assert (package_of(file), package_of(imported)) != ("lambdas", "generator"), (
            f"{relative_path(file)} imports {relative_path(imported)}, which is not in AWS. "
            "Move what both need to lambdas/."
        )
