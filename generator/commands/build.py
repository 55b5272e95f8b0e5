"""Build sources: definition, templates, lint, zips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import output
from generator.commands import names, options, show
from generator.definition import known, load
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from rich.console import Console

    from generator.product import Product


@click.command(hidden=True)
@click.argument("sources_named", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 on any finding, or where build/ differs.")
@click.option("--lint", type=click.Choice(["full", "fast"]), default="full", help="fast: without cfn-lint.")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option("--accept", is_flag=True, help="Store the messages that the samples become as those expected.")
@options.sources
@options.build
def command(
    sources_named: tuple[str, ...],
    everything: bool,  # noqa: FBT001 - click's way
    check: bool,  # noqa: FBT001
    lint: Any,
    strict: bool,  # noqa: FBT001
    accept: bool,  # noqa: FBT001
    sources: Path,
    build: Path,
) -> int:
    """Build SOURCE into build/SOURCE; with --all, every source."""
    wanted = known(sources) if everything else list(dict.fromkeys(sources_named))
    if not wanted and everything:
        raise GeneratorError(f"{sources}: has no source yet")
    if not wanted:
        raise click.UsageError("name a source, or say --all")
    definitions = load(sources, wanted, reserved=names())

    from generator.product import make

    products = make(definitions, build, engines=lint, strict=strict or check, accept=accept)
    if accept:
        output.accept({made.sample.file(made.part): _text(made) for one in products for made in one.shaped})
    if check:
        return _check(products, build)
    states = {one.name: output.states(build / one.name, one.files) for one in products}
    output.tidy(build, wanted)
    for one in products:
        output.write(build, one.name, one.files, one.verdicts)
    _report(products, build, states, lint)
    return 0


def _text(made: Any) -> str:
    from generator import samples

    return samples.text(made)


def _check(products: list[Product], build: Path) -> int:
    """Nothing is written; a folder that was built must be what a build would write now."""
    differ = [
        f"{build / one.name / name}: is not what a build makes now: python -m generator {one.name}"
        for one in products
        if (build / one.name).exists()
        for name, state in output.states(build / one.name, one.files).items()
        if state != "unchanged"
    ]
    if differ:
        raise GeneratorError("\n".join(differ))
    out = show.console()
    for one in products:
        built = "build is up to date" if (build / one.name).exists() else "not built yet"
        out.print(f"[green]ok[/]  {one.name}: {len(one.shaped)} samples, lint clean, {built}")
    return 0


def _report(products: list[Product], build: Path, states: dict[str, Any], engines: Any) -> None:
    out = show.console()
    for one in products if len(products) <= 3 else ():
        _summary(out, one, build, states[one.name], engines)
    if len(products) > 3:
        _table(out, products, states)
    for one in products:
        show.warnings(one.warnings)
    first = products[0].name
    out.print("\n[bold]Next[/]")
    rows = (
        (f"python -m generator run {first}", "run it on this machine, and follow its messages"),
        (f"python -m generator send {first}", "send it a signed sample, from a second terminal"),
        (f"python -m generator --check {first}", "see that build/ is what the definition says, as CI does"),
    )
    width = max(len(row[0]) for row in rows)
    for line, what in rows:
        out.print(f"  [cyan]{line:<{width}}[/]  [dim]{what}[/]")


def _summary(out: Console, one: Product, build: Path, states: dict[str, str], engines: Any) -> None:
    from rich.markup import escape

    from generator.lint import versions
    from generator.names import secret_path
    from lambdas.model import methods, verified_by

    source = one.definition.source
    webhook = source.webhook
    places = {"handler": "in the handler", "authorizer": "in an authorizer", "api": "by the API itself"}
    out.print(f"\n[bold]{source.name}[/]  {escape(source.description)}")
    lines = [("takes", f"{', '.join(methods(webhook))} {webhook.path}")]
    where = places[verified_by(webhook)]
    lines.append(("verifies", f"{webhook.auth.type.describe(webhook.auth.settings)}; {where}"))
    for challenge in webhook.challenges:
        proof = "unsigned too" if challenge.unauthenticated else "once verified"
        lines.append(("answers", f"{challenge.method} where {challenge.when}, {proof}"))
    lines.append(("secret", f"{secret_path(source.name)}/{webhook.auth.settings.secret}, in Parameter Store"))
    for key, value in lines:
        out.print(f"  [dim]{key:<9}[/] {escape(value)}")
    for index, made in enumerate(one.shaped):
        out.print(f"  [dim]{'samples' if index == 0 else '':<9}[/] {escape(_sample(made))}")
    found = f"{len(one.warnings)} warnings" if one.warnings else "clean"
    out.print(f"  [dim]{'lint':<9}[/] {found}: {', '.join(versions(engines))}")
    width = max(len(str(build / one.name / name)) for name in one.files)
    for name, content in sorted(one.files.items()):
        state = states[name]
        style = "dim" if state == "unchanged" else "green"
        out.print(f"  [dim]{'wrote' if state != 'unchanged' else 'has':<9}[/] {build / one.name / name!s:<{width}}  {show.size(len(content)):>9}  [{style}]{state}[/]")


def _sample(made: Any) -> str:
    """A sample in one line: what an analyst will see, or what is answered."""
    name = made.sample.name
    if made.reply is not None:
        body = made.reply["body"]
        return f"{name} → {made.reply['status']} {json.dumps(body) if body else ''}"[: show.WIDTH]
    first = made.messages[0]
    more = f"  (+{len(made.messages) - 1} more)" if len(made.messages) > 1 else ""
    return f"{first['timestamp'][:19]}Z {first['severity']:<5} {first['summary']}"[: show.WIDTH] + more


def _table(out: Console, products: list[Product], states: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("source", "samples", "lint", "files"):
        table.add_column(column)
    for one in products:
        found = f"{len(one.warnings)} warnings" if one.warnings else "clean"
        changed = sum(state != "unchanged" for state in states[one.name].values())
        table.add_row(one.name, str(len(one.shaped)), found, f"{changed} written" if changed else "unchanged")
    out.print(table)
