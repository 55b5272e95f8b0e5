"""Delete a source's stack, or its pipeline's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import aws, names
from generator.commands import _console, _options, _redrive_dialog
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.deploy.context import DeployContext
    from generator.deploy.deletion import Remaining
    from generator.deploy.progress import Event
    from generator.deploy.stacks import Stack


@click.command(short_help="Delete what `deploy` made; the queues and what is kept stay.")
@click.argument("source")
@click.option("--pipeline", is_flag=True, help="The pipeline that deploys the source, not the source itself.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_options.target
@_options.sources
@_options.build
def command(source: str, pipeline: bool, yes: bool, target: aws.Target, sources: Path, build: Path) -> int:
    """Say what goes with the stack of SOURCE and what stays, ask for its name, and delete it."""
    from generator.deploy import deletion, stacks
    from generator.deploy.context import DeployContext

    if not (yes or _console.is_interactive()):
        raise click.UsageError("nobody is there to be asked: --yes deletes")
    if said := names.deployment_problem(source, target.project, target.environment):
        raise click.UsageError(said)
    place = DeployContext(target, sources, build, pipeline)
    cloudformation, name = target.client("cloudformation"), place.stack(source)
    stack = stacks.get_stack(target, name)
    if stack.in_progress:
        raise GeneratorError(stack.busy_message)
    if stack.status != "REVIEW_IN_PROGRESS":
        stacks.refuse_foreign(cloudformation, stack, place.target.tags(source))
    if pipeline:
        event_source = stacks.find_stack(cloudformation, target.stack(source))
        deletion.refuse_in_use(cloudformation, stack, event_source, place.rebuild_command(f"delete {source}"))
    goes, stays = deletion.partition_resources(cloudformation, stack)
    sqs, s3 = target.client("sqs"), target.client("s3")
    left = [deletion.describe_remaining(one, stack, sqs, s3) for one in stays]
    _announce(place, stack, goes, left, source)
    if any(one.kept and one.kept.unsent for one in left) and (function := goes.get(deletion.REDRIVE)):
        _send_waiting(target, function, yes=yes)
    if not yes and click.prompt(f"Type {name} to delete it") != name:
        _console.console().print("that is not its name: nothing was deleted")
        return 1
    _delete(place, cloudformation, stack)
    _farewell([deletion.describe_remaining(one, stack, sqs, s3) for one in stays], place, source)
    return 0


def _announce(place: DeployContext, stack: Stack, goes: Iterable[str], left: list[Remaining], source: str) -> None:
    """What would go, and what stay."""
    from generator.deploy.deletion import secret_parameters
    from generator.deploy.endpoint import endpoint_for

    out = _console.console()
    out.print(f"\n[bold]{stack.name}[/]  {place.target.region}, account {stack.account}, {stack.status}\n")
    out.print(f"  [red]goes[/]   {', '.join(goes) or 'nothing but its name: it holds nothing'}")
    if "EndpointUrl" in stack.outputs:
        out.print(f"  [red]goes[/]   {endpoint_for(stack.outputs).url}, for good: a new stack has another")
    for one in left:
        out.print(f"  [green]stays[/]  {one.logical_id}{_holds(one)}  {one.name}")
        if bring_in := _bring_in(one, place, source):
            out.print(f"         nothing sends these any more, {bring_in}")
    if parameters := secret_parameters(stack, place.target.client("ssm")):
        remove = place.aws_command(f"ssm delete-parameters --names {' '.join(parameters)}")
        out.print(f"  [green]stays[/]  {', '.join(parameters)}; to delete: [cyan]{remove}[/]")


def _holds(one: Remaining) -> str:
    """What is on a queue, or kept in a bucket."""
    if one.kept:
        return f", [bold]{one.kept}[/]"
    return "" if one.messages is None else f", [bold]{_console.count(one.messages, 'message')}[/]"


def _bring_in(one: Remaining, place: DeployContext, source: str) -> str | None:
    """How to bring in what is kept in a bucket; None where nothing is."""
    if one.kept is None or not (one.kept.rejected or one.kept.unsent):
        return None
    command = place.command(f"redrive {source} --from-bucket {one.name}")
    return f"until {source} is deployed again, and then [cyan]{command}[/]"


def _send_waiting(target: aws.Target, function: str, *, yes: bool) -> None:
    """Offer to send what waits for the queue, which outlives the stack; the function that does it goes."""
    from botocore.exceptions import BotoCoreError, ClientError

    if not (yes or click.confirm("Send what waits for the queue first?", default=True)):
        return
    try:
        _redrive_dialog.send_unsent(target, function)
    except (GeneratorError, BotoCoreError, ClientError) as error:
        said = error if isinstance(error, GeneratorError) else aws.explain_failure(error)
        _console.warning(f"what waits for the queue stays in the bucket: {said}")


def _delete(place: DeployContext, cloudformation: Any, stack: Stack) -> None:
    """Delete it and show how; GeneratorError where that fails."""
    from generator.deploy import progress, stacks

    after = progress.latest_event_id(cloudformation, stack.id)
    cloudformation.delete_stack(StackName=stack.id)
    events = followed(cloudformation, stack, after, place)
    gone = stacks.find_stack(cloudformation, stack.id)
    if gone and gone.status != "DELETE_COMPLETE":
        causes = progress.failure_causes(cloudformation, stack.id, events)
        said = f"stack {stack.name} is in {gone.status}: mend what keeps it, and delete it again"
        raise GeneratorError("\n".join([*causes, said]))


def _farewell(left: list[Remaining], place: DeployContext, source: str) -> None:
    """What stayed, as it is now."""
    out = _console.console()
    out.print(f"\n[green]deleted[/]{'; what stayed:' if left else ''}")
    for one in left:
        out.print(f"  {one.logical_id}{_holds(one)}  {one.name}  {one.arn}".rstrip())
        if bring_in := _bring_in(one, place, source):
            out.print(f"    nothing sends these, {bring_in}")


def followed(cloudformation: Any, stack: Stack, after: str, place: DeployContext) -> list[Event]:
    """What happens to the stack after an event, shown as it happens."""
    from rich.markup import escape

    from generator.deploy.progress import follow_events

    out = _console.console()
    events = []
    try:
        for event in follow_events(cloudformation, stack.id, after):
            events.append(event)
            bad = "FAILED" in event.status or "ROLLBACK" in event.status
            colour = "red" if bad else "dim" if event.status.endswith("_IN_PROGRESS") else "green"
            why = f"  [dim]{escape(event.reason)}[/]" if event.reason else ""
            at = f"{event.time.astimezone():%H:%M:%S}"
            out.print(f"[dim]{at}[/] [{colour}]{event.status:<18}[/] {event.logical_id}{why}")
    except KeyboardInterrupt:
        look = place.aws_command(f"cloudformation describe-stack-events --stack-name {stack.name}")
        out.print(f"CloudFormation goes on with it; to see how: [cyan]{look}[/]")
        raise
    return events
