"""Make a captured request the first sample of a source, with its secrets masked or left out."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from generator.errors import GeneratorError
from generator.samples.captured import Captured
from generator.scaffold.value_kinds import is_secret, is_secret_name
from lambdas.auth import credential_queries, leaves
from lambdas.model import Source, auths
from lambdas.model_types import Format
from lambdas.reading import masking
from lambdas.reading.body import Rejected, parse, parse_lines
from lambdas.reading.formats import decompress, form_fields, media_type
from lambdas.reading.request import FORM, MULTIPART
from lambdas.signatures.signature_settings import SignatureSettings

# Headers between clients, proxies and API Gateway; none of them tells anything of an event.
_TRANSPORT = re.compile(
    r"host|connection|keep-alive|te|trailer|upgrade|expect|via|forwarded|date|pragma|cache-control|priority|dnt|"
    r"user-agent|from|origin|referer|accept(-.*)?|content-(length|encoding)|transfer-encoding|x-forwarded-.*|x-real-ip|"
    r"x-amzn-.*|x-amz-cf-.*|cloudfront-.*|cf-(ray|connecting-ip|ipcountry|visitor|worker)|cdn-loop|sec-.*|"
    r"true-client-ip|traceparent|tracestate|baggage|sentry-trace|x-b3-.*|x-cloud-trace-context|x-datadog-.*|newrelic"
)
_GZIP = ("gzip", "x-gzip")
_SIGNED_FIELD = re.compile(r"sig(nature)?($|[-_])|signature|hmac", re.IGNORECASE)
_FORM = re.compile(rb"[!-~]+=[!-~]*")


@dataclass(frozen=True)
class Body:
    """A body's value and format; `content` are its bytes without secrets, `masked` the fields that had some."""

    value: Any
    format: Format
    payload: str | None
    content: bytes
    masked: tuple[str, ...]
    is_recoded: bool = False
    """Whether it was sent as a form in parts, and is now an encoded form."""

    @property
    def suffix(self) -> str:
        """Return the ending of the sample's file name."""
        return ".json" if self.format == "json" else ".txt"


def read_body(file: Path, request: Captured, secret_fields: Iterable[str] = ()) -> Body:
    """Return the request's body; the secret fields are masked, and so are those with the name of a secret."""
    try:
        sent = decompress(request.body, request.headers_by_name)
        value, body_format, payload = _read(sent, request.headers_by_name)
    except Rejected as rejected:
        raise GeneratorError(f"{file}: can be no sample: {rejected.detail}") from None
    known = [name for name in secret_fields if masking.mask_fields(value, [name])]
    masked = tuple(dict.fromkeys([*known, *mask_named_secrets(value)]))
    headers = request.headers_by_name
    # A signature beside the JSON of a form is made anew for each sample.
    is_signed = payload is not None and len(_pairs(sent, headers)) > 1
    content = _encode(sent, value, body_format, payload, headers) if masked or is_signed else sent
    is_recoded = content is not sent and media_type(headers) == MULTIPART
    return Body(value, body_format, payload, content, masked, is_recoded)


def _read(sent: bytes, headers: Mapping[str, str]) -> tuple[Any, Format, str | None]:
    kind = media_type(headers)
    if not sent.strip():
        raise Rejected("empty", "it has no body; a handshake is not an event, so capture an event")
    parsers: tuple[tuple[Format, Callable[[bytes], Any]], ...] = (("json", parse), ("ndjson", parse_lines))
    for body_format, parser in parsers if kind not in (FORM, MULTIPART) else ():
        try:
            return parser(sent), body_format, None
        except Rejected as rejected:
            if rejected.reason != "not-json":
                raise
    if kind not in (FORM, MULTIPART) and not _FORM.fullmatch(sent):
        raise Rejected("not-json", "its body is neither JSON, nor lines of JSON, nor a form")
    return _form(_pairs(sent, headers))


def _pairs(sent: bytes, headers: Mapping[str, str]) -> list[tuple[str, Any]]:
    try:
        return list(form_fields(sent, headers))
    except ValueError:
        raise Rejected("not-form", "its body is a form that is not UTF-8") from None


def _form(pairs: list[tuple[str, Any]]) -> tuple[Any, Format, str | None]:
    """Return a form's fields; where one has JSON, beside a signature at the most, what that says, and its name."""
    payloads = [(name, value) for name, value in pairs if not _SIGNED_FIELD.search(name)]
    if len(payloads) == 1 and is_json(payloads[0][1]):
        return parse(payloads[0][1].encode("utf-8", "surrogatepass")), "form", payloads[0][0]
    return dict(pairs), "form", None


