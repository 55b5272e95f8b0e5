"""Preview rejected requests, ask, and send them: the dialog of `redrive` and of `deploy --redrive`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.aws import Target
from generator.commands import _console, _layout
from lambdas.runtime.batches import in_batches

if TYPE_CHECKING:
    from generator.deploy.deployment import Deployment
    from generator.operate.kept_events import SourceResources

AFTER_DEPLOYMENT = 1_000
"""Requests that a deployment redrives at most: with more, the operator should look at them first."""
MAX_SHOWN = 5
"""Messages, and reasons, that are shown before the question."""


class RedriveOptions(NamedTuple):
    """The options of `redrive`: without a question, without sending, and at most so many requests a second."""

    yes: bool
    dry_run: bool
    rate: float | None
    rejected_command: str
    """The command that shows what still fails."""


class _Passing(NamedTuple):
    """The requests of which something would pass or was sent before, and how many messages would pass."""

    keys: list[str]
    messages: int
    skipped: int
    """Messages that were sent before."""
    failing: int
    """Events of these requests that still fail."""
    other_outcomes: Counter[str]
    """What happened to all other requests."""

    def __str__(self) -> str:
        return f"{_console.count(self.messages, 'message')} of {_console.count(len(self.keys), 'request')}"


def redrive_requests(target: Target, resources: SourceResources, keys: Sequence[str], options: RedriveOptions) -> int:
    """Preview rejected requests, ask, and send those that pass; return the command's exit status."""
    from generator.operate.redrive_client import PATIENCE

    out, functions = _console.console(), target.client("lambda", PATIENCE)
    passing = _preview(functions, resources, keys)
    if not passing.keys:
        _layout.paragraph(out, "nothing would pass; fix the definition, deploy it, and try again")
        return 1
    if options.dry_run:
        out.print(f"{passing} would be sent; nothing was")
        return 0
    if not options.yes and not _console.confirm(_question(passing, resources.destination), "nothing was sent"):
        return 1
    return _send(functions, resources, passing, options)


def _question(passing: _Passing, destination: str) -> str:
    skipped = f", and delete {_console.count(passing.skipped, 'message')} that it skips" if passing.skipped else ""
    return f"Send {passing} to {destination}{skipped}?"


def redrive_after_deployment(deployment: Deployment, *, yes: bool) -> None:
    """Redrive the rejected requests that the newly deployed code can shape, oldest day first."""
    from generator.operate.kept_events import Filter, find_resources, list_rejected

    out, context, source = _console.console(), deployment.context, deployment.product.definition.source
    resources = find_resources(context.target, source.name)
    rejected = list_rejected(context.target.client("s3"), resources.bucket, source, Filter())
    keys = [rejected_object.key for rejected_object in islice(rejected, AFTER_DEPLOYMENT + 1)]
    if not keys:
        out.print(f"\nredrive: {source.name} has no rejected events")
        return
    _layout.paragraph(out, f"\nredrive: {_console.count(len(keys[:AFTER_DEPLOYMENT]), 'rejected request')}")
    options = RedriveOptions(yes, dry_run=False, rate=None, rejected_command=context.command(f"rejected {source.name}"))
    redrive_requests(context.target, resources, keys[:AFTER_DEPLOYMENT], options)
    if len(keys) > AFTER_DEPLOYMENT:
        redrive = context.command(f"redrive {source.name}")
        _layout.paragraph(out, f"there are more than {AFTER_DEPLOYMENT:,} requests. For the rest: {redrive}")


def send_unsent(target: Target, function: str) -> bool:
    """Send the messages that wait in the bucket, print how many were sent, and return whether none is left."""
    from generator.operate.redrive_client import PATIENCE, invoke_sweep

    counts = invoke_sweep(target.client("lambda", PATIENCE), function, wait)
    left = f"; {_console.count(counts['left'], 'message')} can't be sent now" if counts["left"] else ""
    _console.console().print(f"sent {_console.count(counts['sent'], 'waiting message')}{left}")
    return not left


def wait(seconds: float) -> None:
    """Say that the function is busy, and wait."""
    _console.console().print(f"  [dim]busy[/]    the sweep or another redrive is running; next try in {seconds:g} s")
    time.sleep(seconds)


