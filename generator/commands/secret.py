"""Store a source's secret in Parameter Store, typed, piped or generated: the command `secret`."""

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
from generator.commands import _console, _layout, _options
from generator.deploy import secret_store
from generator.deploy.secret_store import StoredSecret
from generator.errors import GeneratorError, display_path
from generator.names import deployment_problem
from lambdas.model import Source, verified_by
from lambdas.runtime.secrets import PREVIOUS_SUFFIX

if TYPE_CHECKING:
    from generator.definition.read import Definition


@dataclass(frozen=True)
class _SecretContext:
    """A source's secret: its definition, target, name, and what was stored before."""

    definition: Definition
    target: Target
    sources: Path
    stored: StoredSecret
    name: str
    names: tuple[str, ...]

    @property
    def source(self) -> Source:
        return self.definition.source

    @property
    def delay_text(self) -> str:
        """How long functions may use the old secret, which is in their memory or in the authorizer's cache."""
        return "within six minutes" if verified_by(self.source.endpoint) == "authorizer" else "within five minutes"

    def store_command(self, options: str = "") -> str:
        return self._command(self.name, options)

    def other_commands(self) -> Iterator[str]:
        """Yield the commands that store the source's other secrets."""
        return (self._command(name, "") for name in self.names if name != self.name)

    def _command(self, name: str, options: str) -> str:
        option = f" --name {name}" if name != self.names[0] else ""
        return errors.command_line(
            f"secret {self.source.name}{option}{options}{self.target.options}", sources=self.sources
        )


@_options.command(short_help="Store a source's secret, or the credentials of a pulled source.")
@_options.source
@click.option(
    "--name",
    "secret_name",
    metavar="NAME",
    help="Which secret to store, if there are several.  [default: that of the events]",
)
@click.option("--generate", is_flag=True, help="Generate a random secret, and print it for the vendor.")
@click.option("--expires", metavar="DAY", help="Day on which a pulled source's credential ends, such as 2027-03-31.")
@click.option("--drop-previous", is_flag=True, help="Delete the previous secret, and store nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before a secret that is still valid is deleted.")
@_options.target
@_options.sources
def command(
    source: str,
    secret_name: str | None,
    generate: bool,
    expires: str | None,
    drop_previous: bool,
    yes: bool,
    target: Target,
    sources: Path,
) -> int:
    """Store the secret of SOURCE in Parameter Store. It is typed, or read from a pipe. The previous one stays valid.

    For a pulled source, ask for each of its credentials, for the file of a private key, and for the day on which the
    vendor ends them.
    """
    if generate and drop_previous:
        raise click.UsageError("use either --generate or --drop-previous")
    if problem := deployment_problem(source, target.project, target.environment):
        raise click.UsageError(problem)
    from generator.definition.read import load
    from generator.definition.secret_names import ssm_names

    definition = load(sources, [source])[0]
    if definition.source.pull:
        from generator.commands._pull_secret import store_credentials

        return store_credentials(
            definition, target, sources, secret_name, expires, generate=generate, drop_previous=drop_previous
        )
    if expires is not None:
        raise click.UsageError(f"--expires is for credentials of a source that is pulled, and {source} is not")
    parameters = ssm_names(definition.source, target.project, target.environment)
    if not parameters:
        raise GeneratorError(f"{source} needs no secret: it verifies with public keys, which it fetches")
    name = secret_name or next(iter(parameters))
    if name not in parameters:
        raise GeneratorError(f"{source} has no secret {name}; it has {', '.join(parameters)}")
    ssm = target.client("ssm")
    context = _SecretContext(
        definition, target, sources, secret_store.read_stored(ssm, parameters[name]), name, tuple(parameters)
    )
    if drop_previous:
        _drop(ssm, context, yes=yes)
    elif generate:
        _store(ssm, context, secret_store.generate_secret(context.source.endpoint, name), generated=True, yes=yes)
    else:
        _store(ssm, context, _read_secret(context), generated=False, yes=yes)
    return 0


def _read_secret(context: _SecretContext) -> str:
    """Return the typed or piped secret; GeneratorError where it can't be one."""
    from generator.definition.secret_origin import origin_note

    label = context.source.name if len(context.names) == 1 else f"{context.source.name}, {context.name}"
    value = _typed(label, origin_note(context.source, context.name)) if _console.is_interactive() else _piped()
    prefix = secret_store.header_prefix(context.source.endpoint.auth, context.name)
    problems = list(secret_store.secret_problems(value, in_header=prefix is not None))
    if problems := problems or list(secret_store.unusable_reasons(context.source.endpoint, context.name, value)):
        raise GeneratorError("\n".join(f"the secret {problem}" for problem in problems))
    for warning in secret_store.secret_warnings(value, prefix or ""):
        _console.warning(f"the secret {warning}")
    return value


