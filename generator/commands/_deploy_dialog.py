"""One deployment, as its user sees it: what would change, the question, what happens, and what to tell whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from generator.commands import _console, _earlier_events
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.deploy.changes import Change, ChangeSet
    from generator.deploy.deployment import Deployment
    from generator.deploy.stacks import Stack


class DeployOptions(NamedTuple):
    """Whether somebody is asked, and whether anything is done."""

    yes: bool
    dry_run: bool

    def confirm(self, question: str) -> bool:
        """Whether to go on."""
        return self.yes or click.confirm(question)


def deploy(one: Deployment, how: DeployOptions) -> bool:
    """Deploy it; False where the user would rather not."""
    from generator.deploy import changes, preconditions, stacks

    place, out = one.context, _console.console()
    cloudformation = place.target.client("cloudformation")
    stack = stacks.find_stack(cloudformation, one.stack)
    where = f"{place.target.region}, account {place.target.account}"
    out.print(f"\n[bold]{one.stack}[/]  {where}, {stack.status if stack else 'new'}")
    if stack and stack.status != "REVIEW_IN_PROGRESS":
        stacks.refuse_foreign(cloudformation, stack, place.target.tags(one.product.name))
    way = stacks.next_action(
        stack,
        delete=place.rebuild_command(f"delete {one.product.name}", pipeline=place.pipeline),
        roll_back=place.aws_command(f"cloudformation rollback-stack --stack-name {one.stack}"),
    )
    if not place.pipeline:
        preconditions.refuse_without_secret(one, place.target.client("ssm"))
    before = None if way in ("create", "delete") else stack
    preconditions.refuse_takeover(one, before)
    preconditions.refuse_taken_names(one, before)
    parameters = one.change_set_parameters(before)
    if stack and way in _PREPARATION_MESSAGES:
        if not _prepare_stack(cloudformation, one, stack, way, how):
            return how.dry_run
        stack = stacks.find_stack(cloudformation, one.stack)
    _upload(one, how)
    request = one.change_set_request(parameters, before, place.target.client("s3"))
    with changes.open_change_set(cloudformation, one.stack, request, new=stack is None) as change_set:
        if change_set.empty:
            out.print("nothing to change")
        elif not _execute(cloudformation, one, change_set, _warnings(cloudformation, one, change_set, before), how):
            return how.dry_run
    deployed = stacks.find_stack(cloudformation, one.stack)
    assert deployed  # noqa: S101 - it was just there
    _show_outputs(one, deployed)
    if before is None and not place.pipeline:
        _earlier_events.show_retained(one, deployed)
    return True


_PREPARATION_MESSAGES = {
    "wait": "its last update is still being cleaned up: that is waited for",
    "delete": "its creation failed, and it holds nothing: it is to be deleted and created anew",
    "continue": "the rollback of its last update failed: that is to be continued first",
}


def _prepare_stack(cloudformation: Any, one: Deployment, stack: Stack, way: str, how: DeployOptions) -> bool:
    """What must be done before there can be a change set; whether to go on."""
    from generator.deploy import progress, stacks

    out = _console.console()
    if way == "delete" and (there := stacks.list_resources(cloudformation, stack)):
        held = ", ".join(f"{it['LogicalResourceId']} ({it['PhysicalResourceId']})" for it in there)
        again = one.context.rebuild_command(f"delete {one.product.name}", pipeline=one.context.pipeline)
        raise GeneratorError(f"stack {stack.name} is in {stack.status}, and still holds {held}: {again}")
    out.print(_PREPARATION_MESSAGES[way])
    if way == "wait":
        progress.wait_until_settled(cloudformation, stack)
        return True
    if how.dry_run:
        out.print("a dry run ends here: there can be no change set before")
        return False
    if not how.confirm("Do that, and go on?"):
        out.print("nothing was changed")
        return False
    if way == "delete":
        progress.delete_empty_stack(cloudformation, stack, **one.role_argument)
        return True
    after = progress.latest_event_id(cloudformation, stack.id)
    cloudformation.continue_update_rollback(StackName=stack.id, **one.role_argument)
    _finished(cloudformation, one, stack, after, "the rollback", "UPDATE_ROLLBACK_COMPLETE")
    return True


def _upload(one: Deployment, how: DeployOptions) -> None:
    """Put what the stack is made from into the helper bucket."""
    from botocore.exceptions import ClientError

    from generator.deploy import helper_bucket

    out, target = _console.console(), one.context.target
    objects = {**({} if how.dry_run else one.zips()), **one.oversize_template}
    # A pipeline may put objects, and neither look at buckets nor make one.
    if not (one.role or how.dry_run) and helper_bucket.ensure_bucket(target):
        out.print(f"[green]made[/]      the helper bucket {target.bucket}")
    try:
        for key, new in helper_bucket.put_objects(target, objects):
            out.print(f"{'[green]uploaded[/]' if new else '[dim]there[/]   '}  s3://{target.bucket}/{key}")
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        upload, size = one.context.rebuild_command(f"upload {one.product.name}"), len(one.template_body)
        raise GeneratorError(
            f"there is no helper bucket {target.bucket}, and CloudFormation takes a template of {size:,} bytes from a "
            f"bucket only: {upload} makes it"
        ) from None


def _warnings(cloudformation: Any, one: Deployment, change_set: ChangeSet, before: Stack | None) -> list[str]:
    """What would be lost or moved, and whether newer code than this is deployed."""
    from generator.deploy.changes import downgrade_warning, losses
    from generator.deploy.next_steps import path_change_warning
    from lambdas import VERSION

    template = cloudformation.get_template(StackName=before.id)["TemplateBody"] if before else None
    found = [
        downgrade_warning(template, VERSION),
        *losses(change_set.changes, new=before is None),
        path_change_warning(one, before),
    ]
    return [warning for warning in found if warning]


def _execute(
    cloudformation: Any, one: Deployment, change_set: ChangeSet, warnings: Sequence[str], how: DeployOptions
) -> bool:
    """Show what would change, with the warnings, and if the user says so, do it; whether it was done."""
    from generator.deploy import progress, stacks

    _show_changes(change_set.changes, warnings)
    out = _console.console()
    if how.dry_run or not how.confirm("Deploy this?"):
        out.print("nothing was changed")
        return False
    stack = stacks.find_stack(cloudformation, one.stack)
    assert stack  # noqa: S101 - it has the change set
    after = progress.latest_event_id(cloudformation, stack.id)
    change_set.execute()
    what = "the creation" if stack.status == "REVIEW_IN_PROGRESS" else "the update"
    _finished(cloudformation, one, stack, after, what, "CREATE_COMPLETE", "UPDATE_COMPLETE")
    return True


def _show_changes(changes: Sequence[Change], warnings: Sequence[str]) -> None:
    from rich.markup import escape
    from rich.table import Table

    out = _console.console()
    table = Table("", "resource", "type", "replaced", "what of it", box=None, pad_edge=False, header_style="dim")
    for one in changes:
        sign = {"Add": "[green]add[/]", "Remove": "[red]remove[/]"}.get(one.action, "[yellow]change[/]")
        replaced = {"True": "[red]yes[/]", "Conditional": "[red]maybe[/]", "False": "no"}.get(one.replacement, "")
        table.add_row(sign, one.logical_id, one.type, replaced, ", ".join(one.properties))
    out.print(table if changes else "only its outputs change")
    for warning in warnings:
        out.print(f"[bold red]mind:[/] [bold]{escape(warning)}[/]")


def _finished(cloudformation: Any, one: Deployment, stack: Stack, after: str, what: str, *good: str) -> None:
    """Show what happens until it has ended; GeneratorError where that is not as it should be."""
    from generator.commands.delete import followed
    from generator.deploy import progress, stacks

    events = followed(cloudformation, stack, after, one.context)
    ended = stacks.find_stack(cloudformation, stack.id)
    status = ended.status if ended else "DELETE_COMPLETE"
    if status not in good:
        raise GeneratorError(
            progress.failure_message(stack, what, status, progress.failure_causes(cloudformation, stack.id, events))
        )


def _show_outputs(one: Deployment, stack: Stack) -> None:
    from rich.markup import escape

    from generator.deploy.next_steps import next_steps

    out = _console.console()
    out.print(f"\n[bold]{stack.name}[/]  {stack.status}\n")
    wide = max(map(len, stack.outputs), default=0)
    for name, value in sorted(stack.outputs.items()):
        out.print(f"  [dim]{name:<{wide}}[/]  {escape(value)}")
    out.print("\n[bold]next[/]")
    for who, told in next_steps(one, stack):
        out.print(f"  [dim]{who:<8}[/]  {escape(told)}")
