"""Mistakes that show only between the keys of a definition, and holes that a definition must not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from generator.definition.jmespath_checks import REPLY_ONLY, call_arguments, called_functions, ignores_request
from generator.definition.yaml_nodes import Location
from generator.errors import Problem
from lambdas.auth import body_hmac, credential_queries, digest, hmac, leaves, secret_names
from lambdas.model import Auth, Challenge, Events, Inputs, Mozdef, Reply, Source, Text, Webhook, auths
from lambdas.reading.text_templates import template_paths
from lambdas.receiving.challenges import NEVER_SIGNED, reply_texts, signs_with_secret
from lambdas.signatures.signature_settings import SignatureSettings

MAX_DEDUPE_HOURS = 168
MAX_SILENCE_HOURS = 168
"""CloudWatch looks back a week at most: periods times evaluation, for periods of an hour or more.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""
MAX_DESCRIPTION = 200  # a template's has 1,024 bytes, a function's 256 characters
# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MAX_RATE, MAX_BURST = 10_000, 5_000
Found = Iterator[tuple[str, str]]


def cross_problems(source: Source, place_of: Callable[[str], Location]) -> Iterator[Problem]:
    """The problems of a whole source; a warning where it may be what the user wants."""
    auth = source.webhook.auth
    for where, message in [*_auth("webhook.auth", auth), *_signatures("webhook.auth", auth, source.events)]:
        yield Problem(*place_of(where), where, message)
    for index, challenge in enumerate(source.webhook.challenges):
        if challenge.auth:
            for where, message in _auth(f"webhook.challenges[{index}].auth", challenge.auth):
                yield Problem(*place_of(where), where, message)
        for key, message in _challenge(challenge):
            where = f"webhook.challenges[{index}].{key}"
            yield Problem(*place_of(where), where, message)
    found = [*_webhook(source), *_events(source.events), *_dedupe(source), *_signing(source)]
    for key, message in [*found, *_outside_replies(source), *_credentials(source)]:
        yield Problem(*place_of(key), key, message)


def _auth(key: str, auth: Auth) -> Found:
    """What is wrong with a type, and with those that it is made of."""
    name = auth.type.__name__.rpartition(".")[2]  # type: ignore[attr-defined]  # a module
    for below, message in auth.type.problems(auth.settings):
        yield f"{key}.{name}.{below}".removesuffix("."), message
    for index, one in enumerate(getattr(auth.settings, "of", ())):
        yield from _auth(f"{key}.{name}[{index}]", one)


def _signing(source: Source) -> Found:
    """A challenge that signs what a sender chooses must not sign what an event's signature is over."""
    for index, challenge in enumerate(source.webhook.challenges):
        key = f"webhook.challenges[{index}].reply"
        if signs_with_secret(challenge) and not secret_names(source.webhook.auth):
            yield key, "signs with the source's secret, and what events are verified with needs none"
        elif signs_with_secret(challenge):
            for one in (leaf for auth in auths(source.webhook) for leaf in leaves(auth)):
                if isinstance(one.settings, digest.Settings | body_hmac.Settings):
                    yield key, "signs, and events are not verified by a signature of their whole body"
                elif isinstance(one.settings, hmac.Settings) and "{body}" not in one.settings.signed:
                    yield key, "signs, and {body} is not in `signed`: an answer could be the signature of an event"
        if challenge.store_secret and not secret_names(source.webhook.auth):
            yield f"webhook.challenges[{index}].store_secret", "has nowhere to go: events are verified without a secret"


def _signatures(key: str, auth: Auth, events: Events) -> Found:
    """What a signature covers, and what becomes an event, must be the same."""
    settings, name = auth.settings, auth.type.__name__.rpartition(".")[2]  # type: ignore[attr-defined]  # a module
    for index, one in enumerate(getattr(settings, "of", ())):
        yield from _signatures(f"{key}.{name}[{index}]", one, events)
    if isinstance(settings, SignatureSettings):
        path = settings.timestamp.path if settings.timestamp else None
        if path and called_functions(path) & {"header", "query", "root"}:
            yield f"{key}.{name}.timestamp.path", "looks beyond the body, which alone is signed"
        if "{form_sorted}" in settings.signed and "form" not in events.format:
            yield (
                f"{key}.{name}.signed",
                "has {form_sorted}, and `events.format` has no form: what is read is not what is signed",
            )
        if re.search(r"\{url\}\{body\}|\{body\}\{url\}", settings.signed) and "form" in events.format:
            yield (
                f"{key}.{name}.signed",
                "has {url} beside {body}: of a form, fields could be moved from one to the other",
            )
    if isinstance(settings, body_hmac.Settings):
        looked = [
            path for path in template_paths(settings.signed) if not called_functions(path) & {"header", "query", "root"}
        ]
        if len(looked) < len(template_paths(settings.signed)):
            yield f"{key}.{name}.signed", "looks beyond the body: what is signed are its fields"
        if settings.each and not events.split:
            message = (
                "needs `events.split`, the same list: else the event is the whole body, most of which nobody signed"
            )
            yield f"{key}.{name}.each", message
        elif settings.each and settings.each != str(events.split).replace('"', ""):
            yield f"{key}.{name}.each", "is not what `events.split` is: an event without a signature would be taken"


