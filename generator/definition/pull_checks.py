"""Check `pull` for mistakes that show only between its keys: what asks wrongly, loses events, or never ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

from generator.definition.durations import duration_text
from generator.definition.error_rule_checks import error_rule_mistakes
from generator.definition.key_types import type_name
from generator.definition.path_checks import Mistakes
from generator.definition.pull_event_checks import pull_event_mistakes
from generator.definition.shared_keys import shared_key
from generator.definition.stream_request_checks import (
    known_names,
    page_names,
    reads,
    request_mistakes,
    request_texts,
    unknown_names,
)
from generator.definition.window_checks import format_mistake, retention_mistakes, window_mistakes
from generator.definition.yaml_nodes import Location
from lambdas.model import Source
from lambdas.model_pull import Credentials, Pull, Stream
from lambdas.runtime.addresses import PRIVATE, PUBLIC, address_kind
from lambdas.runtime.secrets import PREVIOUS_SUFFIX

MAX_REQUESTS, MAX_RUN, DAY = 10_000, 900, 86_400
"""Seconds of a run: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""
NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
PLACEHOLDER_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
FOR_VALUE = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9._@-]{0,99}")
"""What stands in the table's keys and in the names of samples."""
RESERVED = ("from", "to", "cursor", "page", "offset", "parent")
# https://datatracker.ietf.org/doc/html/rfc9110#section-7.6.1
OWN_HEADERS = (
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"),
    *("transfer-encoding", "upgrade", "host", "content-length"),
)


def pull_mistakes(source: Source, pull: Pull, locations: Mapping[str, Location]) -> Mistakes:
    """Yield what is wrong with a source that is pulled; `locations` are those of the keys that are written."""
    yield from _url(pull)
    yield from _credentials(pull.credentials)
    yield from _headers(pull)
    yield from _schedule(pull)
    yield from error_rule_mistakes(pull.errors)
    if not pull.streams:
        yield "pull.streams", "names no stream; name the lists of events that the API has"
    for name, stream in pull.streams.items():
        key = f"pull.streams.{name}"
        if not NAME.fullmatch(name):
            yield key, "must be a name such as sign_ins: at most 32 of a-z, 0-9, _ and -, a letter first"
        for below, message in _stream(stream):
            yield f"{key}.{below}", message
        yield from _without_effect(key, stream, locations)
    yield from pull_event_mistakes(source, pull, locations)


def _stream(stream: Stream) -> Mistakes:
    yield from _for(stream.for_)
    yield from request_mistakes(stream)
    style = f"paging.{type_name(stream.paging)}"
    for key, message in stream.paging.style.problems(stream.paging.settings):
        yield f"{style}.{key}", message
    if stream.resume == "time":
        window = window_mistakes(stream.window)
    else:
        window = retention_mistakes(stream.window, ("first",))
        if message := format_mistake(stream.window.format):
            yield "window.format", message
        if not stream.paging.style.is_url(stream.paging.settings) and "cursor" not in page_names(stream):
            message = "keeps a cursor or link of the vendor's over runs, and this paging style has none; write time"
            yield "resume", message
    yield from ((f"window.{key}", message) for key, message in window)


def _for(values_by_name: Mapping[str, tuple[str, ...]] | None) -> Mistakes:
    if values_by_name is None:
        return
    if len(values_by_name) != 1:
        yield "for", "must have exactly one name, with its values, such as application: [admin, login]"
    for name, values in values_by_name.items():
        key = f"for.{name}"
        if not PLACEHOLDER_NAME.fullmatch(name):
            yield key, "must be a name such as application: at most 32 of a-z, 0-9 and _, a letter first"
        elif name in RESERVED:
            yield key, f"{{{name}}} means something else in a request; choose another name"
        if not values:
            yield key, "names no value"
        for value, count in Counter(values).items():
            if count > 1:
                yield key, f"has {value} more than once"
            if not FOR_VALUE.fullmatch(value):
                yield key, f"{value!r} must be 1 to 100 of A-Z a-z 0-9 . _ @ -, since it is in names of files and keys"