def _typed(name: str, note: str) -> str:
    prompt = f"Secret of {name} (it is not shown{note})"
    value: str = click.prompt(prompt, hide_input=True, confirmation_prompt="The same again", err=True)
    return value


def _piped() -> str:
    if sys.stdin is None:
        raise GeneratorError("no secret: standard input is closed")
    max_bytes = secret_store.MAX_BYTES + len("\r\n")
    content = sys.stdin.buffer.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise GeneratorError(f"the secret {secret_store.TOO_LONG}")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise GeneratorError("the secret is not UTF-8 text") from None
    return text.removesuffix("\n").removesuffix("\r")


def _confirm(consequence: str, *, yes: bool) -> None:
    if yes:
        return
    if not _console.is_interactive():
        raise GeneratorError(f"{consequence}; no terminal to ask in: use --yes to go on")
    click.confirm(f"{consequence}. Go on?", abort=True, err=True)


def _store(ssm: Any, context: _SecretContext, value: str, *, generated: bool, yes: bool) -> None:
    stored = context.stored
    steps = secret_store.write_steps(stored, value)
    if secret_store.ends_valid_previous(stored, value):
        consequence = (
            f"only one previous secret is kept, and the one in {stored.name}{PREVIOUS_SUFFIX} would be refused"
        )
        _confirm(consequence, yes=yes)
    if generated:
        _print_generated(value)
    for name, text in steps:
        description = "The secret" if name == stored.name else "The previous secret"
        secret_store.write_secret(
            ssm, name, text, f"{description} with which requests of {context.source.name} are verified"
        )
    _report(context, value, generated=generated)
    target = context.target
    tags = {"Project": target.project, "Service": context.source.name, "Environment": target.environment}
    for name, _ in steps:
        secret_store.tag_parameter(ssm, name, tags)


def _print_generated(value: str) -> None:
    """Print the generated secret before it is stored: one that nobody has seen would be useless."""
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "it is closed")  # noqa: TRY301 - as a write would raise
        click.echo(value)
        sys.stdout.flush()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise GeneratorError(f"nothing was stored: the secret can't be printed ({reason})") from None


def _report(context: _SecretContext, value: str, *, generated: bool) -> None:
    """Print which parameters hold secrets now, and what to do next; never a secret."""
    from rich.markup import escape

    out = _console.console(stderr=generated)
    lines = _report_lines(context, value, generated=generated)
    _layout.columns(out, ((f"[dim]{label}[/]", escape(text)) for label, text in lines), _console.LABEL_WIDTH)
    if context.stored.unencrypted:
        _console.warning(
            f"{context.stored.name} was a String until now, which is not encrypted, and its old versions still are: "
            "replace the secret that it held soon"
        )


def _report_lines(context: _SecretContext, value: str, *, generated: bool) -> Iterator[tuple[str, str]]:
    stored = context.stored
    if changed := secret_store.write_steps(stored, value):
        yield "stored", f"{stored.name}, encrypted"
    else:
        yield "unchanged", f"{stored.name} holds this secret already"
    if value == stored.previous and value != stored.current:
        yield "", "it was the previous secret until now"
    if before := secret_store.still_valid_parameter(stored, value):
        yield "previous", f"{before} is valid too"
    if changed:
        yield "noticed", f"by the functions {context.delay_text if stored.current else 'within ten seconds'}"
        guide = context.definition.find("README.md")
        advice = "give it to the vendor" if generated else "see that the vendor has it too"
        advice = f"after that, {advice}" if stored.current else advice  # earlier, it would be refused
        yield "next", f"{advice}: {display_path(guide)}" if guide else advice
    for other in context.other_commands():
        yield "also", f"the source needs another secret: {other}"
    if before:
        yield "then", f"once the vendor uses it, drop the previous one: {context.store_command(' --drop-previous')}"


def _drop(ssm: Any, context: _SecretContext, *, yes: bool) -> None:
    stored, out = context.stored, _console.console()
    if stored.previous is None:
        out.print(f"{stored.name} has no previous secret; nothing to drop")
        return
    if stored.current is None:
        raise GeneratorError(
            f"{stored.name} does not exist, so only the previous secret is valid; "
            f"first store one: {context.store_command()}"
        )
    _confirm(f"senders that still use the secret in {stored.name}{PREVIOUS_SUFFIX} would be refused", yes=yes)
    secret_store.delete_previous(ssm, stored.name)
    out.print(f"[dim]dropped[/]    {stored.name}{PREVIOUS_SUFFIX}")
    out.print(f"[dim]refused[/]    {context.delay_text}, for which it may be in memory")
