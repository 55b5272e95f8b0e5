"""Check the texts of a definition, each against its type: what a path, a header, a URL or a name may be."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from generator.definition.durations import WELL_FORMED, duration_seconds
from generator.definition.parameter_patterns import pattern_problem
from lambdas import model_deployment, model_request_types, model_types
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
PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
SCHEMA_FILE = re.compile(r"schemas(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+\.json")


class InvalidScalar(Exception):  # noqa: N818 - caught by DataclassReader alone
    """A value that does not fit its type; the text says what would be right."""


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


def _duration(text: str) -> int:
    seconds = duration_seconds(text)
    if seconds is None:
        raise InvalidScalar(WELL_FORMED)
    return seconds


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
