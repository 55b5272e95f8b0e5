"""The texts of a new source's `source.yml` and README, with comments for what is still to be written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.definition.parameter_values import as_written, parameter_options
from generator.definition.secret_names import source_secrets, stored_names
from generator.scaffold.definition_yaml import auth_lines, block, flow
from lambdas.auth import leaves
from lambdas.model import Source, verified_by
from lambdas.signatures.signature_settings import SignatureSettings

GUESSED = "# Guessed from one request."
"""A line of a definition that its user removes after checking what was guessed."""
SCHEMA = "# yaml-language-server: $schema=../schema.json"
REFERENCE_HEADING = "## Reference\n"
_VENDOR = """\
# vendor:  # for people: a build shows it
#   docs: https://…
#   secret: issued  # by the vendor, or chosen by you
#   deadline: 5
#   retries: "3 times, after anything but a 2xx"
"""
_MAKER = "#   secret: issued  # by the vendor, or chosen by you\n"
_CLEAR = frozenset({"basic", "ecdsa", "ed25519", "rsa", "sns"})
"""The auth types that say themselves who makes the secret."""
_CHALLENGES = "  # challenges:  # where the vendor first tries the endpoint out: docs/reference/definition/webhook.md\n"
_EVENTS = """\
# events:  # where things are in the body, as paths (jmespath.org): `id`, `actor.email`, header('x-event')
"""
_KEYS = """\
#   require: [type]  # what has none is kept aside, and becomes no message
#   id: id           # the same in every retry; without it, a hash of the event is the id
#   type: type
#   time: created_at
"""


@dataclass(frozen=True)
class DefinitionDraft:
    """What is known of a new source; `auth` may be empty where it extends another."""

    name: str
    description: str = ""
    extends: str | None = None
    auth: Mapping[str, Any] = field(default_factory=dict)
    to_check: Sequence[str] = ()
    events: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    events_to_check: Sequence[str] = ()


def definition_text(draft: DefinitionDraft) -> str:
    """Return the text of `source.yml`."""
    if draft.extends:
        return _tenant(draft)
    auth = "".join(f"{line}\n" for line in auth_lines(draft.auth, 4))
    return (
        f"{SCHEMA}\ndescription: {block(draft.description)}\n{_vendor(draft)}{_parameters(draft)}webhook:\n  auth:\n"
        f"{_checks(draft.to_check)}{auth}{_CHALLENGES}{_mapping(draft)}"
    )


def _vendor(draft: DefinitionDraft) -> str:
    return _VENDOR.replace(_MAKER, "") if set(draft.auth) <= _CLEAR else _VENDOR


def _tenant(draft: DefinitionDraft) -> str:
    description = f"description: {block(draft.description)}\n" if draft.description else ""
    auth = "".join(f"{line}\n" for line in auth_lines(draft.auth, 4)) if draft.auth else ""
    return (
        f"{SCHEMA}\n# These keys win over those of {draft.extends}; all others are as in its definition.\n"
        f"extends: {draft.extends}\n{description}" + (f"webhook:\n  auth:\n{auth}" if auth else "")
    )


def _parameters(draft: DefinitionDraft) -> str:
    lines = [
        line
        for name, declaration in draft.parameters.items()
        for line in (f"  {name}:", *(f"    {key}: {block(value)}" for key, value in declaration.items()))
    ]
    if not lines:
        return ""
    return "".join(f"{line}\n" for line in ("parameters:  # what each deployment is asked for", *lines))


def _checks(to_check: Sequence[str]) -> str:
    if not to_check:
        return ""
    lines = "".join(f"    # - {line}\n" for line in to_check)
    return f"    {GUESSED} To check in the vendor's documentation:\n{lines}"


def _mapping(draft: DefinitionDraft) -> str:
    summary = f"{draft.name} event"
    facts = draft.facts or {"summary": summary}
    members = "".join(f"  {key}: {block(value)}\n" for key, value in facts.items())
    tail = f"facts:\n  # What an analyst reads; {{path}} is filled in.\n{members}"
    checks = [f"  # - {line}" for line in draft.events_to_check]
    if not draft.events:
        return "\n".join([*checks, ""] if checks else []) + f"{_EVENTS}{_KEYS}{tail}"
    if set(draft.events) <= {"format", "split"} and not draft.facts:
        # Known from how the body is verified; nothing was captured.
        known = "".join(f"  {key}: {flow(value)}\n" for key, value in draft.events.items())
        return f"{_EVENTS.removeprefix('# ')}{known}{_KEYS}{tail}"
    lines = ["events:", "  # Paths into the body (jmespath.org), guessed from one event.", *checks]
    lines += [f"  {key}: {block(value)}" for key, value in draft.events.items()]
    guessed = [draft.events[key] for key in ("type", "id") if key in draft.events] or ["type"]
    lines.append(f"  # require: {flow(guessed)}  # what lacks one is kept aside, and becomes no message")
    return "\n".join(lines) + f"\n{tail}"


def heading_of(name: str) -> str:
    """Return a source's name as a heading."""
    return " ".join(word.capitalize() for word in name.split("-"))


