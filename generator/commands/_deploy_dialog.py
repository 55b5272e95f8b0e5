"""Deploy one source or pipeline: print its changes, ask, print the stack's events, and then its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.commands import _console, _earlier_events, _layout
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from rich.console import Console

    from generator.deploy.changes import Change, ChangeSet
    from generator.deploy.deployment import Deployment
    from generator.deploy.stacks import Stack


NOTHING_CHANGED = "nothing was changed"
_MOST_ROWS = 10
"""Of the resources that are added, more than these are a line for each type."""


class DeployOptions(NamedTuple):
    """The options of `deploy`: without a question, and without a change."""

    yes: bool
    dry_run: bool

    def confirm(self, question: str) -> bool:
        """Ask, unless --yes is given; return whether to go on."""
        return self.yes or _console.confirm(question, NOTHING_CHANGED)


def deploy(deployment: Deployment, options: DeployOptions) -> bool:
    """Deploy; return False where the user answers no."""
    from generator.deploy import changes, preconditions, stacks

    context, out = deployment.context, _console.console()
    cloudformation = context.target.client("cloudformation")
    stack = stacks.find_stack(cloudformation, deployment.stack)
    account_text = f"{context.target.region}, account {context.target.account}"
    out.print(f"\n[bold]{deployment.stack}[/]  {account_text}, {stack.status if stack else 'new'}")
    if stack and stack.status != "REVIEW_IN_PROGRESS":
        stacks.refuse_foreign(cloudformation, stack, context.target.tags(deployment.product.name))
    action = stacks.next_action(
        stack,
        delete=context.rebuild_command(f"delete {deployment.product.name}", pipeline=context.pipeline),
        roll_back=context.aws_command(f"cloudformation rollback-stack --stack-name {deployment.stack}"),
    )
    before = None if action in ("create", "delete") else stack
    parameters = preconditions.change_set_parameters(deployment, before)
    preconditions.refuse_unfit_values(deployment, before)
    preconditions.refuse_takeover(deployment, before)
    preconditions.refuse_taken_names(deployment, before)
    if stack and action in _PREPARATION_MESSAGES:
        if not _prepare_stack(cloudformation, deployment, stack, action, options):
            return options.dry_run
        stack = stacks.find_stack(cloudformation, deployment.stack)
    _upload(deployment, options)
    request = deployment.change_set_request(parameters, before, context.target.client("s3"))
    with (
        preconditions.explain_pipeline_refusal(deployment),
        changes.open_change_set(cloudformation, deployment.stack, request, new=stack is None) as change_set,
    ):
        if change_set.empty:
            out.print("nothing to change")
        elif not _execute(
            cloudformation, deployment, change_set, _warnings(cloudformation, deployment, change_set, before), options
        ):
            return options.dry_run
    deployed = stacks.find_stack(cloudformation, deployment.stack)
    assert deployed  # noqa: S101 - it was just deployed
    _show_outputs(deployment, deployed)
    if before is None and not context.pipeline:
        _earlier_events.show_retained(deployment, deployed)
    return True


_PREPARATION_MESSAGES = {
    "wait": "its last update is still being cleaned up; waiting for that",
    "delete": "its creation failed, and it is empty; it has to be deleted and created again",
    "continue": "the rollback of its last update failed; it has to be continued first",
}


def _prepare_stack(
    cloudformation: Any, deployment: Deployment, stack: Stack, action: str, options: DeployOptions
) -> bool:
    """Do what has to be done before a change set is possible; return whether to go on."""
    from generator.deploy import progress, stacks

    out = _console.console()
    if action == "delete" and (resources := stacks.list_resources(cloudformation, stack)):
        held = ", ".join(f"{each['LogicalResourceId']} ({each['PhysicalResourceId']})" for each in resources)
        delete_command = deployment.context.rebuild_command(
            f"delete {deployment.product.name}", pipeline=deployment.context.pipeline
        )
        raise GeneratorError(f"stack {stack.name} is in {stack.status}, and still holds {held}: {delete_command}")
    out.print(_PREPARATION_MESSAGES[action])
    if action == "wait":
        progress.wait_until_settled(cloudformation, stack)
        return True
    if options.dry_run:
        _layout.paragraph(out, "the dry run ends here: a change set is only possible after that")
        return False
    if not options.confirm("Do that, and go on?"):
        return False
    if action == "delete":
        progress.delete_empty_stack(cloudformation, stack, **deployment.role_argument)
        return True
    after = progress.latest_event_id(cloudformation, stack.id)
    cloudformation.continue_update_rollback(StackName=stack.id, **deployment.role_argument)
    _wait_and_check(cloudformation, deployment, stack, after, "the rollback", "UPDATE_ROLLBACK_COMPLETE")
    return True


def _upload(deployment: Deployment, options: DeployOptions) -> None:
    """Upload code and a large template to the helper bucket."""
    from botocore.exceptions import ClientError

    from generator.deploy import helper_bucket

    out, target = _console.console(), deployment.context.target
    objects = {**({} if options.dry_run else deployment.zips()), **deployment.oversize_template}
    # A pipeline's role may put objects, but neither list buckets nor create one.
    if not (deployment.role or options.dry_run) and helper_bucket.ensure_bucket(target):
        _layout.paragraph(out, f"[green]created[/]   the helper bucket {target.bucket}")
    try:
        for key, new in helper_bucket.put_objects(target, objects):
            out.print(f"{'[green]uploaded[/]' if new else '[dim]exists[/]  '}  s3://{target.bucket}/{key}")
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        upload = deployment.context.rebuild_command(f"upload {deployment.product.name}")
        size = len(deployment.template_body)
        raise GeneratorError(
            f"there is no helper bucket {target.bucket}, and CloudFormation takes a template of {size:,} bytes from a "
            f"bucket only; to make it: {upload}"
        ) from None


def _warnings(cloudformation: Any, deployment: Deployment, change_set: ChangeSet, before: Stack | None) -> list[str]:
    """Return warnings: data that would be lost, a path that would change, newer code that is deployed."""
    from generator.deploy.changes import downgrade_warning, losses
    from generator.deploy.next_steps import path_change_warning
    from lambdas import VERSION

    template = cloudformation.get_template(StackName=before.id)["TemplateBody"] if before else None
    warnings = [
        downgrade_warning(template, VERSION),
        *losses(change_set.changes, new=before is None),
        path_change_warning(deployment, before),
    ]
    return [warning for warning in warnings if warning]


def _execute(
    cloudformation: Any, deployment: Deployment, change_set: ChangeSet, warnings: Sequence[str], options: DeployOptions
) -> bool:
    """Print the changes and warnings, ask, and execute the change set; return whether it was executed."""
    from generator.deploy import progress, stacks

    _show_changes(change_set.changes, warnings)
    out = _console.console()
    if options.dry_run:
        for reminder in deployment.reminders:
            _console.warning(reminder)
        out.print(NOTHING_CHANGED)
    if options.dry_run or not options.confirm("Deploy this?"):
        return False
    stack = stacks.find_stack(cloudformation, deployment.stack)
    assert stack  # noqa: S101 - it has the change set
    after = progress.latest_event_id(cloudformation, stack.id)
    change_set.execute()
    operation = "the creation" if stack.status == "REVIEW_IN_PROGRESS" else "the update"
    _wait_and_check(cloudformation, deployment, stack, after, operation, "CREATE_COMPLETE", "UPDATE_COMPLETE")
    return True


def _show_changes(changes: Sequence[Change], warnings: Sequence[str]) -> None:
    from rich.markup import escape
    from rich.table import Table

    out = _console.console()
    added = [change for change in changes if change.action == "Add"]
    if len(added) > _MOST_ROWS:
        _show_added(out, added)
        changes = [change for change in changes if change.action != "Add"]
    table = Table("", "resource", "type", "replaced", "properties", box=None, pad_edge=False, header_style="dim")
    tagged = [change for change in changes if change.is_tags_only]
    for change in changes if len(tagged) == 1 else [change for change in changes if not change.is_tags_only]:
        sign = {"Add": "[green]add[/]", "Remove": "[red]remove[/]"}.get(change.action, "[yellow]change[/]")
        replaced = {"True": "[red]yes[/]", "Conditional": "[red]maybe[/]", "False": "no"}.get(change.replacement, "")
        table.add_row(sign, change.logical_id, change.type, replaced, ", ".join(change.properties))
    if len(tagged) > 1:
        table.add_row("[yellow]change[/]", f"{len(tagged)} resources", "", "no", "Tags alone")
    if changes:
        out.print(table)
    elif not added:
        out.print("only outputs change")
    for warning in warnings:
        _layout.columns(out, [("[bold red]warning:[/]", f"[bold]{escape(warning)}[/]")])


def _show_added(out: Console, added: Sequence[Change]) -> None:
    """Print the resources that a change set adds, a line for each type: a new stack has some forty."""
    names: dict[str, list[str]] = {}
    for change in added:
        names.setdefault(change.type, []).append(change.logical_id)
    out.print(f"[dim]adds {_console.count(len(added), 'resource')}[/]")
    _layout.columns(out, ((f"  {type_} ", ", ".join(names[type_])) for type_ in sorted(names)))


def _wait_and_check(
    cloudformation: Any, deployment: Deployment, stack: Stack, after: str, operation: str, *good_statuses: str
) -> None:
    """Print the stack's events until the operation ends; GeneratorError where it fails."""
    from generator.commands.delete import print_events
    from generator.deploy import preconditions, progress, stacks

    events = print_events(cloudformation, stack, after, deployment.context)
    ended = stacks.find_stack(cloudformation, stack.id)
    status = ended.status if ended else "DELETE_COMPLETE"
    if status not in good_statuses:
        causes = progress.failure_causes(cloudformation, stack.id, events)
        message = progress.failure_message(stack, operation, status, causes)
        lacks_permission = (deployment.role or stack.role) and preconditions.names_missing_permission(message)
        raise GeneratorError(f"{message}\n{preconditions.pipeline_hint(deployment)}" if lacks_permission else message)


def _show_outputs(deployment: Deployment, stack: Stack) -> None:
    from rich.markup import escape

    from generator.deploy.next_steps import next_steps

    out = _console.console()
    out.print(f"\n[bold]{stack.name}[/]  {stack.status}\n")
    width = max(map(len, stack.outputs), default=0)
    for name, value in sorted(stack.outputs.items()):
        out.print(f"  [dim]{name:<{width}}[/]  {escape(value)}")
    out.print("\n[bold]next[/]")
    for audience, step in next_steps(deployment, stack):
        _layout.columns(out, [(f"  [dim]{audience:<8}[/] ", escape(step))])
