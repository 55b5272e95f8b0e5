"""The part of a definition that says what an event means: `facts`, and MozDef's own keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from lambdas.model_types import DetailName, ExtraName, Text


@dataclass(frozen=True, slots=True)
class Choice:
    """A word chosen by a text: each word has patterns, and the first pattern that the text matches decides."""

    of: Text
    words: Mapping[str, tuple[str, ...]]
    """Patterns by word, in the order of the definition; `*` stands for any characters."""


Severity = NewType("Severity", Choice)
"""A choice among SEVERITY_WORDS. A text that no pattern matches is itself the severity."""

Kind = NewType("Kind", Choice)
"""A choice among KINDS."""

Outcome = NewType("Outcome", Choice)
"""A choice among OUTCOMES."""

SEVERITY_WORDS = ("DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
KINDS = (
    *("authentication.start", "authentication.end"),
    *("account.create", "account.enable", "account.disable", "account.delete", "account.lock", "account.change"),
    *("permission.grant", "permission.revoke", "permission.change"),
    *("configuration.create", "configuration.read", "configuration.change", "configuration.delete"),
    *("data.create", "data.read", "data.change", "data.delete"),
    *("detection.create", "detection.change", "detection.close"),
    "other",
)
OUTCOMES = ("success", "failure")


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened, in words that every SIEM knows. A fact whose text has a path that finds nothing is left out."""

    summary: Text | None = None
    """One line for the analyst; a path that finds nothing is `-` in it. Default: `NAME_event`."""
    severity: Severity | None = None
    """Syslog's word or the vendor's, which is translated; or `{of: "{path}", WORD: [patterns], …}`. Default: `INFO`."""
    action: Text | None = None
    """The vendor's name for what happened. Default: `events.type`."""
    kind: Kind | None = None
    """What kind of event it is: one word, or `{of: "{path}", WORD: [patterns], …}`."""
    outcome: Outcome | None = None
    """Whether it succeeded: `{of: "{path}", success: [patterns], failure: [patterns]}`."""
    reason: Text | None = None
    """Why it had this outcome."""
    user: Text | None = None
    """Who did it: login name or e-mail address."""
    user_id: Text | None = None
    """The vendor's id of the user."""
    source_ip: Text | None = None
    """The address from which it was done; left out where it is none."""
    user_agent: Text | None = None
    """The client with which it was done."""
    target_user: Text | None = None
    """Whose account it was done to."""
    target: Text | None = None
    """The thing that it was done to."""
    role: Text | None = None
    """The role or permission that was given or taken."""
    organization: Text | None = None
    """The tenant, account or workspace."""
    session: Text | None = None
    """The session or trace."""
    url: Text | None = None
    """The page where a person can look, https alone. Never a share link, which is a credential."""
    extra: Mapping[ExtraName, Text] | None = None
    """At most 8 facts of the definition's own, such as `device: "{client.device}"`."""


@dataclass(frozen=True, slots=True)
class Mozdef:
    """What is MozDef's own of its message. NAME is the source's name; BASE that of the source it extends, else NAME."""

    category: Text | None = None
    """Default: `BASE`."""
    hostname: Text | None = None
    """Default: `BASE_host`."""
    processname: Text | None = None
    """Default: `NAME`."""
    source: Text = Text("api_aws_lambda")
    """The way in which the event came."""
    eventsource: Text | None = None
    """Sent as `eventsource`, and as `logger`, which is where MozDef takes it from. Default: `BASE_api`."""
    tags: tuple[Text, ...] = ()
    """Further tags, in addition to NAME, BASE and the event's id."""
    details: Mapping[DetailName, Text] | None = None
    """At most 8 more keys of `details` for MozDef alone, such as its alerts look for; they go before the facts."""
    whole: bool = False
    """Send the event as `details`, for a plugin of MozDef's. Default: facts, `fields` and `json`, always indexable."""
    json: bool = True
    """Send the event's JSON as `details.json`, in pieces."""


FACT_TEXTS = (
    *("summary", "action", "reason", "user", "user_id", "source_ip", "user_agent", "target_user", "target", "role"),
    *("organization", "session", "url"),
)
"""The facts that are a text; all others are chosen by a text."""

FACT_CHOICES = ("severity", "kind", "outcome")
MOZDEF_TEXTS = ("category", "hostname", "processname", "source", "eventsource")
