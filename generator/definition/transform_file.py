"""Load the function `transform` from a source's own `transform.py`, or say why it can't be loaded."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from generator.definition import own_code
from generator.definition.transform_imports import import_problems
from generator.errors import DefinitionError, GeneratorError, display_path
from generator.files import regular_file
from lambdas.model import Source, Transform

MODULE = "lambdas.transform"


def load(file: Path, source: Source) -> Transform:
    """Return the file's function; DefinitionError with each import that AWS lacks, or GeneratorError."""
    try:
        content = regular_file.read(file)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read: {error.strerror}") from error
    if problems := list(import_problems(content, file, source)):
        raise DefinitionError(problems)
    own_code.note_transform(file)
    spec = spec_from_file_location(MODULE, file)
    assert spec  # noqa: S101 - the file's name ends with .py
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        # From the text alone: compiled code beside the file may be of another version, and this leaves none there.
        exec(compile(content, str(file), "exec"), module.__dict__)  # noqa: S102 - the functions will run it too
    except KeyboardInterrupt:
        raise
    except SyntaxError as error:
        message = f"can't be imported: SyntaxError: {error.msg}"
        raise GeneratorError(f"{display_path(file)}:{error.lineno}: {message}") from error
    except BaseException as error:
        raise GeneratorError(f"{raised_at(error, file)}: can't be imported: {describe_error(error)}") from error
    if not callable(function := getattr(module, "transform", None)) or not _takes_two_arguments(function):
        needed = "needs a function transform(event, request) that returns a list of events"
        raise GeneratorError(f"{_defined_at(function, file)}: {needed}{_signature(function)}")
    transform: Transform = function
    return transform


def _takes_two_arguments(function: Callable[..., object]) -> bool:
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    return True


def _defined_at(function: object, file: Path) -> str:
    """Return `file:line` where the function stands in the file, or the file alone."""
    code = getattr(function, "__code__", None)
    is_here = code is not None and Path(code.co_filename).absolute() == file.absolute()
    return f"{display_path(file)}:{code.co_firstlineno}" if code is not None and is_here else display_path(file)


def _signature(function: object) -> str:
    """Return the signature that the file has instead; an empty text where it has no such function."""
    return f"; it has transform{inspect.signature(function)}" if inspect.isfunction(function) else ""


def describe_error(error: BaseException) -> str:
    """Return an error's type and text, such as `ValueError: …`; sys.exit() raises `SystemExit`."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def raised_at(error: BaseException, file: Path) -> str:
    """Return `file:line` for the last line of the file that raised an error, or the file alone."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).absolute() == file.absolute()]
    return f"{display_path(file)}:{lines[-1]}" if lines else display_path(file)
