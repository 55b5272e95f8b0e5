"""The part of a source's README that its definition and samples say: what is verified, answers, facts, samples."""

from __future__ import annotations

from collections.abc import Mapping

from generator.definition.parameter_values import as_written
from generator.definition.read import Definition
from generator.reference import pull_rows, webhook_rows
from generator.reference.event_rows import events
from generator.reference.fact_rows import facts
from generator.reference.sample_rows import samples
from lambdas.model import Source


def reference_part(definition: Definition, sources: Mapping[str, Source]) -> str:
    """Return the part in Markdown; `sources` are those that the definition may extend, by name."""
    source = as_written(definition.source)
    bases = [sources[name] for name in source.bases if name in sources]
    if pull := source.pull:
        parts = ["### Asked", *pull_rows.asked(source, pull), "### Answers", pull_rows.answers(pull)]
    else:
        parts = ["### Verified", *webhook_rows.verified(source), "### Answers", webhook_rows.answers(source)]
    parts += ["### Samples", *samples(definition)]
    parts += ["### From event to message", *events(source), "### Facts", *facts(source, bases)]
    return "\n\n".join(parts)
