"""A captured request as the first sample of a source, without what is secret in it."""

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
from lambdas.model import Format, Source, auths
from lambdas.reading import masking
from lambdas.reading.body import Rejected, parse, parse_lines
from lambdas.reading.formats import decompress, media_type
from lambdas.reading.request import FORM
from lambdas.signatures.signature_settings import SignatureSettings

# What clients, proxies and API Gateway say to each other; no event has anything in it.
_TRANSPORT = re.compile(
    r"host|connection|keep-alive|te|trailer|upgrade|expect|via|forwarded|date|pragma|cache-control|priority|dnt|"
    r"user-agent|from|origin|referer|accept(-.*)?|content-(length|encoding)|transfer-encoding|x-forwarded-.*|x-real-ip|"
    r"x-amzn-.*|x-amz-cf-.*|cloudfront-.*|cf-(ray|connecting-ip|ipcountry|visitor|worker)|cdn-loop|sec-.*|"
    r"true-client-ip|traceparent|tracestate|baggage|sentry-trace|x-b3-.*|x-cloud-trace-context|x-datadog-.*|newrelic"
)
_GZIP = ("gzip", "x-gzip")
_FORM = re.compile(rb"[!-~]+=[!-~]*")


@dataclass(frozen=True)
class Body:
    """What a body says and how it is written; `content` is it without secrets, and `masked` is where they were."""

    value: Any
    format: Format
    payload: str | None
    content: bytes
    masked: tuple[str, ...]

    @property
    def suffix(self) -> str:
        """How the sample's file ends."""
        return ".json" if self.format == "json" else ".txt"


def read_body(file: Path, request: Captured, also: Iterable[str] = ()) -> Body:
    """The request's body; what stands in these fields is secret, and in those that are called so."""
    try:
        sent = decompress(request.body, request.headers_by_name)
        value, written, payload = _read(sent, media_type(request.headers_by_name))
    except Rejected as rejected:
        raise GeneratorError(f"{file}: can be no sample: {rejected.detail}") from None
    known = [name for name in also if masking.mask_fields(value, [name])]
    masked = tuple(dict.fromkeys([*known, *_mask(value, "")]))
    content = _again(sent, value, written, payload) if masked else sent
    return Body(value, written, payload, content, masked)


def _read(sent: bytes, kind: str) -> tuple[Any, Format, str | None]:
    if not sent.strip():
        raise Rejected("empty", "it has no body; a handshake is no event, so capture one that is")
    tried: tuple[tuple[Format, Callable[[bytes], Any]], ...] = (("json", parse), ("ndjson", parse_lines))
    for written, read in tried if kind != FORM else ():
        try:
            return read(sent), written, None
        except Rejected as rejected:
            if rejected.reason != "not-json":
                raise
    if kind != FORM and not _FORM.fullmatch(sent):
        raise Rejected("not-json", "its body is neither JSON, nor lines of JSON, nor a form")
    return _form(sent)


def _form(sent: bytes) -> tuple[Any, Format, str | None]:
    try:
        pairs = parse_qsl(sent.decode(), keep_blank_values=True)
    except ValueError:
        raise Rejected("not-form", "its body is a form that is not UTF-8") from None
    if len(pairs) == 1 and pairs[0][1].startswith(("{", "[")):
        with contextlib.suppress(Rejected):
            return parse(pairs[0][1].encode("utf-8", "surrogatepass")), "form", pairs[0][0]
    return dict(pairs), "form", None


def _again(sent: bytes, value: Any, written: Format, payload: str | None) -> bytes:
    """The body once more, now that its secrets are masked."""
    if written == "json":
        return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")
    if written == "ndjson":
        lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in value]
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    if payload:
        return urlencode({payload: json.dumps(value, ensure_ascii=False, separators=(",", ":"))}).encode()
    pairs = parse_qsl(sent.decode(), keep_blank_values=True)
    return urlencode([(name, masking.MASK if value[name] == masking.MASK else text) for name, text in pairs]).encode()


def _mask(value: Any, field: str) -> Iterator[str]:
    """Mask every text whose field is called as secrets are; the fields, as a definition names them."""
    if isinstance(value, list):
        for one in value:
            yield from _mask(one, f"{field}[]")
    elif isinstance(value, dict):
        for name, one in value.items():
            below = f"{field}.{name}" if field else name
            if isinstance(one, str) and one and one != masking.MASK and is_secret_name(name):
                value[name] = masking.MASK
                yield below
            else:
                yield from _mask(one, below)


@dataclass(frozen=True)
class RequestHead:
    """What `<sample>.request.json` says beside the body; what it does not say, since it is the credential or may be."""

    written: dict[str, Any]
    credentials: tuple[str, ...]
    secret: tuple[str, ...]


def request_head(request: Captured, source: Source, kind: Format) -> RequestHead:
    """The head of the sample of a captured request."""
    own = {name for auth in auths(source.webhook) for name in auth.type.headers(auth.settings)}
    asked = {name for auth in auths(source.webhook) for name in credential_queries(auth)}
    made = set(_made(source))
    headers: dict[str, str] = {}
    credentials, secret = [], []
    for name, value in request.headers_by_name.items():
        if name in own:
            credentials.append(name)
        elif name not in made and is_secret(name, value):
            secret.append(name)
        elif name not in made and (kept := _kept(name, value)) is not None:
            headers[name] = kept
    if kind == "json" and media_type(headers) == "application/json":
        del headers["content-type"]
    query: dict[str, str] = {}
    for name, value in parse_qsl(urlsplit(request.url).query, keep_blank_values=True):
        if name in asked:
            credentials.append(f"{name} in the query")
        elif name not in made and is_secret(name, value):
            secret.append(f"{name} in the query")
        elif name not in made:
            query[name] = value
    found: Mapping[str, Any] = {"headers": headers, "query": query}
    method = {"method": request.method} if request.method != "POST" else {}
    written = {**method, **{key: value for key, value in found.items() if value}}
    return RequestHead(written, tuple(credentials), tuple(secret))


def _kept(name: str, value: str) -> str | None:
    """What a sample says of a header that is no secret; None where that tells nothing of an event."""
    if name == "content-encoding":
        # The body stands there as it was before, and is compressed again when it is sent.
        return "gzip" if value.strip().lower() in _GZIP else None
    return value if value.isprintable() and not _TRANSPORT.fullmatch(name) else None


def _made(source: Source) -> Iterator[str]:
    """Headers and parameters that are made anew whenever the sample is signed."""
    for leaf in [one for auth in auths(source.webhook) for one in leaves(auth)]:
        if isinstance(settings := leaf.settings, SignatureSettings):
            yield from (name.lower() for name in settings.require or {})
            if settings.timestamp and settings.timestamp.header:
                yield settings.timestamp.header.lower()
            if settings.body_hash:
                yield settings.body_hash.query or (settings.body_hash.header or "").lower()
