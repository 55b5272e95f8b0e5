"""The section of a page that says what comes in, and how its sender is verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from generator.definition.event_words import event_steps, masked_fields
from generator.definition.parameter_values import constraint
from generator.definition.secret_names import ssm_names
from generator.definition.webhook_words import (
    challenge_check_text,
    challenge_effect_text,
    limits_text,
    refusal_text,
    verifier_text,
)
from generator.definition.words import counted, listed
from generator.page import asking
from generator.page.built_source import BuiltSource
from generator.page.html import Child, bullets, code, codes, element, facts, marked, paragraph, prose, section, table
from lambdas.model import Challenge, Source, Webhook, methods

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
            ("Verified by", marked(verifier_text(webhook))),
            ("Not verified", [f"answered {refusal_text(webhook)}; nothing of its body is stored"]),
            ("Limits", [limits_text(webhook)]),
            *_vendor(source),
        )
    )
    if webhook.challenges:
        yield element("h3", "Handshakes")
        yield prose(_CHALLENGES)
        yield table(
            ("Request", "Verified", "What it leads to"), map(_challenge_row, webhook.challenges), "Handshakes", "equal"
        )


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
    request: list[Child] = [code(challenge.method), " where ", code(challenge.when)]
    return request, [challenge_check_text(challenge)], [challenge_effect_text(challenge)]


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
    yield element("h3", "From event to message")
    yield facts((step.name, [step.text or None, *codes(step.codes)]) for step in event_steps(source))
    if masked := masked_fields(source):
        yield element("h3", "Masked before anything is sent or kept")
        yield bullets(([code(field)] for field in masked), class_="fields")
