"""The definition of a source as the handlers see it. These dataclasses are also the schema of `source.yml`.

The string literal under a field is its description in the reference and in the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NewType

from lambdas.runtime.times import TimeFormat

if TYPE_CHECKING:
    from lambdas.auth_type import AuthType
    from lambdas.reading.paths import Functions
    from lambdas.reading.request import Request

Path = NewType("Path", str)
"""A JMESPath expression, such as `payload.object.id` or `header('x-request-id')`."""

Text = NewType("Text", str)
"""Text in which every `{path}` is filled in. A sole `{path}` keeps its type. `{{` is a brace."""

SIGNATURE_PIECES = (
    *("body", "timestamp", "id", "method", "url", "secret", "form_sorted"),
    *("body_sha256", "body_sha256_base64", "body_crc32", "header('x')", "query('x')"),
)
"""Raw pieces of a request that a signature may cover."""

SignedText = NewType("SignedText", str)
"""Text in which raw pieces of the request are filled in, such as `{body}`."""

Field = NewType("Field", str)
"""A field of the body: names with dots between them, and `[]` for every item of a list."""

Header = NewType("Header", str)
"""The name of an HTTP header, in any case."""

SecretName = NewType("SecretName", str)
"""The last part of a Parameter Store name. Never a secret's value."""

UrlPath = NewType("UrlPath", str)
"""A path of a URL, such as `/events`."""

UrlBase = NewType("UrlBase", str)
"""A URL without a query, such as `https://hooks.example.com/events`."""

HttpsUrl = NewType("HttpsUrl", str)
"""A URL that begins with `https://`."""

TopicArn = NewType("TopicArn", str)
"""The ARN of an SNS topic."""

SchemaFile = NewType("SchemaFile", str)
"""A JSON Schema's file below the source's folder, such as `schemas/user.created.json`."""

HostPattern = NewType("HostPattern", str)
"""A host's name, in which `*` stands for one part."""

Json = NewType("Json", object)
"""Any JSON value. Texts in it are filled in as `Text` is."""

