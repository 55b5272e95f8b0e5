"""Send a sample as the vendor would."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from generator import aws
from generator.commands import options, show
from generator.definition import load
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.sending import Endpoint
    from lambdas.model import Source


@click.command(short_help="Send a sample as the vendor would.")
@click.argument("source")
@click.option("--sample", help="Which one; by default the first that is an event.")
@click.option("--url", help="A deployed endpoint, the stack's output EndpointUrl; by default the one that runs here.")
@options.target
@options.sources
@options.build
def command(source: str, sample: str | None, url: str | None, target: aws.Target, sources: Path, build: Path) -> int:
    """Sign a sample as the vendor would, post it to SOURCE, and show the answer."""
    from rich.markup import escape

    from generator.running import secret_name
    from generator.sending import Endpoint, choose, post

    definition = load(sources, [source])[0]
    chosen = choose(definition, sample)
    if url:
        if urlsplit(url).scheme not in ("https", "http"):
            raise GeneratorError(f"{url}: is no URL such as https://….execute-api.us-west-2.amazonaws.com/events")
        name = secret_name(definition.source, target.project, target.environment)
        there, secret = Endpoint(url), aws.secret(name, target.client("ssm"))
    else:
        there, secret = _here(definition.source, build, sources)
    auth = definition.source.webhook.auth
    signed = auth.type.sign(auth.settings, chosen.body, secret, time.time())
    if signed is None:
        raise GeneratorError(f"{source}: only the vendor can sign; run the pipeline's acceptance test instead: canary")
    answer = post(there, chosen, signed)
    out = show.console()
    out.print(f"[dim]sent[/]    {chosen.method} {escape(chosen.name)} to {escape(there.url)}")
    colour = "green" if answer.status < 300 else "red"
    out.print(f"[dim]answer[/]  [{colour}]{answer.status}[/] {escape(answer.body)}".rstrip())
    return 0 if answer.status < 300 else 1


def _here(source: Source, build: Path, sources: Path) -> tuple[Endpoint, str]:
    from generator.local import REGION, Emulator
    from generator.running import find, secret_name
    from generator.sending import Endpoint

    running = find(build, sources, source.name)
    bundle = Path(running.ca_bundle) if running.ca_bundle else None
    endpoint = f"{'https' if bundle else 'http'}://127.0.0.1:{running.port}"
    ssm = Emulator(endpoint, REGION, bundle, log=Path()).client("ssm")
    return Endpoint(running.url, here=True, ca_bundle=running.ca_bundle), aws.secret(secret_name(source), ssm)
