"""Ask a pulled source's vendor for a page of each stream, from this machine: the command `try`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.commands import _console, _options
from generator.errors import GeneratorError, command_line

if TYPE_CHECKING:
    from generator.definition.read import Definition
    from generator.explain.vendor_page import PageTrial, VendorAsker
    from lambdas.model import Source
    from lambdas.model_pull import Pull, Stream
    from lambdas.pulling.parts import StreamKey


@_options.command(short_help="Ask a pulled source's vendor for a page, from this machine.")
@_options.source
@click.option("--stream", "stream_name", metavar="STREAM", help="Ask only for this stream, such as logins[staff].")
@click.option("--record", is_flag=True, help="Keep the answers as samples, without secrets.")
@click.option("--yes", is_flag=True, help="Do not ask before a request that changes something at the vendor.")
@click.option("--json", "as_json", is_flag=True, help="Print only the messages, one JSON object a line.")
@_options.parameters("Value of a parameter of the definition. May be repeated.")
@_options.sources
def command(
    source: str,
    stream_name: str | None,
    record: bool,
    yes: bool,
    as_json: bool,
    parameters: dict[str, str],
    sources: Path,
) -> int:
    """Ask the vendor of SOURCE, which is pulled, for the first page of each stream, and show what becomes of it.

    Each credential is typed, or read from a pipe, one a line. None is shown or stored. Nothing is written in AWS.
    """
    from generator.commands._pull_secret import read_credentials
    from generator.definition.parameter_values import as_deployed
    from generator.definition.pull_streams import choose_streams
    from generator.definition.read import load
    from generator.definition.secret_names import credential_secrets
    from generator.definition.source_folders import refuse_installed
    from generator.explain.vendor_page import VendorAsker
    from lambdas.pulling.connections import Connections

    definition = load(sources, [source])[0]
    deployed = as_deployed(definition, parameters)
    pull = _require_pull(deployed, sources)
    streams = choose_streams(pull, stream_name)
    if record:
        refuse_installed(definition.folders[0])
        _refuse_to_overwrite(definition, [key for key, _ in streams])
    streams = [(key, stream) for key, stream in streams if _may_prepare(pull, key, stream, yes=yes)]
    names = credential_secrets(pull)
    credentials = read_credentials(source, pull, {name: name for name in names}, set(), "the vendor was not asked")
    out = _console.console(stderr=as_json)
    out.print(f"\n[bold]{source}[/]  {pull.url} is asked from this machine; nothing is written in AWS")
    connections = Connections(private=pull.self_hosted)
    asker = VendorAsker(deployed, credentials, connections.send, connections.stream, sleep=_wait)
    try:
        trials = [_try(asker, pull, key, stream, credentials, as_json=as_json) for key, stream in streams]
    finally:
        connections.close()
    if record:
        from generator.commands._record_samples import record_samples

        record_samples(definition, pull, trials, _secrets(asker, credentials), sources)
    return 0 if trials and all(trial.outcome in ("read", "skipped") for trial in trials) else 1


def _require_pull(source: Source, sources: Path) -> Pull:
    """Return how the vendor is asked; GeneratorError where that is not for this machine."""
    from generator.definition.secret_names import replaced_secrets
    from generator.explain.key_file import require_packages

    if source.pull is None:
        raise GeneratorError(
            f"{source.name} is not pulled: its vendor calls it. "
            f"To play the vendor to what runs on this machine: {command_line(f'send {source.name}', sources=sources)}"
        )
    if replaced_secrets(source.pull):
        raise GeneratorError(
            f"{source.name} is not tried from this machine: its vendor replaces the refresh token at each use, so the "
            "puller's own would end. Once it is deployed, the puller can ask: "
            f"{command_line(f'verify {source.name}', sources=sources)}"
        )
    require_packages(source)
    return source.pull


def _may_prepare(pull: Pull, key: StreamKey, stream: Stream, *, yes: bool) -> bool:
    """Return whether a stream may be asked: `prepare` changes something at the vendor."""
    if stream.prepare is None or yes:
        return True
    request = f"{key}: first POST {pull.url}{stream.prepare.post} is sent, which changes something at the vendor"
    if not _console.is_interactive():
        raise GeneratorError(f"{request}; no terminal to ask in: use --yes to send it, or --stream for another stream")
    return _console.confirm(f"{request}. Send it?", "it was not sent, so this stream is not asked", stderr=True)


def _refuse_to_overwrite(definition: Definition, keys: list[StreamKey]) -> None:
    from generator.commands._record_samples import samples_folder
    from generator.samples.pulled_files import existing_files

    folder = samples_folder(definition)
    if files := [file for key in keys for file in existing_files(folder, key)]:
        raise GeneratorError(
            f"--record overwrites no sample: {_console.shortened(files)} in {folder}. Delete them first, or choose "
            "another stream with --stream"
        )


def _wait(seconds: float) -> None:
    _console.note(f"waits {seconds:,.0f} s before the next request")
    time.sleep(seconds)


def _secrets(asker: VendorAsker, credentials: dict[str, str]) -> list[str]:
    """Return the texts that are never shown."""
    return [*credentials.values(), *(token.value for token in asker.tokens.values())]


def _try(
    asker: VendorAsker, pull: Pull, key: StreamKey, stream: Stream, credentials: dict[str, str], *, as_json: bool
) -> PageTrial:
    from rich.markup import escape

    from generator.commands._pull_report import stream_line
    from generator.commands._try_report import trial_rows
    from generator.explain.redaction import Redactor

    out = _console.console(stderr=as_json)
    out.print(f"\n[bold]{escape(stream_line(str(key), stream))}[/]")
    trial = asker.ask(key, stream)
    redact = Redactor(_secrets(asker, credentials))
    if as_json:
        for message in trial.messages:
            click.echo(redact(json.dumps(message, ensure_ascii=False)))
    _console.rows(out, trial_rows(pull, stream, trial, redact))
    return trial
