"""A page says all that its template has, in words that are true of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.page.drawing import drawings
from generator.page.drawing_places import NARROW, WIDE, places
from generator.page.drawing_plan import plan
from generator.page.permissions import PHRASES, role_permissions
from generator.page.source_page import source_page
from generator.page.words import dollars
from generator.templates.source_cost import estimate
from generator.templates.wide_permissions import WIDE_PERMISSIONS
from tests.definitions import ROOT, SOURCES, every_definition
from tests.page.built import SHAPES, Parsed, build, built, parsed, write_source


def is_wide(resource: str) -> bool:
    """Whether a star can stand for what is not this deployment's."""
    before, star, _ = resource.partition("*")
    own = all(part in before for part in ("${ProjectName}", "${Environment}")) or re.match(r"\$\{\w+\.Arn\}", before)
    return bool(star) and not own


def drawn(name: str, layout: str) -> set[str]:
    """The texts of a drawing."""
    (svg,) = [each for each in drawings(plan(built(name)), "a stack") if layout in each.get("class", "")]
    return {each.text or "" for each in svg.iter("text")}


@pytest.mark.parametrize("name", SHAPES)
def test_every_resource_of_the_template_is_on_the_page(name: str) -> None:
    parsed_page, resources = parsed(name), built(name).resources
    listed = " ".join(row[1] for row in parsed_page.rows("Resources")).replace(",", "").split()
    assert sorted(listed) == sorted(resources)
    titles = {
        kind: {title for title, each in resources.items() if each["Type"] == kind}
        for kind in {each["Type"] for each in resources.values()}
    }
    assert {row[0] for row in parsed_page.rows("Alarms")} == titles["AWS::CloudWatch::Alarm"]
    assert titles["AWS::IAM::Role"] <= {each.text for each in parsed_page.all("h3")}
    kept = {row[0] for row in parsed_page.rows("What is kept")}
    stores = ("SQS::Queue", "S3::Bucket", "DynamoDB::Table", "Logs::LogGroup", "KinesisFirehose::DeliveryStream")
    in_drawing = {"SQS::Queue", "S3::Bucket", "DynamoDB::Table", "KinesisFirehose::DeliveryStream", "KMS::Key"}
    in_drawing |= {"Lambda::Function", "Scheduler::Schedule", "ApiGatewayV2::Api"}
    for kind in stores:
        for title in titles.get(f"AWS::{kind}", ()):
            assert any(row.startswith(title) for row in kept), title
    for kind in in_drawing:
        assert titles.get(f"AWS::{kind}", set()) <= drawn(name, "wide") & drawn(name, "narrow")


@pytest.mark.parametrize("name", SHAPES)
def test_every_permission_is_there_in_words_and_as_aws_has_it(name: str) -> None:
    source, parsed_page = built(name), parsed(name)
    for role, _ in source.of_type("AWS::IAM::Role"):
        rows = parsed_page.rows(f"{role} may")
        permissions = list(role_permissions(source, role))
        assert len(rows) == len(permissions)
        for (words, actions, resources), permission in zip(rows, permissions, strict=True):
            assert actions.split() == list(permission.actions)
            assert resources.split() == list(permission.resources)
            assert permission.words.replace("`", "") in words
            assert permission.denies or permission.actions in PHRASES
            wide = any(is_wide(each) for each in permission.resources) and not permission.denies
            assert ("Why *: " in words) == wide


def test_reasons_are_those_of_the_documentation() -> None:
    lines = (ROOT / "docs" / "reference" / "wide-permissions.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| `")]
    roles = {"`WebhookRole`", "`VerifyRole`", "`RedriveRole`", "`PullerRole`"}
    reasons = {(row[1].strip("`"), row[3]) for row in rows if row[0] in roles and len(row) == 4}
    assert reasons == set(WIDE_PERMISSIONS.items())


@pytest.mark.parametrize("name", SHAPES)
def test_the_drawing_has_its_boxes_apart_and_a_number_for_each_line(name: str) -> None:
    planned = plan(built(name))
    for cells in (places(planned, layout) for layout in (WIDE, NARROW)):
        for line in planned.lines:
            first, second = cells[line.first], cells[line.second]
            assert first.column != second.column or abs(first.row - second.row) == 1, "a box is between them"
    parsed_page = parsed(name)
    assert len(
        [each for each in parsed_page.all("li") if each.path[-2:] == ("section", "ol") and each.path.count("li") == 0]
    ) >= len(planned.lines)
    for svg in drawings(planned, "a stack"):
        _, _, width, height = map(float, svg.get("viewBox", "").split())
        boxes = [
            tuple(float(each.get(side, "")) for side in ("x", "y", "width", "height")) for each in svg.iter("rect")
        ]
        assert len(boxes) == len(planned.boxes)
        assert len(set(boxes)) == len(boxes)
        for x, y, wide, high in boxes:
            assert 0 <= x < x + wide <= width
            assert 0 <= y < y + high <= height
            others = [other for other in boxes if other != (x, y, wide, high)]
            assert not [other for other in others if abs(other[0] - x) < wide and abs(other[1] - y) < high]
        numbers = [each.text for each in svg.iter("text") if each.get("class") == "number"]
        assert numbers == [str(number + 1) for number in range(len(planned.lines))]


