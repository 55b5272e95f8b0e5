"""Parameters of a definition: what may be declared, where it may stand, and that a value is never read again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.definition.filled_text import FilledText, Token, split_text
from generator.definition.parameter_patterns import UnsafePattern, pattern_characters, pattern_problem
from generator.definition.parameter_values import as_deployed, as_written, examples, with_values
from generator.definition.read import Definition, load
from generator.errors import DefinitionError, GeneratorError
from generator.packaging.source_module import source_module_text
from lambdas.model import Source
from tests.definitions import make_definition

DECLARED = "parameters:\n  Host: {description: The host, pattern: '[a-z0-9.-]+', example: login.example.com}\n"
BASE = f"description: d\n{DECLARED}"
JWT = BASE + "webhook: {auth: {jwt: {issuer: 'https://${Host}/a', audience: ['${Host}', b]}}}\n"
NOT_HERE = (
    "can't stand here: a parameter stands in URLs, hosts, requests of `pull`, and settings of `auth` and `credentials`"
)


@pytest.fixture
def problems_of(tmp_path: Path) -> Any:
    def problems_of(text: str) -> list[str]:
        with pytest.raises(DefinitionError) as raised:
            make_definition(tmp_path, text)
        file = tmp_path / "made" / "source.yml"
        return [str(problem).replace(f"{file}:", "") for problem in raised.value.problems]

    return problems_of


def jwt_of(source: Source) -> Any:
    return source.endpoint.auth.settings


def test_a_build_has_the_examples(tmp_path: Path) -> None:
    source = make_definition(tmp_path, JWT).source
    assert examples(source) == {"Host": "login.example.com"}
    assert jwt_of(source).issuer == "https://login.example.com/a"
    assert jwt_of(source).audience == ("login.example.com", "b")
    assert jwt_of(as_written(source)).issuer == "https://${Host}/a"


def test_parameters_stand_in_every_setting_that_may_have_them(tmp_path: Path) -> None:
    source = make_definition(
        tmp_path,
        BASE + "webhook:\n"
        "  auth:\n"
        "    any_of:\n"
        "    - jwt: {issuer: 'https://${Host}', jwks_url: 'https://a.${Host}:443/b/${Host}', audience: [a],\n"
        "            claims: {email: '${Host}'}}\n"
        "    - hmac: {signature: {header: x-s}, signed: '{url}{body}', url: {base: 'https://x.example.com/${Host}'},\n"
        "             require: {x-a: 'a ${Host} ${Host}'}}\n"
        "  challenges:\n"
        "  - {when: a, reply: {}, confirm: {url: u, hosts: ['a.${Host}']}}\n",
    ).source
    deployed = with_values(Definition(source, (), {}), {"Host": "b.example.net"}).source
    jwt, hmac = (part.settings for part in jwt_of(deployed).of)
    assert (jwt.issuer, jwt.claims) == ("https://b.example.net", {"email": "b.example.net"})
    assert jwt.jwks_url == "https://a.b.example.net:443/b/b.example.net"
    assert hmac.url.base == "https://x.example.com/b.example.net"
    assert hmac.require == {"x-a": "a b.example.net b.example.net"}
    confirm = deployed.webhook.challenges[0].confirm
    assert confirm
    assert confirm.hosts == ("a.b.example.net",)


AUTH = "webhook: {auth: {jwt: {issuer: 'https://${Host}', audience: [a]}}}\n"
SNS = BASE + "webhook: {auth: {sns: {topics: ['%s']}}}\n"
DECLARATION = "description: d\nparameters: {%s}\nwebhook: {auth: {jwt: {issuer: 'https://${A}', audience: [a]}}}\n"
DECLARED_KEYS = "(description, example, pattern)"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            BASE + AUTH.replace("${Host}", "${Hots}"),
            ["4: webhook.auth.jwt.issuer: ${Hots}: no such parameter; did you mean Host? (Host)"],
        ),
        (
            "description: d\n" + AUTH,
            [
                "2: webhook.auth.jwt.issuer: ${Host}: no such parameter; declare it: "
                "parameters: {Host: {description: …, pattern: …, example: …}}"
            ],
        ),
        (
            BASE + AUTH.replace("${Host}", "${Ho_st}"),
            [
                "4: webhook.auth.jwt.issuer: ${Ho_st} is no parameter: between braces stands a name of letters and "
                "digits, such as ${OktaDomain}"
            ],
        ),
        (
            BASE + AUTH.replace("[a]", "['${Host}${Ho']"),
            [
                "4: webhook.auth.jwt.audience[0]: ${Ho is no parameter: between braces stands a name of letters and "
                "digits, such as ${OktaDomain}"
            ],
        ),
        (
            BASE + "webhook: {auth: {token: {header: x-t}}}\n",
            ["3: parameters.Host: stands nowhere; write ${Host} where its value belongs, or take it out"],
        ),
        (
            JWT + "facts: {summary: 'paid ${Host}', extra: {a: '{b}${Host}'}}\n",
            [
                f"5: facts.extra.a: ${{Host}} {NOT_HERE}; for a dollar sign before a path, write {{'$'}}{{Host}}",
                f"5: facts.summary: ${{Host}} {NOT_HERE}; for a dollar sign before a path, write {{'$'}}{{Host}}",
            ],
        ),
        (
            JWT.replace("description: d", "description: 'of ${Host}'") + "events: {id: \"a['${Host}']\"}\n",
            [f"1: description: ${{Host}} {NOT_HERE}", f"5: events.id: ${{Host}} {NOT_HERE}"],
        ),
        (
            BASE + AUTH.replace("audience: [a]", "audience: [a], header: '${Host}', claims: {'${Host}': a}"),
            [
                f"4: webhook.auth.jwt.claims.${{Host}}: ${{Host}} {NOT_HERE}",
                f"4: webhook.auth.jwt.header: ${{Host}} {NOT_HERE}",
            ],
        ),
        (
            BASE + "webhook: {auth: {token: {header: x-t}}, path: '/${Host}', answer: {text: '${Host}'}}\n",
            [
                f"4: webhook.answer.text: ${{Host}} {NOT_HERE}; for a dollar sign before a path, write {{'$'}}{{Host}}",
                f"4: webhook.path: ${{Host}} {NOT_HERE}",
            ],
        ),
        (
            JWT + "vendor: {docs: 'https://${Host}/docs'}\n",
            [f"5: vendor.docs: ${{Host}} {NOT_HERE}"],
        ),
        (
            SNS % "${Host}",
            [
                "4: webhook.auth.sns.topics[0]: must be the ARN of a topic, such as "
                "arn:aws:sns:us-west-2:123456789012:alarms; with the examples of its parameters, it is "
                "login.example.com"
            ],
        ),
        (
            BASE + AUTH.replace("https://${Host}", "${Host}/a"),
            [
                "4: webhook.auth.jwt.issuer: must begin with https://, and ${Host} stands before the host is there",
            ],
        ),
        (
            (BASE + AUTH).replace("[a-z0-9.-]+", "[a-z0-9._:-]+"),
            [
                "4: webhook.auth.jwt.issuer: has ${Host} in a host, which has letters, digits, dots and dashes alone; "
                "its pattern allows : _"
            ],
        ),
        (
            (BASE + AUTH).replace("[a-z0-9.-]+", "[!-z ]+").replace("https://", "https://a.example/"),
            [
                "4: webhook.auth.jwt.issuer: has ${Host} in a URL, where it has letters, digits and . _ ~ - alone; "
                "its pattern allows more"
            ],
        ),
        (
            DECLARATION % "A: {description: '', pattern: 'a|b', example: c}",
            [
                "2: parameters.A.description: must say in 1 to 200 characters what to fill in, in one line",
                "2: parameters.A.example: does not match its pattern, a|b",
            ],
        ),
        (
            DECLARATION % "A: {pattern: 1, exmple: c}",
            [
                "2: parameters.A.description: is missing",
                "2: parameters.A.example: is missing",
                f"2: parameters.A.exmple: no such key; did you mean example? {DECLARED_KEYS}",
                '2: parameters.A.pattern: must be text; 1 is a number in YAML; put it in quotes, "1"',
            ],
        ),
        (
            DECLARATION % "A: {description: d, pattern: a, example: a}, a_b: {description: d, pattern: a, example: a}",
            ["2: parameters.a_b: must be a name such as OktaDomain: at most 40 letters and digits, a letter first"],
        ),
        (
            (DECLARATION % "ApiToken: {description: d, pattern: a, example: a}").replace("${A}", "${ApiToken}"),
            [
                "2: parameters.ApiToken: looks like a secret, and a parameter is none: the console shows its value; "
                "a secret goes into Parameter Store"
            ],
        ),
        (
            DECLARATION % ", ".join(f"{name}: {{description: d, pattern: a, example: a}}" for name in "ABCDEFGHI"),
            ["2: parameters: at most 8, and there are 9: a function's environment has 4 KB"],
        ),
        (
            (DECLARATION % "A: {description: d, pattern: 'a.b', example: a}").replace("${A}", "${A}${B}"),
            [
                "2: parameters.A.pattern: has a dot, which stands for any character; write \\. for a dot, or a list "
                "such as [a-z0-9]",
                "3: webhook.auth.jwt.issuer: ${B}: no such parameter (A)",
            ],
        ),
        (
            "description: d\nparameters: [A]\nwebhook: {auth: {token: {header: x-t}}}\n",
            ["2: parameters: must have keys, and is a list"],
        ),
    ],
)
def test_every_mistake_is_said_with_its_place_and_what_is_right(
    problems_of: Any, text: str, messages: list[str]
) -> None:
    assert problems_of(text) == messages


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (r"[a-z0-9-]+\.okta(preview|-emea)?\.com", None),
        ("[0-9a-f-]{32,36}", None),
        (r"a\-b [+.()*?]{2}x{1,}", None),
        ("[a^]+", None),
        ("[^/]+", "has [^; say which characters a value has, and not which it has not"),
        ("a.b", r"has a dot, which stands for any character; write \. for a dot, or a list such as [a-z0-9]"),
        ("^a", "has ^; leave it out: a value is always matched as a whole"),
        ("a$", "has $; leave it out: a value is always matched as a whole"),
        (r"\d+", r"has \d, which Java and Python read differently; write [0-9]"),
        (r"\w+", r"has \w, which Java and Python read differently; write [A-Za-z0-9_]"),
        (r"a\sb", r"has \s, which Java and Python read differently; write a space"),
        (r"(a)\1", r"has \1, which Java and Python read differently"),
        (r"[\p]", r"has \p, which Java and Python read differently"),
        ("(?i)a", "has (?; groups are plain, such as (a|b)"),
        ("(a", r"has a ( that is never closed; write \( for a parenthesis"),
        ("a)", r"has a ) without its (; write \) for a parenthesis"),
        ("[a", "has a [ that is never closed"),
        ("[a[b]]", r"has a [ within a list; write \[ for it"),
        ("[]a]", "has an empty list"),
        ("[a&&b]", "has && in a list, which has a meaning of its own; write it once"),
        ("[a-z-9]", r"has a dash after the range a-z; write it as \-"),
        ("[z-a]", r"has the range z-a; write a dash as \-"),
        ("[A-z]", r"has the range A-z; write a dash as \-"),
        ("a??", "has ??; one sign of repetition is enough"),
        ("a++", "has ++; one sign of repetition is enough"),
        ("a{2}{3}", r"has { where it means nothing; write \{ for the sign"),
        ("a{,3}", r"has { where it means nothing; write \{ for the sign"),
        ("a{3,2}", "has {3,2}, whose most is below its least"),
        ("*a", r"has * where it means nothing; write \* for the sign"),
        ("a]", r"has ] where it means nothing; write \] for the sign"),
        ("a\\", "ends with a backslash"),
        ("é", "has 'é'; a pattern is printable ASCII"),
        ("a\n", "has '\\n'; a pattern is printable ASCII"),
        ("[!-~]+", "matches a value with {; a value has no braces"),
        (r"a\}", "matches a value with }; a value has no braces"),
        ("a*", "matches an empty text; a value has at least a character"),
        ("a|", "matches an empty text; a value has at least a character"),
        ("([a-z]+)+", "can take exponentially long, since what it repeats fits a text in two ways"),
        ("a" * 401, "has 401 characters; a pattern has at most 400"),
    ],
)
def test_a_pattern_is_one_that_java_and_python_read_alike(pattern: str, problem: str | None) -> None:
    assert pattern_problem(pattern) == problem


@given(st.text("ab.-[](){}|?*+^$\\,09&~ ", max_size=12))
def test_a_pattern_that_is_accepted_can_be_compiled_and_matches_its_characters_alone(pattern: str) -> None:
    try:
        characters = pattern_characters(pattern)
    except UnsafePattern:
        return
    compiled = re.compile(pattern)  # a FutureWarning, of what Python may read differently, is an error here
    for character in map(chr, range(0x100)):
        if compiled.fullmatch(character):
            assert character in characters


def test_a_tenant_inherits_parameters_and_leaves_out_those_that_it_has_no_use_for(tmp_path: Path) -> None:
    make_definition(tmp_path, JWT.replace("b]", "'x ${Other}']").replace(
        DECLARED, DECLARED + "  Other: {description: The other, pattern: '[a-z]+', example: other}\n"), "base"
    )  # fmt: skip
    whole = make_definition(tmp_path, "{extends: base, description: e}", "whole").source
    assert examples(whole) == {"Host": "login.example.com", "Other": "other"}
    narrow = make_definition(
        tmp_path,
        "extends: base\nparameters: {Host: {example: b.example}}\nwebhook: {auth: {jwt: {audience: [me]}}}\n",
        "narrow",
    ).source
    assert examples(narrow) == {"Host": "b.example"}
    assert jwt_of(narrow).issuer == "https://b.example/a"
    pinned = make_definition(
        tmp_path,
        "extends: base\nwebhook: {auth: {jwt: {issuer: 'https://c.example', audience: [me]}}}\n",
        "pinned",
    ).source
    assert pinned.parameters is None
    with pytest.raises(DefinitionError, match=r"parameters\.Mine: stands nowhere"):
        make_definition(
            tmp_path,
            "extends: base\nparameters: {Mine: {description: d, pattern: a, example: a}}\n",
            "idle",
        )


def test_defaults_have_none(tmp_path: Path) -> None:
    make_definition(tmp_path, JWT)
    (tmp_path / "defaults.yml").write_text(DECLARED + "mozdef: {hostname: '${Host}'}\n")
    with pytest.raises(DefinitionError) as raised:
        load(tmp_path, ["made"])
    texts = [str(problem).replace(f"{tmp_path}/", "") for problem in raised.value.problems]
    assert any(
        text.startswith("defaults.yml:1: parameters: is each source's own, and has no default") for text in texts
    )
    assert any(text.startswith(f"defaults.yml:3: mozdef.hostname: ${{Host}} {NOT_HERE}") for text in texts)


def test_values_are_checked_by_pattern_and_by_the_rules_of_a_build(tmp_path: Path) -> None:
    definition = make_definition(tmp_path, JWT)
    assert jwt_of(as_deployed(definition, {"Host": "a.example"})).issuer == "https://a.example/a"
    for values, message in (
        (
            {"Host": "A b", "Hots": "x"},
            '--parameter Host: must be such as login.example.com; as a regular expression: [a-z0-9.-]+, and is "A b"\n'
            "--parameter Hots: no such parameter; did you mean Host? (Host)",
        ),
        ({}, "--parameter Host=VALUE is missing: The host"),
        (
            {"Host": "a" * 321},
            "--parameter Host: must be such as login.example.com; as a regular expression: [a-z0-9.-]+, "
            f'and is "{"a" * 321}"',
        ),
    ):
        with pytest.raises(GeneratorError) as raised:
            as_deployed(definition, values)
        assert str(raised.value) == message
    other = make_definition(tmp_path, JWT.replace("/a'", "'").replace(", b", ""), "gcp")
    with pytest.raises(DefinitionError) as refused:
        as_deployed(other, {"Host": "accounts.google.com"})
    assert str(refused.value) == (
        f"{tmp_path}/gcp/source.yml:4: webhook.auth.jwt.claims: must have `email`, the service account of your "
        "subscription: anyone can have Google sign a token for any audience (with Host=accounts.google.com)"
    )
    without = make_definition(tmp_path, "description: d\nwebhook: {auth: {token: {header: x-t}}}\n", "plain")
    with pytest.raises(GeneratorError, match=r"^--parameter A: plain has no parameters$"):
        with_values(without, {"A": "b"})


# Whatever may be a value, and whatever a definition or a template would read otherwise: tokens, paths, code.
VALUES = st.text(st.sampled_from("$ab'\"\\`@|&.[]()+-*/:;#%!?=<>, ") | st.characters(codec="ascii", categories=["L"]))
LITERALS = st.text(st.sampled_from("ab/.$'\"\\ ") | st.characters(max_codepoint=0x7E, min_codepoint=0x20)).filter(
    lambda text: "${" not in text and not text.endswith("$")
)


@st.composite
def texts(draw: Any) -> tuple[list[str | Token], dict[str, str]]:
    """A text with tokens, and the values of its parameters."""
    values = draw(st.dictionaries(st.sampled_from(["A", "Ab", "B1"]), VALUES, min_size=1))
    token = st.sampled_from(sorted(values)).map(Token)
    pieces = draw(st.lists(LITERALS.filter(bool) | token, min_size=1, max_size=5))
    joined: list[str | Token] = []
    for piece in pieces:
        if joined and isinstance(piece, str) and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined, values


@given(texts())
def test_a_text_is_split_at_its_tokens_and_a_value_is_never_read_again(
    drawn: tuple[list[str | Token], dict[str, str]],
) -> None:
    pieces, values = drawn
    if any("${" in piece for piece in pieces if isinstance(piece, str)):
        return
    written = "".join(map(str, pieces))
    assert split_text(written) == tuple(pieces)
    filled = FilledText(split_text(written), str, values)
    assert filled == "".join(values[piece.name] if isinstance(piece, Token) else piece for piece in pieces)
    assert filled.written == written


@pytest.fixture(scope="module")
def audience(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    text = JWT.replace("['${Host}', b]", "['x ${Any} y', '${Any}']").replace(
        DECLARED, DECLARED + "  Any: {description: Any text, pattern: '[ -z~|]+', example: any}\n"
    )
    return make_definition(tmp_path_factory.mktemp("audience"), text)


@given(value=VALUES.filter(bool))
def test_the_functions_have_a_value_as_it_is_and_nothing_evaluates_it(audience: Definition, value: str) -> None:
    deployed = with_values(audience, {"Any": value}).source
    expected = (f"x {value} y", value)
    assert jwt_of(deployed).audience == expected
    # The module that is packed has the pattern, and no value: that comes with the function's start.
    code = source_module_text(audience.source)
    assert code == source_module_text(deployed)
    packed: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARAMETER_Any", value)
        patch.setenv("PARAMETER_Host", "a.example")
        exec(compile(code, "source.py", "exec"), packed)  # noqa: S102 - as a function imports it
    settings = jwt_of(packed["SOURCE"])
    assert (settings.issuer, settings.audience) == ("https://a.example/a", expected)
