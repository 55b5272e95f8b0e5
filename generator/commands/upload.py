"""Upload what was built, for a stack that is made in the console."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import click

from generator import names
from generator.aws import Target
from generator.commands import _console, _options
from generator.commands.build import build_products, write_products
from generator.deploy import helper_bucket
from generator.errors import command_line

if TYPE_CHECKING:
    from generator.packaging.product import Product


class _File(NamedTuple):
    """Something to upload, by the name that is shown."""

    name: str
    key: str
    content: bytes


@click.command(short_help="Upload what was built, for the console.")
@click.argument("sources_named", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source.")
@_options.target
@_options.sources
@_options.build
def command(sources_named: tuple[str, ...], everything: bool, target: Target, sources: Path, build: Path) -> int:
    """Build SOURCE, and put its code and templates into the helper bucket; links to the console make stacks of them."""
    from rich.markup import escape

    from generator.definition import placeholders
    from generator.definition.read import load

    if not sources_named and not everything:
        raise click.UsageError("name a source, or say --all")
    if sources_named:
        placeholders.refuse(load(sources, dict.fromkeys(sources_named)))
    products = build_products(None if everything else sources_named, sources, build, strict=True, afresh=True)
    for one in products:
        if said := names.deployment_problem(one.name, target.project, target.environment):
            raise click.UsageError(said)
    write_products(products, build)
    new = helper_bucket.ensure_bucket(target)
    _console.console().print(f"[dim]bucket[/]  {escape(target.bucket)}{', made now' if new else ''}")
    _put(_files(products), target)
    for one in products:
        _next(one, target, sources, build)
    return 0


def _files(products: Sequence[Product]) -> list[_File]:
    """Zips before templates: where a template is, its code is too."""
    from generator.deploy import changes
    from generator.packaging import bundle
    from generator.packaging.product import CODE, CONFIG, TEMPLATES, shared_files

    zips = dict(shared_files())
    zips |= {f"{one.name}/{name}": one.files[name] for one in products for name in (CODE, CONFIG)}
    templates = {f"{one.name}/{name}": one.files[name] for one in products for name in TEMPLATES}
    return [
        *(_File(name, bundle.zip_key(content), content) for name, content in zips.items()),
        *(_File(name, changes.template_key(content), content) for name, content in templates.items()),
    ]


def _put(files: Sequence[_File], target: Target) -> None:
    """A line for each file, as it is done; two of one content are one object."""
    out = _console.console()
    width = max(len(file.name) for file in files)
    for key, new in helper_bucket.put_objects(target, {file.key: file.content for file in files}):
        state = "[green]uploaded[/]" if new else "[dim]already there[/]"
        for file in files:
            if file.key == key:
                out.print(f"  {file.name:<{width}}  {_console.size(len(file.content)):>8}  {state}")


def _next(one: Product, target: Target, sources: Path, build: Path) -> None:
    from rich.markup import escape

    from generator.deploy.changes import template_key
    from generator.packaging.product import PIPELINE, TEMPLATE

    commands = (
        (
            command_line(f"secret {one.name}{target.options}", sources=sources),
            "store the secret that it is verified with",
        ),
        (
            command_line(f"deploy {one.name}{target.options_and_bucket}", build, sources),
            "deploy it; or make its stack in the console:",
        ),
    )
    out = _console.console()
    out.print(f"\n[bold]next, for {one.name}[/]")
    width = max(len(command) for command, _ in commands)
    for command, what in commands:
        out.print(f"  [cyan]{escape(command)}[/]{' ' * (width - len(command))}  [dim]{what}[/]")
    for what, name, stack in (
        ("the event source", TEMPLATE, target.stack(one.name)),
        ("the pipeline that deploys it", PIPELINE, target.pipeline_stack(one.name)),
    ):
        key = template_key(one.files[name])
        out.print(f"  [dim]{what}:[/]\n  {escape(quick_create(target, stack, key))}")
        out.print("  [dim]where it is there already, Update, Replace current template:[/]")
        out.print(f"  {escape(helper_bucket.object_url(target, key))}")


def quick_create(target: Target, stack: str, template_key: str) -> str:
    """The address of the console's page that makes a stack of a template, filled in.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
    """
    region = f"{target.region}." if target.partition == "aws" else ""
    console = region + names.CONSOLE_HOSTS[target.partition]
    filled = {
        "templateURL": helper_bucket.object_url(target, template_key),
        "stackName": stack,
        "param_HelperBucket": target.bucket,
        "param_ProjectName": target.project,
        "param_Environment": target.environment,
    }
    query = urlencode(filled)
    return f"https://{console}/cloudformation/home?region={target.region}#/stacks/create/review?{query}"
