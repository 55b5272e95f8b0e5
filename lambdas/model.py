"""A source's definition as the functions read it: these dataclasses are also the schema of `source.yml`.

The string literal under a field is its description in the reference and in the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lambdas.model_events import Events
from lambdas.model_facts import FACT_CHOICES, FACT_TEXTS, MOZDEF_TEXTS, Facts, Mozdef
from lambdas.model_types import Header, HostPattern, Json, Path, Text, UrlPath

if TYPE_CHECKING:
    from lambdas.auth_type import AuthType
    from lambdas.model_deployment import Parameter, ParameterName, Vendor
    from lambdas.model_pull import Pull
    from lambdas.reading.paths import Functions
    from lambdas.reading.request import Request


OutputName = Literal["mozdef", "raw", "ecs", "ocsf"]
"""The outputs, each a module in `lambdas/shaping/outputs/`."""
Transform = Callable[[Any, "Request"], Iterable[dict[str, Any]]]
Check = Callable[[Any, "Functions"], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to the vendor."""

    status: int = 200
    """HTTP status, 200 to 299."""
    json: Json | None = None
    """The reply as JSON."""
    text: Text | None = None
    """The reply as plain text."""
    headers: Mapping[Header, Text] | None = None
    """Headers of the reply."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Widens what `hmac_*`, `sha256_hex` and `keyed_sha256_hex` take: by default 1 to 128 of `A-Z a-z 0-9 _ -`."""

    reason: str
    """Why the vendor's challenge needs it."""
    also: str = ""
    """Further characters, but none that every event contains, such as braces and quotes."""
    length: int = 128
    """The most characters."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """A URL in the request, which the handler calls to confirm the subscription."""

    url: Path
    """Where the URL is."""
    hosts: tuple[HostPattern, ...]
    """The hosts at which the URL may be."""


@dataclass(frozen=True, slots=True)
class Auth:
    """How the sender is verified: the type is the name of a module in `lambdas/auth/`."""

    type: AuthType
    settings: Any


@dataclass(frozen=True, slots=True)
class Challenge:
    """A handshake: a request that gets a reply and never becomes an event."""

    when: Path
    """The request is this challenge when the path finds something that is not empty or false."""
    reply: Reply
    """The reply."""
    method: Literal["POST", "GET", "HEAD"] = "POST"
    """HTTP method. Routes for GET and HEAD exist only where a challenge names them."""
    unauthenticated: bool = False
    """Answer without verifying the sender. By default a challenge is verified as an event is."""
    auth: Auth | None = None
    """How the sender of this challenge is verified, where events are verified in another way."""
    inputs: Inputs | None = None
    """What the functions that hash in a reply, such as `hmac_hex`, take in addition to the default."""
    store_secret: Path | None = None
    """The value at this path becomes the secret that verifies events, as long as no secret is stored."""
    confirm: Confirm | None = None
    """Call a URL in the request, after its sender is verified."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """What API Gateway lets through. It answers the rest with 429, which vendors such as Okta never retry."""

    rate: int = 2_000
    """Requests a second, 1 to 10,000: an account has 10,000 for all its APIs of a region."""
    burst: int = 2_000
    """Requests at once, 1 to 5,000."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """The endpoint that the vendor calls."""

    auth: Auth
    """How the sender is verified: exactly one type, by its name."""
    path: UrlPath = UrlPath("/events")
    """Path of the endpoint."""
    challenges: tuple[Challenge, ...] = ()
    """Handshakes; the first that fits is answered."""
    answer: Reply | None = None
    """The reply once every event is on the queue or kept. Default: 200, empty."""
    refusal_headers: Mapping[Header, str] | None = None
    """Headers of a reply that refuses a request, a 4xx."""
    concurrency: int | None = 20
    """Reserved concurrency of the handler, the brake on a flood. `null`: none, nor for redrives (new accounts)."""
    throttle: Throttle = Throttle()
    """What API Gateway lets through, far above what the function does."""


@dataclass(frozen=True, slots=True)
class Dedupe:
    """A retry becomes no second message: events with the same `events.id` are the same event."""

    window: int = 24
    """Hours, 1 to 168, for which an event's id is remembered. At least as long as the vendor goes on trying."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A copy of each accepted request, from which `redrive --archive` can send events that your SIEM lost."""

    days: int = 30
    """Days, 1 to 3650, for which the copies stay."""


