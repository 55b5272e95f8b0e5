"""Preview archived requests, ask, and send their events again: the dialog of `redrive --archive`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.aws import Target
from generator.commands import _console, _layout
from generator.commands._redrive_dialog import MAX_SHOWN, RedriveOptions, print_fails, print_message, wait
from generator.errors import GeneratorError, command_line

if TYPE_CHECKING:
    from generator.operate.archived_requests import ArchiveQuery
    from generator.operate.kept_events import Filter, SourceResources
    from lambdas.model import Source

MANY = 10_000
"""Messages from which on the command says that they are many."""
RECENT = timedelta(minutes=10)
"""How long a request may take into the archive."""


class _Archived(NamedTuple):
    """Which objects are replayed, by which function, and what of them."""

    functions: Any
    function: str
    keys: list[str]
    query: ArchiveQuery
    limit: int | None

    def replay(self, *, send: bool, step: int) -> Iterator[list[dict[str, Any]]]:
        """Yield the function's results call by call; each call is for at most `step` requests."""
        from generator.operate.archived_requests import replay

        return replay(
            self.functions, self.function, self.keys, self.query, send=send, limit=self.limit, step=step, wait=wait
        )


def redrive_archive(
    target: Target,
    resources: SourceResources,
    source: Source,
    filter_: Filter,
    limit: int | None,
    options: RedriveOptions,
) -> int:
    """Preview what is archived of a period, ask, and send what passes; return the command's exit status."""
    from generator.operate import archived_requests
    from generator.operate.kept_events import refuse_filter
    from generator.operate.redrive_client import PATIENCE

    if resources.archive is None:
        deploy = command_line(f"deploy {source.name}{target.options}")
        raise GeneratorError(f"{source.name} has no archive: put `archive: {{}}` into its definition, and {deploy}")
    refuse_filter(source, filter_)
    now, out = datetime.now(UTC), _console.console()
    period = archived_requests.parse_period(filter_.since or "", filter_.until, now)
    if now - period.until < RECENT:
        _console.note(f"what came after {now - RECENT:%H:%M} UTC may not be in the archive yet")
    keys = archived_requests.list_archived(target.client("s3"), resources.archive, period)
    query = archived_requests.ArchiveQuery(period, filter_.type, filter_.id)
    archived = _Archived(target.client("lambda", PATIENCE), resources.function, keys, query, limit)
    messages, requests = _preview(archived)
    if not messages:
        _layout.paragraph(out, f"the archive of {source.name} has {_nothing(len(keys), requests)}")
        return 1 if requests else 0
    what = f"{_console.count(messages, 'message')} of {_console.count(requests, 'request')}"
    if messages >= MANY and not options.rate:
        _console.warning(f"{messages:,} messages are many; --rate bounds how many requests are sent in a second")
    if options.dry_run:
        out.print(f"{what} would be sent; nothing was")
        return 0
    _layout.paragraph(out, "the archive does not know what was sent from it: each run sends all of this again")
    if not options.yes and not _console.confirm(
        f"Send {what}, tagged replayed, to {resources.destination}?", "nothing was sent"
    ):
        return 1
    return _send(archived, requests, options.rate)


def _nothing(objects: int, requests: int) -> str:
    """Return what the archive has of a period in which nothing would be sent."""
    if not objects:
        return "nothing of that time; --since and --until are the UTC times at which requests came"
    if not requests:
        return f"no such request in {_console.count(objects, 'object')} of that time"
    return f"{_console.count(requests, 'such request')}, of which nothing would pass"


def _preview(archived: _Archived) -> tuple[int, int]:
    """Show some messages and the reasons of those that would fail; return the number of messages and of requests."""
    from generator.operate.archived_requests import MAX_REQUESTS

    out, fails = _console.console(), Counter[str]()
    shown = passes = requests = 0
    for results in archived.replay(send=False, step=MAX_REQUESTS):
        for result in results:
            for message in result.get("messages", ())[: max(MAX_SHOWN - shown, 0)]:
                shown += 1
                print_message(message)
            passes += result.get("passes", 0)
            requests += result.get("requests", 0)
            _count_fails(fails, result)
        if requests >= MAX_REQUESTS:
            _console.console(stderr=True).print(f"[dim]looked at {requests:,} requests[/]")
    if passes > shown:
        out.print(f"  [dim]passes[/]  and {passes - shown} more")
    print_fails(fails)
    return passes, requests


def _count_fails(fails: Counter[str], result: dict[str, Any]) -> None:
    from generator.operate.kept_events import FOREIGN

    fails.update({f"{reason['reason']}: {reason['detail']}": reason["events"] for reason in result.get("fails", ())})
    if result.get("foreign"):
        fails[f"{FOREIGN}: {result['key']}"] += result["foreign"]


def _send(archived: _Archived, requests: int, rate: float | None) -> int:
    """Send requests in one call after another, and print how far it is."""
    from generator.operate.archived_requests import MAX_REQUESTS

    out = _console.console()
    step = min(MAX_REQUESTS, max(1, int(rate))) if rate else MAX_REQUESTS
    counts, key, started = Counter[str](), "", time.monotonic()
    try:
        for results in archived.replay(send=True, step=step):
            for result in results:
                key = result["key"]
                counts.update({name: result.get(name, 0) for name in ("requests", "sent", "unsent")})
                counts["failed"] += sum(reason["events"] for reason in result.get("fails", ()))
                if reason := result.get("stopped"):
                    _print_left(counts)
                    _layout.paragraph(out, f"stopped: {_console.safe(reason)}. {_to_go_on(counts, key)}")
                    return 1
            total, sent = _console.count(requests, "request"), _console.count(counts["sent"], "message")
            out.print(f"  {counts['requests']} of {total}, {sent} sent")
            if rate and counts["requests"] < requests:
                time.sleep(max(0.0, counts["requests"] / rate - (time.monotonic() - started)))
    except GeneratorError as error:
        raise GeneratorError(f"{error}\n{_to_go_on(counts, key)}") from None
    except KeyboardInterrupt:
        _layout.paragraph(out, f"stopped: {_to_go_on(counts, key)}. The call that has begun goes on")
        return 1
    _print_left(counts)
    return 0


def _print_left(counts: Counter[str]) -> None:
    """Print what became of events that were not sent."""
    out = _console.console()
    if counts["unsent"]:
        unsent = _console.count(counts["unsent"], "message")
        _layout.paragraph(out, f"{unsent} can't be sent now; the sweep tries again every five minutes")
    if counts["failed"]:
        _layout.paragraph(out, f"{_console.count(counts['failed'], 'event')} failed; the archive has them still")


def _to_go_on(counts: Counter[str], key: str) -> str:
    """Return what was sent, and from when on to run the command again; some of that hour is sent twice then."""
    from generator.operate.archived_requests import resume_time

    again = f" To go on, run it with --since {resume_time(key)}, and some of that hour comes again" if key else ""
    return f"{_console.count(counts['sent'], 'message')} sent.{again}"
