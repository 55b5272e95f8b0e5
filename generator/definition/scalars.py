"""Read single values of a definition: check each against its type, and say what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection
from typing import Any

import yaml

from generator.definition.filled_text import TOKEN
from generator.definition.parameter_patterns import pattern_problem
from lambdas import model_deployment, model_request_types, model_types
from lambdas.shaping.facts import SEVERITIES
from lambdas.shaping.mozdef_names import DETAIL_NAMES
from lambdas.signatures.signature_settings import PIECE

SIGNATURE_PIECES = (
    *("body", "timestamp", "id", "method", "url", "endpoint", "path", "query_sorted", "query_sorted('.')"),
    *("secret", "headers", "header_names", "form_sorted", "body_sha256", "body_sha256_base64", "body_sha256_base64url"),
    *("body_crc32", "url_sha256", "header('x')", "query('x')", "form('x')"),
)
"""Raw pieces of a request that a signature may cover."""
CLAIM_PIECES = ("body_sha256", "body_sha256_base64", "body_sha256_base64url", "url_sha256", "url", "method")
"""Those of them that a claim of a token may hold."""
KEY_PIECES = ("secret", "secret('x')")
"""What a key may be made of."""
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
SECRET = re.compile(r"[a-z]+(_[a-z0-9]+)*")
URL_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
FIELD = re.compile(r"(\[\]\.)?[A-Za-z0-9_@-]+(\[\])?(\.[A-Za-z0-9_@-]+(\[\])?)*")
URL = re.compile(r"https://[A-Za-z0-9._~:@-]+(/[!-~]*)?")
TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?")
HOST = re.compile(r"([a-z0-9*-]+\.)*[a-z0-9-]+\.[a-z]+", re.IGNORECASE)
DURATION = re.compile(r"([0-9]{1,5})([smhd])")
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
SCHEMA_FILE = re.compile(r"schemas(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+\.json")
_KINDS = {"str": "text", "int": "a number", "bool": "true or false", "null": "nothing"}
_KINDS |= {"float": "a number with a fraction", "timestamp": "a date"}
_NOT_TEXT = {int: "a whole number", bool: "true or false"}
_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)|true|false")
"""Numbers and booleans that YAML means as they are written: `yes` is true in YAML, and `010` is 8."""
FACT_BY_DETAIL = {**{detail: fact for fact, detail in DETAIL_NAMES.items()}, "email": "user"}
"""The fact that a name of MozDef's details comes from."""
_HOURS = re.compile(r"(\d+) ?h(ours?)?")


def is_long(value: Any) -> bool:
    """Return whether a value is a whole number that 64 bits hold, as those of events are."""
    return isinstance(value, int) and -(2**63) <= value < 2**63


class InvalidScalar(Exception):  # noqa: N818 - caught by DataclassReader alone
    """A value that does not fit its type; the text says what would be right."""


def suggestion(name: str, known: Collection[str]) -> str:
    """Return the end of a message: the most similar name, and the known ones: `; did you mean x? (x, y, z)`."""
    return f"{_did_you_mean(name, known)} ({', '.join(sorted(known))})"


def _did_you_mean(name: str, known: Collection[str]) -> str:
    others = (name.lower(), name.upper(), FACT_BY_DETAIL.get(name), SEVERITIES.get(name.upper()))
    meant = [other for other in others if other in known]
    similar = meant or difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {similar[0]}?" if similar else ""


def short_tag(node: yaml.Node) -> str:
    """Return a node's YAML tag without its prefix, such as `str`."""
    return str(node.tag).rpartition(":")[2]


