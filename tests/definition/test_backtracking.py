"""Which patterns of a JSON Schema could be made to run for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.definition.schemas.backtracking import is_exponential
from generator.errors import DefinitionError
from tests.definitions import SOURCES, make_definition

# Known from advisories, and from schemas of AWS's own.
EXPONENTIAL = [
    r"^(a+)+$",
    r"^(a*)*$",
    r"(a|a)*$",
    r"(a|aa)+$",
    r"^([a-zA-Z]+)*$",
    r"(.*a){20}$",
    r"^(a|a?)+$",
    r"(x+x+)+y",
    r"^(\w+\s?)*$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(?:a?){30}b",
    r"(?:(?:b?)*a)*c",
    r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
    r"^(?:.*,)*x$",
    r"([a-z]{1,10}){1,10}!",
    r"(?=(a+)+b)c",
    r"^(a+){10,}$",
    r"^(\d+|\d)+$",
    r"^(?:\d{3}|\d{6})*x",
    r"(([a-z]+)-?)*$",
    r"^\s*(\S+\s*)+$",
    r"^(ab|a|b)*$",
    r"((a|a)*b)*$",
    r'^(?:[^"]|\\.)*"$',
    r"^\$(\.[a-zA-Z0-9_.@-]+)*$",
    r"^([A-Za-z](-|_|.)?)+$",
    r"^(?:(a)\1?)+$",
    r"^(?=.*x)(?!(b|b)*c).*$",
    r"^(?>(a+)+b)$",
]

# What looks alike and is not: parts that end where others begin, and what may end anywhere.
NOT = [
    r"^[a-z]+$",
    r"^(a+b)+$",
    r"^([^,]+,)*[^,]+$",
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    r"^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$",
    r"^https?://[^\s/$.?#].[^\s]*$",
    r"^.+@.+\..+$",
    r"^(\d{1,3}\.){3}\d{1,3}$",
    r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
    r"^evt_[A-Za-z0-9]+$",
    r"(a+)+",
    r"^(a|b|c)*$",
    r"^([0-9a-f]{32}|[0-9a-f]{40})(,([0-9a-f]{32}|[0-9a-f]{40}))*$",
    r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    r'^(?:[^"\\]|\\.)*"$',
    r"^\d{1,3}(,?\d{3})*$",
    r"^(?>a+)+$",
    r"^(a++)+$",
    r"^(a?)*$",
    r"^(?!-)[a-z-]{1,63}(?<!-)$",
    r"^([a-z]{1,63}\.){1,10}$",
    r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
    r"^[a-z]+(_[a-z0-9]+)*$",
    r"^https://[A-Za-z0-9._~:@-]+(/[!-~]*)?$",
    r"^\$?(\d{1,3}(,\d{3})*|\d+)(\.\d\d)?$",
    r"^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])$",
    r"^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9])$",
    r"^(/[^/~]*(~[01][^/~]*)*)*$",
    r"^P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?)?$",
    r"^#?([a-f0-9]{6}|[a-f0-9]{3})$",
    r"^(foo|bar|baz)(\s*,\s*(foo|bar|baz))*$",
    r"(?i)^(a|A)+$",
    r"^(\w|\d)+$",
    r"^((?!)|a)+$",
    r"^(['`])[^'`]*\1$",
    r"^(a)?(?(1)b|c)+$",
    r"(?s)^.*$",
    r"^[^\W\d]+$",
    r"^(\d{1,3}){3}$",
]


@pytest.mark.parametrize("pattern", EXPONENTIAL)
def test_repeated_ambiguity_is_exponential(pattern: str) -> None:
    assert is_exponential(pattern) is True


@pytest.mark.parametrize("pattern", NOT)
def test_unambiguous_pattern_is_not_exponential(pattern: str) -> None:
    assert is_exponential(pattern) is False


def test_no_pattern_of_the_framework_is() -> None:
    patterns: list[str] = []
    waiting = [json.loads((SOURCES / name).read_text()) for name in ("schema.json", "stripe/schemas/event.json")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            patterns += [pattern for key, pattern in value.items() if key == "pattern" and isinstance(pattern, str)]
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    assert len(patterns) > 10
    assert [pattern for pattern in patterns if is_exponential(pattern) is not False] == []


def test_too_long_a_pattern_is_reported_as_undecided() -> None:
    words = "|".join(f"{number:06}x" for number in range(300))
    assert is_exponential(f"^({words})$") is False
    assert is_exponential(f"^({words})+$") is None


def test_a_schema_is_refused_with_the_place_and_the_pattern(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = "|".join(f"{number:06}x" for number in range(300))
    schema = {
        "properties": {"a": {"pattern": "^(a+)+$"}, "b": {"pattern": "^a+$"}, "c": {"pattern": f"({words})+$"}},
        "patternProperties": {"^(b|b)*$": {}, "^(c*)*$": {}, "^x-": {}},
        "propertyNames": {"pattern": "(d+)+e"},
    }
    (tmp_path / "made" / "schemas").mkdir(parents=True)
    (tmp_path / "made" / "schemas" / "a.json").write_text(json.dumps(schema, indent=1))
    text = """
        description: made
        webhook: {auth: {token: {header: x-token}}}
        events: {schemas: {"*": schemas/a.json}}
    """
    with pytest.raises(DefinitionError) as raised:
        make_definition(Path.cwd(), text)
    problem = (
        "backtracks exponentially: its repeated part matches one text in two ways, as in (a+)+$, "
        "so a sender could keep a function busy; write it so that a text matches in one way, as a+$ does"
    )
    assert [line.partition(": ")[2] for line in str(raised.value).splitlines()] == [
        f"properties.a.pattern: ^(a+)+$ {problem}",
        f"properties.c.pattern: ({words})+$ repeats more than 1,000 characters: too many to tell whether it backtracks",
        f"patternProperties: ^(b|b)*$ {problem}; ^(c*)*$ {problem}",
        f"propertyNames.pattern: (d+)+e {problem}",
    ]
