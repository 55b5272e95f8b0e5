"""The README of a new source that is pulled, with marks for what is still to be written."""

from __future__ import annotations

from generator.definition.parameter_values import parameter_options
from generator.definition.pull_words import counted_span, credential_text, rate_text, span_text
from generator.definition.secret_names import replaced_secrets
from generator.scaffold.texts import heading_of, reference_text
from lambdas.model import Source


def readme_text(source: Source, stream: str) -> str:
    """Return the text of `README.md`."""
    assert source.pull is not None  # noqa: S101 - the draft has it
    pull, heading = source.pull, heading_of(source.name)
    window = pull.streams[stream].window
    return f"""\
# {heading}

{source.description.rstrip(".")}. Asks {heading} every {span_text(pull.every)}.

## Worth having in a SIEM

_To write: which events, and why._

## What you need

- _To write: the plan that has this API, and the role that may read it._
- The credential: {credential_text(pull)}. _To write: where to make it, with which rights, and when it expires._

## Set it up

1. _To write: what to click at the vendor._
2. {_trial(source)}
3. Store the credential: `python -m generator secret {source.name}`.
4. `python -m generator deploy {source.name}{parameter_options(source)}`.
5. Look how it is: `python -m generator status {source.name}`.

## What {heading} does when something fails

{_kept(heading, window.retention)}

| answer | what it means |
|---|---|
| 401 | _to write_ |
| 403 | _to write_ |

The first run begins {counted_span(window.first)} back.
`python -m generator pull {source.name} backfill FROM TO` reads what was before.

## Good to know

### Limits and lateness

| | |
|---|---|
| Limit | the source sends {rate_text(pull.rate)}. _To write: what the vendor allows, and who shares it_ |
| Lateness | _to write: how late an event may be_ |

### What can't be had

- _To write: what the log does not say, and what is personal or secret in it._

{reference_text(source.name)}"""


def _trial(source: Source) -> str:
    assert source.pull is not None  # noqa: S101 - the draft has it
    if replaced_secrets(source.pull):
        return (
            f"Only the puller may use a refresh token: `python -m generator verify {source.name}`, once it is deployed."
        )
    command = f"python -m generator try {source.name}{parameter_options(source)}"
    return f"See a page before you deploy: `{command}` stores nothing."


def _kept(heading: str, seconds: int | None) -> str:
    span = counted_span(seconds) if seconds else "_to write_"
    return f"{heading} keeps events for {span}. After an outage, the puller asks for what it missed."
