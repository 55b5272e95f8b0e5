"""Deploy sources, or their pipelines: the command `deploy`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import aws, names
from generator.aws_failures import explain_failure
from generator.commands import _console, _layout, _options, _redrive_dialog
from generator.commands._deploy_dialog import DeployOptions, deploy
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.deploy.context import DeployContext
    from generator.deploy.deployment import Deployment


@_options.command(short_help="Deploy sources, or their pipelines, to AWS.")
@_options.sources_named
@click.option(
    "--all", "everything", is_flag=True, help="Deploy every source that is already deployed in this environment."
)
@click.option("--pipeline", is_flag=True, help="Deploy the pipeline that deploys the source, and not the source.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Deploy without asking.")
@_options.parameters("Value of a parameter of the template. May be repeated.")
@click.option(
    "--role-arn",
    metavar="ARN",
    callback=_options.matches(names.ROLE_PATTERN, "the ARN of a role"),
    help="Role with which CloudFormation deploys. Pipelines pass theirs.",
)
@click.option("--path", metavar="PATH", help="Refuse a definition whose `webhook.path` is another.")
@click.option(
    "--without-secret",
    is_flag=True,
    help="Deploy although no secret is stored, for a vendor that creates it once it has the URL.",
)
@click.option(
    "--redrive",
    is_flag=True,
    help="Afterwards, send the rejected events that the new code can shape: those of at most 1,000 requests, oldest "
    "day first.",
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
    parameters: dict[str, str],
    role_arn: str | None,
    path: str | None,
    without_secret: bool,
    redrive: bool,
    target: aws.Target,
    sources: Path,
    build: Path,
) -> int:
    """Deploy each SOURCE: build it, show what would change in its stack, ask, and change it."""
    from generator.commands.build import build_products, write_products
    from generator.deploy.context import DeployContext
    from generator.deploy.deployment import Deployment

    if bool(sources_named) == everything:
        raise click.UsageError("name sources, or use --all")
    if redrive and (pipeline or dry_run):
        raise click.UsageError("--redrive sends events, so it can't be used with --pipeline or --dry-run")
    if not (yes or dry_run or _console.is_interactive()):
        raise click.UsageError("no terminal to ask in: use --yes to deploy, or --dry-run to see what would change")
    context = DeployContext(target, sources, build, pipeline)
    selected = _deployed_sources(context) if everything else list(dict.fromkeys(sources_named))
    for name in selected:
        if problem := names.deployment_problem(name, target.project, target.environment):
            raise click.UsageError(problem)
    # Code that will run in AWS is not taken from a folder that others may write to.
    products = build_products(selected, sources, build, strict=True, ignore_cache=True)
    for product in products:
        if path is not None:
            context.refuse_path(product, path)
    may_lack_secret = without_secret or dry_run
    deployments = [Deployment(context, product, parameters, role_arn, may_lack_secret) for product in products]
    if mistakes := list(
        dict.fromkeys(problem for deployment in deployments for problem in deployment.parameter_problems())
    ):
        raise GeneratorError("\n".join(mistakes))
    write_products(products, build)
    return _deploy_each(deployments, DeployOptions(yes, dry_run), redrive=redrive)


def _deployed_sources(context: DeployContext) -> list[str]:
    """Return the sources with a stack; print those without one, and warn of stacks without a source."""
    from generator.definition.source_folders import all_source_names, source_names
    from generator.deploy.stacks import find_stack

    cloudformation = context.target.client("cloudformation")
    stacks = {name: find_stack(cloudformation, context.stack(name)) for name in all_source_names(context.sources)}
    deployed = [name for name, stack in stacks.items() if stack and stack.status != "REVIEW_IN_PROGRESS"]
    _warn_of_orphans(context, cloudformation, stacks.keys())
    if not deployed:
        raise GeneratorError(
            f"no source of {context.sources} is deployed to {context.target.environment} yet; name one"
        )
    if others := [name for name in source_names(context.sources) if name not in deployed]:
        _layout.paragraph(_console.console(), f"[dim]not deployed yet, so left out:[/] {_console.shortened(others)}")
    return deployed


def _warn_of_orphans(context: DeployContext, cloudformation: Any, sources: Iterable[str]) -> None:
    from botocore.exceptions import ClientError

    from generator.deploy.stack_lists import stacks_without_source

    try:
        orphans = stacks_without_source(cloudformation, context.stack, sources)
    except ClientError as error:
        _console.note(f"stacks that have no source in {context.sources} can't be looked for: {explain_failure(error)}")
        return
    if orphans:
        _console.warning(
            f"{_console.count(len(orphans), 'stack')} without a source in {context.sources}, so left out: "
            f"{', '.join(orphans)}; --sources names another folder"
        )


def _deploy_each(deployments: Sequence[Deployment], options: DeployOptions, *, redrive: bool) -> int:
    """Deploy one after another; a failure does not stop the others."""
    from botocore.exceptions import BotoCoreError, ClientError

    failed, all_deployed = [], True
    for deployment in deployments:
        try:
            deployed = deploy(deployment, options)
            if deployed and redrive:
                _redrive_dialog.redrive_after_deployment(deployment, yes=options.yes)
            all_deployed = deployed and all_deployed
        except (GeneratorError, BotoCoreError, ClientError) as error:
            if len(deployments) == 1:
                raise
            _console.failure(error if isinstance(error, GeneratorError) else GeneratorError(explain_failure(error)))
            failed.append(deployment.product.name)
    if failed:
        raise GeneratorError(f"{len(failed)} of {len(deployments)} failed: {', '.join(failed)}")
    return 0 if all_deployed else 1
