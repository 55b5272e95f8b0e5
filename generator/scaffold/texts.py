"""The texts with which a new source begins: its definition, and a README with what is to be said in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.definition.secret_names import stored_names
from generator.scaffold.definition_yaml import auth_lines, block, flow
from lambdas.auth import leaves
from lambdas.model import Source, verified_by
from lambdas.signatures.signature_settings import SignatureSettings

GUESSED = "# Guessed from one request."
"""Stands in a definition until somebody has looked at what was guessed, and taken it away."""
SCHEMA = "# yaml-language-server: $schema=../schema.json"
_VENDOR = """\
# vendor:  # for people: a build shows it
#   docs: https://…
#   deadline: 5
#   retries: "3 times, after anything but a 2xx"
"""
_CHALLENGES = "  # challenges:  # where the vendor tries the endpoint out before it sends events: docs/definition.md\n"
_EVENTS = """\
# events:  # where things are in the body, as paths (jmespath.org): `id`, `actor.email`, header('x-event')
#   require: [type]  # what has none is kept aside, and becomes no message
#   id: id           # the same in every retry; without it, a hash of the event is the id
#   type: type
#   time: created_at
"""


@dataclass(frozen=True)
class DefinitionDraft:
    """What is known of a new source: of one that extends another, `auth` may be empty."""

    name: str
    description: str = ""
    extends: str | None = None
    auth: Mapping[str, Any] = field(default_factory=dict)
    to_check: Sequence[str] = ()
    events: Mapping[str, Any] = field(default_factory=dict)
    mozdef: Mapping[str, Any] = field(default_factory=dict)


def definition_text(begun: DefinitionDraft) -> str:
    """The text of `source.yml`."""
    if begun.extends:
        return _tenant(begun)
    auth = "".join(f"{line}\n" for line in auth_lines(begun.auth, 4))
    return (
        f"{SCHEMA}\ndescription: {block(begun.description)}\n{_VENDOR}webhook:\n  auth:\n"
        f"{_checks(begun.to_check)}{auth}{_CHALLENGES}{_mapping(begun)}"
    )


def _tenant(begun: DefinitionDraft) -> str:
    described = f"description: {block(begun.description)}\n" if begun.description else ""
    auth = "".join(f"{line}\n" for line in auth_lines(begun.auth, 4)) if begun.auth else ""
    return (
        f"{SCHEMA}\n# What stands here wins over the definition of {begun.extends}; all else is as it is there.\n"
        f"extends: {begun.extends}\n{described}"
        + (f"webhook:\n  auth:\n{auth}" if auth else "")
        + f"# Where MozDef's own rules look for these:\n"
        f"# mozdef: {{hostname: {begun.extends}_host, tags: [{begun.extends}]}}\n"
    )


def _checks(check: Sequence[str]) -> str:
    if not check:
        return ""
    lines = "".join(f"    # - {line}\n" for line in check)
    return f"    {GUESSED} To check in the vendor's documentation:\n{lines}"


def _mapping(begun: DefinitionDraft) -> str:
    summary = f"{begun.name} event"
    mozdef = begun.mozdef or {"summary": summary}
    shown = "".join(_member(key, value) for key, value in mozdef.items())
    tail = f"mozdef:\n  # What an analyst reads; {{path}} is filled in.\n{shown}"
    if not begun.events:
        return f"{_EVENTS}{tail}"
    lines = ["events:", "  # Paths into the body (jmespath.org), guessed from one event."]
    lines += [f"  {key}: {block(value)}" for key, value in begun.events.items()]
    guessed = [begun.events[key] for key in ("type", "id") if key in begun.events] or ["type"]
    lines.append(f"  # require: {flow(guessed)}  # what lacks one is kept aside, and becomes no message")
    return "\n".join(lines) + f"\n{tail}"


def _member(key: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join([f"  {key}:\n", *(f"    {name}: {block(one)}\n" for name, one in value.items())])
    return f"  {key}: {block(value)}\n"


def heading_of(name: str) -> str:
    """A source's name as a heading."""
    return " ".join(word.capitalize() for word in name.split("-"))


def readme_text(source: Source) -> str:
    """The text of `README.md`, with what is known, and what is still to be written."""
    name, heading = source.name, heading_of(source.name)
    auth = source.webhook.auth
    secret = f"store it: `python -m generator secret {name}`" if stored_names(source.webhook) else "none is needed"
    wrong = "401 or 403" if verified_by(source.webhook) == "authorizer" else "401"
    described = re.sub(r"\s*\|\s*", " / ", auth.type.describe(auth.settings))
    return f"""\
# {heading}

{source.description.rstrip(".")}, one message per event.

Worth having in a SIEM: _to write: which events, and why._

## What is verified

| | |
|---|---|
| Credential | _to write: what the vendor calls it, and where it shows it_ |
| Check | {described} |
| Replay | {_replay(source)} |
| Otherwise | {wrong}, and the event is not taken |

## Set it up

_To write: which role one needs at the vendor._

1. _To write: where the vendor's settings for webhooks are, and where the secret is._
2. The secret: {secret}.
3. `python -m generator deploy {name}`, and note `EndpointUrl`.
4. _To write: where to enter it, and which events to choose._
5. Have an event sent, and look for it in MozDef.

## What {heading} does when something fails

_To write: in how many seconds it wants an answer, what it sends again, how often and after which answers
(the same, in short, in `vendor` in `source.yml`)._

## Good to know

- _To write: what an analyst has to know of these events, and what is personal or secret in them._
"""


def tenant_readme_text(source: Source) -> str:
    """The text of the `README.md` of a source that is as another but for a few keys."""
    steps = [f"Store its secret: `python -m generator secret {source.name}`."] if stored_names(source.webhook) else []
    steps.append(f"`python -m generator deploy {source.name}`, and note `EndpointUrl`.")
    numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return f"""\
# {heading_of(source.name)}

{source.description.rstrip(".")}.
All is as the README of `{source.extends}` says, with these names:

{numbered}
"""


def _replay(source: Source) -> str:
    found = [
        one.settings.timestamp for one in leaves(source.webhook.auth) if isinstance(one.settings, SignatureSettings)
    ]
    if found and found[0]:
        return f"a request is at most {found[0].tolerance} seconds old"
    return "no window: no signed time says how old a request is"
