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
from lambdas.batches import batches

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
    """The objects of which something would pass or was sent before, and how many messages that would be."""

    keys: list[str]
    messages: int
    skipped: int
    failing: int
    """Events of these objects that fail still."""
    left: Counter[str]
    """What became of the others."""

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
    if not how.yes and not click.confirm(_question(passing)):
        out.print("nothing was sent")
        return 1
    return _send(functions, stack, passing, how)


def _question(passing: _Passing) -> str:
    skipped = f", and delete {show.count(passing.skipped, 'message')} that it skips" if passing.skipped else ""
    return f"Send {passing} to the queue that MozDef reads{skipped}?"


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


def send_waiting(target: Target, function: str) -> bool:
    """Have what waits for the queue sent, and say what became of it; whether none of it is left."""
    from generator.redriving import PATIENCE, sweep

    counts = sweep(target.client("lambda", PATIENCE), function, _wait)
    left = f", and {show.count(counts['left'], 'message')} that the queue does not take now" if counts["left"] else ""
    show.console().print(f"{show.count(counts['sent'], 'message')} that waited sent{left}")
    return not left


def _wait(seconds: float) -> None:
    show.console().print(f"  [dim]busy[/]    the sweep or another redrive is at work: again in {seconds:g} s")
    time.sleep(seconds)


def _preview(functions: Any, stack: Stack, keys: Sequence[str]) -> _Passing:
    """What would pass, and what would not, after showing some of each."""
    from generator.kept_events import FOREIGN
    from generator.redriving import CHUNK, became, invoked

    out = show.console()
    passing: list[str] = []
    skipped: list[str] = []
    shown = passes = duplicates = failing = looked = 0
    fails: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for some in batches(keys, CHUNK):
        for result in invoked(functions, stack, "preview", some, _wait):
            # What was sent before goes from the bucket as what is sent.
            if result.get("passes") or result.get("duplicates"):
                passing.append(result["key"])
                failing += sum(one["events"] for one in result["fails"])
            else:
                left[became(result)] += 1
            if result.get("foreign"):
                fails[f"{FOREIGN}: {result['key']}"] += 1
            passes += result.get("passes", 0)
            duplicates += result.get("duplicates", 0)
            skipped += result.get("skipped", ())
            fails.update({f"{one['reason']}: {one['detail']}": one["events"] for one in result.get("fails", ())})
            for message in result.get("messages", ())[: max(FEW - shown, 0)]:
                shown += 1
                time_ = message["timestamp"][:19].replace("T", " ")
                out.print(
                    f"  [dim]passes[/]  {time_} {show.safe(message['severity'])}  {show.safe(message['summary'])}"
                )
        looked += len(some)
        show.progress(looked, len(keys), "looked at")
    if passes > shown:
        out.print(f"  [dim]passes[/]  and {passes - shown} more")
    if duplicates:
        out.print(f"  [yellow]skips[/]   {show.count(duplicates, 'message')}{show.safe(_before(skipped))}")
    for said, number in fails.most_common(FEW):
        out.print(f"  [yellow]fails[/]   {number}x {show.safe(said)}")
    if len(fails) > FEW:
        out.print(f"  [yellow]fails[/]   and for {len(fails) - FEW} more reasons")
    return _Passing(passing, passes, duplicates, failing, left)


def _before(tags: Sequence[str]) -> str:
    """By which ids it is known that an event was sent before: if `events.id` is wrong, it is another event."""
    ids = list(dict.fromkeys(tag.removeprefix("id:") for tag in tags))
    if not ids:  # a function of an older version names none
        return " that had been sent before"
    if len(ids) == 1:
        return f": an event with the id {ids[0]} was sent before"
    return f": events with the ids {', '.join(ids[:FEW])}{' and more' if len(ids) > FEW else ''} were sent before"


def _send(functions: Any, stack: Stack, passing: _Passing, how: How) -> int:
    """One call after another; what was not begun when it is interrupted is where it was."""
    from generator.redriving import CHUNK, became, invoked

    out, keys = show.console(), passing.keys
    counts, requests, done = Counter[str](), Counter(passing.left), 0
    rate, size = how.rate, min(CHUNK, max(1, int(how.rate))) if how.rate else CHUNK
    try:
        for some in batches(keys, size):
            began = time.monotonic()
            for result in invoked(functions, stack, "send", some, _wait):
                counts.update({name: result.get(name, 0) for name in ("sent", "unsent", "pending")})
                counts["failed"] += sum(one["events"] for one in result.get("fails", ()))
                requests[became(result)] += 1
            done += len(some)
            out.print(f"  {done} of {show.count(len(keys), 'request')}, {show.count(counts['sent'], 'message')} sent")
            if rate and done < len(keys):
                time.sleep(max(0.0, len(some) / rate - (time.monotonic() - began)))
    except KeyboardInterrupt:
        out.print(
            f"stopped: {show.count(counts['sent'], 'message')} sent. What had begun goes on by itself, and the rest is "
            "where it was: run it again"
        )
        return 130
    _summed_up(counts, requests, how)
    if changed := counts["failed"] > passing.failing:
        events = show.count(counts["failed"] - passing.failing, "event")
        out.print(f"{events} failed that would have passed: other code has been deployed since. Deploy yours again")
    return 1 if counts["pending"] or changed else 0


def _summed_up(counts: Counter[str], requests: Counter[str], how: How) -> None:
    """What became of the requests, unless all were just sent, and what to do about it."""
    out = show.console()
    if set(requests) != {"sent"}:
        each = ", ".join(f"{number} {what}" for what, number in sorted(requests.items()))
        out.print(f"{show.count(requests.total(), 'request')}: {each}")
    if counts["unsent"]:
        out.print(
            f"the queue does not take {show.count(counts['unsent'], 'message')} now: tried again every five minutes"
        )
    if counts["failed"]:
        out.print(f"{show.count(counts['failed'], 'event')} failed again, and stayed: {how.why}")
    if counts["pending"]:
        out.print("what somebody else is sending stayed: run it again in a while")
