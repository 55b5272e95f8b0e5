"""Delete the stack of a source or its pipeline: the command `delete`; also prints a stack's events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import aws, names
from generator.aws_failures import explain_failure
from generator.commands import _console, _layout, _options, _redrive_dialog
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.deploy.context import DeployContext
    from generator.deploy.deletion import Remaining
    from generator.deploy.progress import Event
    from generator.deploy.stacks import Stack


@_options.command(short_help="Delete a deployed source; queues and kept events stay.")
@_options.source
@click.option("--pipeline", is_flag=True, help="Delete the pipeline that deploys the source, and not the source.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@_options.target
@_options.sources
@_options.build
def command(source: str, pipeline: bool, yes: bool, target: aws.Target, sources: Path, build: Path) -> int:
    """Delete the stack of SOURCE. Before that, show what goes and what stays, and ask for the stack's name."""
    from generator.deploy import deletion, stacks
    from generator.deploy.context import DeployContext

    if not (yes or _console.is_interactive()):
        raise click.UsageError("no terminal to ask in: use --yes to delete")
    if problem := names.deployment_problem(source, target.project, target.environment):
        raise click.UsageError(problem)
    context = DeployContext(target, sources, build, pipeline)
    cloudformation, name = target.client("cloudformation"), context.stack(source)
    stack = stacks.get_stack(target, name)
    if stack.in_progress:
        raise GeneratorError(stack.busy_message)
    if stack.status != "REVIEW_IN_PROGRESS":
        stacks.refuse_foreign(cloudformation, stack, context.target.tags(source))
    if pipeline:
        event_source = stacks.find_stack(cloudformation, target.stack(source))
        deletion.refuse_in_use(cloudformation, stack, event_source, context.rebuild_command(f"delete {source}"))
    deleted, staying = deletion.partition_resources(cloudformation, stack)
    sqs, s3 = target.client("sqs"), target.client("s3")
    remaining = [deletion.describe_remaining(resource, stack, sqs, s3) for resource in staying]
    _print_plan(context, stack, deleted, remaining, source)
    if any(resource.kept and resource.kept.unsent for resource in remaining) and (
        function := deleted.get(deletion.REDRIVE)
    ):
        _offer_to_send_unsent(target, function, yes=yes)
    if not (yes or _is_confirmed(name)):
        return 1
    _delete(context, cloudformation, stack)
    _print_remaining([deletion.describe_remaining(resource, stack, sqs, s3) for resource in staying], context, source)
    return 0


def _is_confirmed(name: str) -> bool:
    """Return whether the stack's name is typed; else say that nothing was deleted."""
    try:
        if click.prompt(f"Type {name} to delete it") == name:
            return True
        click.echo("that is not its name; nothing was deleted")
    except click.Abort:
        click.echo("\nnothing was deleted")
    return False


def _print_plan(
    context: DeployContext, stack: Stack, deleted: Iterable[str], remaining: list[Remaining], source: str
) -> None:
    """Print what would be deleted, and what stays."""
    from generator.deploy import deletion
    from generator.deploy.endpoint import endpoint_for

    out = _console.console()
    out.print(f"\n[bold]{stack.name}[/]  {context.target.region}, account {stack.account}, {stack.status}\n")
    for resource, (title, text) in zip(remaining, _columns(remaining), strict=True):
        _layout.columns(out, [(f"  [green]stays[/]  {title} ", text)])
        if bring_in := _bring_in_advice(resource, context, source):
            _layout.columns(out, [("        ", f"nothing sends these any longer {bring_in}")])
        if resource.logical_id == deletion.POSITIONS:
            remove = context.aws_command(f"dynamodb delete-table --table-name {resource.name}")
            begins_anew = f"a new stack makes another, and begins to read anew; to delete it: [cyan]{remove}[/]"
            _layout.columns(out, [("        ", begins_anew)])
    if parameters := deletion.secret_parameters(stack, context.target.client("ssm")):
        remove = context.aws_command(f"ssm delete-parameters --names {' '.join(parameters)}")
        _layout.columns(out, [("  [green]stays[/] ", f"{', '.join(parameters)}; to delete: [cyan]{remove}[/]")])
    if "EndpointUrl" in stack.outputs:
        url = endpoint_for(stack.outputs).url
        _layout.columns(out, [("  [red]goes[/]  ", f"{url}, for good; a new stack gets another")])
    _layout.columns(out, [("  [red]goes[/]  ", ", ".join(deleted) or "only its name; it is empty")])
    if deletion.WRITER in deleted:
        waits = "messages of the last minute may still be in it: stop the vendor a few minutes before"
        _layout.columns(out, [("        ", f"{deletion.WRITER} writes objects; {waits}")])