def node_kind(node: yaml.Node) -> str:
    """Return what a node is, in a user's words."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else _KINDS.get(short_tag(node), "text")


def read_scalar(hint: Any, node: yaml.Node) -> Any:
    """Return a node's value where it fits the type; else raise InvalidScalar."""
    if not isinstance(node, yaml.ScalarNode):
        if isinstance(node, yaml.MappingNode) and node.flow_style and hint not in _NOT_TEXT:
            raise InvalidScalar('is a mapping in YAML; text that starts with { goes in quotes: "{…}"')
        raise InvalidScalar(f"must be {_NOT_TEXT.get(hint, 'text')}, and is {node_kind(node)}")
    tag = short_tag(node)
    if hint in _NOT_TEXT:
        if tag != hint.__name__:
            hours = _HOURS.fullmatch(node.value) if hint is int else None
            example = f" of hours, such as {hours[1]}" if hours else ""
            raise InvalidScalar(f"must be {_NOT_TEXT[hint]}{example}, and is {node_kind(node)}")
        return yaml_value(node)
    if tag == "null" and not node.value:
        raise InvalidScalar("must be text, and is empty")
    if tag != "str":
        if hint is model_request_types.Duration:
            raise InvalidScalar(f"{_DURATION}; {node.value} has none")
        raise InvalidScalar(
            f'must be text; {node.value} is {node_kind(node)} in YAML; put it in quotes, "{node.value}"'
        )
    refuse_parameter(hint, node.value)
    return TEXT_CHECKS.get(hint, str)(node.value)


def is_plain_value(node: yaml.Node) -> bool:
    """Return whether a value of a query or form is a whole number, true or false, which is sent as it is written."""
    return short_tag(node) in ("int", "bool") and bool(_PLAIN.fullmatch(node.value))


def refuse_parameter(hint: Any, text: str) -> None:
    """Raise InvalidScalar where a parameter stands in a text that can't have one."""
    if token := TOKEN.search(text):
        dollar = f"; for a dollar sign before a path, write {{'$'}}{{{token[1]}}}" if hint is model_types.Text else ""
        raise InvalidScalar(
            f"{token[0]} can't stand here: a parameter stands in URLs, hosts, requests of `pull`, and settings of "
            f"`auth` and `credentials`{dollar}"
        )


def yaml_value(node: yaml.Node) -> Any:
    """Return a node as the Python value that YAML means by it."""
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (ArithmeticError, AttributeError, LookupError, ValueError, yaml.YAMLError):
        raise InvalidScalar(f"is no {short_tag(node)}") from None


def read_choice(node: yaml.Node, options: tuple[Any, ...]) -> Any:
    """Return a node's value where it is one of the options; else raise InvalidScalar."""
    if node.value in options:
        return node.value
    raise InvalidScalar(f"must be one of {', '.join(options)}{_did_you_mean(str(node.value), options)}")


def _path(text: str) -> str:
    from generator.definition.jmespath_checks import QUOTED_NAME, path_problem

    if problem := path_problem(text):
        # YAML takes double quotes around a whole value for its own.
        is_name = problem.endswith(f'{QUOTED_NAME}: "{text}"')
        raise InvalidScalar(f"{problem}, and in YAML single quotes around these: '\"{text}\"'" if is_name else problem)
    return text


def _text(text: str) -> str:
    from generator.definition.jmespath_checks import text_problem

    if problem := text_problem(text):
        raise InvalidScalar(problem)
    return text


def _signed(text: str) -> str:
    return _with_pieces(text, SIGNATURE_PIECES)


def _claim(text: str) -> str:
    return _with_pieces(text, CLAIM_PIECES)


def _key(text: str) -> str:
    _with_pieces(text, KEY_PIECES)
    for _, name in PIECE.findall(text):
        _secret(name or "auth_token")
    return text


def _with_pieces(text: str, pieces: tuple[str, ...]) -> str:
    forms = {(piece.partition("(")[0], "(" in piece) for piece in pieces}
    known = ", ".join(f"{{{piece}}}" for piece in pieces)
    for name, argument in PIECE.findall(text):
        if (name, bool(argument)) not in forms:
            shown = f"{{{name}('{argument}')}}" if argument else f"{{{name}}}"
            raise InvalidScalar(f"{shown} is not a piece of a request; there are {known}")
    if stray := re.search(r"\{[^{}]*\}?|\}", PIECE.sub("", text)):
        if stray[0][0] != stray[0][-1] != "}":
            raise InvalidScalar(f"the {stray[0]} is never closed")
        raise InvalidScalar(f"{stray[0]} is not a piece of a request; there are {known}")
    return text


_DURATION = "must be a time with its unit, such as 30s, 5m, 24h or 7d"


def _duration(text: str) -> int:
    match = DURATION.fullmatch(text)
    if not match:
        raise InvalidScalar(_DURATION)
    return int(match[1]) * UNITS[match[2]]


