"""What is known of a new source that is pulled, and the text of its `source.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.scaffold.definition_yaml import MAX_LINE, auth_lines, block, flow
from generator.scaffold.finding import Finding
from generator.scaffold.paging_values import PagingGuess
from generator.scaffold.request_guess import RequestGuess
from generator.scaffold.texts import SCHEMA

_HEAD = """\
# vendor:  # for people: the table of sources has it
#   docs: https://…
#   credential: a key with the right to read the log, by an administrator
#   lateness: minutes; no bound
#   limit: 600 requests a minute for the organization, over all keys
"""
_RATE = """\
  every: 5m
  # What the vendor allows, less what others need who use the same limit.
  rate: {requests: 30, per: 1m}
"""
_ERRORS = """\
  # errors:  # answers that people must know of: docs/reference/pull/errors.md
  #   - {status: 403, do: stop, say: "the token needs the scope …"}
"""


@dataclass(frozen=True)
class PullDraft:
    """A new source: `events` and `facts` are what goes below these keys."""

    name: str
    description: str
    credentials: Mapping[str, Any]
    request: RequestGuess
    paging: PagingGuess
    resume: str
    events: Mapping[str, Any]
    facts: Mapping[str, Any]
    format: str = "json"
    mask: Sequence[str] = ()
    findings: Sequence[Finding] = field(default_factory=tuple)

    @property
    def stream(self) -> str:
        """Return the stream's name."""
        return self.request.stream


def choose_resume(request: RequestGuess, paging: PagingGuess, order: str) -> tuple[str, Finding]:
    """Return what is kept over runs, and why."""
    is_kept = paging.style in ("link", "next_url", "cursor")
    texts = {**request.query, **(request.body if isinstance(request.body, dict) else {})}
    can_leave_out = "to" not in request.names or texts.get(request.names["to"]) == "{to}"
    if "from" not in request.names and is_kept:
        text = "resume: paging, since the request has no time: check that the last link or cursor stays valid"
        if order != "oldest first":
            text += " and leads to later events; write the vendor's parameter for a time into the URL if there is one"
        return "paging", Finding("check", text)
    if paging.is_endless and is_kept and can_leave_out:
        text = "resume: paging, since the vendor's link or cursor goes on where it ended"
        left_out = f"; {request.names['to']} is left out, since nothing ends then" if "to" in request.names else ""
        return "paging", Finding("likely", f"{text}{left_out}")
    if "to" not in request.names:
        text = "resume: time, and the request has no end: add {to} if the vendor has a parameter for it"
        return "time", Finding("check", text)
    return "time", Finding("sure", "resume: time, since the request says from when to when")


def definition_text(draft: PullDraft) -> str:
    """Return the text of `source.yml`."""
    credentials = "".join(f"{line}\n" for line in auth_lines(draft.credentials, 4))
    stream = "".join(f"      {line}\n" for line in _stream(draft))
    checks = "".join(f"    # - {finding.text}\n" for finding in draft.findings if finding.certainty == "check")
    guessed = f"    # To check in the vendor's documentation, then remove these lines:\n{checks}" if checks else ""
    return (
        f"{SCHEMA}\ndescription: {block(draft.description)}\n{_HEAD}pull:\n  url: {block(draft.request.url)}\n"
        f"  credentials:\n{credentials}{_RATE}  streams:\n{guessed}    {draft.stream}:\n{stream}"
        f"{_ERRORS}{_mapping(draft)}"
    )


def _stream(draft: PullDraft) -> list[str]:
    request, paging = draft.request, draft.paging
    later = {paging.parameter: f"{{{paging.style}}}"} if paging.parameter else {}
    dropped = {request.names.get("to")} if draft.resume == "paging" else set()
    texts = {name: text for name, text in request.query.items() if name not in dropped}
    body = request.body
    if isinstance(body, dict):
        body = {name: text for name, text in {**later, **body}.items() if name not in dropped}
        later = {}
    query = {**texts, **{name: text for name, text in later.items() if name not in texts}}
    lines = [f"{'get' if request.body is None else 'post'}: {block(request.path)}"]
    lines += _mapping_lines("query", query) if query else []
    lines += _mapping_lines("json", body) if body is not None else []
    lines.append(f"paging: {flow({paging.style: dict(paging.settings)})}")
    lines.append(f"resume: {draft.resume}")
    if window := _window(draft):
        lines += ["# How late events come, and how long the vendor keeps them (retention), is in its documentation."]
        lines += [f"window: {flow(window)}"]
    return [*lines, f"format: {draft.format}"] if draft.format != "json" else lines


def _mapping_lines(key: str, mapping: Mapping[str, Any]) -> list[str]:
    line = f"{key}: {flow(mapping)}"
    if len(line) + 6 <= MAX_LINE:
        return [line]
    return [f"{key}:", *(f"  {flow(name)}: {flow(value)}" for name, value in mapping.items())]


def _window(draft: PullDraft) -> dict[str, str]:
    written = {"format": draft.request.format} if draft.request.format != "rfc3339" else {}
    if draft.resume == "paging":
        return {"first": "1d", **written} if "from" in draft.request.names else {}
    if draft.request.format == "date":
        return {"first": "7d", "lag": "2m", "overlap": "1d", "longest": "7d", **written}
    return {"first": "1d", "lag": "2m", "overlap": "1h", "longest": "1d", **written}


def _mapping(draft: PullDraft) -> str:
    lines = ["events:", "  # Paths into the answer (split) and into each event (jmespath.org)."]
    lines += [f"  {key}: {block(value)}" for key, value in draft.events.items()]
    lines += [f"  mask: {flow(list(draft.mask))}  # may be secret"] if draft.mask else []
    guessed = [draft.events[key] for key in ("type",) if key in draft.events]
    if guessed:
        lines.append(f"  # require: {flow(guessed)}  # what lacks it is kept aside, and becomes no message")
    lines += ["facts:", "  # What an analyst reads; {path} is filled in."]
    facts = draft.facts or {"summary": f"{draft.name} event"}
    return "\n".join([*lines, *(f"  {key}: {block(value)}" for key, value in facts.items())]) + "\n"
