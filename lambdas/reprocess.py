"""Kept events, once more through the code that is deployed now: looked at, or sent."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lambdas.auth import masked_fields
from lambdas.body import parse
from lambdas.delivery import Delivery
from lambdas.formats import reader
from lambdas.kept import NOT_OURS, Kept, opened
from lambdas.message import Message, Refusal
from lambdas.model import Source
from lambdas.outbox import Outbox
from lambdas.places import WHOLE, moved, refused_at
from lambdas.request import Request
from lambdas.when import seconds

if TYPE_CHECKING:
    from lambdas.dedupe import Claims

MAX_TOLD = 50
"""Reasons of one object that are told."""
MAX_SHOWN = 20
"""Messages of one object that a preview shows."""
MAX_IDS = 5
"""Ids of events that were sent before, which it names."""


class Reprocessor:
    """Sends what waited for the queue, and takes what was rejected through the mapping again."""

    def __init__(
        self, source: Source, outbox: Outbox, kept: Kept, tell: Callable[..., None], claims: Claims | None = None
    ) -> None:
        """`tell` is given what became of each object, for the log: counts, and the id of its request."""
        self._source = source
        self._tell = tell
        self._outbox = outbox
        self._kept = kept
        self._delivery = Delivery(source, outbox, kept, claims)
        self._read = reader(source.events)
        self._masks = masked_fields(source)

    def sweep(self, in_time: Callable[[], bool] = lambda: True) -> dict[str, int]:
        """Send what the queue did not take before, as long as there is time; the next sweep goes on.

        It goes from the bucket once it is on the queue: a death in between sends it twice, with the same id.
        """
        swept: Counter[str] = Counter(sent=0, left=0)
        for key in self._kept.keys("unsent/"):
            if swept["left"] or not in_time():
                break  # where the queue is down still, the others wait with it
            if (content := self._kept.find(key)) is None:
                continue
            try:
                envelope, bodies = _waiting(content)
            except NOT_OURS:
                self._tell("swept", key=key, foreign=1)
                swept["foreign"] += 1
                continue
            counts = self._sweep(key, envelope, bodies)
            self._tell("swept", requestId=envelope["requestId"], **counts)
            swept.update(counts)
        return dict(swept)

    def _sweep(self, key: str, envelope: Mapping[str, Any], bodies: list[bytes]) -> dict[str, int]:
        refused, still = self._outbox.send(bodies)
        if refused:
            self._set_aside(key, envelope, [(bodies[place], code) for place, code in refused.items()])
        if still.places:
            waiting = [_text(bodies[place]) for place in still.places]
            self._kept.put(key, json.dumps({**envelope, "messages": waiting}).encode())
        else:
            self._kept.delete(key)
        left, never = len(still.places), len(refused)
        return {"sent": len(bodies) - left - never, "left": left, **({"unsendable": never} if never else {})}

    def _set_aside(self, key: str, envelope: Mapping[str, Any], refused: list[tuple[bytes, str]]) -> None:
        """What SQS never takes, which shows only once it is up: people are to look at it.

        The rest of its object may go on waiting, and be refused another time: the key has a hash of what is in it.
        """
        never = [{"code": code, "message": _text(body)} for body, code in refused]
        day, digest = key.split("/")[1], hashlib.sha256(b"".join(body for body, _ in refused)).hexdigest()
        self._kept.put(f"unsendable/{day}/{digest}.json", json.dumps({**envelope, "messages": never}).encode())

    def preview(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """What each object would become, and nothing is sent or written."""
        return [self._each(key, self._preview) for key in keys]

    def send(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Send what can be sent now. An object goes once all of it is on the queue; what fails again stays, counted."""
        return [self._each(key, self._send) for key in keys]

    def _each(
        self, key: str, do: Callable[[str, dict[str, Any], Request, frozenset[int]], dict[str, Any]]
    ) -> dict[str, Any]:
        content = self._kept.find(key)
        if content is None:
            return {"key": key, "gone": True}
        try:
            envelope = opened(content)
            request, places = self._request(envelope), refused_at(envelope)
        except NOT_OURS:
            return {"key": key, "foreign": True}
        # What could not be read when it came was kept as it was sent.
        if self._masks:
            request.mask(self._masks)
        return {"key": key, **do(key, envelope, request, places)}

    def _preview(self, _key: str, envelope: dict[str, Any], request: Request, places: frozenset[int]) -> dict[str, Any]:
        messages, refusals, _ = self._shaped(envelope, request, places)
        before = self._delivery.sent_before(messages)
        passing = [message.fields for place, message in enumerate(messages) if place not in before]
        return {
            "passes": len(passing),
            "messages": [_short(one) for one in passing[:MAX_SHOWN]],
            "fails": _told(refusals),
            **({"duplicates": len(before), "skipped": _ids(messages, before)} if before else {}),
        }

    def _send(self, key: str, envelope: dict[str, Any], request: Request, places: frozenset[int]) -> dict[str, Any]:
        messages, refusals, split = self._shaped(envelope, request, places)
        delivered = self._delivery.send(request, messages)
        refusals += delivered.refusals
        if not delivered.pending:  # else whoever is sending some of it may fail, and this is all that there is
            self._settle(key, envelope, refusals, split)
        by_table = {one: getattr(delivered, one) for one in ("duplicates", "unclaimed", "pending")}
        counts = {"sent": delivered.sent, "unsent": delivered.unsent, **{k: n for k, n in by_table.items() if n}}
        self._tell("redriven", requestId=request.id, kept=len(refusals), **counts)
        return {**counts, "fails": _told(refusals)}

    def _shaped(
        self, envelope: Mapping[str, Any], request: Request, places: frozenset[int]
    ) -> tuple[list[Message], list[Refusal], str | None]:
        """Only the events that were refused: the others of the body were sent when it came.

        With them, the `split` whose places the refusals have.
        """
        then, now = envelope.get("split", self._source.events.split), self._source.events.split
        if (where := moved(request, places, then, now)) is None:
            told = "`split` was another then, and which events these are can't be told"
            reason = str(envelope["reason"])
            return [], [Refusal(place, reason, told) for place in sorted(places)], then
        if WHOLE in where:
            return *self._delivery.shaped(request), now
        messages, refusals = self._delivery.shaped(request, where)
        if any(one.place == WHOLE for one in refusals):
            # The body as a whole is refused now: what of it was sent before still is.
            refusals = [one._replace(place=place) for one in refusals for place in sorted(where)]
        return messages, refusals, now

    def _request(self, envelope: Mapping[str, Any]) -> Request:
        return Request(
            method=str(envelope["method"]),
            headers={name: str(value) for name, value in envelope["headers"].items()},
            body=base64.b64decode(envelope["body"], validate=True),
            raw_query=str(envelope["query"]),
            id=str(envelope["requestId"]),
            time=seconds(envelope["time"], "rfc3339"),
            read=(lambda request: parse(request.body)) if envelope.get("masked") else self._read,
        )

    def _settle(self, key: str, envelope: Mapping[str, Any], refusals: list[Refusal], split: str | None) -> None:
        """What still fails under its reason of now, with a count; then what was there before goes."""
        again: dict[str, list[dict[str, Any]]] = {}
        for refusal in refusals:
            again.setdefault(refusal.reason, []).append({"index": refusal.place, "detail": refusal.detail})
        day, name, stays = envelope["time"].partition("T")[0], key.rpartition("/")[2], False
        if split != envelope.get("split", split):
            # Places of another `split` are not to join those that may be there.
            name = f"{hashlib.sha256(f'{name} {split}'.encode()).hexdigest()}.json"
        # Its own reason last: until then what is there has all of it, should this end in between.
        for reason, events in sorted(again.items(), key=lambda one: one[0] == envelope["reason"]):
            its = f"rejected/{day}/{reason}/{name}"
            one = {**envelope, "split": split, "reason": reason, "events": events, "attempts": _attempts(envelope) + 1}
            if its == key:
                stays = True
            elif (there := self._kept.find(its)) is not None:
                one = _united(there, one)
            self._kept.put(its, json.dumps(one).encode())
        if not stays:
            self._kept.delete(key)


