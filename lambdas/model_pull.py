"""The part of a definition that says how a vendor's REST API is asked: `pull`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lambdas.model_events import Events
from lambdas.model_request_types import (
    Duration,
    RequestJson,
    RequestPath,
    RequestText,
    RequestUrl,
    TextOrList,
    UrlOrigin,
)
from lambdas.model_types import Header, Path, Text

if TYPE_CHECKING:
    from lambdas.credential_type import CredentialType
    from lambdas.paging_style import PagingStyle

HASH_ID = "hash()"
"""As `events.id`: the vendor has no ids, so an event's hash is its id, and equal events are numbered."""
ErrorAction = Literal["retry", "wait", "restart", "empty", "skip_stream", "stop"]
PullFormat = Literal["json", "ndjson", "csv"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """How the vendor knows us: the type is the name of a module in `lambdas/credentials/`."""

    type: CredentialType
    settings: Any


@dataclass(frozen=True, slots=True)
class Paging:
    """Where the next page is, and when the last was read: the style is the name of a module in `lambdas/paging/`."""

    style: PagingStyle
    settings: Any


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests the vendor allows, over all streams of the source."""

    requests: int
    """Requests, 1 to 10,000."""
    per: Duration
    """Time in which they may be sent, such as `1m`."""


@dataclass(frozen=True, slots=True)
class Window:
    """What times are asked for. A stream's keys are laid over those of `pull.window`."""

    first: Duration = Duration(86_400)
    """How far back the first run begins."""
    lag: Duration = Duration(60)
    """How long an event may take until the API has it: no request goes beyond now less this."""
    overlap: Duration = Duration(900)
    """How far each run goes back behind the last, for events that came late."""
    longest: Duration = Duration(86_400)
    """The longest time between `{from}` and `{to}` of a request."""
    retention: Duration | None = None
    """How long the vendor keeps events: what is older can't be asked for."""
    again: Duration | None = None
    """How far back to look once a day, for events that come late by days."""
    format: str = "rfc3339"
    """How times are written: `rfc3339`, `unix`, `unix_ms`, `date`, or a pattern as strftime has it."""


@dataclass(frozen=True, slots=True)
class LaterRequest:
    """What later pages ask instead; keys that it lacks are those of the first request."""

    get: RequestPath | None = None
    """Path of the request, below `pull.url`."""
    post: RequestPath | None = None
    """Path of a request that is sent with POST."""
    query: Mapping[str, TextOrList] | None = None
    """Query parameters. A sole `{path}` that finds nothing leaves its parameter out."""
    json: RequestJson | None = None
    """The body as JSON."""
    form: Mapping[str, TextOrList] | None = None
    """The body as a form."""


@dataclass(frozen=True, slots=True)
class Each:
    """A further request for each item of a page: its answer has the events."""

    of: Path
    """The list of items in the page."""
    id: Path
    """The item's id: an item whose events were sent is not asked for again."""
    get: RequestUrl
    """Path of the request, or its URL, filled in from the item."""
    format: PullFormat = "json"
    """How its answer is written."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """A request before the first of a run, such as one that turns the vendor's log on."""

    post: RequestPath
    """Its path, below `pull.url`."""
    query: Mapping[str, TextOrList] | None = None
    """Query parameters."""
    done: Path | None = None
    """A path in the answer that finds something where it is done, or was before. Default: any status 200 to 299."""


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """What an answer that is no page means, and what to do. The first rule that fits counts."""

    do: ErrorAction
    """`retry`, `wait` until the vendor allows more, `restart` the slice, take it for `empty`, `skip_stream`, `stop`."""
    status: int | None = None
    """The answer's HTTP status."""
    when: Path | None = None
    """A path in the answer that finds something that is not empty or false."""
    say: Text = Text("")
    """What to tell people: what is wrong, and who can mend it. `{path}` is filled in from the answer."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One list of events that the API has."""

    paging: Paging
    """Where the next page is, and when the last was read: exactly one style, by its name. Never guessed."""
    resume: Literal["time", "paging"]
    """What is kept over runs: the `time` up to which was read, or the vendor's own cursor or link of `paging`."""
    get: RequestPath | None = None
    """Path of the request, below `pull.url`."""
    post: RequestPath | None = None
    """Path of a request that is sent with POST."""
    query: Mapping[str, TextOrList] | None = None
    """Query parameters. A sole `{path}` that finds nothing leaves its parameter out."""
    json: RequestJson | None = None
    """The body as JSON."""
    form: Mapping[str, TextOrList] | None = None
    """The body as a form."""
    graphql: str | None = None
    """The query of a GraphQL request, sent as JSON."""
    variables: RequestJson | None = None
    """Its variables."""
    then: LaterRequest | None = None
    """What later pages ask instead, where that differs."""
    for_: Mapping[str, tuple[str, ...]] | None = None
    """A name and its values: the stream is read for each value by itself, which `{name}` stands for."""
    each: Each | None = None
    """A further request for each item of a page."""
    prepare: Prepare | None = None
    """A request before the first of a run."""
    format: PullFormat = "json"
    """How the answer is written."""
    window: Window = Window()
    """What times are asked for."""
    events: Events = Events()
    """Where the parts of an event are in the answer; laid over the source's own `events`."""


@dataclass(frozen=True, slots=True)
class Pull:
    """A vendor's REST API, which is asked again and again."""

    url: UrlOrigin
    """Scheme, host and port of every request, also of next pages, and the beginning of their paths."""
    credentials: Credentials
    """How the vendor knows us: exactly one type, by its name."""
    every: Duration
    """How often it is asked, `1m` to `24h`."""
    rate: Rate
    """How many requests the vendor allows, over all streams of the source."""
    streams: Mapping[str, Stream]
    """The lists of events that the API has, by a name of your own."""
    headers: Mapping[Header, RequestText] | None = None
    """Headers of every request, in addition to the credential's."""
    window: Window = Window()
    """What times are asked for, for all streams."""
    errors: tuple[ErrorRule, ...] = ()
    """What the vendor's answers mean that are no page of events."""
    self_hosted: bool = False
    """The API is in a network of your own: the puller runs in a VPC, and may ask private addresses."""
