"""Paths and texts: what is found, and what is made of it."""

from __future__ import annotations

import pytest

from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.request import Request
from lambdas.reading.text_templates import compile_json_template, compile_template, template_parts

REQUEST = Request("POST", {"x-request-id": "r-1"}, b"", "a=1&b=%20x&a=2")
FUNCTIONS = Functions(REQUEST, {"eventTime": "now"})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("header('X-Request-Id')", "r-1"),
        ("header('absent')", None),
        ("query('a')", "1"),
        ("query('b')", " x"),
        ("root('eventTime')", "now"),
        ("items[?kind=='user'].id | [0]", 7),
        ("join('/', [a, header('x-request-id')])", "A/r-1"),
        ("remove_prefix(ref, 'refs/heads/')", "topic/refs/heads/x"),
        ("remove_prefix(ref, 'refs/tags/')", "refs/heads/topic/refs/heads/x"),
        ("remove_prefix(absent, 'refs/heads/')", None),
        ("remove_suffix(ref, '/x')", "refs/heads/topic/refs/heads"),
        ("remove_suffix(ref, '/y')", "refs/heads/topic/refs/heads/x"),
        ("remove_suffix(absent, '/x')", None),
    ],
)
def test_functions_look_at_the_request(path: str, expected: object) -> None:
    value = {
        "a": "A",
        "ref": "refs/heads/topic/refs/heads/x",
        "items": [{"kind": "app", "id": 1}, {"kind": "user", "id": 7}],
    }
    assert compile_path(path)(value, FUNCTIONS) == expected


def test_failing_path_rejects_the_event_without_showing_the_event() -> None:
    with pytest.raises(Rejected) as raised:
        compile_path("join(', ', a)")({"a": "hush"}, FUNCTIONS)
    assert str(raised.value) == "path: join(', ', a) can't be applied: JMESPathTypeError"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("{n}", 5),
        ("{o}", {"x": [1]}),
        ("{absent}", None),
        ("n is {n}, o is {o}, t is {t}", 'n is 5, o is {"x":[1]}, t is true'),
        ("by {absent}", "by -"),
        ("{{n}} {n} }}", "{n} 5 }"),
        ("{ {a: n}.a }", 5),
        ("{s || '}'}", "}"),
    ],
)
def test_texts_are_filled_in(text: str, filled: object) -> None:
    assert compile_template(text)({"n": 5, "o": {"x": [1]}, "t": True}, FUNCTIONS) == filled


def test_json_template_values_are_filled_in() -> None:
    template = {"{n}": ["{n}", {"deep": "n={n}"}, 1, None, True]}
    assert compile_json_template(template)({"n": 5}, FUNCTIONS) == {"{n}": [5, {"deep": "n=5"}, 1, None, True]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{a", "the { at character 1 is never closed"),
        ("x {a 'b}", "the ' at character 3 is never closed"),
        ("a}", "a lone } at character 2; write }} for a brace"),
        ("{}", "nothing between { and }; write {{ and }} for braces"),
    ],
)
def test_braces_and_quotes_balance(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"character|nothing") as raised:
        list(template_parts(text))
    assert str(raised.value) == message


def test_paths_of_a_pulled_source_find_the_stream_and_the_item() -> None:
    functions = Functions(Intake({}, 0.0, stream="files", parent={"Id": 7}))
    found = [compile_path(path)({"a": 1}, functions) for path in ("stream()", "parent().Id", "a || stream()")]
    assert found == ["files", 7, 1]
    assert compile_path("parent().Id")({}, FUNCTIONS) is None
