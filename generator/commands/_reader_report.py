"""Show what a reader's role may do with a deployed source, and what to set where something is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.aws import Target
from generator.commands import _console, _kept_options, _layout

if TYPE_CHECKING:
    from generator.deploy.stacks import Stack
    from generator.operate.reader_check import Check


def show_reader(source: str, role: str, target: Target, sources: Path, *, as_json: bool) -> int:
    """Print each check and what is missing; return 1 if something is."""
    from rich.markup import escape

    from generator.deploy.stacks import get_deployed_stack
    from generator.operate.reader_check import check_reader, role_arn

    stack, reader = get_deployed_stack(target, source), role_arn(target, role)
    checks = check_reader(target, reader, stack.outputs)
    is_missing = any(check.allowed is False for check in checks)
    if as_json:
        report = {"stack": stack.name, "reader": reader, "checks": [asdict(check) for check in checks]}
        click.echo(json.dumps({**report, "well": not is_missing}, indent=2))
        return int(is_missing)
    out = _console.console()
    out.print(f"\n[bold]{stack.name}[/]  read by {escape(reader)}\n")
    _layout.columns(out, ((f"  [bold]{word:<9}[/]", escape(text)) for word, text in _lines(checks)))
    if is_missing:
        deploy = _kept_options.next_command(
            f"deploy {source} --parameter ConsumerPrincipalArn={reader}", target, sources
        )
        click.echo()
        for line in _advice(checks, stack, reader, target.account, deploy):
            click.echo(line)
    return int(is_missing)


def _lines(checks: list[Check]) -> Iterator[tuple[str, str]]:
    """Yield whether a role may, and the action; those that are not known for the same reason stand together."""
    words = {True: "may", False: "may not", None: "not known"}
    for (allowed, _, note), group in groupby(checks, _alike):
        actions = ", ".join(check.action for check in group)
        yield words[allowed], f"{actions}: {note}" if note else actions


def _alike(check: Check) -> tuple[bool | None, str, str]:
    return check.allowed, "" if check.allowed is None else check.action, check.note


def _advice(checks: list[Check], stack: Stack, reader: str, account: str, deploy: str) -> Iterator[str]:
    """Yield what to set: the stack's parameter, and a policy for a role that it does not suffice for."""
    from generator.operate.reader_check import missing_statement

    statement = json.dumps(missing_statement(checks))
    is_consumer = stack.parameters.get("ConsumerPrincipalArn") == reader
    if not is_consumer:
        yield f"let the stack allow it: {deploy}"
    if reader.split(":")[4] != account:
        yield f"the role is of another account, so a policy of its own has to allow it too: {statement}"
    elif is_consumer:
        yield f"the stack names this role. If an earlier version deployed it, deploy it again: {deploy}"
        yield "otherwise a policy, a permissions boundary or an SCP denies it; the words of AWS above say which"
