"""The mistakes in a JSON Schema."""

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
    """Every mistake in a schema, and in all that it leads to."""
    places = reachable_schemas(document, [""])
    found = [*_draft(document), *(said for one in places for said in _wrong(document, one))]
    return found or list(_circle(document, places))


def _draft(document: Document) -> Iterator[Problem]:
    draft = document.root.get("$schema") if isinstance(document.root, dict) else None
    if draft is not None and not (isinstance(draft, str) and _DRAFT.fullmatch(draft)):
        said = "must be draft-04, 06 or 07, such as http://json-schema.org/draft-07/schema#"
        yield document.problem("/$schema", f"{said}; a schema in which nothing is newer may say so")


def _circle(document: Document, places: list[str]) -> Iterator[Problem]:
    """A schema that asks itself about the same value would never end."""
    try:
        TopologicalSorter(
            {one: same_value_schemas(document, one, (*SAME_VALUE_KEYS, "not")) for one in places}
        ).prepare()
    except CycleError as error:
        yield document.problem(min(error.args[1]), "leads back to itself for the same value, without an end")


def _wrong(document: Document, pointer: str) -> Iterator[Problem]:
    schema = document.at(pointer)
    if not isinstance(schema, dict | bool):
        yield document.problem(pointer, "must be a schema: an object, true or false")
    elif isinstance(schema, dict) and "$ref" in schema:
        if ref_target(document, schema) is None:
            lost = f"{schema['$ref']} leads nowhere in this file, as #/definitions/user might: nothing else is read"
            yield document.problem(child_pointer(pointer, "$ref"), lost)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            said = keyword_problem(key, value)
            if key in ("$id", "id") and pointer:
                said = "may stand at the top of the file only: it would change where each $ref leads"
            if said:
                yield document.problem(child_pointer(pointer, key), said)
