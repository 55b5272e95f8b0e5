"""The section of a page that says what comes in, and how its sender is verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from generator.definition.parameter_values import constraint
from generator.definition.secret_names import ssm_names
from generator.page import asking
from generator.page.built_source import BuiltSource
from generator.page.html import Child, bullets, code, codes, element, facts, marked, paragraph, prose, section, table
from generator.page.words import counted, listed, span
from lambdas.delivering.dedupe import MAX_HOURS
from lambdas.model import Challenge, Source, Webhook, methods, verified_by

_VERIFIER = {
    "handler": "the function `Webhook`, before it reads the body as an event",
    "authorizer": "the function `Verify`, which the HTTP API asks first; then `Webhook` verifies the request again",
    "api": "the HTTP API itself; then `Webhook` checks what the token says",
}
_REFUSED = {"handler": "401", "authorizer": "401 or 403", "api": "401"}
_SECRETS = (
    "Each is an encrypted parameter of Parameter Store, and is in no template, no environment variable, no log and no "
    "repository. The name has `MozDef-EF` and `dev` for the project and the environment of a deployment."
)
_CHALLENGES = (
    "A handshake is a request with which the vendor checks the endpoint. It is answered, and never becomes an event."
)


def incoming_section(built: BuiltSource) -> ET.Element:
    """Return what comes in and how its sender is verified; of a pulled source, what is asked with which credential."""
    source = built.source
    if source.pull:
        title, children = "What is asked, and with which credential", asking.asking(source.pull)
    else:
        title, children = "What comes in, and how it is verified", _calls(source, source.endpoint)
    return section("incoming", title, *children, *_secrets(source), *_parameters(source), *_events(source))


def _calls(source: Source, webhook: Webhook) -> Iterator[Child]:
    verbs = listed(f"{method} {webhook.path}" for method in methods(webhook))
    yield facts(
        (
            ("Direction", ["the vendor calls an endpoint in your AWS account"]),
            ("Endpoint", [code(verbs), ", an HTTP API of Amazon API Gateway, public, over HTTPS"]),
            ("Sender verified with", [webhook.auth.type.describe(webhook.auth.settings)]),
            ("Verified by", marked(_VERIFIER[verified_by(webhook)])),
            ("Not verified", [f"answered {_REFUSED[verified_by(webhook)]}; nothing of its body is stored"]),
            ("Limits", [_limits(webhook)]),
            *_vendor(source),
        )
    )
    if webhook.challenges:
        yield element("h3", "Handshakes")
        yield prose(_CHALLENGES)
        yield table(
            ("Request", "Verified", "What it leads to"), map(_challenge_row, webhook.challenges), "Handshakes", "equal"
        )


def _limits(webhook: Webhook) -> str:
    throttle = webhook.throttle
    at_once = (
        f"{webhook.concurrency} requests are handled at once" if webhook.concurrency else "no reserved concurrency"
    )
    return f"{throttle.rate:,} requests a second, {throttle.burst:,} at once; {at_once}; a body has at most 6 MB"


def _vendor(source: Source) -> Iterator[tuple[str, Sequence[Child]]]:
    if vendor := source.vendor:
        if vendor.deadline:
            yield "The vendor waits", [counted(vendor.deadline, "second")]
        yield "The vendor sends again", [vendor.retries]
        yield "The vendor's documentation", [link(vendor.docs)]


def link(url: str) -> ET.Element:
    """Return a link that a reader may follow; a browser loads nothing of it by itself."""
    return element("a", url, href=url, rel="noreferrer")


def _challenge_row(challenge: Challenge) -> Sequence[Sequence[Child]]:
    if challenge.unauthenticated:
        verified = "no: the answer is bounded, and signs nothing that could be an event"
    elif challenge.auth:
        verified = challenge.auth.type.describe(challenge.auth.settings)
    else:
        verified = "as an event is"
    if challenge.store_secret:
        effect = "the secret in it is stored, if none is stored yet: the first such request is believed"
    elif challenge.confirm:
        effect = f"a URL in it is called, at {listed(challenge.confirm.hosts)} alone"
    else:
        effect = "it is answered"
    return [code(challenge.method), " where ", code(challenge.when)], [verified], [effect]


def _secrets(source: Source) -> Iterator[Child]:
    yield element("h3", "Secrets")
    names = ssm_names(source)
    if not names:
        yield paragraph("None is stored: the sender's public keys are fetched.")
        return
    yield bullets([[code(name)] for name in names.values()])
    yield prose(_SECRETS)


def _parameters(source: Source) -> Iterator[Child]:
    if source.parameters:
        yield element("h3", "Parameters of a deployment")
        rows = (
            ([code(name)], [parameter.description], [f"must be {constraint(parameter)}"])
            for name, parameter in source.parameters.items()
        )
        yield table(("Parameter", "What it is", "Values"), rows, "Parameters of a deployment", "equal")


def _events(source: Source) -> Iterator[Child]:
    """Yield what becomes of an event before it is a message."""
    events = source.events
    yield element("h3", "From event to message")
    pairs: list[tuple[str, Sequence[Child]]] = []
    if events.require:
        pairs.append(("Kept as rejected", ["an event without ", *codes(events.require)]))
    if events.schemas:
        pairs.append(("Held against", [f"JSON Schemas: {', '.join(events.schemas)}"]))
    pairs.append(("Its id", [code(events.id)] if events.id else ["a hash of the event"]))
    if source.dedupe:
        pairs.append(("Sent once", [f"an id is remembered for {span(source.dedupe.window * 3_600)}"]))
    elif source.pull:
        pairs.append(("Sent once", [f"an id is remembered for {span(MAX_HOURS * 3_600)}"]))
    else:
        pairs.append(("Sent once", ["no: what the vendor sends again is a second message, with the same id"]))
    if source.drop:
        pairs.append(("Counted, and not sent", ["an event where ", code(source.drop)]))
    own = "transform.py, a Python file of the source's own" if source.transform else "none: the definition has no code"
    pairs.append(("Code of the source's own", [own]))
    yield facts(pairs)
    if events.mask:
        yield element("h3", "Masked before anything is sent or kept")
        yield bullets(([code(field)] for field in events.mask), class_="fields")