def duration_text(seconds: int) -> str:
    """Write a duration as a definition has it, in the largest unit that is exact."""
    unit, size = next((unit, size) for unit, size in reversed(UNITS.items()) if seconds % size == 0)
    return f"{seconds // size}{unit}"


def _request_path(text: str) -> str:
    if not text.startswith("/") or "?" in text or "#" in text:
        raise InvalidScalar("must be a path that begins with /, without a query: that stands in `query`")
    return _text(text)


def _origin(text: str) -> str:
    if not URL.fullmatch(text) or text.endswith("/") or "?" in text or "#" in text:
        raise InvalidScalar("must be an https URL without a query and without a / at its end")
    return text


def _header(text: str) -> str:
    if not HEADER.fullmatch(text):
        raise InvalidScalar("must be the name of a header, such as x-signature")
    return text


def _secret(text: str) -> str:
    # The value is not shown: it may be one.
    if not SECRET.fullmatch(text) or len(text) > 40 or sum(char.isdigit() for char in text) > 4:
        raise InvalidScalar(
            "must be the name of a parameter, such as auth_token, never the secret itself; if this is a secret, "
            "take it out of the file, and put it into Parameter Store"
        )
    return text


def _url_path(text: str) -> str:
    if not URL_PATH.fullmatch(text) or len(text) > 100:
        raise InvalidScalar(
            "must be a path such as /events: slashes, letters, digits and . _ ~ -, at most 100 characters"
        )
    return text


def _field(text: str) -> str:
    if not FIELD.fullmatch(text):
        raise InvalidScalar(
            "must be names with dots between them, and [] for every item of a list, such as payload.items[].token"
        )
    return text


def _url_base(text: str) -> str:
    if not URL.fullmatch(text) or "?" in text or "#" in text:
        raise InvalidScalar("must be a URL such as https://hooks.example.com/events, without a query")
    return text


def _https_url(text: str) -> str:
    if not URL.fullmatch(text):
        raise InvalidScalar("must be a URL that begins with https://")
    return text


def _topic(text: str) -> str:
    if not TOPIC.fullmatch(text):
        raise InvalidScalar("must be the ARN of a topic, such as arn:aws:sns:us-west-2:123456789012:alarms")
    return text


def _schema_file(text: str) -> str:
    if not SCHEMA_FILE.fullmatch(text):
        raise InvalidScalar("must be a file below the source's folder schemas, such as schemas/user.created.json")
    return text


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise InvalidScalar("must be a name such as auth_provider: at most 32 of a-z, 0-9 and _, a letter first")
    return text


def _parameter_name(text: str) -> str:
    if not PARAMETER.fullmatch(text):
        raise InvalidScalar("must be a name such as OktaDomain: at most 40 letters and digits, a letter first")
    return text


def _parameter_pattern(text: str) -> str:
    if problem := pattern_problem(text):
        raise InvalidScalar(problem)
    return text


def _host(text: str) -> str:
    if not HOST.fullmatch(text):
        raise InvalidScalar(
            "must be the name of a host, such as sns.*.amazonaws.com; * stands for one part, not for the last two"
        )
    return text


TEXT_CHECKS: dict[Any, Callable[[str], Any]] = {
    model_types.Path: _path,
    model_types.Text: _text,
    model_types.SignedText: _signed,
    model_types.ClaimText: _claim,
    model_types.KeyText: _key,
    model_types.Header: _header,
    model_types.SecretName: _secret,
    model_types.UrlPath: _url_path,
    model_types.Field: _field,
    model_types.UrlBase: _url_base,
    model_types.HttpsUrl: _https_url,
    model_types.ServiceUrl: _https_url,
    model_deployment.ParameterName: _parameter_name,
    model_deployment.ParameterPattern: _parameter_pattern,
    model_types.TopicArn: _topic,
    model_types.HostPattern: _host,
    model_types.SchemaFile: _schema_file,
    model_types.ExtraName: _name,
    model_request_types.Duration: _duration,
    model_request_types.RequestPath: _request_path,
    model_request_types.RequestText: _text,
    model_request_types.RequestUrl: _text,
    model_request_types.UrlOrigin: _origin,
    model_types.DetailName: _name,
}
