"""Send a forged and a signed event to a deployed endpoint: the command `canary`."""

from __future__ import annotations

from pathlib import Path

import click

from generator.aws import Target
from generator.commands import _console, _layout, _options


@_options.command(short_help="Try a deployed endpoint with a forged and a signed event.")
@_options.source
@click.option("--sample", metavar="NAME", help="Sample to send.  [default: the first that is an event]")
@_options.target
@_options.sources
def command(source: str, sample: str | None, target: Target, sources: Path) -> None:
    """Try SOURCE's deployed endpoint: a forged event must be refused, and a signed one must arrive.

    The message has the tag `canary`, so that the SIEM can drop it. Nothing is taken from the queue.

    For a pulled source, its puller asks the vendor for a page of each stream, and sends nothing to the queue.
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
            _layout.columns(out, [("[green]ok[/] ", escape(line))])
        return
    canary_sample = choose_canary_sample(definition, sample)
    canary_target = find_canary_target(target, source, endpoint_for)
    for line in run_canary(target, as_in_stack(definition, canary_target), canary_sample, canary_target):
        _layout.columns(out, [("[green]ok[/] ", escape(line))])
