"""The beginning of a page: what a source is, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from generator.definition.pull_words import credential_text, span_text
from generator.definition.words import counted, listed, reader
from generator.page.built_source import BuiltSource
from generator.page.fingerprints import hash_of, version
from generator.page.html import Child, code, element, facts, paragraph
from generator.page.roles import wide_permissions
from generator.page.stores import retention
from generator.page.words import dollars
from generator.templates.source_cost import estimate

_EVENTS = 1_000_000


def glance(built: BuiltSource) -> ET.Element:
    """Return the heading of a page and the summary below it."""
    source = built.source
    return element(
        "header",
        paragraph(f"Event source for {reader(source)}", class_="kind"),
        element("h1", source.name),
        paragraph(source.description, class_="lead"),
        facts(_facts(built)),
    )


def how_known(built: BuiltSource) -> str:
    """Return how a sender is verified, or how the vendor knows us."""
    source = built.source
    if source.pull:
        return credential_text(source.pull)
    return source.endpoint.auth.type.describe(source.endpoint.auth.settings)


def _facts(built: BuiltSource) -> Iterator[tuple[str, Sequence[Child]]]:
    pull = built.source.pull
    if pull:
        yield "Way in", [f"pulled: the vendor is asked every {span_text(pull.every)}; no public endpoint"]
        yield "Credential", [how_known(built)]
    else:
        yield "Way in", ["webhook: the vendor calls a public HTTPS endpoint"]
        yield "Verified with", [how_known(built)]
    roles = sum(1 for _ in built.of_type("AWS::IAM::Role"))
    wide = sum(1 for _ in wide_permissions(built))
    yield (
        "Permissions",
        [f"{counted(roles, 'role')}; {counted(wide, 'permission')} with a *, for which AWS has nothing narrower"],
    )
    yield "Kept", [listed(retention(built))]
    yield "Alarms", [str(sum(1 for _ in built.of_type("AWS::CloudWatch::Alarm")))]
    cost = estimate(built.resources, built.definition.source, _EVENTS).cost
    yield "Cost", [f"{dollars(cost.month(_EVENTS))} a month at a million events, in us-west-2"]
    yield "Code", [f"framework {version(built)}, SHA-256 ", code(hash_of(built.code))]
