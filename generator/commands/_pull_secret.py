"""Store the credentials with which a source asks its vendor: the part of `secret` for a source that is pulled.

What is stored is not read: only the puller needs it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.aws import Target
from generator.commands import _console, _kept_options
from generator.definition.secret_names import replaced_secrets, ssm_names
from generator.deploy import secret_store
from generator.errors import GeneratorError, display_path
from generator.files import regular_file
from lambdas.model_pull import Pull
from lambdas.pulling.expiry import WARN_DAYS, days_left, read_day

if TYPE_CHECKING:
    from generator.definition.read import Definition

_MAX_INPUT = 64 * 1024


def store_credentials(
    definition: Definition,
    target: Target,
    sources: Path,
    name: str | None,
    expires: str | None,
    *,
    generate: bool,
    drop_previous: bool,
) -> int:
    """Ask for each credential, or for the one of a name, and store them once all are of use."""
    source = definition.source
    pull = source.pull
    assert pull is not None  # noqa: S101 - the caller has looked
    if generate:
        raise GeneratorError(f"{source.name} asks its vendor, who makes the credentials: copy them from there")
    if drop_previous:
        raise GeneratorError(f"{source.name} has no previous secret: its puller uses the current one alone")
    parameters = ssm_names(source, target.project, target.environment)
    if name is not None and name not in parameters:
        raise GeneratorError(f"{source.name} has no secret {name}; it has {', '.join(parameters)}")
    day = _parse_day(expires) if expires else None
    ssm = target.client("ssm")
    chosen = {key: parameter for key, parameter in parameters.items() if name in (None, key)}
    stored = _stored(ssm, list(chosen.values()))
    values = read_credentials(source.name, pull, chosen, stored, "nothing was stored")
    if values and expires is None and _console.is_interactive():
        day = _typed_day()
    tags = {"Project": target.project, "Service": source.name, "Environment": target.environment}
    together = _ending_with(values, secret_store.read_expiry(ssm, parameters))
    for key, value in values.items():
        secret_store.write_secret(ssm, chosen[key], value, f"With it {source.name} asks its vendor")
        secret_store.tag_parameter(ssm, chosen[key], tags)
    for key in [*values, *together]:
        secret_store.write_expiry(ssm, parameters[key], day)
    lines = [*_report(definition, pull, chosen, values, stored), *_expiry_lines(values, day)]
    run = _kept_options.next_command(f"pull {source.name} run", target, sources)
    _console.rows(_console.console(), [*lines, ("try", f"once it is deployed: {run}")])
    return 0


def read_credentials(
    source: str, pull: Pull, chosen: Mapping[str, str], stored: set[str], otherwise: str
) -> dict[str, str]:
    """Return the typed or piped credentials by their names; GeneratorError, which ends with `otherwise`, for others.

    `chosen` has the parameters by the names; of those that are `stored`, nothing may be typed.
    """
    values = _typed(source, pull, chosen, stored, otherwise) if _console.is_interactive() else _piped(chosen)
    if problems := [line for key, value in values.items() for line in _problems(pull, key, value)]:
        raise GeneratorError("\n".join([*problems, otherwise]))
    return values


def _parse_day(text: str) -> date:
    """Return a day; UsageError for another text, and for a day that is over."""
    day = read_day(text.strip())
    if day is None:
        raise click.UsageError(f"{text}: is not a day such as 2027-03-31")
    if days_left(day, time.time()) < 0:
        raise click.UsageError(f"{text}: is in the past")
    return day


def _typed_day() -> date | None:
    prompt = "On which day does it expire? Such as 2027-03-31 (Enter: never, or not known)"
    while text := click.prompt(prompt, default="", show_default=False, err=True):
        try:
            return _parse_day(text)
        except click.UsageError as error:
            click.echo(f"Error: {error.message}", err=True)
    return None


def _ending_with(values: Mapping[str, str], days: Mapping[str, date]) -> list[str]:
    """Return the other credentials that end on the day of those that are replaced, such as the id of a new secret.

    A day is stored with all that is typed at once, so it holds no longer for any of them.
    """
    ended = {days[key] for key in values if key in days}
    return [key for key, day in days.items() if key not in values and day in ended]


def _expiry_lines(values: Mapping[str, str], day: date | None) -> Iterator[tuple[str, str]]:
    if values and day:
        yield "expires", f"on {day}; an alarm warns {WARN_DAYS} days before"


def _stored(ssm: Any, names: list[str]) -> set[str]:
    """Return which of the parameters exist."""
    return {parameter["Name"] for parameter in ssm.get_parameters(Names=names)["Parameters"]}


def _is_key_file(pull: Pull, name: str) -> bool:
    return getattr(pull.credentials.settings, "private_key", None) == name


def _typed(source: str, pull: Pull, chosen: Mapping[str, str], stored: set[str], otherwise: str) -> dict[str, str]:
    """Return what is typed for each name; without those of which the stored value stays."""
    values = {}
    for name, parameter in chosen.items():
        stays = len(chosen) > 1 and parameter in stored
        more = ", or Enter to keep the stored one" if stays else ""
        default = "" if stays else None
        if _is_key_file(pull, name):
            prompt = f"{name} of {source}: the file that has it{more}"
            path = click.prompt(prompt, default=default, show_default=False, err=True)
            value = _read_file(Path(path).expanduser(), otherwise) if path else ""
        else:
            prompt = f"{name} of {source} (it is not shown{more})"
            value = click.prompt(prompt, hide_input=True, default=default, show_default=False, err=True)
        if value:
            values[name] = value
    return values


def _read_file(file: Path, otherwise: str) -> str:
    try:
        return regular_file.read(file, _MAX_INPUT).decode()
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read ({error.strerror}); {otherwise}") from None
    except UnicodeDecodeError:
        raise GeneratorError(f"{file}: is not UTF-8 text; {otherwise}") from None


def _piped(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what standard input has: a single secret, also of several lines, or a line for each."""
    if sys.stdin is None:
        raise GeneratorError("no secret: standard input is closed")
    content = sys.stdin.buffer.read(_MAX_INPUT + 1)
    try:
        text = content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise GeneratorError("the secret is not UTF-8 text") from None
    if not text:
        raise GeneratorError("no secret on standard input")
    if len(chosen) == 1:
        return dict.fromkeys(chosen, text)
    lines = text.splitlines()
    if len(lines) != len(chosen):
        raise GeneratorError(
            f"standard input has {_console.count(len(lines), 'line')}, and must have one for each of "
            f"{', '.join(chosen)}; --name stores one of them alone, such as a key of several lines"
        )
    return dict(zip(chosen, lines, strict=True))


def _problems(pull: Pull, name: str, value: str) -> Iterator[str]:
    """Yield what is wrong with a value, in words that do not reveal it."""
    if len(value.encode(errors="surrogatepass")) > secret_store.MAX_BYTES:
        yield f"{name} {secret_store.TOO_LONG}"
    elif "{{" in value:
        yield f"{name} has {{{{ in it, which Parameter Store does not take"
    elif secret_store.is_placeholder(value.strip()):
        yield f"{name} looks like a placeholder, not like a secret"
    elif problem := pull.credentials.type.check_secret(pull.credentials.settings, name, value):
        yield f"{name} {problem}"


def _report(
    definition: Definition, pull: Pull, chosen: Mapping[str, str], values: Mapping[str, str], stored: set[str]
) -> Iterator[tuple[str, str]]:
    for name in values:
        renewed = "; the puller renews it from then on" if name in replaced_secrets(pull) else ""
        yield "stored", f"{chosen[name]}, encrypted{renewed}"
    for name in chosen.keys() - values.keys():
        yield "unchanged", chosen[name]
    if values:
        yield "noticed", "by the puller within five minutes" if stored else "by its next run"
    if guide := definition.find("README.md"):
        yield "guide", display_path(guide)
