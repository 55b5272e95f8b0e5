"""Explain why a captured request verifies, or does not: the command `verify`."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from generator.aws import Target
from generator.commands import _console, _layout, _options
from generator.commands._pulled import refuse_pulled
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.explain.captured_case import CapturedCase
    from generator.explain.explanation import Explanation
    from lambdas.model import Source

_TONES = {"type": "bold", "good": "green", "bad": "red", "finding": "bold"}


@_options.command(short_help="Explain why a captured request verifies, or does not.")
@_options.source
@click.option(
    "--request",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Captured request: raw HTTP, an event of API Gateway, or JSON with method, url, headers and body.",
)
@click.option(
    "--at",
    metavar="TIME",
    help="Time of the check: Unix seconds, RFC 3339, or `request` for the request's own.  [default: now]",
)
@click.option("--url", metavar="URL", help="URL that the vendor was told, if it is not the one in the file.")
@click.option(
    "--keys",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Published keys of the vendor (a JWKS, or a certificate of SNS), so that nothing is fetched.",
)
@click.option("--previous", is_flag=True, help="Ask for the previous secret, too.")
@_options.parameters("Value of a parameter of the definition, as it is deployed. May be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_options.target
@_options.sources
def command(
    source: str,
    file: Path | None,
    at: str | None,
    url: str | None,
    keys: Path | None,
    previous: bool,
    parameters: dict[str, str],
    as_json: bool,
    target: Target,
    sources: Path,
) -> int:
    """Verify a captured request of SOURCE on this machine, and explain what was read, what was expected, and why.

    The secret is typed, or read from a pipe, one a line. Neither it nor a signature is shown.

    For a pulled source, without --request: its deployed puller asks the vendor for a page of each stream, and sends
    nothing to the queue.
    """
    from generator.commands import _secret_prompt
    from generator.definition.parameter_values import as_deployed
    from generator.definition.read import load
    from generator.explain import key_file
    from generator.explain.explanation import explain
    from generator.explain.report import as_plain

    definition = load(sources, [source])[0]
    if file is None:
        return _ask_vendor(definition.source, target)
    case = _as_of(at, _case(as_deployed(definition, parameters), file, url, has_previous_secret=previous))
    content = None
    if keys:
        content = key_file.read_key_file(keys, case.source)
        case = replace(case, source=key_file.without_discovery(case.source))
    elif hosts := key_file.publishers(case.source):
        click.echo(f"asks {' and '.join(hosts)} for keys; with --keys FILE, nothing is fetched", err=True)
    key_file.require_packages(case.source)
    case = replace(case, secrets=_secret_prompt.secrets(case))
    with key_file.use_keys(content):
        explained = explain(case)
    if as_json:
        click.echo(json.dumps(as_plain(explained, case), indent=2, ensure_ascii=False))
    else:
        _print_explanation(explained, case)
    return 0 if explained.verifies else 1


def _ask_vendor(source: Source, target: Target) -> int:
    """Print what the puller's trial says; for another source, say which option is missing."""
    if source.pull is None:
        raise click.UsageError(f"--request FILE is missing: the request that {source.name} does, or does not, verify")
    from generator.deploy.pull_canary import run_pull_canary

    for line in run_pull_canary(target, source.name):
        _console.console().print(f"[green]ok[/]  {_console.safe(line)}")
    return 0


def _case(source: Source, file: Path, url: str | None, *, has_previous_secret: bool) -> CapturedCase:
    from generator.explain.captured_case import CapturedCase
    from generator.samples.captured import read_captured

    if url and not url.lower().startswith(("https://", "http://")):
        raise GeneratorError(f"--url {url}: is no URL such as https://hooks.example.com/events")
    refuse_pulled(source, "No vendor's request has to be verified")
    case = CapturedCase(source, read_captured(file), {}, time.time(), url, has_previous_secret=has_previous_secret)
    try:
        urlsplit(case.request_with(b"").url)
    except ValueError as error:
        raise GeneratorError(f"{url or case.captured.url}: is no URL: {error}") from None
    return case


def _as_of(at: str | None, case: CapturedCase) -> CapturedCase:
    from generator.explain.clock import AT_REQUEST, parse_time, request_time

    if at is None:
        return case
    if at != AT_REQUEST:
        return replace(case, now=parse_time(at), as_of_now=False)
    if (time_of_request := request_time(case)) is None:
        _console.warning("the request has no time that the definition checks; using the current time")
        return case
    return replace(case, now=time_of_request, as_of_now=False)


def _print_explanation(explained: Explanation, case: CapturedCase) -> None:
    from rich.markup import escape

    from generator.explain.report import lines, title

    out = _console.console()
    _layout.columns(out, [(f"[bold]{case.source.name}[/] ", escape(title(explained, case)))])
    out.print()
    rows, last_label = [], ""
    for label, text, tone in lines(explained):
        style = _TONES.get(tone)
        rows.append(
            (
                f"  [dim]{escape(label) if label != last_label else ''}[/] ",
                f"[{style}]{escape(text)}[/]" if style else escape(text),
            )
        )
        last_label = label
    _layout.columns(out, rows)