def is_json(value: Any) -> bool:
    """Return whether a field of a form has an object or a list as JSON."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        with contextlib.suppress(Rejected):
            return isinstance(parse(value.encode("utf-8", "surrogatepass")), dict | list)
    return False


def form_pairs(request: Captured) -> list[tuple[str, Any]]:
    """Return the fields of a request's form; none where its body is no form."""
    kind = media_type(request.headers_by_name)
    if kind in (FORM, MULTIPART) or (not kind and _FORM.fullmatch(request.body)):
        with contextlib.suppress(Rejected):
            return _pairs(request.body, request.headers_by_name)
    return []


def body_value(request: Captured) -> Any:
    """Return what a request's body says; Rejected where it is neither JSON nor a form."""
    return _read(decompress(request.body, request.headers_by_name), request.headers_by_name)[0]


def _encode(sent: bytes, value: Any, body_format: Format, payload: str | None, headers: Mapping[str, str]) -> bytes:
    """Return a body with masked secrets in the format in which it was sent."""
    if body_format == "json":
        return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")
    if body_format == "ndjson":
        lines = [json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in value]
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    if payload:
        return urlencode({payload: json.dumps(value, ensure_ascii=False, separators=(",", ":"))}).encode()
    pairs = [(name, text) for name, text in _pairs(sent, headers) if isinstance(text, str)]
    return urlencode([(name, masking.MASK if value[name] == masking.MASK else text) for name, text in pairs]).encode()


def mask_named_secrets(value: Any, field: str = "") -> Iterator[str]:
    """Mask every text whose field has the name of a secret; yield these fields as a definition writes them."""
    if isinstance(value, list):
        for item in value:
            yield from mask_named_secrets(item, f"{field}[]")
    elif isinstance(value, dict):
        for name, member in value.items():
            path = f"{field}.{name}" if field else name
            if isinstance(member, str) and member and member != masking.MASK and is_secret_name(name):
                value[name] = masking.MASK
                yield path
            else:
                yield from mask_named_secrets(member, path)


@dataclass(frozen=True)
class RequestHead:
    """The content of `<sample>.request.json`, and what was left out of it: credentials, and possible secrets."""

    content: dict[str, Any]
    credentials: tuple[str, ...]
    secrets: tuple[str, ...]


def request_head(request: Captured, source: Source, body: Body) -> RequestHead:
    """Return the method, headers and query of a captured request that its sample keeps."""
    credential_headers = {name for auth in auths(source.endpoint) for name in auth.type.headers(auth.settings)}
    credential_parameters = {name for auth in auths(source.endpoint) for name in credential_queries(auth)}
    signing_names = set(_signing_names(source))
    headers: dict[str, str] = {}
    credentials, secrets = [], []
    for name, value in request.headers_by_name.items():
        if name in credential_headers:
            credentials.append(name)
        elif name not in signing_names and is_secret(name, value):
            secrets.append(name)
        elif name not in signing_names and (sample_value := _sample_value(name, value)) is not None:
            headers[name] = sample_value
    if (body.format == "json" and media_type(headers) == "application/json") or body.is_recoded:
        del headers["content-type"]
    query: dict[str, str] = {}
    for name, value in parse_qsl(urlsplit(request.url).query, keep_blank_values=True):
        if name in credential_parameters:
            credentials.append(f"{name} in the query")
        elif name not in signing_names and is_secret(name, value):
            secrets.append(f"{name} in the query")
        elif name not in signing_names:
            query[name] = value
    parts: Mapping[str, Any] = {"headers": headers, "query": query}
    method = {"method": request.method} if request.method != "POST" else {}
    content = {**method, **{key: value for key, value in parts.items() if value}}
    return RequestHead(content, tuple(credentials), tuple(secrets))


def _sample_value(name: str, value: str) -> str | None:
    """Return a header's value in a sample; None where the header tells nothing of an event."""
    if name == "content-encoding":
        # The sample has the decompressed body, which is compressed again when it is sent.
        return "gzip" if value.strip().lower() in _GZIP else None
    return value if value.isprintable() and not _TRANSPORT.fullmatch(name) else None


def _signing_names(source: Source) -> Iterator[str]:
    """Yield the headers and parameters that are made anew whenever the sample is signed."""
    for leaf in [leaf for auth in auths(source.endpoint) for leaf in leaves(auth)]:
        if isinstance(settings := leaf.settings, SignatureSettings):
            yield from (name.lower() for name in settings.require or {})
            if settings.timestamp and settings.timestamp.header:
                yield settings.timestamp.header.lower()
            if settings.body_hash:
                yield settings.body_hash.query or (settings.body_hash.header or "").lower()
