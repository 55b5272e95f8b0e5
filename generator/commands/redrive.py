"""Kept events, back to the queue."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from generator.aws import Target
from generator.commands import kept, options, show
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.kept_events import Stack, Wanted

FEW = 5
"""Messages, and reasons, of which each is shown before the question."""


class _Passing(NamedTuple):
    """The objects of which something would pass, and how many messages that would be."""

    keys: list[str]
    messages: int

    def __str__(self) -> str:
        return f"{show.count(self.messages, 'message')} of {show.count(len(self.keys), 'request')}"


@click.command(short_help="Take kept events through the deployed code again, and send them.")
@click.argument("source")
@kept.filters
@click.option("--limit", type=click.IntRange(1), help="So many requests at most, oldest day first.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="So many requests a second at most.")
@click.option("--dry-run", is_flag=True, help="Show what would become of them, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dead", is_flag=True, help="Move all dead letters, which MozDef took too often, back to its queue.")
@options.target
@options.sources
def command(
    source: str,
    wanted: Wanted,
    limit: int | None,
    rate: float | None,
    dry_run: bool,
    yes: bool,
    dead: bool,
    target: Target,
    sources: Path,
) -> int:
    """Show what SOURCE's rejected events would be now, by the code that is deployed, ask, and send them."""
    from generator.definition import load
    from generator.kept_events import PATIENCE, find, listed

    if dead and (limit or rate or not wanted.all):
        raise click.UsageError("--dead moves all dead letters: it goes with --dry-run and --yes alone")
    if not (yes or dry_run or show.somebody_is_there()):
        raise click.UsageError("nobody is there to be asked: --yes sends, --dry-run shows what would be sent")
    definition = load(sources, [source])[0].source
    stack = find(target, source)
    if dead:
        after = kept.next_one(f"status {source}", target, sources)
        return _dead(target, stack, source, dry_run=dry_run, yes=yes, after=after)
    keys = [one.key for one in listed(target.client("s3"), stack.bucket, definition, wanted)][:limit]
    out = show.console()
    if not keys:
        out.print(kept.none(source, wanted))
        return 0
    functions = target.client("lambda", PATIENCE)
    passing = _preview(functions, stack, keys)
    if not passing.keys:
        out.print("nothing would pass: mend the definition, deploy it, and try again")
        return 1
    if dry_run:
        out.print(f"{passing} would be sent; nothing was")
        return 0
    if not yes and not click.confirm(f"Send {passing} to the queue that MozDef reads?"):
        out.print("nothing was sent")
        return 1
    return _send(functions, stack, passing.keys, rate, why=kept.next_one(f"rejected {source}", target, sources))


def _preview(functions: Any, stack: Stack, keys: Sequence[str]) -> _Passing:
    """What would pass, and what would not, after showing some of each."""
    from rich.markup import escape

    from generator.kept_events import chunks, invoked

    out = show.console()
    passing: list[str] = []
    shown = passes = duplicates = 0
    fails: Counter[str] = Counter()
    for some in chunks(keys):
        for result in invoked(functions, stack, "preview", some):
            if result.get("gone"):
                continue
            passes += result["passes"]
            before = result.get("duplicates", 0)
            duplicates += before
            # What was sent before goes from the bucket as what is sent.
            passing += [result["key"]] if result["passes"] or before else []
            fails.update({f"{one['reason']}: {one['detail']}": one["events"] for one in result["fails"]})
            for message in result["messages"][: max(FEW - shown, 0)]:
                shown += 1
                time_ = message["timestamp"][:19].replace("T", " ")
                out.print(f"  [dim]passes[/]  {time_} {escape(message['severity'])}  {escape(message['summary'])}")
    if passes > shown:
        out.print(f"  [dim]passes[/]  and {passes - shown} more")
    if duplicates:
        out.print(f"  [dim]skips[/]   {show.count(duplicates, 'message')} that had been sent before")
    for said, number in fails.most_common(FEW):
        out.print(f"  [yellow]fails[/]   {number}x {escape(said)}")
    if len(fails) > FEW:
        out.print(f"  [yellow]fails[/]   and for {len(fails) - FEW} more reasons")
    return _Passing(passing, passes)


def _send(functions: Any, stack: Stack, keys: Sequence[str], rate: float | None, why: str) -> int:
    """One call after another; what was not begun when it is interrupted is where it was."""
    from generator.kept_events import CHUNK, chunks, invoked

    out = show.console()
    sent = unsent = failed = gone = pending = done = 0
    size = min(CHUNK, max(1, int(rate))) if rate else CHUNK
    try:
        for some in chunks(keys, size):
            began = time.monotonic()
            for result in invoked(functions, stack, "send", some):
                sent, unsent = sent + result.get("sent", 0), unsent + result.get("unsent", 0)
                failed += sum(one["events"] for one in result.get("fails", ()))
                gone += bool(result.get("gone"))
                pending += bool(result.get("pending"))
            done += len(some)
            out.print(f"  {done} of {show.count(len(keys), 'request')}, {show.count(sent, 'message')} sent")
            if rate and done < len(keys):
                time.sleep(max(0.0, len(some) / rate - (time.monotonic() - began)))
    except KeyboardInterrupt:
        out.print(
            f"stopped: {show.count(sent, 'message')} sent. What had begun goes on by itself, and the rest is where it "
            "was: run it again"
        )
        return 130
    if unsent:
        out.print(f"the queue does not take {show.count(unsent, 'message')} now: tried again every five minutes")
    if failed:
        out.print(f"{show.count(failed, 'event')} failed again, and stayed: {why}")
    if pending:
        out.print(
            f"{show.count(pending, 'request')} stayed: somebody else is sending some of it. Run it again in a while"
        )
    if gone:
        out.print(f"{show.count(gone, 'request')} had gone: somebody else sent them")
    return 0


def _dead(target: Target, stack: Stack, source: str, *, dry_run: bool, yes: bool, after: str) -> int:
    sqs, out = target.client("sqs"), show.console()
    attributes = ["QueueArn", "ApproximateNumberOfMessages"]
    there = sqs.get_queue_attributes(QueueUrl=stack.dead_letters, AttributeNames=attributes)["Attributes"]
    number = int(there["ApproximateNumberOfMessages"])
    if not number:
        out.print(f"{source} has no dead letters")
        return 0
    out.print(f"{source} has {show.count(number, 'dead letter')}: what MozDef took ten times and never deleted")
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
