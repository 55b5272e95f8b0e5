"""Options that several commands take."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from generator import names
from generator.aws import Target
from generator.commands._help import FolderOption, SectionedCommand, TargetOption

LINT_HELP = "Linters to run; fast leaves out cfn-lint, and takes half the time.  [default: full]"
F = TypeVar("F", bound=Callable[..., Any])


def command(short_help: str) -> Callable[[Callable[..., Any]], SectionedCommand]:
    """Return the decorator of a command: a function whose docstring is its help."""
    return click.command(cls=SectionedCommand, short_help=short_help)


def sources_folder() -> Path:
    """Return `sources/` in the working directory, by default the one that comes with the framework."""
    folder = Path("sources")
    if folder.is_dir():
        return folder
    from generator.errors import BUNDLED

    return BUNDLED


def complete_source(context: click.Context, _parameter: click.Parameter | None, incomplete: str) -> list[str]:
    """Return the names of sources that begin so, for the shell; none where there is no such folder."""
    from generator.definition.source_folders import all_source_names

    folder = context.params.get("sources") or sources_folder()
    return [name for name in all_source_names(folder) if name.startswith(incomplete)] if folder.is_dir() else []


def source(command: F) -> F:
    """Add the argument SOURCE: a name, or the path of its folder or its definition."""
    return click.argument("source", callback=_named_by_path, shell_complete=complete_source)(command)


def optional_source(command: F) -> F:
    """Add the argument SOURCE, which may be left out."""
    return click.argument("source", required=False, callback=_named_by_path, shell_complete=complete_source)(command)


def sources_named(command: F) -> F:
    """Add the arguments SOURCE, any number of them."""
    return click.argument(
        "sources_named", metavar="[SOURCE]...", nargs=-1, callback=_named_by_path, shell_complete=complete_source
    )(command)


def _named_by_path(context: click.Context, _argument: click.Parameter, value: Any) -> Any:
    """Return the name of each source that is given as a path, which a shell completes, and other names as they are."""
    from generator.definition.source_folders import name_of_path

    folder = context.params.get("sources") or sources_folder()
    if isinstance(value, tuple):
        return tuple(name_of_path(each, folder) for each in value)
    return value if value is None else name_of_path(value, folder)


def sources(command: F) -> F:
    """Add --sources."""
    return _sources_option(sources_folder)(command)


def own_sources(command: F) -> F:
    """Add --sources to a command that writes a source: never into those that come with the framework by default."""
    return _sources_option(Path("sources"))(command)


def _sources_option(default: Path | Callable[[], Path]) -> Callable[[F], F]:
    folder = click.Path(path_type=Path, file_okay=False)
    help_text = "Folder with the definitions of your sources.  [default: sources]"
    # Eager: a source may be given as a path in this folder.
    return click.option(
        "--sources", cls=FolderOption, type=folder, default=default, metavar="DIR", help=help_text, is_eager=True
    )


def build(command: F) -> F:
    """Add --build."""
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option(
        "--build",
        cls=FolderOption,
        type=folder,
        default=Path("build"),
        metavar="DIR",
        help="Folder for what is built.  [default: build]",
    )(command)


def matches(pattern: str, expected: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Return a callback that accepts values matching a pattern: the errors of AWS's library name no option."""

    def check(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
        if value is None or re.fullmatch(pattern, value):
            return value
        raise click.BadParameter(f"{value}: must be {expected}")

    return check


def parameters(help_text: str) -> Callable[[F], F]:
    """Return a decorator that adds --parameter; the command gets the values by name."""
    return click.option(
        "--parameter", "parameters", multiple=True, callback=_parse_parameters, metavar="NAME=VALUE", help=help_text
    )


def _parse_parameters(_context: click.Context, _option: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    parsed: dict[str, str] = {}
    for argument in values:
        name, equals, value = argument.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{argument}: must be NAME=VALUE")
        if name in parsed:
            raise click.BadParameter(f"{name}: is given twice")
        parsed[name] = value
    return parsed


_REGION = matches("[a-z]{2,}(-[a-z]+)+-[0-9]+", "a region, such as us-west-2")


def target(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --project, --env, --region, --profile and --bucket; the command gets them as one `target`."""

    @functools.wraps(command)
    def with_target(
        *args: Any,
        project: str,
        env: str,
        region: str | None,
        profile: str | None,
        bucket: str | None,
        **more: Any,
    ) -> Any:
        if problem := names.deployment_problem("", project, env):
            raise click.UsageError(problem)
        return command(*args, target=Target(project, env, region, profile, bucket), **more)

    for option in (
        click.option(
            "--bucket",
            cls=TargetOption,
            metavar="NAME",
            help="Bucket for templates and code.  [default: one of the account's own]",
        ),
        click.option(
            "--profile",
            cls=TargetOption,
            metavar="NAME",
            help="Profile of AWS's configuration.  [default: that of AWS_PROFILE]",
        ),
        click.option(
            "--region",
            cls=TargetOption,
            metavar="REGION",
            callback=_REGION,
            help="AWS region.  [default: that of AWS_REGION, or of the profile]",
        ),
        click.option(
            "--project",
            cls=TargetOption,
            metavar="NAME",
            default=names.DEFAULT_PROJECT,
            show_default=True,
            help="First part of each name.",
        ),
        click.option(
            "--env",
            cls=TargetOption,
            metavar="NAME",
            default=names.DEFAULT_ENVIRONMENT,
            show_default=True,
            help="Environment of the deployment, such as dev or prod.",
        ),
    ):
        with_target = option(with_target)
    return with_target
