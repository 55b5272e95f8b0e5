"""Deploy sources, or their pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import aws, names
from generator.commands import _console, _options, _redrive_dialog
from generator.commands._deploy_dialog import DeployOptions, deploy
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.deploy.context import DeployContext
    from generator.deploy.deployment import Deployment


def _given(_context: click.Context, _option: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in values:
        name, there, value = one.partition("=")
        if not name or not there:
            raise click.BadParameter(f"{one}: must be NAME=VALUE")
        if name in found:
            raise click.BadParameter(f"{name}: is given twice")
        found[name] = value
    return found


@click.command(short_help="Deploy sources, or their pipelines, to AWS.")
@click.argument("sources_named", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source that is deployed there already.")
@click.option("--pipeline", is_flag=True, help="The pipeline that deploys the source, not the source itself.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--parameter", "given", multiple=True, callback=_given, metavar="NAME=VALUE", help="A parameter of the template."
)
@click.option(
    "--role-arn",
    metavar="ARN",
    callback=_options.matches(names.ROLE_PATTERN, "the ARN of a role"),
    help="Role with which CloudFormation is to act; pipelines name theirs.",
)
@click.option("--path", metavar="PATH", help="Refuse a definition with another path than this.")
@click.option(
    "--without-secret", is_flag=True, help="Though none is stored yet: for a vendor that makes it once it has the URL."
)
@click.option(
    "--redrive",
    is_flag=True,
    help="Then send rejected events that the new code can shape: of a thousand requests, oldest day first.",
)
@_options.target
@_options.sources
@_options.build
def command(
    sources_named: tuple[str, ...],
    everything: bool,
    pipeline: bool,
    dry_run: bool,
    yes: bool,
    given: dict[str, str],
    role_arn: str | None,
    path: str | None,
    without_secret: bool,
    redrive: bool,
    target: aws.Target,
    sources: Path,
    build: Path,
) -> int:
    """Build SOURCE, show what would change in its stack, ask, and deploy it."""
    from generator.commands.build import build_products, write_products
    from generator.definition import placeholders
    from generator.definition.read import load
    from generator.deploy.context import DeployContext
    from generator.deploy.deployment import Deployment

    if bool(sources_named) == everything:
        raise click.UsageError("name sources, or say --all")
    if redrive and (pipeline or dry_run):
        raise click.UsageError("--redrive sends events: it goes neither with --pipeline nor with --dry-run")
    if sources_named:
        placeholders.refuse(load(sources, dict.fromkeys(sources_named)))
    if not (yes or dry_run or _console.is_interactive()):
        raise click.UsageError("nobody is there to be asked: --yes deploys, --dry-run shows what would change")
    place = DeployContext(target, sources, build, pipeline)
    wanted = _deployed(place) if everything else list(dict.fromkeys(sources_named))
    for name in wanted:
        if said := names.deployment_problem(name, target.project, target.environment):
            raise click.UsageError(said)
    # What is to run in AWS is not taken from a folder that others may write to.
    products = build_products(wanted, sources, build, strict=True, afresh=True)
    for product in products:
        if path is not None:
            place.refuse_path(product, path)
    deployments = [Deployment(place, product, given, role_arn, without_secret) for product in products]
    if mistakes := list(dict.fromkeys(said for one in deployments for said in one.parameter_problems())):
        raise GeneratorError("\n".join(mistakes))
    write_products(products, build)
    return _each(deployments, DeployOptions(yes, dry_run), redrive=redrive)


def _deployed(place: DeployContext) -> list[str]:
    """The sources that have a stack there; stacks that are named as a source's is, and have none, are said."""
    from generator.definition.read import source_names
    from generator.deploy.stacks import find_stack

    cloudformation = place.target.client("cloudformation")
    stacks = {name: find_stack(cloudformation, place.stack(name)) for name in source_names(place.sources)}
    there = [name for name, stack in stacks.items() if stack and stack.status != "REVIEW_IN_PROGRESS"]
    _warn_of_orphans(place, cloudformation, stacks.keys())
    if not there:
        raise GeneratorError(f"no source of {place.sources} is deployed to {place.target.environment} yet: name one")
    if others := [name for name in stacks if name not in there]:
        _console.console().print(f"[dim]not deployed yet, so left out:[/] {', '.join(others)}")
    return there


def _warn_of_orphans(place: DeployContext, cloudformation: Any, sources: Iterable[str]) -> None:
    from botocore.exceptions import ClientError

    from generator.deploy.stacks import stacks_without_source

    try:
        orphans = stacks_without_source(cloudformation, place.stack, sources)
    except ClientError as error:
        _console.note(f"stacks that have no source in {place.sources} are not looked for: {aws.explain_failure(error)}")
        return
    if orphans:
        _console.warning(
            f"{_console.count(len(orphans), 'stack')} without a source in {place.sources}, so left out: "
            f"{', '.join(orphans)}; --sources names another folder"
        )


def _each(deployments: Sequence[Deployment], how: DeployOptions, *, redrive: bool) -> int:
    """One after another; one that fails does not keep the others from it."""
    from botocore.exceptions import BotoCoreError, ClientError

    failed, done = [], True
    for one in deployments:
        try:
            deployed = deploy(one, how)
            if deployed and redrive:
                _redrive_dialog.redrive_after_deployment(one, yes=how.yes)
            done = deployed and done
        except (GeneratorError, BotoCoreError, ClientError) as error:
            if len(deployments) == 1:
                raise
            _console.failure(error if isinstance(error, GeneratorError) else GeneratorError(aws.explain_failure(error)))
            failed.append(one.product.name)
    if failed:
        raise GeneratorError(f"{len(failed)} of {len(deployments)} failed: {', '.join(failed)}")
    return 0 if done else 1