def _events(events: Events) -> Found:
    if not events.format or len(set(events.format)) != len(events.format):
        yield "events.format", "must be json, ndjson or form, or some of them, each once"
    if events.expect_every is not None and not 1 <= events.expect_every <= MAX_SILENCE_HOURS:
        yield "events.expect_every", f"must be 1 to {MAX_SILENCE_HOURS} hours: CloudWatch looks back a week"
    if events.payload and "form" not in events.format:
        yield "events.payload", "is a field of a form, and `format` has none"
    if events.schemas is not None and not events.schemas:
        yield "events.schemas", 'names none; write "*": schemas/any.json, or leave it out'
    if not events.type and any(kind != "*" for kind in events.schemas or ()):
        yield "events.schemas", 'are chosen by `type`, and there is none; "*" is the schema of every event'
    if "ndjson" in events.format and not events.split:
        yield "events.format", 'ndjson makes a list, so there must be a `split`, such as "[]"'


def _dedupe(source: Source) -> Found:
    if source.dedupe is None:
        return
    if not 1 <= source.dedupe.window <= MAX_DEDUPE_HOURS:
        yield "dedupe.window", f"must be 1 to {MAX_DEDUPE_HOURS} hours"
    if source.events.id is None:
        yield "dedupe", "tells events apart by the vendor's id: say where it is, as `events.id`"
    elif source.events.split and called_functions(source.events.id) & {"header", "query", "root"}:
        yield "dedupe", "would take all events of a body for one: `events.id` looks beyond what `split` splits off"


def _webhook(source: Source) -> Found:
    if not source.description.strip() or len(source.description) > MAX_DESCRIPTION:
        yield "description", f"says in one line, of at most {MAX_DESCRIPTION} characters, what events these are"
    if source.vendor and source.vendor.deadline is not None and not 1 <= source.vendor.deadline <= 60:
        yield "vendor.deadline", "must be 1 to 60 seconds"
    if source.webhook.concurrency is not None and not 1 <= source.webhook.concurrency <= 1000:
        yield "webhook.concurrency", "must be 1 to 1000, or null to reserve none"
    if source.webhook.concurrency is None and source.hardening == "strict":
        yield "webhook.concurrency", "must be a number, 1 to 1000: `hardening: strict` reserves some"
    yield from _throttle(source.webhook)
    yield from _answers(source.webhook)
    if not 1 <= len(source.pipeline.source) == len(set(source.pipeline.source)):
        yield "pipeline.source", "must be github, codecommit, or both, each once"
    if source.events.time is None and source.events.time_optional:
        yield "events.time_optional", "says that an event may have no `time`, and there is no `time`"
    if source.events.time is None and source.events.time_format != "rfc3339":
        yield "events.time_format", "says how `time` is written, and there is no `time`"


def _answers(webhook: Webhook) -> Found:
    for key, message in _reply(webhook.answer) if webhook.answer else ():
        yield f"webhook.answer.{key}", message
    for name, value in (webhook.refusal_headers or {}).items():
        if not (value.isascii() and value.isprintable()):
            yield f"webhook.refusal_headers.{name}", "must be printable ASCII, in one line"


def _throttle(webhook: Webhook) -> Found:
    limits, most = webhook.throttle, {"rate": MAX_RATE, "burst": MAX_BURST}
    for key, limit in most.items():
        if not 1 <= getattr(limits, key) <= limit:
            yield f"webhook.throttle.{key}", f"must be 1 to {limit:,}, which is what an account has"
    if 1 <= limits.burst < (webhook.concurrency or 0):
        yield (
            "webhook.throttle.burst",
            f"is less than `concurrency`, {webhook.concurrency}: what there is room for would be answered 429, which "
            "some vendors never send again",
        )


