"""Mistakes that show only between the keys of a definition, and holes that a definition must not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.errors import Problem
from generator.expressions import REPLY_ONLY, calls, headers, looks_at_nothing
from generator.yaml_nodes import Place
from lambdas.challenges import FORBIDDEN, texts
from lambdas.model import Challenge, Inputs, Mozdef, Source, Text
from lambdas.text import paths

MAX_DESCRIPTION = 200  # a template's has 1,024 bytes, a function's 256 characters
Found = Iterator[tuple[str, str]]


def problems(source: Source, place_of: Callable[[str], Place]) -> Iterator[Problem]:
    """The problems of a whole source; a warning where it may be what the user wants."""
    auth = source.webhook.auth
    name = auth.type.__name__.rpartition(".")[2]  # type: ignore[attr-defined]  # a module
    for key, message in auth.type.problems(auth.settings):
        where = f"webhook.auth.{name}.{key}"
        yield Problem(*place_of(where), where, message)
    for index, challenge in enumerate(source.webhook.challenges):
        for key, message in _challenge(challenge):
            where = f"webhook.challenges[{index}].{key}"
            yield Problem(*place_of(where), where, message)
    for key, message in [*_webhook(source), *_outside_replies(source), *_credentials(source)]:
        yield Problem(*place_of(key), key, message)


def _webhook(source: Source) -> Found:
    if not source.description.strip() or len(source.description) > MAX_DESCRIPTION:
        yield "description", f"says in one line, of at most {MAX_DESCRIPTION} characters, what events these are"
    if source.webhook.concurrency is not None and not 1 <= source.webhook.concurrency <= 1000:
        yield "webhook.concurrency", "must be 1 to 1000, or null to reserve none"
    if not 1 <= len(source.pipeline.source) == len(set(source.pipeline.source)):
        yield "pipeline.source", "must be github, codecommit, or both, each once"
    if source.events.time is None and source.events.time_format != "rfc3339":
        yield "events.time_format", "says how `time` is written, and there is no `time`"


def _challenge(challenge: Challenge) -> Found:
    reply = challenge.reply
    if not 200 <= reply.status <= 299:
        yield "reply.status", "must be 200 to 299"
    if reply.json is not None and reply.text is not None:
        yield "reply.text", "can't stand beside json: an answer has one body"
    if reply.status == 204 and (reply.json is not None or reply.text is not None):
        yield "reply.status", "204 has no body; use 200"
    if looks_at_nothing(challenge.when):
        yield "when", "fits every request, and would let none become an event"
    if called := calls(challenge.when) & REPLY_ONLY:
        yield "when", f"{_all(called)} works in replies only"
    if challenge.inputs:
        yield from _inputs(challenge.inputs)
        if not any(calls(path) & REPLY_ONLY for text in texts(reply) for path in paths(text)):
            yield "inputs", "widens what the reply signs, and the reply signs nothing"


def _inputs(inputs: Inputs) -> Found:
    if not inputs.reason.strip():
        yield "inputs.reason", "says why the vendor's challenge needs it"
    if wrong := sorted(set(inputs.also) & FORBIDDEN):
        shown = " ".join(repr(char)[1:-1] for char in wrong)
        yield "inputs.also", f"must not have {shown}: with it an answer could be the signature of an event"
    if not 1 <= inputs.length <= 1024:
        yield "inputs.length", "must be 1 to 1024"


def _outside_replies(source: Source) -> Found:
    """`hmac_*` anywhere but in a reply would sign what goes to the queue."""
    events = source.events
    for key in ("split", "id", "type", "time"):
        path = getattr(events, key)
        if path and (called := calls(path) & REPLY_ONLY):
            yield f"events.{key}", f"{_all(called)} works in replies only"
    for index, path in enumerate(events.require):
        if called := calls(path) & REPLY_ONLY:
            yield f"events.require[{index}]", f"{_all(called)} works in replies only"
    for key, text in mozdef_texts(source.mozdef):
        for path in paths(text):
            if called := calls(path) & REPLY_ONLY:
                yield key, f"{_all(called)} works in replies only"


def _credentials(source: Source) -> Found:
    """A header that carries the credential has no place in a message or an answer."""
    secret = set(source.webhook.auth.type.headers(source.webhook.auth.settings))
    for key, path in every_path(source):
        if shown := sorted(headers(path) & secret):
            yield key, f"would show the credential, which is in {shown[0]}"


def every_path(source: Source) -> Iterator[tuple[str, str]]:
    """Every path that finds what leaves the handler, with its key."""
    for index, challenge in enumerate(source.webhook.challenges):
        for text in texts(challenge.reply):
            yield from ((f"webhook.challenges[{index}].reply", path) for path in paths(text))
    for key in ("split", "id", "type"):
        if path := getattr(source.events, key):
            yield f"events.{key}", path
    for key, text in mozdef_texts(source.mozdef):
        yield from ((key, path) for path in paths(text))


def mozdef_texts(mozdef: Mozdef) -> Iterator[tuple[str, Text]]:
    """Every text of a mapping with its key."""
    for key in ("summary", "severity", "category", "hostname", "processname", "source", "eventsource"):
        if (text := getattr(mozdef, key)) is not None:
            yield f"mozdef.{key}", text
    for index, text in enumerate(mozdef.tags):
        yield f"mozdef.tags[{index}]", text
    for name, text in (mozdef.details or {}).items():
        yield f"mozdef.details.{name}", text


def _all(functions: set[str]) -> str:
    return ", ".join(f"{name}()" for name in sorted(functions))
