"""Read `parameters` of a definition, and fill them into the values in which they may stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from generator.definition import parameter_patterns
from generator.definition.filled_text import FilledText, Token, split_text
from generator.definition.parameter_places import Declared, place_problem
from generator.definition.scalars import short_tag
from generator.definition.suggestions import suggestion
from generator.definition.text_values import TEXT_CHECKS, InvalidScalar
from generator.definition.yaml_nodes import entries, location
from generator.errors import Problem
from lambdas.model import Source

MAX_PARAMETERS = 8
"""All environment variables of a function have 4 KB: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
MAX_DESCRIPTION = 200
_SECRET_NAME = re.compile(r"(Secret|Password|Passphrase|Token|ApiKey|PrivateKey|Credentials?)$", re.IGNORECASE)
_NOT_FOR_THESE = (
    "looks like a secret, and a parameter is none: the console shows its value; a secret goes into Parameter Store"
)


class ParameterReader:
    """Fills the examples of a definition's parameters into its values; `used` are the names that stand in any."""

    def __init__(self, definition: yaml.Node) -> None:
        self.problems: list[Problem] = []
        self.used: set[str] = set()
        self._file = location(definition)[0]
        parameters = _member(definition, "parameters")
        members = list(entries(parameters)) if parameters else []
        self.declared = {str(name.value): self._declared(name, node) for name, node in members}
        if len(members) > MAX_PARAMETERS:
            message = f"at most {MAX_PARAMETERS}, and there are {len(members)}: a function's environment has 4 KB"
            self.problems.append(Problem(*location(members[0][0]), "parameters", message))

    def _declared(self, name_node: yaml.Node, node: yaml.Node) -> Declared:
        """Return a parameter; add a problem for each mistake that its keys alone do not show."""
        name = str(name_node.value)
        texts = {key: _text(_member(node, key)) for key in ("description", "pattern", "example")}

        def report(key: str, message: str) -> None:
            place = _member(node, key) or name_node
            self.problems.append(Problem(*location(place), f"parameters.{name}.{key}".removesuffix("."), message))

        if _SECRET_NAME.search(name):
            report("", _NOT_FOR_THESE)
        description, pattern, example = texts["description"], texts["pattern"], texts["example"]
        if description is not None and not (description.isprintable() and 1 <= len(description) <= MAX_DESCRIPTION):
            report("description", f"must say in 1 to {MAX_DESCRIPTION} characters what to fill in, in one line")
        if pattern is None or example is None or parameter_patterns.pattern_problem(pattern):
            return Declared(name_node)  # DataclassReader reports it
        if not re.fullmatch(pattern, example) or len(example) > parameter_patterns.MAX_VALUE:
            report("example", f"does not match its pattern, {pattern}")
            return Declared(name_node)
        return Declared(name_node, example, pattern)

    def fill(self, hint: Any, text: str) -> str:
        """Return a value with its parameters' examples; InvalidScalar where one of them can't stand there."""
        try:
            pieces = split_text(text)
        except ValueError as stray:
            raise InvalidScalar(
                f"{stray} is no parameter: between braces stands a name of letters and digits, such as ${{OktaDomain}}"
            ) from None
        names = [piece.name for piece in pieces if isinstance(piece, Token)]
        for name in names:
            if name not in self.declared:
                raise InvalidScalar(_unknown(name, self.declared))
        self.used.update(names)
        examples = {name: example for name in names if (example := self.declared[name].example) is not None}
        if len(examples) < len(set(names)):
            return text  # the mistake in the declaration is reported
        if problem := place_problem(hint, pieces, self.declared):
            raise InvalidScalar(problem)
        filled = FilledText(pieces, hint, examples)
        try:
            TEXT_CHECKS.get(hint, str)(filled)
        except InvalidScalar as invalid:
            raise InvalidScalar(f"{invalid}; with the examples of its parameters, it is {filled}") from None
        return filled

    def unused(self) -> Iterator[Problem]:
        """Yield a problem for each parameter of the definition's own that stands nowhere."""
        for name, declared in self.declared.items():
            if name not in self.used and location(declared.node)[0] == self._file:
                message = f"stands nowhere; write ${{{name}}} where its value belongs, or take it out"
                yield Problem(*location(declared.node), f"parameters.{name}", message)

    def without_unused(self, source: Source) -> Source:
        """Return the source without the inherited parameters in whose places the definition has values of its own."""
        used = {name: value for name, value in (source.parameters or {}).items() if name in self.used}
        return source if used == (source.parameters or {}) else replace(source, parameters=used or None)


def _unknown(name: str, declared: Mapping[str, Any]) -> str:
    if declared:
        return f"${{{name}}}: no such parameter{suggestion(name, declared)}"
    declaration = f"{{{name}: {{description: …, pattern: …, example: …}}}}"
    return f"${{{name}}}: no such parameter; declare it: parameters: {declaration}"


def _member(node: yaml.Node, name: str) -> yaml.Node | None:
    return next((value for key, value in entries(node) if key.value == name), None)


def _text(node: yaml.Node | None) -> str | None:
    return str(node.value) if isinstance(node, yaml.ScalarNode) and short_tag(node) == "str" else None
