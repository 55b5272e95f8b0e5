"""Kept events, back to the queue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.aws import Target
from generator.commands import _console, _earlier_events, _kept_options, _options, _redrive_dialog
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.operate.kept_events import Filter, SourceResources


@click.command(short_help="Take kept events through the deployed code again, and send them.")
@click.argument("source")
@_kept_options.filters
@click.option("--limit", type=click.IntRange(1), help="So many requests at most, oldest day first.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="So many requests a second at most.")
@click.option("--dry-run", is_flag=True, help="Show what would become of them, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--from-bucket", metavar="BUCKET", help="Bring in what an earlier stack left in its bucket, as `status` names it."
)
@click.option("--dead", is_flag=True, help="Move all dead letters, which MozDef took too often, back to its queue.")
@_options.target
@_options.sources
def command(
    source: str,
    wanted: Filter,
    limit: int | None,
    rate: float | None,
    dry_run: bool,
    yes: bool,
    from_bucket: str | None,
    dead: bool,
    target: Target,
    sources: Path,
) -> int:
    """Show what SOURCE's rejected events would be now, by the code that is deployed, ask, and send them."""
    from generator.definition.read import load
    from generator.operate.kept_events import find_resources, listed

    if dead and (limit or rate or from_bucket or not wanted.all):
        raise click.UsageError("--dead moves all dead letters: it goes with --dry-run and --yes alone")
    if from_bucket and (limit or not wanted.all):
        raise click.UsageError("--from-bucket brings in all of it: it goes with --rate, --dry-run and --yes alone")
    if not (yes or dry_run or _console.somebody_is_there()):
        raise click.UsageError("nobody is there to be asked: --yes sends, --dry-run shows what would be sent")
    definition = load(sources, [source])[0].source
    stack = find_resources(target, source)
    if dead:
        after = _kept_options.next_one(f"status {source}", target, sources)
        return _dead(target, stack, source, dry_run=dry_run, yes=yes, after=after)
    how = _redrive_dialog.How(yes, dry_run, rate, _kept_options.next_one(f"rejected {source}", target, sources))
    if from_bucket:
        return _earlier_events.bring_in(target, stack, source, from_bucket, how)
    keys = [one.key for one in listed(target.client("s3"), stack.bucket, definition, wanted, _kept_options.looked)][
        :limit
    ]
    out = _console.console()
    if not keys:
        out.print(_kept_options.none(source, wanted))
        return 0
    return _redrive_dialog.bring_back(target, stack, keys, how)


def _dead(target: Target, stack: SourceResources, source: str, *, dry_run: bool, yes: bool, after: str) -> int:
    sqs, out = target.client("sqs"), _console.console()
    attributes = ["QueueArn", "ApproximateNumberOfMessages"]
    there = sqs.get_queue_attributes(QueueUrl=stack.dead_letters, AttributeNames=attributes)["Attributes"]
    number = int(there["ApproximateNumberOfMessages"])
    if not number:
        out.print(f"{source} has no dead letters")
        return 0
    out.print(f"{source} has {_console.count(number, 'dead letter')}: what MozDef took ten times and never deleted")
    if dry_run:
        return 0
    if not yes and not click.confirm("Move them back to the queue that MozDef reads?"):
        out.print("nothing was moved")
        return 1
    try:
        sqs.start_message_move_task(SourceArn=there["QueueArn"])
    except sqs.exceptions.ClientError as error:
        raise GeneratorError(f"AWS: StartMessageMoveTask: {error.response['Error']['Message']}") from error
    out.print(f"SQS moves them, in its own time: {after}")
    return 0