def _url(pull: Pull) -> Mistakes:
    parts = urlsplit(pull.url)
    if "@" in parts.netloc:
        yield "pull.url", "has a user in it; a credential is stored, and named by `credentials`"
    host = parts.hostname or ""
    try:
        kind = address_kind(host)
    except ValueError:
        if host == "localhost" or host.endswith(".localhost"):
            yield "pull.url", "is at the function itself, which is never asked; write the API's host"
        return
    if kind == PRIVATE and not pull.self_hosted:
        yield "pull.url", "is a private address; `self_hosted: true` allows one of a network of your own"
    if kind not in (PUBLIC, PRIVATE):
        yield "pull.url", f"is a {kind} address, which is never asked"


def _credentials(credentials: Credentials) -> Mistakes:
    key = f"pull.credentials.{type_name(credentials)}"
    for below, message in credentials.type.problems(credentials.settings):
        yield f"{key}.{below}".removesuffix("."), message
    names = credentials.type.secret_names(credentials.settings)
    for name in names:
        if f"{name}{PREVIOUS_SUFFIX}" in names:
            yield key, f"has a parameter {name}{PREVIOUS_SUFFIX}, which would be taken for the previous {name}"


def _headers(pull: Pull) -> Mistakes:
    credential_header = (getattr(pull.credentials.settings, "header", None) or "authorization").lower()
    known = set.intersection(*(set(known_names(stream)) for stream in pull.streams.values())) if pull.streams else set()
    counts = Counter(name.lower() for name in pull.headers or ())
    for name, text in (pull.headers or {}).items():
        key = f"pull.headers.{name}"
        if name.lower() in OWN_HEADERS:
            yield key, "is set by whoever sends the request; leave it out"
        elif name.lower() in ("authorization", credential_header):
            yield key, "is where the credential goes, which is stored and never written here; leave it out"
        elif counts[name.lower()] > 1:
            yield key, "appears twice, in upper and lower case; leave one out"
        if not (text.isascii() and text.isprintable()):
            yield key, "must be printable ASCII, in one line"
        yield from unknown_names(key, text, tuple(sorted(known)))


def _schedule(pull: Pull) -> Mistakes:
    """Yield what EventBridge can't do, or the vendor does not allow."""
    every, rate = pull.every, pull.rate
    if not 60 <= every <= DAY or every % 60:
        yield "pull.every", "must be 1m to 24h, in whole minutes, such as 5m"
    if not 1 <= rate.requests <= MAX_REQUESTS:
        yield "pull.rate.requests", f"must be 1 to {MAX_REQUESTS:,}"
    if not 1 <= rate.per <= DAY:
        yield "pull.rate.per", "must be 1s to 24h"
    elif every >= 60 and rate.requests >= 1:
        allowed = rate.requests * (every / rate.per if rate.per > every else max(1, min(every, MAX_RUN) / rate.per))
        needed = sum(_requests(stream) for stream in pull.streams.values())
        if needed > allowed:
            message = f"allows {int(allowed)} requests in a run, each {duration_text(every)}, and a run needs at least"
            yield "pull.rate", f"{message} {needed}, one for each stream and value of `for`; make `every` longer"


def _requests(stream: Stream) -> int:
    values = max(1, sum(len(values) for values in (stream.for_ or {}).values()))
    return values * (2 if stream.prepare else 1)


def _without_effect(key: str, stream: Stream, locations: Mapping[str, Location]) -> Mistakes:
    """Yield the keys of a stream's own window that `resume: paging` does not read."""
    if stream.resume == "time":
        return
    for name in ("lag", "longest", "again"):
        if _is_own(f"{key}.window.{name}", locations):
            yield f"{key}.window.{name}", "has no effect with `resume: paging`; leave it out"
    if _is_own(f"{key}.window.first", locations) and not reads(request_texts(stream), "from"):
        message = "has no effect, since the request has no {from}; put it into `query`, or leave this out"
        yield f"{key}.window.first", message


def _is_own(key: str, locations: Mapping[str, Location]) -> bool:
    return key in locations and shared_key(key, locations) == key
