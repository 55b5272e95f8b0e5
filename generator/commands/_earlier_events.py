"""Bring in what an earlier stack kept, and redrive it: `redrive --from-bucket`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from generator.aws import Target
from generator.aws_failures import explain_failure
from generator.commands import _console, _layout, _redrive_dialog

if TYPE_CHECKING:
    from generator.deploy import stacks
    from generator.deploy.deployment import Deployment
    from generator.deploy.retained_resources import RetainedBucket, RetainedResources
    from generator.operate.kept_events import SourceResources


def lines(retained: RetainedResources, command: Callable[[str], str]) -> Iterator[str]:
    """Yield what earlier stacks left behind, with what to do; `command` returns the command for a bucket's name."""
    for bucket in retained.buckets:
        yield f"{bucket}, in a bucket that an earlier stack left behind: {command(bucket.name)}"
    for queue in retained.queues:
        messages = _console.count(queue.messages, "message")
        yield f"{messages} on a queue that an earlier stack left behind; let what read it before empty it: {queue.url}"


def show_retained(deployment: Deployment, stack: stacks.Stack) -> None:
    """Print what earlier stacks of the same name left behind: a new stack does not know of it."""
    from botocore.exceptions import ClientError
    from rich.markup import escape

    from generator.deploy import retained_resources as retained

    context, source, outputs = deployment.context, deployment.product.name, stack.outputs
    queues = [outputs.get(name, "") for name in ("EventsQueueUrl", "ObjectsQueueUrl", "DeadLettersQueueUrl")]
    try:
        earlier = retained.find_retained(context.target, source, outputs.get("KeptBucket", ""), queues).with_events
    except ClientError as error:
        _console.note(f"can't look for what earlier stacks left behind: {explain_failure(error)}")
        return
    for line in lines(earlier, lambda bucket: context.command(f"redrive {source} --from-bucket {bucket}")):
        _console.console().print(f"  [dim]earlier [/]  {escape(line)}")


def bring_in(
    target: Target, resources: SourceResources, source: str, bucket: str, options: _redrive_dialog.RedriveOptions
) -> int:
    """Move the kept events into the stack's own bucket, and redrive them from there; return the exit status.

    The redrive function may read only its own bucket. The user of the command may read both.
    """
    from generator.deploy import retained_resources as retained

    out, s3 = _console.console(), target.client("s3")
    left_behind = retained.find_retained(target, source, resources.bucket, (resources.events, resources.dead_letters))
    old = retained.choose_bucket(left_behind, bucket, source)
    if not (old.rejected or old.unsent):
        _layout.paragraph(
            out, f"{bucket} has nothing left to bring in; to send what was moved before: redrive {source}"
        )
        return 0
    out.print(f"{bucket} has {old}")
    if options.dry_run:
        _layout.paragraph(out, f"they would be moved to {resources.bucket}, and sent from there; nothing was")
        return 0
    if not options.yes and not _console.confirm(
        f"Move them to {resources.bucket}, from where they can be sent?", "nothing was moved"
    ):
        return 1
    moved: list[str] = []
    try:
        moved.extend(_move(s3, source, old, resources.bucket))
    except KeyboardInterrupt:
        _layout.paragraph(
            out, "stopped: what was moved is in the new bucket, the rest in the old one. To go on, run it again"
        )
        return 1
    _layout.paragraph(out, f"{_console.count(len(moved), 'request')} moved to {resources.bucket}")
    all_sent = not old.unsent or _redrive_dialog.send_unsent(target, resources.function)
    rejected = [key for key in moved if key.startswith("rejected/")]
    status = _redrive_dialog.redrive_requests(target, resources, rejected, options) if rejected else 0
    return status if all_sent else 1


def _move(s3: Any, source: str, old: RetainedBucket, new: str) -> Iterator[str]:
    """Move objects and yield their keys in the new bucket; warn of those that the framework did not write."""
    from generator.deploy import retained_resources as retained
    from generator.operate.kept_events import FOREIGN

    for number, (key, new_key) in enumerate(retained.move_kept_events(s3, source, old.name, new), 1):
        _console.progress(number, old.rejected + old.unsent, "moved")
        if new_key is None:
            _console.warning(f"s3://{old.name}/{_console.printable(key)} is {FOREIGN}; it stays there")
        else:
            yield new_key
