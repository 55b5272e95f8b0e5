"""A captured request that is written as JSON: an event of payload format 2.0, or method, url, headers and body.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from generator.errors import GeneratorError

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110's word for the characters of a name


class JsonRequest(NamedTuple):
    """The request in the file; the URL may be a path."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    warnings: tuple[str, ...] = ()


def read_json(file: Path, content: bytes) -> JsonRequest:
    """Return the request in a JSON text; GeneratorError with the key or the line that can't be read."""
    value = _value(file, content)
    context = value.get("requestContext")
    if isinstance(context, dict):
        if not isinstance(context.get("http"), dict):
            raise GeneratorError(f"{file}: is an event of API Gateway, but not of payload format 2.0")
        return _from_event(file, value, context)
    if "headers" not in value:
        raise GeneratorError(f"{file}: has no key headers; a request has method, url, headers and body")
    method = _text(file, value.get("method") or "POST", "method")
    url = _text(file, value.get("url") or "/", "url")
    return JsonRequest(method, url, tuple(_headers(file, value["headers"])), *_body(file, value))


def _value(file: Path, content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content.decode())
    except UnicodeDecodeError:
        raise GeneratorError(f"{file}: is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise GeneratorError(f"{file}:{error.lineno}: is not JSON: {error.msg}, column {error.colno}") from None
    except RecursionError:
        raise GeneratorError(f"{file}: is nested too deep") from None
    if not isinstance(value, dict):
        raise GeneratorError(f"{file}: is a list; it must be one request, with method, url, headers and body")
    return value


def _from_event(file: Path, event: dict[str, Any], context: dict[str, Any]) -> JsonRequest:
    headers = [*_headers(file, event.get("headers") or {})]
    # API Gateway takes cookies out of the headers, one by one.
    if cookies := event.get("cookies"):
        headers.append(("cookie", "; ".join(map(str, cookies))))
    domain, query = context.get("domainName"), event.get("rawQueryString")
    url = f"{f'https://{domain}' if domain else ''}{event.get('rawPath') or '/'}{f'?{query}' if query else ''}"
    return JsonRequest(str(context["http"].get("method") or "POST"), url, tuple(headers), *_body(file, event))


def _headers(file: Path, value: Any) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of headers by name, with a list for repeated ones, or of a list of pairs."""
    if isinstance(value, dict):
        pairs = [
            [name, text] for name, texts in value.items() for text in (texts if isinstance(texts, list) else [texts])
        ]
    elif isinstance(value, list):
        pairs = [[pair.get("name"), pair.get("value")] if isinstance(pair, dict) else pair for pair in value]
    else:
        raise GeneratorError(f"{file}: headers: must be texts by name, or a list of [name, value]")
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise GeneratorError(f"{file}: headers: must be texts by name, or a list of [name, value]")
        if not re.fullmatch(TOKEN, pair[0]):
            raise GeneratorError(f"{file}: headers: {pair[0]!r} is no header's name")
        number = isinstance(pair[1], int) and not isinstance(pair[1], bool)
        yield pair[0], str(pair[1]) if number else _text(file, pair[1], f"headers.{pair[0]}")


def _text(file: Path, value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise GeneratorError(f"{file}: {key}: must be text")
    return value


def _body(file: Path, value: dict[str, Any]) -> tuple[bytes, tuple[str, ...]]:
    body = value.get("body")
    if body is None:
        return b"", ()
    if not isinstance(body, str):
        warning = f"{file}: body: is JSON and not text, so its bytes may not be those that were sent"
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"), (warning,)
    if not value.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass"), ()
    try:
        return base64.b64decode(body, validate=True), ()
    except ValueError:
        raise GeneratorError(f"{file}: body: isBase64Encoded is true, and it is not base64") from None
