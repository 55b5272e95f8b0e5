"""Send a forged and a signed event to a deployed endpoint: the command `canary`."""

from __future__ import annotations

from pathlib import Path

import click

from generator.aws import Target
from generator.commands import _console, _options


@click.command(short_help="Show that a deployed endpoint works.")
@_options.source
@click.option("--sample", help="Name of the sample; by default the first that is an event.")
@_options.target
@_options.sources
def command(source: str, sample: str | None, target: Target, sources: Path) -> None:
    """Send SOURCE's deployed endpoint a forged event, which must be refused, and a signed one, which must arrive.

    The message has the tag `canary`, so that MozDef can drop it. Nothing is taken from the queue. Of a source that is
    pulled, have the puller ask its vendor for a page of each stream, of which nothing is sent.
    """
    from rich.markup import escape

    from generator.definition.read import load
    from generator.deploy.canary import as_in_stack, choose_canary_sample, find_canary_target, run_canary
    from generator.deploy.endpoint import endpoint_for
    from generator.deploy.pull_canary import run_pull_canary

    definition = load(sources, [source])[0]
    out = _console.console()
    if definition.source.pull:
        for line in run_pull_canary(target, source):
            out.print(f"[green]ok[/]  {escape(line)}")
        return
    canary_sample = choose_canary_sample(definition, sample)
    canary_target = find_canary_target(target, source, endpoint_for)
    for line in run_canary(target, as_in_stack(definition, canary_target), canary_sample, canary_target):
        out.print(f"[green]ok[/]  {escape(line)}")
