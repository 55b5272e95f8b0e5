"""Find the mistakes in a JSON Schema: its draft, its keywords, and each `$ref` that leads nowhere or in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from generator.definition.schemas.document import Document, child_pointer
from generator.definition.schemas.keyword_values import keyword_problem
from generator.definition.schemas.structure import SAME_VALUE_KEYS, reachable_schemas, ref_target, same_value_schemas
from generator.errors import Problem

_DRAFT = re.compile(r"https?://json-schema\.org/draft-0[467]/schema#?")


def schema_problems(document: Document) -> list[Problem]:
    """Return every mistake in a schema, and in all that it leads to."""
    pointers = reachable_schemas(document, [""])
    problems = [*_draft(document)]
    for pointer in pointers:
        problems += _schema_mistakes(document, pointer)
    return problems or list(_circle(document, pointers))


def _draft(document: Document) -> Iterator[Problem]:
    draft = document.root.get("$schema") if isinstance(document.root, dict) else None
    if draft is not None and not (isinstance(draft, str) and _DRAFT.fullmatch(draft)):
        message = "must be draft-04, 06 or 07, such as http://json-schema.org/draft-07/schema#"
        yield document.problem("/$schema", f"{message}; a schema in which nothing is newer may say so")


def _circle(document: Document, pointers: list[str]) -> Iterator[Problem]:
    """Yield a schema that leads back to itself for the same value: its check would never end."""
    try:
        TopologicalSorter(
            {pointer: same_value_schemas(document, pointer, (*SAME_VALUE_KEYS, "not")) for pointer in pointers}
        ).prepare()
    except CycleError as error:
        yield document.problem(min(error.args[1]), "leads back to itself for the same value, without an end")


def _schema_mistakes(document: Document, pointer: str) -> Iterator[Problem]:
    schema = document.at(pointer)
    if not isinstance(schema, dict | bool):
        yield document.problem(pointer, "must be a schema: an object, true or false")
    elif isinstance(schema, dict) and "$ref" in schema:
        if ref_target(document, schema) is None:
            remedy = "and no other is read; write one such as #/definitions/user"
            yield document.problem(
                child_pointer(pointer, "$ref"), f"{schema['$ref']} leads nowhere in this file, {remedy}"
            )
    elif isinstance(schema, dict):
        for key, value in schema.items():
            message = keyword_problem(key, value)
            if key in ("$id", "id") and pointer:
                message = "may stand at the top of the file only: it would change where each $ref leads"
            if message:
                yield document.problem(child_pointer(pointer, key), message)
