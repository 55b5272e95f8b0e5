"""Check that each import in a source's `transform.py` exists in AWS, without running the file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from generator.definition.third_party import FIRST_IMPORT, third_party_packages
from generator.errors import Problem, display_path
from lambdas.model import Source

# boto3 and what it needs: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
LAMBDA_PACKAGES = frozenset({"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"})
# Modules of an older Python that Lambda's lacks: https://docs.python.org/3/whatsnew/3.13.html#removed-modules
# and https://docs.python.org/3/whatsnew/3.12.html#removed
REMOVED_MODULES = frozenset((
    *("aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils", "imghdr", "imp"),
    *("lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau"),
    *("telnetlib", "uu", "xdrlib"),
))  # fmt: skip
# Modules of a newer Python: https://docs.python.org/3/whatsnew/3.14.html#new-modules
NEWER_MODULES = frozenset({"annotationlib", "compression"})
_STANDARD_LIBRARY = sys.stdlib_module_names - REMOVED_MODULES - NEWER_MODULES
_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_IMPORT_FUNCTIONS = {"import_module", "__import__"}


def import_problems(content: bytes, file: Path, source: Source) -> Iterator[Problem]:
    """Yield a problem for each import, at the top or in a function, that does not exist in AWS."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return  # the import of the file reports it, with its line
    foreign = [(name, line) for name, line in _imports(tree) if name not in _STANDARD_LIBRARY | LAMBDA_PACKAGES]
    packed = _packed_modules(source) if foreign else set()
    for name, line in foreign:
        if name not in packed | {"lambdas"}:
            yield Problem(display_path(file), line, "", f"imports {name}, which {_why_missing(name, file)}")


def _why_missing(name: str, file: Path) -> str:
    if name in REMOVED_MODULES | NEWER_MODULES:
        return "the Python of the functions in AWS does not have"
    if (file.parent / f"{name}.py").exists() or (file.parent / name).is_dir():
        return "is not packed; put all of the source's own code into transform.py"
    return "is not in AWS; use Python's standard library, such as urllib.request, or boto3"


def _packed_modules(source: Source) -> set[str]:
    """Return the import names of the third-party packages in the source's zip."""
    return {FIRST_IMPORT[package].partition(".")[0] for package in third_party_packages(source)}


def _imports(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the top-level name and the line of each import below a node that the code can't do without."""
    if isinstance(node, ast.Import):
        yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0], node.lineno
    elif isinstance(node, ast.Call) and _IMPORT_FUNCTIONS & _identifiers(node.func):
        yield from ((name.partition(".")[0], node.lineno) for name in _texts(node.args[:1]) if name[:1] != ".")
    for child in _required_children(node):
        yield from _imports(child)


def _required_children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node's children, without a type checker's branch and without imports whose failure is caught."""
    skipped: list[ast.stmt] = []
    if isinstance(node, ast.If) and "TYPE_CHECKING" in _identifiers(node.test):
        skipped = node.body
    elif isinstance(node, ast.Try):
        caught = [_identifiers(handler.type) if handler.type else _IMPORT_ERRORS for handler in node.handlers]
        skipped = node.body if any(_IMPORT_ERRORS & names for names in caught) else []
    elif isinstance(node, ast.With) and any("suppress" in _identifiers(item.context_expr) for item in node.items):
        skipped = node.body
    return (child for child in ast.iter_child_nodes(node) if child not in skipped)


def _identifiers(node: ast.AST) -> set[str]:
    """Return the names and attributes in an expression."""
    nodes = list(ast.walk(node))
    names = {name.id for name in nodes if isinstance(name, ast.Name)}
    return names | {attribute.attr for attribute in nodes if isinstance(attribute, ast.Attribute)}


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
