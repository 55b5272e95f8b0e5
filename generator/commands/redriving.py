"""Rejected events, back to the queue: what would pass is shown, and once somebody says so, sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from generator.aws import Target
from generator.commands import show

if TYPE_CHECKING:
    from generator.deployment import Deployment
    from generator.kept_events import Stack

AFTER_DEPLOYMENT = 1_000
"""Requests that a deployment brings back at most: whoever has more looks at them first."""
FEW = 5
"""Messages, and reasons, of which each is shown before the question."""


class How(NamedTuple):
    """Whether somebody is asked, whether anything is sent, how many requests a second, and how to see what fails."""

    yes: bool
    dry_run: bool
    rate: float | None
    why: str


class _Passing(NamedTuple):
    """The objects of which something would pass, and how many messages that would be."""

    keys: list[str]
    messages: int

    def __str__(self) -> str:
        return f"{show.count(self.messages, 'message')} of {show.count(len(self.keys), 'request')}"


def bring_back(target: Target, stack: Stack, keys: Sequence[str], how: How) -> int:
    """Show what these rejected requests would be now, ask, and send what passes; the command's exit status."""
    from generator.redriving import PATIENCE

    out, functions = show.console(), target.client("lambda", PATIENCE)
    passing = _preview(functions, stack, keys)
    if not passing.keys:
        out.print("nothing would pass: mend the definition, deploy it, and try again")
        return 1
    if how.dry_run:
        out.print(f"{passing} would be sent; nothing was")
        return 0
    if not how.yes and not click.confirm(f"Send {passing} to the queue that MozDef reads?"):
        out.print("nothing was sent")
        return 1
    return _send(functions, stack, passing.keys, how)


def after_deployment(one: Deployment, *, yes: bool) -> None:
    """Bring back what the code that was just deployed can shape, oldest day first."""
    from generator.kept_events import Wanted, find, listed

    out, place, source = show.console(), one.place, one.product.definition.source
    stack = find(place.target, source.name)
    every = listed(place.target.client("s3"), stack.bucket, source, Wanted())
    keys = [kept.key for kept in islice(every, AFTER_DEPLOYMENT + 1)]
    if not keys:
        out.print(f"\nredrive: {source.name} has no rejected events")
        return
    out.print(f"\nredrive: {show.count(len(keys[:AFTER_DEPLOYMENT]), 'rejected request')}")
    how = How(yes, dry_run=False, rate=None, why=place.bare(f"rejected {source.name}"))
    bring_back(place.target, stack, keys[:AFTER_DEPLOYMENT], how)
    if len(keys) > AFTER_DEPLOYMENT:
        out.print(f"there are more than {AFTER_DEPLOYMENT:,} requests: {place.bare(f'redrive {source.name}')}")


def _wait(seconds: float) -> None:
    show.console().print(f"  [dim]busy[/]    the sweep or another redrive is at work: again in {seconds:g} s")
    time.sleep(seconds)


def _preview(functions: Any, stack: Stack, keys: Sequence[str]) -> _Passing:
    """What would pass, and what would not, after showing some of each."""
    from rich.markup import escape

    from generator.kept_events import FOREIGN
    from generator.redriving import chunks, invoked

    out = show.console()
    passing: list[str] = []
    shown = passes = duplicates = 0
    fails: Counter[str] = Counter()
    for some in chunks(keys):
        for result in invoked(functions, stack, "preview", some, _wait):
            if result.get("gone"):
                continue
            if result.get("foreign"):
                fails[f"{FOREIGN}: {result['key']}"] += 1
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


def _send(functions: Any, stack: Stack, keys: Sequence[str], how: How) -> int:
    """One call after another; what was not begun when it is interrupted is where it was."""
    from generator.redriving import CHUNK, chunks, invoked

    out = show.console()
    sent = unsent = failed = gone = pending = done = 0
    rate, size = how.rate, min(CHUNK, max(1, int(how.rate))) if how.rate else CHUNK
    try:
        for some in chunks(keys, size):
            began = time.monotonic()
            for result in invoked(functions, stack, "send", some, _wait):
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
        out.print(f"{show.count(failed, 'event')} failed again, and stayed: {how.why}")
    if pending:
        out.print(
            f"{show.count(pending, 'request')} stayed: somebody else is sending some of it. Run it again in a while"
        )
    if gone:
        out.print(f"{show.count(gone, 'request')} had gone: somebody else sent them")
    return 0