def test_a_webhook_says_how_its_sender_is_verified() -> None:
    text = parsed("zoom").all("body")[0].text
    for words in (
        "POST /events, an HTTP API of Amazon API Gateway, public, over HTTPS",
        'HMAC-SHA256 of "v0:{timestamp}:{body}" in x-zm-signature, at most 300 s old',
        "the function Webhook, before it reads the body as an event",
        "/MozDef-EF/zoom/dev/auth_token",
        "3 times: after 5, 25 and 85 minutes; after anything but 200 or 204",
        "payload.object.recording_files[].download_url",
    ):
        assert words in text, words
    assert parsed("zoom").rows("Handshakes") == [
        [
            "POST where event == 'endpoint.url_validation'",
            "no: the answer is bounded, and signs nothing that could be an event",
            "it is answered",
        ]
    ]
    assert "the function Verify, which the HTTP API asks first" in parsed("okta").all("body")[0].text
    assert "the HTTP API itself" in parsed("google-pubsub").all("body")[0].text


def test_a_pulled_source_says_what_is_asked_with_which_credential() -> None:
    parsed_page = parsed("okta-log")
    text = parsed_page.all("body")[0].text
    for words in ("https://${OktaDomain}/api/v1", "every minute; at most 50 requests a minute", "after 'SSWS '"):
        assert words in text, words
    assert parsed_page.rows("Requests to the vendor")[0][:2] == ["logs", "GET /logs"]
    assert parsed_page.rows("Parameters of a deployment")[0][0] == "OktaDomain"
    assert "A function of yours" not in text
    assert "status 401" in [row[0] for row in parsed_page.rows("Answers that are no events")]
    assert "in a VPC of yours" in parsed("self-hosted").all("body")[0].text
    assert "Tokens are from" in parsed("salesforce").all("body")[0].text


def test_what_is_kept_says_how_long_and_with_which_key() -> None:
    rows = {row[0].split("\n")[0]: row[1:] for row in parsed("archive").rows("What is kept")}
    kept = {
        re.sub(r"(queue|bucket|table|log group|Firehose stream|secrets)$", "", name): row for name, row in rows.items()
    }
    assert kept["Events"][1:] == ["at most 13 days", "SQS's own key (SSE-SQS)", "stays"]
    assert kept["Kept"][1:] == [
        "365 days; what is deleted or overwritten for 30 days more",
        "S3's own key (SSE-S3)",
        "stays",
    ]
    assert kept["WebhookLog"][1:] == ["90 days", "CloudWatch Logs' own key", "is deleted"]
    assert kept["Archive"][1] == "90 days; what is deleted or overwritten for 1 day more"
    strict = parsed("archive-strict").rows("What is kept")
    own = [row[0] for row in strict if row[3] == "the source's own KMS key, Key"]
    assert len(own) == len(strict) - 2  # but the log that S3 writes, and the secrets


def test_alarms_say_when_and_what_to_do() -> None:
    rows = {row[0]: row[1:] for row in parsed("zoom").rows("Alarms")}
    assert rows["Unread"] == [
        "MozDef does not read the queue: messages are kept for 13 days.",
        "the highest ApproximateAgeOfOldestMessage is above 1 hour in 5 minutes",
    ]
    assert rows["Unsent"][1] == "the sum of Unsent is above 0 in each of 3 periods of 5 minutes"


@pytest.mark.parametrize("name", ["zoom", "okta-log"])
def test_costs_are_those_of_the_command(name: str) -> None:
    source = built(name)
    rows = parsed(name).rows("What it costs")
    assert [row[0] for row in rows] == ["100,000", "1,000,000", "10,000,000"]
    cost = estimate(source.resources, source.definition.source, 1_000_000).cost
    assert rows[1][1:] == [dollars(cost.month(1_000_000)), dollars(cost.fixed), dollars(cost.per_million)]


def test_an_event_stands_beside_its_message() -> None:
    event, message = [each.text for each in parsed("zoom").all("pre") if each.path[-2] == "div"][:2]
    assert '"event":' in event
    assert '"summary": "zoom: ' in message
    assert "The sample " in parsed("zoom").all("body")[0].text


@pytest.mark.parametrize(("name", "reader"), [("zoom", "MozDef"), ("objects", "your SIEM")])
def test_the_heading_says_whom_the_events_are_for(name: str, reader: str) -> None:
    assert parsed(name).all("title")[0].text == f"{name}: event source for {reader}"
    assert parsed(name).all("header")[0].text.startswith(f"Event source for {reader}")


def test_the_steps_are_those_of_the_readme(tmp_path: Path) -> None:
    text = parsed("zoom").all("body")[0].text
    assert "Turn on Event Subscriptions and add one" in text
    assert "What Zoom does when something fails" not in text
    source = "description: Acme\nwebhook: {auth: {token: {header: x-acme-token}}}\n"
    without = Parsed(source_page(build(write_source(tmp_path, {"source.yml": source})))).all("body")[0].text
    assert "The source has no README with a section “Set it up”." in without
    assert "The source has no sample of an event." in without


def test_code_of_the_sources_own_is_named(tmp_path: Path) -> None:
    files = {
        "source.yml": "description: Acme\nwebhook: {auth: {token: {header: x-acme-token}}}\n",
        "transform.py": "def transform(event, request):\n    return [event]\n",
    }
    text = Parsed(source_page(build(write_source(tmp_path, files)))).all("body")[0].text
    assert "transform.py, a Python file of the source's own" in text


@pytest.mark.slow
def test_every_source_has_a_page() -> None:
    for definition in every_definition(SOURCES):
        parsed_page = Parsed(source_page(build(definition)))
        assert "has no sample of an event" not in parsed_page.all("body")[0].text, definition.source.name
        assert "has no README" not in parsed_page.all("body")[0].text, definition.source.name
