"""The README of a new source that is pulled, with marks for what is still to be written."""

from __future__ import annotations

from generator.definition.parameter_values import parameter_options
from generator.definition.pull_words import credential_text, rate_text, span_text
from generator.scaffold.texts import heading_of
from lambdas.model import Source


def readme_text(source: Source, stream: str) -> str:
    """Return the text of `README.md`."""
    assert source.pull is not None  # noqa: S101 - the draft has it
    pull, heading = source.pull, heading_of(source.name)
    kept = pull.streams[stream].window.retention
    retention = span_text(kept) if kept else "_to write_"
    return f"""\
# {heading}

{source.description.rstrip(".")}. Asks {heading} every {span_text(pull.every)}.

Worth having in a SIEM: _to write: which events, and why._

## What you need

- _To write: the plan that has this API, and the role that may read it._
- The credential: {credential_text(pull)}. _To write: where to make it, with which rights, and when it expires._

## Set it up

1. _To write: what to click at the vendor._
2. Store the credential: `python -m generator secret {source.name}`.
3. `python -m generator deploy {source.name}{parameter_options(source)}`.
4. Look how it is: `python -m generator status {source.name}`.

## Limits, lateness, retention

| | |
|---|---|
| Limit | the source sends {rate_text(pull.rate)}. _To write: what the vendor allows, and who shares it_ |
| Lateness | _to write: how late an event may be_ |
| Retention | {retention} |

## What can't be had

- _To write: what the log does not say, and what is personal or secret in it._

## When {heading} refuses

| status | what it means |
|---|---|
| 401 | _to write_ |
| 403 | _to write_ |
"""
