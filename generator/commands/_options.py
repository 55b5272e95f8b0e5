"""Options that several commands take."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from generator import names
from generator.aws import Target

F = TypeVar("F", bound=Callable[..., Any])


def sources_folder() -> Path:
    """`sources/` here, or where there is none, the one that comes with the framework."""
    here = Path("sources")
    if here.is_dir():
        return here
    from generator.definition.read import BUNDLED

    return BUNDLED


def sources(command: F) -> F:
    """--sources."""
    folder = click.Path(path_type=Path, file_okay=False)
    told = "Folder of the definitions.  [default: sources]"
    return click.option("--sources", type=folder, default=sources_folder, metavar="DIR", help=told)(command)


def build(command: F) -> F:
    """--build."""
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option(
        "--build", type=folder, default=Path("build"), metavar="DIR", help="Folder of the output.  [default: build]"
    )(command)


def fits(pattern: str, wants: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """A callback that takes what fits a pattern: of anything else, AWS's own library speaks in its own words."""

    def checked(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
        if value is None or re.fullmatch(pattern, value):
            return value
        raise click.BadParameter(f"{value}: must be {wants}")

    return checked


_REGION = fits("[a-z]{2,}(-[a-z]+)+-[0-9]+", "a region, such as us-west-2")


def target(command: Callable[..., Any]) -> Callable[..., Any]:
    """--project, --env, --region, --profile and --bucket, which the command gets as one `target`."""

    @functools.wraps(command)
    def gathered(
        *args: Any,
        project: str,
        env: str,
        region: str | None,
        profile: str | None,
        bucket: str | None,
        **more: Any,
    ) -> Any:
        if said := names.deployment_problem("", project, env):
            raise click.UsageError(said)
        return command(*args, target=Target(project, env, region, profile, bucket), **more)

    for option in (
        click.option("--bucket", help="Helper bucket.  [default: one of this account's, by its number]"),
        click.option("--profile", help="AWS profile."),
        click.option("--region", callback=_REGION, help="AWS region."),
        click.option("--project", default=names.DEFAULT_PROJECT, show_default=True, help="First part of every name."),
        click.option(
            "--env", default=names.DEFAULT_ENVIRONMENT, show_default=True, help="Environment, such as dev or prod."
        ),
    ):
        gathered = option(gathered)
    return gathered
