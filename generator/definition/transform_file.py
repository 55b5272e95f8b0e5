"""A source's own `transform.py`: the function in it, and whether all that it imports is there in AWS."""

from __future__ import annotations

import ast
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from generator.definition.third_party import FIRST_IMPORT, third_party_packages
from generator.errors import DefinitionError, GeneratorError, Problem, display_path
from generator.files import regular_file
from lambdas.model import Source, Transform

MODULE = "lambdas.transform"
BUNDLED = Path(__file__).parents[2] / "sources"
# boto3 and what it needs: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
LAMBDA_PACKAGES = frozenset({"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"})
# What an older Python has, and Lambda's has not: https://docs.python.org/3/whatsnew/3.13.html#removed-modules
# and https://docs.python.org/3/whatsnew/3.12.html#removed
REMOVED_MODULES = frozenset(
    {
        "aifc",
        "asynchat",
        "asyncore",
        "audioop",
        "cgi",
        "cgitb",
        "chunk",
        "crypt",
        "distutils",
        "imghdr",
        "imp",
        "lib2to3",
    }
    | {"mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib"}
    | {"uu", "xdrlib"}
)
# What a newer one has: https://docs.python.org/3/whatsnew/3.14.html#new-modules
NEWER_MODULES = frozenset({"annotationlib", "compression"})
_STANDARD = sys.stdlib_module_names - REMOVED_MODULES - NEWER_MODULES
_MISSING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_IMPORTING = {"import_module", "__import__"}


def load(file: Path, source: Source) -> Transform:
    """The function of the file; DefinitionError with all that it imports and AWS has not."""
    try:
        content = regular_file.read(file)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read: {error.strerror}") from error
    if problems := list(import_problems(content, file, source)):
        raise DefinitionError(problems)
    _tell_of_code(file.resolve().parent)
    spec = spec_from_file_location(MODULE, file)
    assert spec  # noqa: S101 - it is a file of Python
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        # From the text alone: compiled code that lies beside it may be of another, and none is left there.
        exec(compile(content, str(file), "exec"), module.__dict__)  # noqa: S102 - it is what the functions will run
    except KeyboardInterrupt:
        raise
    except SyntaxError as error:
        raise GeneratorError(
            f"{display_path(file)}:{error.lineno}: can't be imported: SyntaxError: {error.msg}"
        ) from error
    except BaseException as error:
        raise GeneratorError(f"{raised_at(error, file)}: can't be imported: {describe_error(error)}") from error
    if not callable(transform := getattr(module, "transform", None)) or not _takes_two(transform):
        raise GeneratorError(f"{file}: needs a function transform(event, request) that returns a list of events")
    found: Transform = transform
    return found


def _takes_two(function: Callable[..., object]) -> bool:
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    return True


def describe_error(error: BaseException) -> str:
    """What was raised; sys.exit() is SystemExit."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def raised_at(error: BaseException, file: Path) -> str:
    """The line of the file at which it was raised, or the file."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [one.lineno for one in frames if Path(one.filename).absolute() == file.absolute()]
    return f"{display_path(file)}:{lines[-1]}" if lines else display_path(file)


@cache
def _tell_of_code(folder: Path) -> None:
    """Say, once, that code runs which lies neither below the working folder nor in the framework."""
    if not any(folder.is_relative_to(own.resolve()) for own in (Path.cwd(), BUNDLED)):
        import logging  # what nobody configures goes to standard error

        logging.getLogger(__name__).warning("note: runs transform.py of %s, which is not below this folder", folder)


def import_problems(content: bytes, file: Path, source: Source) -> Iterator[Problem]:
    """What is imported, at once or within a function, and is not there in AWS."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return  # importing it says so
    others = [(name, line) for name, line in _imports(tree) if name not in _STANDARD | LAMBDA_PACKAGES | {"lambdas"}]
    packed = _packed(source) if others else set()
    for name, line in others:
        if name not in packed:
            yield Problem(display_path(file), line, "", f"imports {name}, which {_why(name, file)}")


def _why(name: str, file: Path) -> str:
    if name in REMOVED_MODULES | NEWER_MODULES:
        return "the Python of the functions in AWS does not have"
    if (file.parent / f"{name}.py").exists() or (file.parent / name).is_dir():
        return "is not packed: all of a source's own code is in transform.py"
    return "is not there in AWS: use Python's standard library, such as urllib.request, or boto3"


def _packed(source: Source) -> set[str]:
    """The third-party packages in the source's zip, by the name that is imported."""
    return {FIRST_IMPORT[package].partition(".")[0] for package in third_party_packages(source)}


def _imports(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The packages that a node imports, with their lines; not those that the code can do without."""
    if isinstance(node, ast.Import):
        yield from ((one.name.partition(".")[0], node.lineno) for one in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0], node.lineno
    elif isinstance(node, ast.Call) and _IMPORTING & _names(node.func):
        yield from ((name.partition(".")[0], node.lineno) for name in _texts(node.args[:1]) if name[:1] != ".")
    for below in _needed(node):
        yield from _imports(below)


def _needed(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node, without what only a type checker reads, and without what may be missing."""
    left_out: list[ast.stmt] = []
    if isinstance(node, ast.If) and "TYPE_CHECKING" in _names(node.test):
        left_out = node.body
    elif isinstance(node, ast.Try):
        caught = [_names(one.type) if one.type else _MISSING for one in node.handlers]
        left_out = node.body if any(_MISSING & one for one in caught) else []
    elif isinstance(node, ast.With) and any("suppress" in _names(one.context_expr) for one in node.items):
        left_out = node.body
    return (below for below in ast.iter_child_nodes(node) if below not in left_out)


def _names(node: ast.AST) -> set[str]:
    below = list(ast.walk(node))
    names = {one.id for one in below if isinstance(one, ast.Name)}
    return names | {one.attr for one in below if isinstance(one, ast.Attribute)}


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)]
