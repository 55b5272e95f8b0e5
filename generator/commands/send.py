"""Send a sample as the vendor would."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import click

from generator import aws, names
from generator.commands import options, show
from generator.definition import load
from generator.errors import GeneratorError
from generator.yaml_nodes import shown

if TYPE_CHECKING:
    from generator.definition import Definition
    from generator.samples import Sample

_SECONDS = 30


@click.command()
@click.argument("source")
@click.option("--sample", help="Which one; by default the first that is an event.")
@click.option("--url", help="A deployed endpoint, the stack's output EndpointUrl; by default the one that runs here.")
@click.option("--env", default=names.ENVIRONMENT, show_default=True, help="Environment whose secret signs, with --url.")
@click.option("--project", default=names.PROJECT, show_default=True, help="Project whose secret signs, with --url.")
@click.option("--region", help="AWS region of the secret, with --url.")
@click.option("--profile", help="AWS profile that may read the secret, with --url.")
@options.sources
@options.build
def command(
    source: str,
    sample: str | None,
    url: str | None,
    env: str,
    project: str,
    region: str | None,
    profile: str | None,
    sources: Path,
    build: Path,
) -> int:
    """Sign a sample as the vendor would, post it to SOURCE, and show the answer."""
    from generator.running import find, secret_name

    definition = load(sources, [source])[0]
    chosen = _choose(definition, sample)
    if url:
        name, ca_bundle = secret_name(definition.source, project, env), None
        secret = aws.secret(name, aws.client("ssm", region, profile))
    else:
        from generator.local import REGION, Emulator

        running = find(build, source)
        ca_bundle = running.ca_bundle
        scheme = "https" if ca_bundle else "http"
        place = Emulator(f"{scheme}://127.0.0.1:{running.port}", REGION, Path(ca_bundle) if ca_bundle else None, Path())
        url, secret = running.url, aws.secret(secret_name(definition.source), place.client("ssm"))
    auth = definition.source.webhook.auth
    headers = {**chosen.headers, **auth.type.sign(auth.settings, chosen.body, secret, time.time())}
    status, answer = _post(_with_query(url, chosen), chosen, headers, ca_bundle)
    out = show.console()
    out.print(f"[dim]sent[/]    {chosen.method} {chosen.name} to {url}")
    out.print(f"[dim]answer[/]  [{'green' if status < 300 else 'red'}]{status}[/] {answer}".rstrip(), markup=True)
    return 0 if status < 300 else 1


def _choose(definition: Definition, wanted: str | None) -> Sample:
    from generator import samples

    there, problems = samples.load(definition)
    if problems:
        raise GeneratorError(str(problems[0]))
    if not there:
        raise GeneratorError(f"{shown(definition.folders[0] / 'samples')}: has no sample to send")
    if wanted is None:
        return next((one for one in there if not one.file("reply").exists()), there[0])
    known = {one.name: one for one in there}
    if wanted not in known:
        raise GeneratorError(f"no sample {wanted} of {definition.source.name}; there are {', '.join(known)}")
    return known[wanted]


def _with_query(url: str, sample: Sample) -> str:
    if urlsplit(url).scheme not in ("https", "http"):
        raise GeneratorError(f"{url}: is no URL such as https://….execute-api.us-west-2.amazonaws.com/events")
    return f"{url}?{urlencode(sample.query)}" if sample.query else url


def _post(url: str, sample: Sample, headers: dict[str, str], ca_bundle: str | None) -> tuple[int, str]:
    context = ssl.create_default_context(cafile=ca_bundle) if url.startswith("https") else None
    request = urllib.request.Request(url, sample.body or None, headers, method=sample.method)  # noqa: S310 - checked
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS, context=context) as answered:  # noqa: S310
            return answered.status, answered.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")
    except OSError as error:
        raise GeneratorError(f"{url}: does not answer: {getattr(error, 'reason', error)}") from error
