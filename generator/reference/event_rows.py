"""What becomes of an event of a source, and what its deployments are asked for: tables of its page."""

from __future__ import annotations

from collections.abc import Iterator

from generator.definition.event_words import event_places, event_steps, masked_fields
from generator.definition.words import counted
from generator.reference.markdown import code, codes, details, plain, table
from lambdas.model import Source

_MANY = 12
"""Masked fields that stand in the table; more are below it."""


def events(source: Source) -> Iterator[str]:
    """Yield what becomes of an event, which fields are masked, and the parameters of a deployment."""
    masked = masked_fields(source)
    rows = list(_rows(source))
    if 0 < len(masked) <= _MANY:
        rows.append(("Masked", codes(masked)))
    yield table(("", ""), rows)
    if len(masked) > _MANY:
        yield details(f"{counted(len(masked), 'field')} masked before anything is sent or kept", codes(masked))
    if source.parameters:
        parameters = (
            (code(name), plain(parameter.description), code(parameter.example), code(parameter.pattern))
            for name, parameter in source.parameters.items()
        )
        yield table(("parameter", "what it is", "such as", "pattern"), parameters)


def _rows(source: Source) -> Iterator[tuple[str, str]]:
    for step in (*event_places(source), *event_steps(source)):
        yield step.name, f"{plain(step.text)}{codes(step.codes)}"
    if source.events.expect_every:
        yield "Silence", f"an alarm after {source.events.expect_every} hours without an event"
    archive = source.archive
    yield "Archive", f"a copy of each request, for {archive.days} days" if archive else "none"
