"""Compiled paths find what the library's own interpreter finds."""

from __future__ import annotations

import json
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.samples.files import load_samples
from generator.samples.run import sample_events
from lambdas.model import message_texts
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.path_nodes import compile_node
from lambdas.reading.paths import Functions
from lambdas.reading.text_templates import template_paths
from tests.definitions import every_definition

NAMES = st.sampled_from(["a", "b", "c", '"d e"', "length", "@"])
LITERALS = st.sampled_from(
    [
        "`0`",
        "`1`",
        "`1.0`",
        "`true`",
        "`false`",
        "`null`",
        "`[]`",
        "`{}`",
        '`""`',
        "'x'",
        "'a'",
        '`["x", 1, [2], true]`',
    ]
)
INDEXES = st.sampled_from(["[0]", "[-1]", "[5]", "[]", "[*]", "[:2]", "[::-1]", ".*", "[?a]", "[?@ == 'x']", "[?!b].a"])
CALLS = (
    *("length({0})", "type({0})", "keys({0})", "values({0})", "to_string({0})", "to_number({0})", "not_null({0}, {1})"),
    *("contains({0}, {1})", "starts_with({0}, {1})", "join({0}, {1})", "sort_by({0}, &a)", "max_by({0}, &b)"),
    *("ends_with({0}, {1})", "starts_with({0}, 'a')", "join('x', {0})", "contains([{0}, 'a'], {1})"),
    *("contains({0}, 'x')", "contains(['a', 'x'], {0})", "type({0}) == 'string'", "{0}[?type(@) == 'number']"),
    *("type({0}) == {1}", "[a, b, {0}][?@]"),
    *("map(&a, {0})", "merge({0}, {1})", "reverse({0})", "sort({0})", "sum({0})", "to_array({0})"),
)


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["||", "&&", "==", "!=", "<", "<=", ">", ">=", "|"])
    return st.one_of(
        st.builds("{}{}".format, inner, INDEXES),
        st.builds("({}).{}".format, inner, NAMES.filter(lambda name: name != "@")),
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("!{}".format, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{x: {}, y: {}}}".format, inner, inner),
        st.builds(lambda call, first, second: call.format(first, second), st.sampled_from(CALLS), inner, inner),
    )


EXPRESSIONS = st.recursive(NAMES | LITERALS, combined, max_leaves=6)
SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, 1.5, "", "x", "a", "1"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c", "d e"]), inner, max_size=3)
    ),
    max_leaves=10,
)


def outcome(find: Any, value: Any) -> str:
    """What is found, with the types of Python; or which error ends the search."""
    try:
        return repr(find(value))
    except Exception as error:  # noqa: BLE001 - any error of either is compared
        return type(error).__name__


def compare(path: str, value: Any, functions: Functions) -> None:
    expression = jmespath.compile(path)
    find = compile_node(expression.parsed)
    options = jmespath.Options(custom_functions=functions)
    interpreted = outcome(lambda root: expression.search(root, options), value)
    assert outcome(lambda root: find(root, functions), value) == interpreted, path


@given(EXPRESSIONS, VALUES)
def test_any_expression_finds_the_same(path: str, value: Any) -> None:
    try:
        jmespath.compile(path)
    except jmespath.exceptions.JMESPathError:
        return
    compare(path, value, Functions(Intake(value, 0.0), value))


DEFINITIONS = every_definition()


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.source.name)
def test_paths_of_a_source_find_the_same_in_its_samples(definition: Any) -> None:
    paths = {path for _, text in message_texts(definition.source) for path in template_paths(text)}
    for sample in load_samples(definition)[0]:
        try:
            events = list(sample_events(definition.source, sample))
        except Rejected:
            continue
        for event, functions in events:
            for path in paths:
                compare(path, json.loads(json.dumps(event)), functions)
