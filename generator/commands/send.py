"""Send a sample as the vendor would."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
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
    from lambdas.model import Source

_SECONDS = 30


@click.command(short_help="Send a sample as the vendor would.")
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
    from rich.markup import escape

    from generator.running import secret_name

    definition = load(sources, [source])[0]
    chosen = _choose(definition, sample)
    if url:
        if urlsplit(url).scheme not in ("https", "http"):
            raise GeneratorError(f"{url}: is no URL such as https://….execute-api.us-west-2.amazonaws.com/events")
        name = secret_name(definition.source, project, env)
        target = Target(url, aws.secret(name, aws.client("ssm", region, profile)))
    else:
        target = _here(definition.source, build, sources)
    auth = definition.source.webhook.auth
    signed = auth.type.sign(auth.settings, chosen.body, target.secret, time.time())
    status, answer = _post(target, chosen, {**chosen.headers, **signed})
    out = show.console()
    out.print(f"[dim]sent[/]    {chosen.method} {escape(chosen.name)} to {escape(target.url)}")
    out.print(f"[dim]answer[/]  [{'green' if status < 300 else 'red'}]{status}[/] {escape(answer)}".rstrip())
    return 0 if status < 300 else 1


class Target(NamedTuple):
    """Where a sample goes, and what signs it; `here` is on this machine, where no proxy leads."""

    url: str
    secret: str
    here: bool = False
    ca_bundle: str | None = None


def _here(source: Source, build: Path, sources: Path) -> Target:
    from generator.local import REGION, Emulator
    from generator.running import find, secret_name

    running = find(build, sources, source.name)
    bundle = Path(running.ca_bundle) if running.ca_bundle else None
    endpoint = f"{'https' if bundle else 'http'}://127.0.0.1:{running.port}"
    ssm = Emulator(endpoint, REGION, bundle, log=Path()).client("ssm")
    return Target(running.url, aws.secret(secret_name(source), ssm), here=True, ca_bundle=running.ca_bundle)


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


def _post(target: Target, sample: Sample, headers: dict[str, str]) -> tuple[int, str]:
    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=target.ca_bundle))
    opener = urllib.request.build_opener(tls, *([urllib.request.ProxyHandler({})] if target.here else []))
    url = f"{target.url}?{urlencode(sample.query)}" if sample.query else target.url
    request = urllib.request.Request(url, sample.body or None, headers, method=sample.method)  # noqa: S310 - checked
    try:
        with opener.open(request, timeout=_SECONDS) as answered:
            return answered.status, answered.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")
    except OSError as error:
        raise GeneratorError(f"{url}: does not answer: {getattr(error, 'reason', error)}") from error
