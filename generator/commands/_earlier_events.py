"""What an earlier stack left in its bucket, into the bucket of the stack that is there now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from generator import aws
from generator.aws import Target
from generator.commands import _console, _redrive_dialog

if TYPE_CHECKING:
    from generator.deploy import stacks
    from generator.deploy.deployment import Deployment
    from generator.deploy.retained_resources import RetainedBucket, RetainedResources
    from generator.operate.kept_events import SourceResources


def lines(retained: RetainedResources, command: Callable[[str], str]) -> Iterator[str]:
    """What earlier stacks left behind, and what to do about it; `command` makes a command of a bucket's name."""
    for bucket in retained.buckets:
        yield f"{bucket}, in a bucket that an earlier stack left behind: {command(bucket.name)}"
    for queue in retained.queues:
        messages = _console.count(queue.messages, "message")
        yield f"{messages} on a queue that an earlier stack left behind, which MozDef must read still: {queue.url}"


def show_retained(deployment: Deployment, stack: stacks.Stack) -> None:
    """Show what earlier stacks of the same name left behind: a new one knows nothing of it."""
    from botocore.exceptions import ClientError
    from rich.markup import escape

    from generator.deploy import retained_resources as retained

    place, source, outputs = deployment.place, deployment.product.name, stack.outputs
    queues = [outputs.get(name, "") for name in ("EventsQueueUrl", "DeadLettersQueueUrl")]
    try:
        earlier = retained.find_retained(place.target, source, outputs.get("RetainedBucket", ""), queues).events
    except ClientError as error:
        _console.note(f"what earlier stacks left behind is not looked for: {aws.explain_failure(error)}")
        return
    for line in lines(earlier, lambda bucket: place.bare(f"redrive {source} --from-bucket {bucket}")):
        _console.console().print(f"  [dim]earlier [/]  {escape(line)}")


def bring_in(target: Target, stack: SourceResources, source: str, bucket: str, how: _redrive_dialog.How) -> int:
    """Move what is kept into the stack's own bucket, and bring it back from there; the command's exit status.

    The function that sends may read its own bucket alone. Who types the command may read both.
    """
    from generator.deploy import retained_resources as retained

    out, s3 = _console.console(), target.client("s3")
    there = retained.find_retained(target, source, stack.bucket, (stack.events, stack.dead_letters))
    old = retained.choose_bucket(there, bucket, source)
    if not (old.rejected or old.unsent):
        out.print(f"nothing is left to bring in from {bucket}; what was moved before, `redrive {source}` sends")
        return 0
    out.print(f"{bucket} has {old}")
    if how.dry_run:
        out.print(f"they would be moved to {stack.bucket}, and sent from there; nothing was")
        return 0
    if not how.yes and not click.confirm(f"Move them to {stack.bucket}, from where they can be sent?"):
        out.print("nothing was moved")
        return 1
    moved: list[str] = []
    try:
        moved.extend(_moved(s3, source, old, stack.bucket))
    except KeyboardInterrupt:
        out.print("stopped: what was moved is in the new bucket, and the rest where it was. Run it again")
        return 130
    out.print(f"{_console.count(len(moved), 'request')} moved to {stack.bucket}")
    all_sent = not old.unsent or _redrive_dialog.send_waiting(target, stack.function)
    rejected = [key for key in moved if key.startswith("rejected/")]
    status = _redrive_dialog.bring_back(target, stack, rejected, how) if rejected else 0
    return status if all_sent else 1


def _moved(s3: Any, source: str, old: RetainedBucket, new: str) -> Iterator[str]:
    """The keys in the new bucket; what is none of ours stays where it is, and is named."""
    from generator.deploy import retained_resources as retained
    from generator.operate.kept_events import FOREIGN

    for number, (key, place) in enumerate(retained.move_kept_events(s3, source, old.name, new), 1):
        _console.progress(number, old.rejected + old.unsent, "moved")
        if place is None:
            _console.warning(f"s3://{old.name}/{_console.printable(key)} is {FOREIGN}, and stays there")
        else:
            yield place