def _preview(functions: Any, resources: SourceResources, keys: Sequence[str]) -> _Passing:
    """Show some messages that would pass and the reasons of those that would not; return the requests to send."""
    from generator.operate.kept_events import FOREIGN
    from generator.operate.redrive_client import CHUNK, invoke_redrive, outcome_label

    out = _console.console()
    passing: list[str] = []
    skipped_tags: list[str] = []
    shown = passes = duplicates = failing = done = 0
    fails: Counter[str] = Counter()
    other_outcomes: Counter[str] = Counter()
    for chunk in in_batches(keys, CHUNK):
        for result in invoke_redrive(functions, resources, "preview", chunk, wait):
            # A message that was sent before leaves the bucket like one that is sent.
            if result.get("passes") or result.get("duplicates"):
                passing.append(result["key"])
                failing += sum(reason["events"] for reason in result["fails"])
            else:
                other_outcomes[outcome_label(result)] += 1
            if result.get("foreign"):
                fails[f"{FOREIGN}: {result['key']}"] += 1
            passes += result.get("passes", 0)
            duplicates += result.get("duplicates", 0)
            skipped_tags += result.get("skipped", ())
            fails.update(
                {f"{reason['reason']}: {reason['detail']}": reason["events"] for reason in result.get("fails", ())}
            )
            for message in result.get("messages", ())[: max(MAX_SHOWN - shown, 0)]:
                shown += 1
                print_message(message)
        done += len(chunk)
        _console.progress(done, len(keys), "looked at")
    if passes > shown:
        out.print(f"  [dim]passes[/]  and {passes - shown} more")
    if duplicates:
        sent_before = _console.safe(_sent_before_message(skipped_tags))
        _layout.columns(out, [("  [yellow]skips[/]  ", f"{_console.count(duplicates, 'message')}{sent_before}")])
    print_fails(fails)
    return _Passing(passing, passes, duplicates, failing, other_outcomes)


def print_message(message: Mapping[str, Any]) -> None:
    """Print a line of a message that would pass."""
    timestamp = message["timestamp"][:19].replace("T", " ")
    severity, summary = _console.safe(message["severity"]), _console.safe(message["summary"])
    _layout.columns(_console.console(), [("  [dim]passes[/] ", f"{timestamp} {severity}  {summary}")])


def print_fails(fails: Counter[str]) -> None:
    """Print the most frequent reasons for which events fail."""
    out = _console.console()
    for reason_text, number in fails.most_common(MAX_SHOWN):
        _layout.columns(out, [("  [yellow]fails[/]  ", f"{number}x {_console.safe(reason_text)}")])
    if len(fails) > MAX_SHOWN:
        out.print(f"  [yellow]fails[/]   and for {_console.count(len(fails) - MAX_SHOWN, 'more reason')}")


def _sent_before_message(tags: Sequence[str]) -> str:
    """Name the ids of events that were sent before: if `events.id` is wrong, these are other events."""
    ids = list(dict.fromkeys(tag.removeprefix("id:") for tag in tags))
    if not ids:  # a function of an older version names none
        return " that had been sent before"
    if len(ids) == 1:
        return f": an event with the id {ids[0]} was sent before"
    more = " and more" if len(ids) > MAX_SHOWN else ""
    return f": events with the ids {', '.join(ids[:MAX_SHOWN])}{more} were sent before"


def _send(functions: Any, resources: SourceResources, passing: _Passing, options: RedriveOptions) -> int:
    """Send requests in one call after another; an interruption leaves those whose call has not begun unchanged."""
    from generator.operate.redrive_client import CHUNK, invoke_redrive, outcome_label

    out, keys = _console.console(), passing.keys
    counts, outcomes, done = Counter[str](), Counter(passing.other_outcomes), 0
    rate, size = options.rate, min(CHUNK, max(1, int(options.rate))) if options.rate else CHUNK
    try:
        for chunk in in_batches(keys, size):
            started = time.monotonic()
            for result in invoke_redrive(functions, resources, "send", chunk, wait):
                counts.update({name: result.get(name, 0) for name in ("sent", "unsent", "pending")})
                counts["failed"] += sum(reason["events"] for reason in result.get("fails", ()))
                outcomes[outcome_label(result)] += 1
            done += len(chunk)
            messages = _console.count(counts["sent"], "message")
            out.print(f"  {done} of {_console.count(len(keys), 'request')}, {messages} sent")
            if rate and done < len(keys):
                time.sleep(max(0.0, len(chunk) / rate - (time.monotonic() - started)))
    except KeyboardInterrupt:
        out.print(
            f"stopped: {_console.count(counts['sent'], 'message')} sent. The call that has begun goes on; all other "
            "requests are unchanged. To send them, run the command again"
        )
        return 1
    _print_summary(counts, outcomes, options)
    if changed := counts["failed"] > passing.failing:
        events = _console.count(counts["failed"] - passing.failing, "event")
        _layout.paragraph(
            out, f"{events} that would have passed failed: other code has been deployed meanwhile. Deploy yours again"
        )
    return 1 if counts["pending"] or changed else 0


def _print_summary(counts: Counter[str], outcomes: Counter[str], options: RedriveOptions) -> None:
    """Print what happened to the requests, unless all were just sent, and what to do about it."""
    out = _console.console()
    if set(outcomes) != {"sent"}:
        outcome_counts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
        _layout.paragraph(out, f"{_console.count(outcomes.total(), 'request')}: {outcome_counts}")
    if counts["unsent"]:
        unsent = _console.count(counts["unsent"], "message")
        _layout.paragraph(out, f"{unsent} can't be sent now; the sweep tries again every five minutes")
    if counts["failed"]:
        _layout.paragraph(
            out, f"{_console.count(counts['failed'], 'event')} failed again and stayed: {options.rejected_command}"
        )
    if counts["pending"]:
        _layout.paragraph(out, "requests that somebody else is sending stayed; run the command again later")