@dataclass(frozen=True, slots=True)
class S3Objects:
    """Messages become lines in objects of a bucket, and a queue has a notification of each."""

    days: int = 90
    """Days, 14 to 3650, for which the objects stay. A notification may wait for 13."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a SIEM takes messages from: `sqs`, a queue of messages, or a bucket."""

    s3: S3Objects | None = None
    """Into a bucket, for a SIEM that reads objects. `{}`, or `days`, turns it on."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The pipeline that deploys the source."""

    source: tuple[Literal["github", "codecommit"], ...] = ("github", "codecommit")
    """Where its code comes from: the framework from GitHub and the configuration from CodeCommit, or all from one."""
    private: bool = False
    """Keep the definition out of the framework's repository: it goes into the configuration, with its samples."""


@dataclass(frozen=True, slots=True)
class Source:
    """One event source."""

    name: str
    """The folder's name."""
    description: str
    """What events these are, in one line."""
    webhook: Webhook | None = None
    """The endpoint that the vendor calls."""
    pull: Pull | None = None
    """A REST API of the vendor's that is asked again and again. A source has either `webhook` or `pull`."""
    extends: str | None = None
    """The source whose definition this one extends; keys in this one win. For a second tenant."""
    bases: tuple[str, ...] = ()
    """The names of all sources that it extends, the nearest first."""
    parameters: Mapping[ParameterName, Parameter] | None = None
    """What differs between deployments, by name; `${Name}` stands for it in URLs, hosts, requests and settings."""
    events: Events = Events()
    """Where the parts of an event are in the body."""
    facts: Facts = Facts()
    """What happened, in words that every SIEM knows."""
    output: OutputName = "mozdef"
    """What messages are: MozDef's, the event as it is, Elastic's Common Schema, or OCSF."""
    mozdef: Mozdef = Mozdef()
    """What is MozDef's own of its message."""
    drop: Path | None = None
    """Of a source that is pulled: an event in which this path finds something, not empty or false, is not sent."""
    dedupe: Dedupe | None = None
    """Sends each event once: a table remembers ids. `{}`, or a `window`, turns it on; it needs `events.id`."""
    archive: Archive | None = None
    """Keeps a copy of each accepted request, for `redrive --archive`. `{}`, or `days`, turns it on."""
    delivery: Destination = Destination()
    """Where a SIEM takes messages from: `sqs`, a queue, or `{s3: {}}`, objects of a bucket."""
    pipeline: Pipeline = Pipeline()
    """The pipeline that deploys the source."""
    hardening: Literal["baseline", "strict"] = "baseline"
    """`strict` adds a key of the source's own, and logs for auditors: docs/explanation/security/strict.md."""
    vendor: Vendor | None = None
    """How the vendor delivers, for people to know."""
    transform: Transform | None = None
    """From `transform.py` beside the definition: one event in, any number out."""
    check: Check | None = None
    """From `events.schemas`: an event in, its unknown fields out; Rejected where it violates its schema."""

    @property
    def endpoint(self) -> Webhook:
        """The webhook; TypeError for a source that is pulled."""
        if self.webhook is None:
            raise TypeError(f"{self.name} has no webhook")
        return self.webhook


def message_texts(source: Source) -> Iterator[tuple[str, Text]]:
    """Yield every text of a source's messages with its dotted key."""
    facts, mozdef = source.facts, source.mozdef
    yield from ((f"facts.{name}", text) for name in FACT_TEXTS if (text := getattr(facts, name)) is not None)
    for name in FACT_CHOICES:
        if choice := getattr(facts, name):
            yield f"facts.{name}.of" if choice.words else f"facts.{name}", choice.of
    yield from ((f"facts.extra.{name}", text) for name, text in (facts.extra or {}).items())
    yield from ((f"mozdef.{name}", text) for name in MOZDEF_TEXTS if (text := getattr(mozdef, name)) is not None)
    yield from ((f"mozdef.tags[{index}]", text) for index, text in enumerate(mozdef.tags))
    yield from ((f"mozdef.details.{name}", text) for name, text in (mozdef.details or {}).items())


def verified_by(webhook: Webhook) -> Literal["api", "authorizer", "handler"]:
    """Return what verifies the sender.

    An authorizer decides on every request of its route, so it can't precede a challenge with no credential, or another:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    if any(challenge.unauthenticated or challenge.auth for challenge in webhook.challenges):
        return "handler"
    return webhook.auth.type.verified_by(webhook.auth.settings)


def auths(webhook: Webhook) -> tuple[Auth, ...]:
    """Return every auth of a webhook: that of events first, then those of challenges."""
    return (webhook.auth, *(challenge.auth for challenge in webhook.challenges if challenge.auth))


def methods(webhook: Webhook) -> tuple[str, ...]:
    """Return the HTTP methods that have a route, POST first."""
    return tuple(dict.fromkeys(["POST", *(challenge.method for challenge in webhook.challenges)]))
