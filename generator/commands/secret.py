"""Store the secret that a source is verified with."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import errors
from generator.aws import Target
from generator.commands import _console, _options
from generator.deploy import secret_store
from generator.deploy.secret_store import StoredSecret
from generator.errors import GeneratorError, display_path
from generator.names import deployment_problem
from lambdas.model import Source, verified_by
from lambdas.runtime.secrets import PREVIOUS_SUFFIX

if TYPE_CHECKING:
    from generator.definition.read import Definition


@dataclass(frozen=True)
class _Place:
    """Whose secret it is, where it lies, and what lies there before anything is done."""

    definition: Definition
    target: Target
    sources: Path
    there: StoredSecret
    name: str
    names: tuple[str, ...]

    @property
    def source(self) -> Source:
        return self.definition.source

    @property
    def soon(self) -> str:
        """For how long what was valid before is in a function's memory, and an authorizer's answer in its cache."""
        return "within six minutes" if verified_by(self.source.webhook) == "authorizer" else "within five minutes"

    def again(self, more: str = "") -> str:
        return self._command(self.name, more)

    def others(self) -> Iterator[str]:
        """How the source's other secrets are stored."""
        return (self._command(name, "") for name in self.names if name != self.name)

    def _command(self, name: str, more: str) -> str:
        option = f" --name {name}" if name != self.names[0] else ""
        return errors.command_line(
            f"secret {self.source.name}{option}{more}{self.target.options}", sources=self.sources
        )


@click.command(short_help="Store the secret that a source is verified with.")
@click.argument("source")
@click.option("--name", "wanted", help="Which one, where the source needs several; by default that of its events.")
@click.option("--generate", is_flag=True, help="Make a random one, and print it: the vendor must be told.")
@click.option("--drop-previous", is_flag=True, help="Store none, but refuse the one before the current one.")
@click.option("--yes", is_flag=True, help="Do not ask before a secret that is valid is refused.")
@_options.target
@_options.sources
def command(
    source: str, wanted: str | None, generate: bool, drop_previous: bool, yes: bool, target: Target, sources: Path
) -> int:
    """Store the secret of SOURCE, typed or from a pipe, in Parameter Store. The one before it stays valid."""
    if generate and drop_previous:
        raise click.UsageError("--generate stores a secret, and --drop-previous stores none")
    if said := deployment_problem(source, target.project, target.environment):
        raise click.UsageError(said)
    from generator.definition.read import load
    from generator.definition.secret_names import ssm_names

    definition = load(sources, [source])[0]
    there = ssm_names(definition.source, target.project, target.environment)
    if not there:
        raise GeneratorError(f"{source} needs no secret: the public keys with which it verifies are fetched")
    short = wanted or next(iter(there))
    if short not in there:
        raise GeneratorError(f"{source} has no secret {short}; there is {', '.join(there)}")
    ssm = target.client("ssm")
    place = _Place(definition, target, sources, secret_store.read_stored(ssm, there[short]), short, tuple(there))
    if drop_previous:
        _drop(ssm, place, yes=yes)
    elif generate:
        _store(ssm, place, secret_store.generate_secret(place.source.webhook, short), generated=True, yes=yes)
    else:
        _store(ssm, place, _given(place), generated=False, yes=yes)
    return 0


def _given(place: _Place) -> str:
    """What is typed, or comes out of a pipe; GeneratorError where it can't be a secret."""
    asked = place.source.name if len(place.names) == 1 else f"{place.source.name}, {place.name}"
    value = _typed(asked) if _console.is_interactive() else _piped()
    before = secret_store.header_prefix(place.source.webhook.auth, place.name)
    found = list(secret_store.secret_problems(value, in_header=before is not None))
    if found := found or list(secret_store.unusable_reasons(place.source.webhook, place.name, value)):
        raise GeneratorError("\n".join(f"the secret {said}" for said in found))
    for said in secret_store.secret_warnings(value, before or ""):
        _console.warning(f"the secret {said}")
    return value


def _typed(name: str) -> str:
    asked = f"Secret of {name} (it is not shown)"
    value: str = click.prompt(asked, hide_input=True, confirmation_prompt="The same again", err=True)
    return value


