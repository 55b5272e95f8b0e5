"""Checks of auth types across keys: a signature covers what becomes an event, and no challenge signs an event."""

from __future__ import annotations

import re

from generator.definition.auth_types import auth_type_name
from generator.definition.path_checks import Mistakes, reads_beyond_body
from lambdas.auth import all_of, body_hmac, digest, hmac, jwt, leaves, secret_names
from lambdas.model import Auth, Source, auths
from lambdas.model_events import Events
from lambdas.reading.text_templates import template_paths
from lambdas.receiving.challenges import signs_with_secret
from lambdas.signatures.signature_problems import COVERING
from lambdas.signatures.signature_settings import PIECE, SignatureSettings
from lambdas.signatures.token_claims import covers_body

_FORGEABLE = "so an answer could be the signature of an event"


def auth_mistakes(key: str, auth: Auth) -> Mistakes:
    """Yield what is wrong with an auth type's own settings, and with those of the types that it is made of."""
    key = f"{key}.{auth_type_name(auth)}"
    for setting, message in auth.type.problems(auth.settings):
        yield f"{key}.{setting}".removesuffix("."), message
    for index, part in enumerate(getattr(auth.settings, "of", ())):
        yield from auth_mistakes(f"{key}[{index}]", part)


def signature_mistakes(key: str, auth: Auth, events: Events) -> Mistakes:
    """Yield where a signature does not cover what becomes an event."""
    settings, key = auth.settings, f"{key}.{auth_type_name(auth)}"
    for index, part in enumerate(getattr(settings, "of", ())):
        yield from signature_mistakes(f"{key}[{index}]", part, events)
    if isinstance(settings, SignatureSettings):
        yield from _signed_text(key, settings, events)
    if isinstance(settings, body_hmac.Settings):
        yield from _signed_fields(key, settings, events)


def _signed_text(key: str, settings: SignatureSettings, events: Events) -> Mistakes:
    path = settings.timestamp.path if settings.timestamp else None
    if path and reads_beyond_body(path):
        yield f"{key}.timestamp.path", "reads more than the body, which alone is signed; use a path into the body"
    if "{form_sorted}" in settings.signed and "form" not in events.format:
        message = "has {form_sorted}, and `events.format` has no form: what is read would not be what is signed"
        yield f"{key}.signed", message
    names = {argument for name, argument in PIECE.findall(settings.signed) if name == "form"}
    covering = any(name in COVERING for name, _ in PIECE.findall(settings.signed))
    if names and not covering and (events.format != ("form",) or events.payload not in names):
        message = "covers a field of a form alone; `events: {format: form, payload: …}` must name it, and nothing else"
        yield f"{key}.signed", f"{message} is read"
    if settings.signature.form and "form" not in events.format:
        yield f"{key}.signature.form", "is a field of a form, and `events.format` has no form"
    if re.search(r"\{url\}\{body\}|\{body\}\{url\}", settings.signed) and "form" in events.format:
        message = "has {url} beside {body}: fields of a form could be moved from one to the other"
        yield f"{key}.signed", message


def _signed_fields(key: str, settings: body_hmac.Settings, events: Events) -> Mistakes:
    if any(reads_beyond_body(path) for path in template_paths(settings.signed)):
        yield f"{key}.signed", "reads more than the body, and only fields of the body are signed"
    if settings.each and not events.split:
        message = "needs `events.split`, the same list; else the event is the whole body, most of which is not signed"
        yield f"{key}.each", message
    elif settings.each and settings.each != str(events.split).replace('"', ""):
        message = "must be the same list as `events.split`; else an event without a signature would be accepted"
        yield f"{key}.each", message


def open_bodies(key: str, auth: Auth) -> Mistakes:
    """Yield the tokens that name nothing of the body: a build says so, and stops nothing."""
    key = f"{key}.{auth_type_name(auth)}"
    parts = getattr(auth.settings, "of", ())
    if isinstance(auth.settings, all_of.Settings) and any(
        isinstance(part.settings, SignatureSettings) for part in parts
    ):
        return  # the signature, which must verify too, covers the body
    for index, part in enumerate(parts):
        yield from open_bodies(f"{key}[{index}]", part)
    if isinstance(auth.settings, jwt.Settings) and not covers_body(auth.settings.claims):
        yield (
            key,
            "covers nothing of the body: whoever has seen a token can send another body with it, until it expires; "
            'where the vendor puts a hash of the body into a claim, name it: `claims: {…: "{body_sha256}"}`',
        )


def signing_challenge_mistakes(source: Source) -> Mistakes:
    """Yield the challenges that sign a sender's text with what verifies events, or store a secret for nothing.

    A challenge that signs what a sender chooses must not sign what an event's signature covers.
    """
    has_secret = bool(secret_names(source.endpoint.auth))
    for index, challenge in enumerate(source.endpoint.challenges):
        key = f"webhook.challenges[{index}].reply"
        if signs_with_secret(challenge) and not has_secret:
            yield key, "signs with the source's secret, and events are verified without one"
        elif signs_with_secret(challenge):
            for leaf in (leaf for auth in auths(source.endpoint) for leaf in leaves(auth)):
                if isinstance(leaf.settings, digest.Settings | body_hmac.Settings | jwt.Settings):
                    yield key, f"signs, and no signature of the whole body verifies events, {_FORGEABLE}"
                elif isinstance(leaf.settings, hmac.Settings) and "{body}" not in leaf.settings.signed:
                    yield key, f"signs, and `signed` does not have {{body}}, {_FORGEABLE}"
        if challenge.store_secret and not has_secret:
            message = "stores a secret, and events are verified without one; leave it out"
            yield f"webhook.challenges[{index}].store_secret", message
