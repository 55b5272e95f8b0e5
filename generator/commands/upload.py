"""Upload code and templates for stacks that are created in the console: the command `upload`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import click

from generator import names
from generator.aws import Target
from generator.commands import _console, _layout, _options
from generator.commands.build import build_products, write_products
from generator.definition.parameter_values import parameter_options
from generator.deploy import helper_bucket
from generator.errors import command_line

if TYPE_CHECKING:
    from generator.packaging.product import Product


class _File(NamedTuple):
    """A file to upload: the name to print, its key and its content."""

    name: str
    key: str
    content: bytes


@_options.command(short_help="Upload templates and code, for stacks created in the AWS console.")
@_options.sources_named
@click.option("--all", "everything", is_flag=True, help="Upload every source.")
@_options.target
@_options.sources
@_options.build
def command(sources_named: tuple[str, ...], everything: bool, target: Target, sources: Path, build: Path) -> int:
    """Build each SOURCE, upload it to the bucket of --bucket, and print links that create its stacks in the console."""
    from rich.markup import escape

    if not sources_named and not everything:
        raise click.UsageError("name a source, or use --all")
    products = build_products(None if everything else sources_named, sources, build, strict=True, ignore_cache=True)
    for product in products:
        if problem := names.deployment_problem(product.name, target.project, target.environment):
            raise click.UsageError(problem)
    write_products(products, build)
    new = helper_bucket.ensure_bucket(target)
    _console.console().print(f"[dim]bucket[/]  {escape(target.bucket)}{', created now' if new else ''}")
    _upload(_files(products), target)
    for product in products:
        _print_next_steps(product, target, sources, build)
    return 0


def _files(products: Sequence[Product]) -> list[_File]:
    """Return zips before templates, so that a template never comes without its code."""
    from generator.deploy import changes
    from generator.packaging import bundle
    from generator.packaging.product import CODE, CONFIG, TEMPLATES, shared_files

    zips = dict(shared_files())
    zips |= {f"{product.name}/{name}": product.files[name] for product in products for name in (CODE, CONFIG)}
    templates = {f"{product.name}/{name}": product.files[name] for product in products for name in TEMPLATES}
    return [
        *(_File(name, bundle.zip_key(content), content) for name, content in zips.items()),
        *(_File(name, changes.template_key(content), content) for name, content in templates.items()),
    ]


def _upload(files: Sequence[_File], target: Target) -> None:
    """Upload the files and print a line for each; files with the same content are one object."""
    out = _console.console()
    width = max(len(file.name) for file in files)
    for key, new in helper_bucket.put_objects(target, {file.key: file.content for file in files}):
        state = "[green]uploaded[/]" if new else "[dim]already there[/]"
        for file in files:
            if file.key == key:
                out.print(f"  {file.name:<{width}}  {_console.size(len(file.content)):>8}  {state}")


def _print_next_steps(product: Product, target: Target, sources: Path, build: Path) -> None:
    from rich.markup import escape

    from generator.deploy.changes import template_key
    from generator.packaging.product import PIPELINE, TEMPLATE

    options = parameter_options(product.definition.source)
    commands = (
        (
            command_line(f"secret {product.name}{target.options}", sources=sources),
            "store the secret that it is verified with",
        ),
        (
            command_line(f"deploy {product.name}{options}{target.options_and_bucket}", build, sources),
            "deploy it; or create its stack in the console:",
        ),
    )
    out = _console.console()
    out.print(f"\n[bold]next, for {product.name}[/]")
    _layout.steps(out, commands)
    for purpose, name, stack in (
        ("the event source", TEMPLATE, target.stack(product.name)),
        ("the pipeline that deploys it", PIPELINE, target.pipeline_stack(product.name)),
    ):
        key = template_key(product.files[name])
        out.print(f"  [dim]{purpose}:[/]\n  {escape(quick_create(target, stack, key))}")
        out.print("  [dim]if the stack exists, choose Update, then Replace current template:[/]")
        out.print(f"  {escape(helper_bucket.object_url(target, key))}")


def quick_create(target: Target, stack: str, template_key: str) -> str:
    """Return the URL of the console's page that creates a stack from a template, with its fields filled in.

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
