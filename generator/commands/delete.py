"""Delete a source's stack, or its pipeline's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import aws, names
from generator.commands import options, show
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.deletion import Left
    from generator.deployment import Place
    from generator.progress import Event
    from generator.stacks import Stack


@click.command(short_help="Delete what `deploy` made; the queues and what is kept stay.")
@click.argument("source")
@click.option("--pipeline", is_flag=True, help="The pipeline that deploys the source, not the source itself.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.target
@options.sources
@options.build
def command(source: str, pipeline: bool, yes: bool, target: aws.Target, sources: Path, build: Path) -> int:
    """Say what goes with the stack of SOURCE and what stays, ask for its name, and delete it."""
    from generator import deletion, stacks
    from generator.deployment import Place

    if not (yes or show.somebody_is_there()):
        raise click.UsageError("nobody is there to be asked: --yes deletes")
    if said := names.deployment_problem(source, target.project, target.environment):
        raise click.UsageError(said)
    place = Place(target, sources, build, pipeline)
    cloudformation, name = target.client("cloudformation"), place.stack(source)
    stack = stacks.existing(target, name)
    if stack.under_way:
        raise GeneratorError(stack.busy)
    if stack.status != "REVIEW_IN_PROGRESS":
        stacks.refuse_foreign(cloudformation, stack, place.target.tags(source))
    if pipeline:
        event_source = stacks.find(cloudformation, target.stack(source))
        deletion.refuse_in_use(cloudformation, stack, event_source, place.again(f"delete {source}"))
    goes, stays = deletion.split(cloudformation, stack)
    sqs = target.client("sqs")
    left = [deletion.left(one, stack, sqs) for one in stays]
    _announce(place, stack, goes, left)
    if not yes and click.prompt(f"Type {name} to delete it") != name:
        show.console().print("that is not its name: nothing was deleted")
        return 1
    _delete(place, cloudformation, stack)
    _farewell(left)
    return 0


def _announce(place: Place, stack: Stack, goes: list[str], left: list[Left]) -> None:
    """What would go, and what stay."""
    from generator.deletion import secrets

    out = show.console()
    out.print(f"\n[bold]{stack.name}[/]  {place.target.region}, account {stack.account}, {stack.status}\n")
    out.print(f"  [red]goes[/]   {', '.join(goes) or 'nothing but its name: it holds nothing'}")
    if url := stack.outputs.get("EndpointUrl"):
        out.print(f"  [red]goes[/]   {url}, for good: a new stack has another")
    for one in left:
        on_it = "" if one.messages is None else f", [bold]{show.count(one.messages, 'message')}[/]"
        out.print(f"  [green]stays[/]  {one.logical_id}{on_it}  {one.name}")
    if parameters := secrets(stack, place.target.client("ssm")):
        remove = place.aws(f"ssm delete-parameters --names {' '.join(parameters)}")
        out.print(f"  [green]stays[/]  {', '.join(parameters)}; to delete: [cyan]{remove}[/]")


def _delete(place: Place, cloudformation: Any, stack: Stack) -> None:
    """Delete it and show how; GeneratorError where that fails."""
    from generator import progress, stacks

    after = progress.mark(cloudformation, stack.id)
    cloudformation.delete_stack(StackName=stack.id)
    events = followed(cloudformation, stack, after, place)
    gone = stacks.find(cloudformation, stack.id)
    if gone and gone.status != "DELETE_COMPLETE":
        causes = progress.causes(cloudformation, stack.id, events)
        said = f"stack {stack.name} is in {gone.status}: mend what keeps it, and delete it again"
        raise GeneratorError("\n".join([*causes, said]))


def _farewell(left: list[Left]) -> None:
    out = show.console()
    out.print(f"\n[green]deleted[/]{'; what stayed:' if left else ''}")
    for one in left:
        out.print(f"  {one.logical_id}  {one.name}  {one.arn}".rstrip())


def followed(cloudformation: Any, stack: Stack, after: str, place: Place) -> list[Event]:
    """What happens to the stack after an event, shown as it happens."""
    from rich.markup import escape

    from generator.progress import follow

    out = show.console()
    events = []
    try:
        for event in follow(cloudformation, stack.id, after):
            events.append(event)
            bad = "FAILED" in event.status or "ROLLBACK" in event.status
            colour = "red" if bad else "dim" if event.status.endswith("_IN_PROGRESS") else "green"
            why = f"  [dim]{escape(event.reason)}[/]" if event.reason else ""
            at = f"{event.time.astimezone():%H:%M:%S}"
            out.print(f"[dim]{at}[/] [{colour}]{event.status:<18}[/] {event.logical_id}{why}")
    except KeyboardInterrupt:
        look = place.aws(f"cloudformation describe-stack-events --stack-name {stack.name}")
        out.print(f"CloudFormation goes on with it; to see how: [cyan]{look}[/]")
        raise
    return events