def _piped() -> str:
    if sys.stdin is None:
        raise GeneratorError("there is no secret: standard input is closed")
    most = secret_store.MAX_BYTES + len("\r\n")
    sent = sys.stdin.buffer.read(most + 1)
    if len(sent) > most:
        raise GeneratorError(f"the secret {secret_store.TOO_LONG}")
    try:
        text = sent.decode()
    except UnicodeDecodeError:
        raise GeneratorError("the secret is not UTF-8 text") from None
    return text.removesuffix("\n").removesuffix("\r")


def _agree(said: str, *, yes: bool) -> None:
    if yes:
        return
    if not _console.is_interactive():
        raise GeneratorError(f"{said}; nobody is there to be asked: --yes goes on")
    click.confirm(f"{said}. Go on?", abort=True, err=True)


def _store(ssm: Any, place: _Place, value: str, *, generated: bool, yes: bool) -> None:
    there = place.there
    steps = secret_store.write_steps(there, value)
    if secret_store.ends_valid_previous(there, value):
        said = f"there is room for one previous secret, and the one in {there.name}{PREVIOUS_SUFFIX} would be refused"
        _agree(said, yes=yes)
    if generated:
        _tell(value)
    for name, text in steps:
        which = "The secret" if name == there.name else "The previous secret"
        secret_store.write_secret(ssm, name, text, f"{which} with which requests of {place.source.name} are verified")
    _report(place, value, generated=generated)
    target = place.target
    tags = {"Project": target.project, "Service": place.source.name, "Environment": target.environment}
    for name, _ in steps:
        secret_store.tag_parameter(ssm, name, tags)


def _tell(value: str) -> None:
    """First: a secret that is valid and that nobody has seen would have to be made again."""
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "it is closed")  # noqa: TRY301 - as if it had been tried
        click.echo(value)
        sys.stdout.flush()
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise GeneratorError(f"nothing was stored: the secret can't be printed ({said})") from None


def _report(place: _Place, value: str, *, generated: bool) -> None:
    """What lies where now and what comes next, and never what it is."""
    from rich.markup import escape

    out = _console.console(stderr=generated)
    for label, text in _said(place, value, generated=generated):
        out.print(f"[dim]{label:<9}[/]  {escape(text)}")
    if place.there.unencrypted:
        _console.warning(
            f"{place.there.name} was a String until now, which is not encrypted, and its old versions still are: "
            "what it held should not be valid for long"
        )


def _said(place: _Place, value: str, *, generated: bool) -> Iterator[tuple[str, str]]:
    there = place.there
    if changed := secret_store.write_steps(there, value):
        yield "stored", f"{there.name}, encrypted"
    else:
        yield "unchanged", f"{there.name} holds this secret already"
    if value == there.previous and value != there.current:
        yield "", "it was the previous secret until now"
    if before := secret_store.still_valid_parameter(there, value):
        yield "previous", f"{before} is valid too"
    if changed:
        yield "noticed", f"by the functions {place.soon if there.current else 'within ten seconds'}"
        guide = place.definition.find("README.md")
        what = "give it to the vendor" if generated else "see that the vendor has it too"
        what = f"after that, {what}" if there.current else what  # before that, it would be refused
        yield "next", f"{what}: {display_path(guide)}" if guide else what
    for other in place.others():
        yield "also", f"it needs another one: {other}"
    if before:
        yield "then", f"when the vendor uses it, the previous one goes: {place.again(' --drop-previous')}"


def _drop(ssm: Any, place: _Place, *, yes: bool) -> None:
    there, out = place.there, _console.console()
    if there.previous is None:
        out.print(f"{there.name} has no previous secret: there is nothing to drop")
        return
    if there.current is None:
        raise GeneratorError(
            f"{there.name} is not there, and the previous secret is the only one; first {place.again()}"
        )
    _agree(f"whoever still uses the secret in {there.name}{PREVIOUS_SUFFIX} would be refused", yes=yes)
    secret_store.delete_previous(ssm, there.name)
    out.print(f"[dim]dropped[/]    {there.name}{PREVIOUS_SUFFIX}")
    out.print(f"[dim]refused[/]    {place.soon}, for which it may be in memory")