def _columns(remaining: Sequence[Remaining]) -> list[tuple[str, str]]:
    """Return of each resource its name in the template, and what it holds with its own name, below each other."""
    contents = [_content(resource) for resource in remaining]
    title_width = max((len(resource.logical_id) for resource in remaining), default=0)
    width = max(map(len, contents), default=0)
    return [
        (f"{resource.logical_id:<{title_width}}", f"{content:<{width}}  {resource.name}")
        for resource, content in zip(remaining, contents, strict=True)
    ]


def _content(resource: Remaining) -> str:
    """Return how much is on a queue, or kept in a bucket."""
    from generator.deploy.deletion import ARCHIVE, NOTIFICATIONS, OBJECTS, POSITIONS

    if resource.kept:
        return str(resource.kept)
    if resource.logical_id == ARCHIVE:
        return "copies of accepted requests, each until it expires"
    if resource.logical_id == OBJECTS:
        return "objects of messages, each until it expires"
    if resource.logical_id == POSITIONS:
        return "how far each stream is read, and which events were sent"
    noun = "notification" if resource.logical_id == NOTIFICATIONS else "message"
    return "" if resource.messages is None else _console.count(resource.messages, noun)


def _bring_in_advice(resource: Remaining, context: DeployContext, source: str) -> str | None:
    """Return how to bring in what a bucket keeps; None for an empty bucket."""
    if resource.kept is None or not (resource.kept.rejected or resource.kept.unsent):
        return None
    command = context.command(f"redrive {source} --from-bucket {resource.name}")
    return f"until {source} is deployed again, and then [cyan]{command}[/]"


def _offer_to_send_unsent(target: aws.Target, function: str, *, yes: bool) -> None:
    """Offer to send waiting messages to where the SIEM reads, which stays; the function that sends them is deleted."""
    from botocore.exceptions import BotoCoreError, ClientError

    if not (yes or click.confirm("Send the messages that wait in the bucket first?", default=True)):
        return
    try:
        _redrive_dialog.send_unsent(target, function)
    except (GeneratorError, BotoCoreError, ClientError) as error:
        reason = error if isinstance(error, GeneratorError) else explain_failure(error)
        _console.warning(f"messages that wait to be sent stay in the bucket: {reason}")


def _delete(context: DeployContext, cloudformation: Any, stack: Stack) -> None:
    """Delete the stack and print its events; GeneratorError where that fails."""
    from generator.deploy import progress, stacks

    after = progress.latest_event_id(cloudformation, stack.id)
    cloudformation.delete_stack(StackName=stack.id)
    events = print_events(cloudformation, stack, after, context)
    stack_after = stacks.find_stack(cloudformation, stack.id)
    if stack_after and stack_after.status != "DELETE_COMPLETE":
        causes = progress.failure_causes(cloudformation, stack.id, events)
        message = f"stack {stack.name} is in {stack_after.status}: fix what prevents it, and delete it again"
        raise GeneratorError("\n".join([*causes, message]))


def _print_remaining(remaining: list[Remaining], context: DeployContext, source: str) -> None:
    """Print what stayed."""
    out = _console.console()
    out.print(f"\n[green]deleted[/]{'; what stayed:' if remaining else ''}")
    for resource, (title, text) in zip(remaining, _columns(remaining), strict=True):
        _layout.columns(out, [(f"  {title} ", f"{text}  {resource.arn}")])
        if bring_in := _bring_in_advice(resource, context, source):
            _layout.columns(out, [("   ", f"nothing sends these, {bring_in}")])


def print_events(cloudformation: Any, stack: Stack, after: str, context: DeployContext) -> list[Event]:
    """Print a stack's events after the event `after`, as they come; return them."""
    from rich.markup import escape

    from generator.deploy.progress import follow_events

    out = _console.console()
    events = []
    try:
        for event in follow_events(cloudformation, stack.id, after):
            events.append(event)
            if event.status.endswith("_IN_PROGRESS") and event.logical_id != stack.name:
                continue  # most take a second, and their end is printed
            is_failure = "FAILED" in event.status or "ROLLBACK" in event.status
            color = "red" if is_failure else "dim" if event.status.endswith("_IN_PROGRESS") else "green"
            reason = f"  [dim]{escape(event.reason)}[/]" if event.reason else ""
            timestamp = f"{event.time.astimezone():%H:%M:%S}"
            out.print(f"[dim]{timestamp}[/] [{color}]{event.status:<18}[/] {event.logical_id}{reason}")
    except KeyboardInterrupt:
        describe_command = context.aws_command(f"cloudformation describe-stack-events --stack-name {stack.name}")
        _layout.paragraph(out, f"CloudFormation goes on; to see its progress: [cyan]{describe_command}[/]")
        raise
    return events
