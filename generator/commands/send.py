"""Sign a sample as the vendor would, and send it: the command `send`."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from generator import aws
from generator.commands import _console, _layout, _options
from generator.commands._pulled import refuse_pulled
from generator.definition.read import load
from generator.errors import GeneratorError
from generator.files import regular_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.samples.sample import Sample
    from generator.samples.sending import Endpoint
    from lambdas.auth_type import SecretLookup
    from lambdas.model import Source


@_options.command(short_help="Send a sample as the vendor would.")
@_options.source
@click.option("--sample", metavar="NAME", help="Sample to send.  [default: the first that is an event]")
@click.option(
    "--body",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Send this file, byte for byte, instead of the sample's body.",
)
@click.option(
    "--url", metavar="URL", help="Endpoint to send to: the stack's output EndpointUrl.  [default: the one of `run`]"
)
@_options.parameters("Value of a parameter of the definition, as it is deployed at --url.  [default: that of `run`]")
@_options.target
@_options.sources
@_options.build
def command(
    source: str,
    sample: str | None,
    body: Path | None,
    url: str | None,
    parameters: dict[str, str],
    target: aws.Target,
    sources: Path,
    build: Path,
) -> int:
    """Send a sample to SOURCE, signed as the vendor would sign it, and show the answer."""
    from rich.markup import escape

    from generator.definition.parameter_values import as_deployed, with_values
    from generator.definition.secret_names import ssm_names
    from generator.samples.sending import Endpoint, choose_sample, send_request
    from generator.samples.vendor import sign_sample, stored_secrets

    definition = load(sources, [source])[0]
    refuse_pulled(definition.source, "Nothing can be sent to it")
    chosen = choose_sample(definition, sample)
    if body:
        chosen = _with_body(chosen, body)
    if url:
        if urlsplit(url).scheme not in ("https", "http"):
            raise GeneratorError(f"{url}: is no URL such as https://….execute-api.us-west-2.amazonaws.com/events")
        stored = ssm_names(definition.source, target.project, target.environment)
        deployed = as_deployed(definition, parameters)
        endpoint, secrets = Endpoint(url), stored_secrets(target.client("ssm"), stored)
    else:
        endpoint, secrets, given = _here(definition.source, build, sources)
        deployed = with_values(definition, {**given, **parameters}).source
    request = sign_sample(deployed, chosen, endpoint.vendor_url or endpoint.url, secrets, time.time())
    if request is None:
        raise GeneratorError(
            f"{source}: only the vendor can sign requests; canary {source} shows that an event arrives"
        )
    answer = send_request(endpoint, request)
    out = _console.console()
    _layout.columns(out, [("[dim]sent[/]   ", f"{chosen.method} {escape(chosen.name)} to {escape(endpoint.url)}")])
    colour = "green" if answer.status < 300 else "red"
    out.print(f"[dim]answer[/]  [{colour}]{answer.status}[/] {escape(answer.body)}".rstrip())
    return 0 if answer.status < 300 else 1


def _with_body(sample: Sample, file: Path) -> Sample:
    """Return the sample's request with the file's content as its body, valid or not."""
    try:
        return replace(sample, name=str(file), body=regular_file.read(file, regular_file.MAX_REQUEST_BYTES))
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read ({error.strerror})") from error


def _here(source: Source, build: Path, sources: Path) -> tuple[Endpoint, SecretLookup, Mapping[str, str]]:
    """Return where the source runs here, what the vendor signs with, and the parameters that `run` was given."""
    from generator.definition.secret_names import ssm_names
    from generator.local.running import find_running
    from generator.samples.sending import Endpoint
    from generator.samples.vendor import stored_secrets

    running = find_running(build, sources, source.name)
    ssm = running.emulator.client("ssm")
    endpoint = Endpoint(running.url, local=True, ca_bundle=running.ca_bundle, vendor_url=running.vendor_url)
    return endpoint, stored_secrets(ssm, ssm_names(source), prefer_private_key=True), running.parameters