def _challenge(challenge: Challenge) -> Found:
    reply = challenge.reply
    for key, message in _reply(reply):
        yield f"reply.{key}", message
    if challenge.method == "POST" and ignores_request(challenge.when):
        yield "when", "fits every request, and would let none become an event"
    if called := called_functions(challenge.when) & REPLY_ONLY:
        yield "when", f"{_all(called)} works in replies only"
    if challenge.unauthenticated and challenge.auth:
        yield "auth", "verifies the sender, and `unauthenticated` does not"
    yield from _effects(challenge)
    if challenge.inputs:
        yield from _inputs(challenge.inputs)
        if not any(called_functions(path) & REPLY_ONLY for text in reply_texts(reply) for path in template_paths(text)):
            yield "inputs", "widens what the reply signs, and the reply signs nothing"


def _effects(challenge: Challenge) -> Found:
    """What a challenge does beside being answered."""
    url = challenge.confirm.url if challenge.confirm else None
    for key, path in (("store_secret", challenge.store_secret), ("confirm.url", url)):
        if path and (called := called_functions(path) & REPLY_ONLY):
            yield key, f"{_all(called)} works in replies only"
    if challenge.store_secret and not challenge.unauthenticated:
        yield "store_secret", "comes before there is a secret to verify with: it needs `unauthenticated: true`"
    if challenge.confirm and challenge.unauthenticated:
        yield "confirm", "calls a URL for anyone: without `unauthenticated`, it does so for the vendor alone"
    if url and called_functions(url) & {"header", "query"}:
        yield "confirm.url", "is not in the body, which alone is signed: anyone could put another there"
    if challenge.confirm and not challenge.confirm.hosts:
        yield "confirm.hosts", "names no host"


def _reply(reply: Reply) -> Found:
    if not 200 <= reply.status <= 299:
        yield "status", "must be 200 to 299"
    if reply.json is not None and reply.text is not None:
        yield "text", "can't stand beside json: an answer has one body"
    if reply.status == 204 and (reply.json is not None or reply.text is not None):
        yield "status", "204 has no body; use 200"


def _inputs(inputs: Inputs) -> Found:
    if not inputs.reason.strip():
        yield "inputs.reason", "says why the vendor's challenge needs it"
    if wrong := sorted(set(inputs.also) & NEVER_SIGNED):
        shown = " ".join(repr(char)[1:-1] for char in wrong)
        yield "inputs.also", f"must not have {shown}: with it an answer could be the signature of an event"
    if not 1 <= inputs.length <= 1024:
        yield "inputs.length", "must be 1 to 1024"


def _outside_replies(source: Source) -> Found:
    """`hmac_*` anywhere but in a reply to a challenge would sign what goes to the queue."""
    events = source.events
    looked = [(f"events.{key}", path) for key in ("split", "id", "type", "time") if (path := getattr(events, key))]
    looked += [(f"events.require[{index}]", path) for index, path in enumerate(events.require)]
    looked += [(key, path) for key, text in mozdef_texts(source.mozdef) for path in template_paths(text)]
    looked += [("webhook.answer", path) for path in _paths_in(source.webhook.answer)]
    for key, path in looked:
        if called := called_functions(path) & REPLY_ONLY:
            yield key, f"{_all(called)} works in replies only"


def _paths_in(reply: Reply | None) -> list[str]:
    return [path for text in reply_texts(reply) for path in template_paths(text)] if reply else []


def _credentials(source: Source) -> Found:
    """A header that carries the credential has no place in a message or an answer."""
    secret = {name for auth in auths(source.webhook) for name in auth.type.headers(auth.settings)}
    asked = {name for auth in auths(source.webhook) for name in credential_queries(auth)}
    for key, path in outgoing_paths(source):
        if shown := sorted(call_arguments(path, "header") & secret):
            yield key, f"would show the credential, which is in {shown[0]}"
        if shown := sorted(call_arguments(path, "query") & asked):
            yield key, f"would show the credential, which is the query parameter {shown[0]}"


def outgoing_paths(source: Source) -> Iterator[tuple[str, str]]:
    """Every path that finds what leaves the handler, with its key."""
    yield from (("webhook.answer", path) for path in _paths_in(source.webhook.answer))
    for index, challenge in enumerate(source.webhook.challenges):
        yield from ((f"webhook.challenges[{index}].reply", path) for path in _paths_in(challenge.reply))
    for key in ("split", "id", "type"):
        if path := getattr(source.events, key):
            yield f"events.{key}", path
    for key, text in mozdef_texts(source.mozdef):
        yield from ((key, path) for path in template_paths(text))


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
