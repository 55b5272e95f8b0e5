"""JSON Schemas of a source as code that ships: read, checked, made lenient, compiled.

A schema's rule for a field can refuse an event. An unknown field refuses nothing: it is counted, and listed.
https://json-schema.org/draft-07/json-schema-validation
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from generator.definition.schemas.document import read_document
from generator.definition.schemas.known_fields import add_known_fields
from generator.definition.schemas.lenient import lenient_schema
from generator.definition.schemas.schema_problems import schema_problems
from generator.definition.schemas.validator_code import Compiled, compile_schema, module_text
from generator.errors import Problem
from lambdas.model import Check, Source
from lambdas.reading.validation import SchemaNode

NAME = "lambdas.schemas"


@dataclass(frozen=True)
class Code:
    """The text of a source's module `lambdas/schemas.py`, and the function `check` in it."""

    text: str
    check: Check


def build(source: Source, files: Mapping[str, Path]) -> tuple[Code | None, list[Problem]]:
    """Return a source's schemas as code, or every mistake in any of their files; `files` are by type of event."""
    compiled: dict[Path, Compiled] = {}
    problems: list[Problem] = []
    nodes: list[SchemaNode] = [(None, {}, 0)]  # index 0 is the wildcard node: every field is known
    for file in dict.fromkeys(files.values()):
        document, read_problems = read_document(file)
        problems += read_problems
        if document is None:
            continue
        if mistakes := list(schema_problems(document)):
            problems += mistakes
            continue
        try:
            compiled[file] = compile_schema(lenient_schema(document), len(compiled), add_known_fields(document, nodes))
        except ValueError as error:
            problems.append(Problem(document.file, 1, "", f"can't be compiled: {error}"))
    if problems:
        return None, problems
    text = module_text(source.name, source.events.type, {kind: compiled[file] for kind, file in files.items()}, nodes)
    return Code(text, _import_check(text)), []


def _import_check(text: str) -> Check:
    """Return the `check` that the functions will import; a build uses it for the samples."""
    module = ModuleType(NAME)
    exec(compile(text, f"{NAME}.py", "exec"), module.__dict__)  # noqa: S102 - validator_code.py limits what is in it
    check: Check = module.check
    check.__module__ = NAME
    return check