Format = Literal["json", "ndjson", "form"]
Transform = Callable[[Any, "Request"], Iterable[dict[str, Any]]]
Check = Callable[[Any, "Functions"], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the vendor is answered."""

    status: int = 200
    """HTTP status, 200 to 299."""
    json: Json | None = None
    """The answer as JSON."""
    text: Text | None = None
    """The answer as plain text."""
    headers: Mapping[Header, Text] | None = None
    """Headers of the answer."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Widens what `hmac_hex`, `hmac_base64` and `sha256_hex` take: by default 1 to 128 of `A-Z a-z 0-9 _ -`."""

    reason: str
    """Why the vendor's challenge needs it."""
    also: str = ""
    """Further characters. None of the characters that every event has in it, such as braces and quotes."""
    length: int = 128
    """The most characters."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """A URL in the request, which is called to confirm it."""

    url: Path
    """Where the URL is."""
    hosts: tuple[HostPattern, ...]
    """The hosts at which it may be."""


@dataclass(frozen=True, slots=True)
class Auth:
    """How the sender is verified: the type is the name of a module in `lambdas/auth/`."""

    type: AuthType
    settings: Any


@dataclass(frozen=True, slots=True)
class Challenge:
    """A handshake: a request that is answered and never becomes an event."""

    when: Path
    """The request is this challenge when the path finds something that is not empty or false."""
    reply: Reply
    """The answer."""
    method: Literal["POST", "GET", "HEAD"] = "POST"
    """HTTP method. Routes for GET and HEAD exist only where a challenge names them."""
    unauthenticated: bool = False
    """Answer without verifying the sender. By default a challenge is verified as an event is."""
    auth: Auth | None = None
    """How the sender of this challenge is verified, where that is not how events are."""
    inputs: Inputs | None = None
    """What the reply's `hmac_*` and `sha256_hex` take beside the default."""
    store_secret: Path | None = None
    """What this finds becomes the secret that events are verified with, once, as long as there is none."""
    confirm: Confirm | None = None
    """Call a URL of the request, once its sender is verified."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """What API Gateway lets through. It answers the rest 429, which vendors such as Okta never send again."""

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
    """What the vendor is answered once everything is on the queue or kept. Default: 200, empty."""
    refusal_headers: Mapping[Header, str] | None = None
    """Headers of an answer that refuses a request for good, a 4xx."""
    concurrency: int | None = 20
    """Reserved concurrency of the handler, the brake on a flood. `null`: none, nor for redrives (new accounts)."""
    throttle: Throttle = Throttle()
    """What API Gateway lets through, far above what the function does."""


@dataclass(frozen=True, slots=True)
class Events:
    """Where things are in the body. With `split`, all paths but `split` itself look inside one item."""

    format: tuple[Format, ...] = ("json",)
    """How the body is written; with several, its content type decides, and the first is for all other types."""
    payload: str | None = None
    """The field of a form that holds the event as JSON. Without it, the form's fields are the event."""
    mask: tuple[Field, ...] = ()
    """Fields of the body that hold a secret, each at exactly this place: masked before anything is sent or kept."""
    split: Path | None = None
    """The list of events in a body that carries several. Without it, the body is one event."""
    require: tuple[Path, ...] = ()
    """What an event must have; one that has not is kept as rejected."""
    id: Path | None = None
    """The vendor's id of the event, the same in every retry. Without it, a hash of the event is the id."""
    type: Path | None = None
    """The kind of event, by which `schemas` are chosen. A build says where no sample has it."""
    schemas: Mapping[str, SchemaFile] | None = None
    """JSON Schemas by kind of event, `"*"` for all others: what does not satisfy its own is kept as rejected."""
    time: Path | None = None
    """When it happened. Without it, the time of receipt is taken."""
    time_optional: bool = False
    """An event without `time` has the time of receipt. By default it is kept as rejected."""
    expect_every: int | None = None
    """Hours, 1 to 168, within which an event always comes: silence that lasts longer is an alarm."""
    time_format: TimeFormat = "rfc3339"
    """How `time` is written: `rfc3339`, `unix` (seconds) or `unix_ms` (milliseconds). Never guessed."""


@dataclass(frozen=True, slots=True)
class Mozdef:
    """The MozDef message. Each default is what the framework's first version sent; NAME is the source's name."""

    summary: Text | None = None
    """One line for the analyst. Default: `NAME_event`."""
    severity: Text = Text("INFO")
    """How bad it is, in syslog's words, such as `INFO` or `WARNING`."""
    category: Text | None = None
    """Default: `NAME`."""
    hostname: Text | None = None
    """Default: `NAME_host`."""
    processname: Text | None = None
    """Default: `NAME`."""
    source: Text = Text("api_aws_lambda")
    """What brought the event in."""
    eventsource: Text | None = None
    """Sent as `eventsource`, and as `logger`, which is where MozDef takes it from. Default: `NAME_api`."""
    tags: tuple[Text, ...] = ()
    """Further tags, beside the source's name and the event's id."""
    details: Mapping[str, Text] | None = None
    """Further keys of `details`, beside the whole event. One that finds nothing is left out."""


@dataclass(frozen=True, slots=True)
class Dedupe:
    """What the vendor sends again becomes no second message: events with the same `events.id` are the same."""

    window: int = 24
    """Hours, 1 to 168, for which an event's id is remembered. At least as long as the vendor goes on trying."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The pipeline that deploys the source."""

    source: tuple[Literal["github", "codecommit"], ...] = ("github", "codecommit")
    """Where its code comes from: the framework from GitHub and the configuration from CodeCommit, or all from one."""
    private: bool = False
    """The definition is no one else's to read: it goes into the configuration with its samples."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """How the vendor delivers, for people to know."""

    docs: HttpsUrl
    """The page on which the vendor says so."""
    deadline: int | None = None
    """Seconds in which it wants an answer, where it says."""
    retries: str = "not known"
    """What it sends again, how often and after which answers, in a line."""


@dataclass(frozen=True, slots=True)
class Source:
    """One event source."""

    name: str
    """The folder's name."""
    description: str
    """What events these are, in one line."""
    webhook: Webhook
    """The endpoint that the vendor calls."""
    extends: str | None = None
    """The source whose definition lies beneath this one; keys that stand here win. For a second tenant."""
    events: Events = Events()
    """Where things are in the body."""
    mozdef: Mozdef = Mozdef()
    """The MozDef message."""
    dedupe: Dedupe | None = None
    """Sends each event once: a table remembers ids. `{}`, or a `window`, turns it on; it needs `events.id`."""
    pipeline: Pipeline = Pipeline()
    """The pipeline that deploys the source."""
    hardening: Literal["baseline", "strict"] = "baseline"
    """`strict` adds a key of the source's own, and logs that auditors ask for; docs/security.md says what it costs."""
    vendor: Vendor | None = None
    """How the vendor delivers, for people to know."""
    transform: Transform | None = None
    """From `transform.py` beside the definition: one event in, any number out."""
    check: Check | None = None
    """Made of `events.schemas`: an event in, what they do not know of it out; Rejected where it is not as they say."""


def verified_by(webhook: Webhook) -> Literal["api", "authorizer", "handler"]:
    """Where the sender is verified.

    An authorizer answers for every request of its route, so it can't stand before a challenge that carries no
    credential, or another: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    if any(challenge.unauthenticated or challenge.auth for challenge in webhook.challenges):
        return "handler"
    return webhook.auth.type.verified_by(webhook.auth.settings)


def auths(webhook: Webhook) -> tuple[Auth, ...]:
    """All that senders are verified by: of events first, then of challenges."""
    return (webhook.auth, *(challenge.auth for challenge in webhook.challenges if challenge.auth))


def methods(webhook: Webhook) -> tuple[str, ...]:
    """The HTTP methods that have a route, POST first."""
    return tuple(dict.fromkeys(["POST", *(challenge.method for challenge in webhook.challenges)]))
