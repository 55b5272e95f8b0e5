"""JSON Schemas into code that ships: read, checked, made lenient, compiled.

What a schema says of a field is a rule. What it does not say of one is no refusal: an unknown field is counted, and
listed. https://json-schema.org/draft-07/json-schema-validation
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
    """The module `lambdas/schemas.py` of a source, and what it makes: `check`."""

    text: str
    check: Check


def build(source: Source, files: Mapping[str, Path]) -> tuple[Code | None, list[Problem]]:
    """The schemas of a source by kind of event, as code; or every mistake in any of their files."""
    found: dict[Path, Compiled] = {}
    wrong: list[Problem] = []
    known: list[SchemaNode] = [(None, {}, 0)]  # the first place is anywhere: nothing is known of it
    for file in dict.fromkeys(files.values()):
        document, unread = read_document(file)
        wrong += unread
        if document is None:
            continue
        if mistakes := list(schema_problems(document)):
            wrong += mistakes
            continue
        try:
            found[file] = compile_schema(lenient_schema(document), len(found), add_known_fields(document, known))
        except ValueError as error:
            wrong.append(Problem(document.file, 1, "", f"can't be compiled: {error}"))
    if wrong:
        return None, wrong
    text = module_text(source.name, source.events.type, {kind: found[file] for kind, file in files.items()}, known)
    return Code(text, _check(text)), []


def _check(text: str) -> Check:
    """What the functions will import, made here: a build shapes its samples with it."""
    made = ModuleType(NAME)
    exec(compile(text, f"{NAME}.py", "exec"), made.__dict__)  # noqa: S102 - code.py says what may be in it
    check: Check = made.check
    check.__module__ = NAME
    return check