def _waiting(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """An envelope of what waits for the queue, and its messages; one of NOT_OURS where it is none."""
    envelope = opened(content)
    bodies = [base64.b64decode(one, validate=True) for one in envelope["messages"]]
    if not all(isinstance(json.loads(body.decode()), dict) for body in bodies):
        raise ValueError("no message")
    return {**envelope, "requestId": str(envelope["requestId"])}, bodies


def _attempts(envelope: Mapping[str, Any]) -> int:
    there = envelope.get("attempts")
    return there if isinstance(there, int) else 0


def _united(content: bytes, more: dict[str, Any]) -> dict[str, Any]:
    """An object with further events of the same body, which were refused for another reason before."""
    try:
        there = opened(content)
        events = {one["index"]: one for one in (*there["events"], *more["events"])}
        told = [events[index] for index in sorted(events)]
    except NOT_OURS:
        return more  # the bucket's versions have it
    return {**there, "events": told, "attempts": max(_attempts(there), more["attempts"])}


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode()


def _told(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    """Each reason once, with how many it is of: an answer has room for 6 MB, and a body for 10,000 events."""
    told = Counter((one.reason, one.detail) for one in refusals).most_common()
    more: Counter[tuple[str, str]] = Counter()
    for (reason, _), number in told[MAX_TOLD:]:
        more[reason, "and others"] += number
    return [
        {"reason": reason, "detail": detail, "events": number}
        for (reason, detail), number in [*told[:MAX_TOLD], *more.items()]
    ]


def _ids(messages: Sequence[Message], places: Iterable[int]) -> list[str]:
    return list(dict.fromkeys(messages[place].id for place in sorted(places)))[:MAX_IDS]


def _short(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in ("timestamp", "severity", "summary", "tags")}
