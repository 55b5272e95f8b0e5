"""Send events again: the command `redrive`, for rejected and archived ones, dead letters, an earlier stack's bucket."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.aws import Target
from generator.aws_failures import environment_is_emulator
from generator.commands import (
    _archive_dialog,
    _console,
    _earlier_events,
    _kept_options,
    _layout,
    _options,
    _redrive_dialog,
)
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.operate.kept_events import Filter, SourceResources


def _finite(_context: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    """Refuse `nan` and `inf`, which click takes for numbers."""
    if value is None or math.isfinite(value):
        return value
    raise click.BadParameter(f"{value} is no number of requests")


@_options.command(short_help="Send rejected events again, once the deployed code can shape them.")
@_options.source
@_kept_options.archive_filters
@click.option(
    "--limit", metavar="NUMBER", type=click.IntRange(1), help="Send at most this many requests, oldest day first."
)
@click.option(
    "--rate",
    metavar="NUMBER",
    type=click.FloatRange(0, min_open=True),
    callback=_finite,
    help="Send at most this many requests a second.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and send nothing.")
@click.option("--yes", is_flag=True, help="Send without asking.")
@click.option(
    "--from-bucket", metavar="BUCKET", help="Bring in what an earlier stack left in this bucket. `status` names it."
)
@click.option(
    "--archive", is_flag=True, help="Send all archived events from --since on again, also those that the SIEM has."
)
@click.option(
    "--dead",
    is_flag=True,
    help="Move all dead letters back to the queue. The SIEM took them several times, and deleted none.",
)
@_options.target
@_options.sources
def command(
    source: str,
    filter_: Filter,
    limit: int | None,
    rate: float | None,
    dry_run: bool,
    yes: bool,
    from_bucket: str | None,
    archive: bool,
    dead: bool,
    target: Target,
    sources: Path,
) -> int:
    """Send SOURCE's rejected events again, as the deployed code shapes them now. Before that, show them, and ask.

    With --archive, send again all that came in a period.
    """
    from generator.definition.read import load
    from generator.operate.kept_events import find_resources, list_rejected

    if dead and (limit or rate or from_bucket or not filter_.is_empty):
        raise click.UsageError("--dead moves all dead letters; use only --dry-run and --yes with it")
    if from_bucket and (limit or not filter_.is_empty):
        raise click.UsageError("--from-bucket brings in all of it; use only --rate, --dry-run and --yes with it")
    _check_archive_options(filter_, archive=archive, others=bool(dead or from_bucket))
    if not (yes or dry_run or _console.is_interactive()):
        raise click.UsageError("no terminal to ask in: use --yes to send, or --dry-run to see what would be sent")
    definition = load(sources, [source])[0].source
    resources = find_resources(target, source)
    if dead:
        status = _kept_options.next_command(f"status {source}", target, sources)
        return _move_dead_letters(target, resources, source, dry_run=dry_run, yes=yes, status_command=status)
    rejected = _kept_options.next_command(f"rejected {source}", target, sources)
    options = _redrive_dialog.RedriveOptions(yes, dry_run, rate, rejected)
    if archive:
        return _archive_dialog.redrive_archive(target, resources, definition, filter_, limit, options)
    if from_bucket:
        return _earlier_events.bring_in(target, resources, source, from_bucket, options)
    rejected_objects = list_rejected(
        target.client("s3"), resources.bucket, definition, filter_, _kept_options.print_progress
    )
    keys = [rejected_object.key for rejected_object in rejected_objects][:limit]
    out = _console.console()
    if not keys:
        out.print(_kept_options.nothing_found(source, filter_))
        return 0
    return _redrive_dialog.redrive_requests(target, resources, keys, options)


def _check_archive_options(filter_: Filter, *, archive: bool, others: bool) -> None:
    if not archive:
        for option, value in (("since", filter_.since), ("until", filter_.until)):
            if value and "T" in value:
                raise click.UsageError(f"--{option} {value}: a time of day can be chosen with --archive only")
    elif others or filter_.reason:
        raise click.UsageError("--archive does not go with --dead, --from-bucket or --reason")
    elif not filter_.since:
        raise click.UsageError("--archive needs --since, the day or minute in UTC from which on to send events again")


def _move_dead_letters(
    target: Target, resources: SourceResources, source: str, *, dry_run: bool, yes: bool, status_command: str
) -> int:
    sqs, out = target.client("sqs"), _console.console()
    names = ["QueueArn", "ApproximateNumberOfMessages"]
    attributes = sqs.get_queue_attributes(QueueUrl=resources.dead_letters, AttributeNames=names)["Attributes"]
    number = int(attributes["ApproximateNumberOfMessages"])
    if not number:
        out.print(f"{source} has no dead letters")
        return 0
    times = "five" if resources.writer else "ten"
    letters = _console.count(number, "dead letter")
    _layout.paragraph(out, f"{source} has {letters}, which the SIEM took {times} times and never deleted")
    if dry_run:
        return 0
    if environment_is_emulator():
        raise GeneratorError("the emulator can't move dead letters, since it lacks SQS's StartMessageMoveTask; AWS can")
    if not yes and not _console.confirm("Move them back to the queue that the SIEM reads?", "nothing was moved"):
        return 1
    try:
        sqs.start_message_move_task(SourceArn=attributes["QueueArn"])
    except sqs.exceptions.ClientError as error:
        raise GeneratorError(f"AWS: StartMessageMoveTask: {error.response['Error']['Message']}") from error
    _layout.paragraph(out, f"SQS is moving them, which takes a while. To see how many are left: {status_command}")
    return 0