def readme_text(source: Source) -> str:
    """Return the text of `README.md`, with what is known, and marks for what is still to be written."""
    name, heading = source.name, heading_of(source.name)
    auth = as_written(source).endpoint.auth
    secret = f"store it: `python -m generator secret {name}`" if stored_names(source.endpoint) else "none is needed"
    refusal = "401 or 403" if verified_by(source.endpoint) == "authorizer" else "401"
    description = re.sub(r"\s*\|\s*", " / ", auth.type.describe(auth.settings))
    return f"""\
# {heading}

{source.description.rstrip(".")}, one message per event.

## Worth having in a SIEM

_To write: which events, and why._

## What is verified

| | |
|---|---|
| Credential | _to write: what the vendor calls it, and where it shows it_ |
| Check | {description} |
| Replay | {_replay(source)} |
| Otherwise | {refusal}, and the event is not taken |

## Set it up

_To write: which role one needs at the vendor._

1. _To write: where the vendor's settings for webhooks are, and where the secret is._
2. The secret: {secret}.
3. `python -m generator deploy {name}{parameter_options(source)}`, and note `EndpointUrl`.
4. _To write: where to enter it, and which events to choose._
5. Have an event sent, and look for it in your SIEM.

## What {heading} does when something fails

_To write: in how many seconds it wants an answer, what it sends again, how often and after which answers
(the same, in short, in `vendor` in `source.yml`)._

## Good to know

- _To write: what an analyst has to know of these events, and what is personal or secret in them._

{reference_text(name)}"""


def reference_text(name: str) -> str:
    """Return the last section of a README, which says where the rest is."""
    return f"""\
{REFERENCE_HEADING}
[The definition](source.yml) says what becomes of an event. `python -m generator page {name}` writes a page of what is
verified, kept and allowed.
"""


def tenant_readme_text(source: Source) -> str:
    """Return the text of `README.md` for a source that extends another."""
    steps = [f"Store its secret: `python -m generator secret {source.name}`."] if source_secrets(source) else []
    deploy = f"deploy {source.name}{parameter_options(source)}"
    after = f"then `python -m generator status {source.name}`" if source.pull else "and note `EndpointUrl`"
    steps.append(f"`python -m generator {deploy}`, {after}.")
    numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return f"""\
# {heading_of(source.name)}

{source.description.rstrip(".")}.
All is as the README of `{source.extends}` says, with these names:

{numbered}
"""


def _replay(source: Source) -> str:
    settings = [leaf.settings for leaf in leaves(source.endpoint.auth)]
    timestamps = [signature.timestamp for signature in settings if isinstance(signature, SignatureSettings)]
    if timestamps and timestamps[0]:
        return f"a request is at most {timestamps[0].tolerance} seconds old"
    return "no window: no signed time says how old a request is"
