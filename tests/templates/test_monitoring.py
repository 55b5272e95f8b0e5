"""Alarms that look at what is counted, say what to do, and the lines by which it is counted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from generator.errors import DefinitionError
from generator.templates import event_source
from generator.templates.resources.alarms import GUIDE
from generator.templates.text import template_text
from lambdas.model import Archive, Dedupe, Destination, OutputName, S3Objects, Source
from lambdas.runtime.metrics import NAMESPACE, embedded_metrics
from lambdas.runtime.secrets import TTL
from tests.definitions import ROOT, bundled_source, make_definition
from tests.fakes import DOWN, NOW, SECRET, Endpoint, signed_request

ZOOM, OKTA, PULLED = (bundled_source(name).source for name in ("zoom", "okta", "okta-log"))
STACK = "MozDef-EF-zoom-dev"
HMAC = "description: made\nwebhook:\n  auth: {hmac: {signature: {header: x-signature}}}\n"
MARK = "0123456789abcdef0123456789abcdef"


def build_template(source: Source) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(template_text(event_source.build(source, "code/0.zip")))
    return document


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }


def alarms(source: Source) -> dict[str, dict[str, Any]]:
    return of_type(build_template(source), "AWS::CloudWatch::Alarm")


def silent(folder: Path, hours: int) -> Source:
    return make_definition(folder, f"{HMAC}events: {{expect_every: {hours}}}\narchive: {{}}\n").source


def name_of(source: Source) -> str:
    return source.name


# Alarms.

ARCHIVED = replace(ZOOM, name="archived", archive=Archive())
IN_OBJECTS = replace(ZOOM, name="in-objects", delivery=Destination(S3Objects()))
# What counts each metric; what is ours is in the tests of lines below, and in tests/delivering/test_reprocess.py.
COUNTED = {
    "AWS/Lambda": {"Errors", "Throttles", "Duration"},
    "AWS/SQS": {
        *("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"),
        *("NumberOfMessagesSent", "NumberOfMessagesReceived"),
    },
    # Of an HTTP API the names are these; a REST API's are 4XXError and 5XXError.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    "AWS/ApiGateway": {"Count", "4xx", "5xx"},
    # https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
    "AWS/Firehose": {"DeliveryToS3.DataFreshness", "IncomingRecords"},
    # Of a puller, tests/pulling has the lines.
    NAMESPACE: {
        *("Rejected", "Unauthenticated", "NoSecret", "Unsent", "Lag", "Unarchived"),
        *("Requests", "Behind", "Pulled", "PullFailed", "Duplicate", "Dropped", "RequestsLeft", "Expiring"),
    },
}
OF = {
    "AWS/Lambda": ("FunctionName", "AWS::Lambda::Function"),
    "AWS/SQS": ("QueueName", "AWS::SQS::Queue"),
    "AWS/ApiGateway": ("ApiId", "AWS::ApiGatewayV2::Api"),
    "AWS/Firehose": ("DeliveryStreamName", "AWS::KinesisFirehose::DeliveryStream"),
}


@pytest.mark.parametrize("source", [ZOOM, OKTA, PULLED, ARCHIVED, IN_OBJECTS], ids=name_of)
def test_every_alarm_looks_at_what_something_counts(source: Source) -> None:
    template = build_template(source)
    for title, alarm in alarms(source).items():
        dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        if alarm["MetricName"] == "TooLarge":
            assert (alarm["Namespace"], dimensions) == ({"Fn::Sub": f"{NAMESPACE}/${{AWS::StackName}}"}, {})
            continue
        assert alarm["MetricName"] in COUNTED[alarm["Namespace"]], title
        if alarm["Namespace"] == NAMESPACE:
            assert dimensions == {"Stack": {"Ref": "AWS::StackName"}}
            continue
        name, kind = OF[alarm["Namespace"]]
        (value,) = (dimensions[each] for each in dimensions if each == name)
        whose = value["Fn::GetAtt"][0] if "Fn::GetAtt" in value else value["Ref"]
        assert template["Resources"][whose]["Type"] == kind, title
        # Ref is a queue's URL, and a function's name.
        assert ("Fn::GetAtt" in value) == (name == "QueueName")


def test_alarms_and_when_each_goes_off(tmp_path: Path) -> None:
    conditions = {
        title: (
            alarm["MetricName"],
            alarm["Statistic"],
            alarm["Threshold"],
            alarm["Period"],
            alarm["EvaluationPeriods"],
        )
        for title, alarm in alarms(silent(tmp_path, 6)).items()
    }
    assert conditions == {
        "Refused": ("Rejected", "Sum", 0, 300, 1),
        "Forgeries": ("Unauthenticated", "Sum", 100, 300, 1),
        "NoSecret": ("NoSecret", "Sum", 0, 300, 1),
        "Unsent": ("Unsent", "Sum", 0, 300, 3),
        "DeadLetter": ("ApproximateNumberOfMessagesVisible", "Maximum", 0, 300, 1),
        "Unread": ("ApproximateAgeOfOldestMessage", "Maximum", 3_600, 300, 1),
        "HandlerFails": ("Errors", "Sum", 0, 300, 1),
        "RedrivingFails": ("Errors", "Sum", 0, 300, 1),
        "Throttled": ("Throttles", "Sum", 0, 300, 3),
        "TooLarge": ("TooLarge", "Sum", 0, 300, 1),
        "Answers5xx": ("5xx", "Sum", 0, 300, 3),
        "Unarchived": ("Unarchived", "Sum", 0, 300, 1),
        "ArchiveLate": ("DeliveryToS3.DataFreshness", "Maximum", 1_800, 300, 1),
        "Silence": ("NumberOfMessagesSent", "Sum", 1, 3_600, 6),
    }


def test_a_puller_has_alarms_of_its_own_in_place_of_an_endpoints() -> None:
    conditions = {
        title: (alarm["MetricName"], alarm["Threshold"], alarm["Period"], alarm["EvaluationPeriods"])
        for title, alarm in alarms(PULLED).items()
        if title not in alarms(ZOOM)
    }
    assert conditions == {
        "PullerFails": ("Errors", 0, 300, 3),
        "DoesNotAsk": ("Requests", 1, 300, 3),
        "FallsBehind": ("Behind", 21_600, 300, 3),
        "CredentialExpires": ("Expiring", 0, 3_600, 1),
    }
    assert set(alarms(ZOOM)) - set(alarms(PULLED)) == {
        *("HandlerFails", "Forgeries", "NoSecret", "Throttled", "TooLarge", "Answers5xx")
    }
    asks = alarms(PULLED)["DoesNotAsk"]
    assert (asks["ComparisonOperator"], asks["TreatMissingData"]) == ("LessThanThreshold", "breaching")


@pytest.mark.parametrize(
    ("every", "seconds", "periods"), [(60, 300, 3), (600, 600, 3), (3_600, 3_600, 3), (86_400, 86_400, 1)]
)
def test_alarms_of_a_puller_wait_as_long_as_its_intervals(every: int, seconds: int, periods: int) -> None:
    assert PULLED.pull
    source = replace(PULLED, pull=replace(PULLED.pull, every=every))
    for title in ("PullerFails", "DoesNotAsk", "FallsBehind"):
        alarm = alarms(source)[title]
        # A day without a run may be a day between two runs that are a day and a second apart.
        expected = 3 if title == "DoesNotAsk" else periods
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (seconds, expected)
    assert alarms(source)["FallsBehind"]["Threshold"] == max(21_600, 4 * every)


def test_missing_data_is_well_but_where_silence_is_the_alarm(tmp_path: Path) -> None:
    for title, alarm in alarms(silent(tmp_path, 24)).items():
        below = ("LessThanThreshold", "breaching")
        above = ("GreaterThanThreshold", "notBreaching")
        assert (alarm["ComparisonOperator"], alarm["TreatMissingData"]) == (below if title == "Silence" else above)


@pytest.mark.parametrize("hours", [1, 24, 168])
def test_silence_is_an_alarm_after_the_hours_that_a_definition_says(tmp_path: Path, hours: int) -> None:
    silence = alarms(silent(tmp_path, hours))["Silence"]
    assert (silence["Period"], silence["EvaluationPeriods"]) == (3_600, hours)
    assert f"no event reached the queue for {hours} h" in silence["AlarmDescription"]


def test_an_archive_has_alarms_of_its_own() -> None:
    archived = alarms(replace(ZOOM, archive=Archive()))
    assert set(archived) - set(alarms(ZOOM)) == {"Unarchived", "ArchiveLate"}


def test_objects_have_alarms_of_their_own_and_those_of_a_queue_about_notifications(tmp_path: Path) -> None:
    queued = silent(tmp_path, 6)
    before, after = alarms(queued), alarms(replace(queued, delivery=Destination(S3Objects())))
    assert set(after) - set(before) == {"ObjectsLate"}
    late, silence = after["ObjectsLate"], after["Silence"]
    writer = [{"Name": "DeliveryStreamName", "Value": {"Ref": "Writer"}}]
    assert (late["MetricName"], late["Threshold"], late["Dimensions"]) == (
        "DeliveryToS3.DataFreshness",
        900,
        writer,
    )
    assert (silence["MetricName"], silence["Dimensions"]) == ("IncomingRecords", writer)
    assert "no event reached the stream for 6 h" in silence["AlarmDescription"]
    for title in ("Unread", "DeadLetter"):
        assert "Your SIEM" in after[title]["AlarmDescription"]
        assert "MozDef" not in after[title]["AlarmDescription"]
    assert after["Unread"]["Dimensions"][0]["Value"] == {"Fn::GetAtt": ["Objects", "QueueName"]}


def test_silence_is_no_alarm_where_a_definition_says_nothing_of_it() -> None:
    assert "Silence" not in alarms(ZOOM)


@pytest.mark.parametrize("hours", [0, -1, 169])
def test_silence_beyond_what_cloudwatch_looks_back_is_a_mistake(tmp_path: Path, hours: int) -> None:
    with pytest.raises(DefinitionError, match=r"events\.expect_every: must be 1 to 168 hours: CloudWatch looks back a"):
        silent(tmp_path, hours)


@pytest.mark.parametrize("source", [ZOOM, OKTA], ids=lambda source: source.name)
def test_an_alarm_tells_the_topic_when_it_begins_and_ends_and_nobody_without_one(source: Source) -> None:
    template = build_template(source)
    assert template["Conditions"]["HasAlarmTopicArn"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]}
    actions = {"Fn::If": ["HasAlarmTopicArn", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    for alarm in alarms(source).values():
        assert (alarm["AlarmActions"], alarm["OKActions"]) == (actions, actions)
        assert "InsufficientDataActions" not in alarm


def titles() -> list[str]:
    """The alarms that have a heading in the guide."""
    return re.findall(r"^## `(\w+)`$", (ROOT / GUIDE).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_alarm_says_what_to_do_and_the_guide_says_more_of_each(tmp_path: Path) -> None:
    every = alarms(silent(tmp_path, 6)) | alarms(IN_OBJECTS) | alarms(PULLED)
    for title, alarm in every.items():
        description = alarm["AlarmDescription"]
        link = re.escape(f"{GUIDE}#{title.lower()}")
        assert re.fullmatch(rf"(made|in-objects|okta-log): [a-zA-Z].{{20,}}\. {link}", description), description
        assert len(description) <= 1_024
    assert sorted(titles()) == sorted(every)
    reference = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
    assert [title for title in every if f"| `{title}` |" not in reference] == []


def test_a_body_that_aws_refuses_is_counted_from_the_access_log() -> None:
    template = build_template(ZOOM)
    (metric_filter,) = of_type(template, "AWS::Logs::MetricFilter").values()
    assert metric_filter["LogGroupName"] == {"Ref": "AccessLog"}
    assert metric_filter["FilterPattern"] == '{ $.status = "413" }'
    assert metric_filter["MetricTransformations"] == [
        {
            "MetricName": "TooLarge",
            "MetricNamespace": {"Fn::Sub": f"{NAMESPACE}/${{AWS::StackName}}"},
            "MetricValue": "1",
            "DefaultValue": 0,
        }
    ]
    # As the access log writes it: text, though it is a number.
    stage = of_type(template, "AWS::ApiGatewayV2::Stage")["Stage"]
    assert json.loads(stage["AccessLogSettings"]["Format"])["status"] == "$context.status"


# The dashboard.


def graphs(source: Source) -> list[dict[str, Any]]:
    (dashboard,) = of_type(build_template(source), "AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == {"Fn::Sub": f"${{ProjectName}}-{source.name}-${{Environment}}"}
    return [widget["properties"] for widget in json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]]


@pytest.mark.parametrize("source", [ZOOM, PULLED], ids=name_of)
def test_the_dashboard_shows_what_something_counts_of_this_stack(source: Source) -> None:
    resources = build_template(source)["Resources"]
    for graph in graphs(source):
        assert graph["region"] == "${AWS::Region}"
        for namespace, name, *of in graph["metrics"]:
            if name == "TooLarge":
                assert (namespace, of) == (f"{NAMESPACE}/${{AWS::StackName}}", [])
                continue
            dimension, value = of[:2]
            assert name in COUNTED[namespace]
            if namespace == NAMESPACE:
                assert (dimension, value) == ("Stack", "${AWS::StackName}")
            else:
                assert dimension == OF[namespace][0]
                whose, _, attribute = value.strip("${}").partition(".")
                assert resources[whose]["Type"] == OF[namespace][1]
                assert attribute == ("QueueName" if dimension == "QueueName" else "")


@pytest.mark.parametrize("source", [ZOOM, PULLED], ids=name_of)
def test_every_metric_of_an_alarm_has_a_graph(source: Source) -> None:
    shown = {name for graph in graphs(source) for _, name, *_ in graph["metrics"]}
    assert {alarm["MetricName"] for alarm in alarms(source).values()} <= shown


def test_silence_is_of_events_and_not_of_what_anybody_sends(tmp_path: Path) -> None:
    silence = alarms(silent(tmp_path, 6))["Silence"]
    assert (silence["Namespace"], silence["Dimensions"]) == (
        "AWS/SQS",
        [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Events", "QueueName"]}}],
    )


def test_graphs_stand_beside_each_other_and_not_on_each_other() -> None:
    (dashboard,) = of_type(build_template(ZOOM), "AWS::CloudWatch::Dashboard").values()
    widgets = json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]
    cells = [(widget["x"] + x, widget["y"] + y) for widget in widgets for x in range(12) for y in range(6)]
    assert len(cells) == len(set(cells))
    assert {widget["x"] + widget["width"] for widget in widgets} == {12, 24}


# Lines.


def lines(endpoint: Endpoint) -> Iterator[dict[str, float]]:
    """The metrics of each line of the log that has some, after CloudWatch's own rules.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    for line in endpoint.log:
        if "_aws" not in line:
            assert "Stack" not in line
            continue
        assert line["_aws"]["Timestamp"] == int(NOW * 1000)
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert (directive["Namespace"], directive["Dimensions"]) == (NAMESPACE, [["Stack"]])
        assert line["Stack"] == STACK
        assert directive["Metrics"]
        for metric in directive["Metrics"]:
            assert metric["Unit"] == ("Seconds" if metric["Name"] == "Lag" else "Count")
        yield {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}


def event(at: float = NOW, **more: Any) -> dict[str, Any]:
    return {"event": "user.deleted", "payload": {"operator": "a@example.com"}, "event_ts": int(at * 1000), **more}


def test_a_request_that_is_well_counts_nothing() -> None:
    endpoint = Endpoint(ZOOM, stack=STACK)
    endpoint.post_signed(event())
    endpoint.post_signed(event(NOW - 59))
    endpoint.post_signed(event(NOW + 3_600))
    endpoint.post_signed(b"")
    assert (len(endpoint.log), list(lines(endpoint))) == (4, [])


def test_exception_is_counted() -> None:
    endpoint = Endpoint(ZOOM, stack=STACK)
    endpoint.post_signed({"event": "no time", "payload": {}})
    endpoint.post_signed(event(), secret="another-secret-that-is-wrong")
    endpoint.queue.faults.lined_up = [DOWN]
    endpoint.post_signed(event())
    endpoint.post_signed(event(NOW - 90.5))
    assert list(lines(endpoint)) == [{"Rejected": 1}, {"Unauthenticated": 1}, {"Unsent": 1}, {"Lag": 90.5}]


@pytest.mark.parametrize("source", [ZOOM, OKTA], ids=lambda source: source.name)
def test_a_secret_that_is_missing_or_of_no_use_is_counted_once(source: Source) -> None:
    endpoint = Endpoint(source, secret="\n", stack=STACK)
    sent = signed_request(source.endpoint.auth, b"{}")
    endpoint.send(sent)
    endpoint.store.values, endpoint.clock = {}, TTL
    endpoint.send(sent)
    assert list(lines(endpoint)) == [{"NoSecret": 1}, {"NoSecret": 1}]


def test_source_that_stores_no_secret_has_no_alarm_for_secrets() -> None:
    assert "NoSecret" not in alarms(bundled_source("aws-sns").source)
    assert "NoSecret" in alarms(bundled_source("discord").source), "a public key is stored"


@pytest.mark.parametrize(("source", "logs"), [(ZOOM, "Webhook"), (OKTA, "Verify, then of Webhook")])
def test_where_the_endpoint_fails_the_alarm_names_the_logs_to_look_at(source: Source, logs: str) -> None:
    assert f"the endpoint answers 5xx: see the log of {logs}." in alarms(source)["Answers5xx"]["AlarmDescription"]


def test_an_authorizer_counts_whom_it_lets_not_in() -> None:
    endpoint = Endpoint(OKTA, stack=STACK)
    endpoint.post(b"{}", {"Authorization": "forged"})
    assert list(lines(endpoint)) == [{"Unauthenticated": 1}]


def test_of_several_events_the_oldest_is_how_late_they_are_and_each_that_was_refused_counts() -> None:
    endpoint = Endpoint(OKTA, stack=STACK)
    times = ["2025-12-31T23:58:00Z", "2025-12-31T22:00:00Z", "2026-01-01T00:00:00Z"]
    events = [{"uuid": f"u{at}", "eventType": "t", "published": published} for at, published in enumerate(times)]
    endpoint.post_signed({"data": {"events": [*events, 1, 2]}})
    assert list(lines(endpoint)) == [{"Rejected": 2, "Lag": 7_200.0}]


def test_a_canary_that_is_old_is_not_late() -> None:
    endpoint = Endpoint(ZOOM, stack=STACK)
    endpoint.post_signed(event(NOW - 86_400), {"x-mozdef-canary": MARK})
    assert list(lines(endpoint)) == []


def test_without_a_stack_there_is_nothing_to_count_for() -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.post_signed(b"[]")
    assert list(lines(endpoint)) == []
    assert embedded_metrics(STACK, NOW, {"Rejected": 0, "Lag": 0.0}) == {}


def test_nothing_of_a_request_is_in_a_metric() -> None:
    endpoint = Endpoint(ZOOM, stack=STACK)
    endpoint.post_signed({"marker": "marker", "payload": "marker"}, {"x-marker": "marker"})
    endpoint.post_signed(event(), {"x-marker": "marker"}, secret="a-marker-that-is-wrong")
    assert len(list(lines(endpoint))) == 2
    assert not {"marker", SECRET} & set(re.findall(r"marker|" + SECRET, json.dumps(endpoint.log)))


def test_a_metric_has_no_dimension_that_a_sender_chooses() -> None:
    """Each value of one is a metric of its own, which costs."""
    endpoint = Endpoint(ZOOM, stack=STACK)
    for number in range(20):
        endpoint.post_signed({"event": f"e{number}"})
    named = {
        (tuple(map(tuple, directive["Dimensions"])), metric["Name"], line["Stack"])
        for line in endpoint.log
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
    }
    assert len(named) == 1


@pytest.mark.parametrize("source", [ZOOM, PULLED], ids=name_of)
def test_a_stack_is_the_same_for_every_output_but_for_the_name_of_who_reads_the_queue(source: Source) -> None:
    plain = replace(source, archive=Archive(), dedupe=None if source.pull else Dedupe())
    texts = {
        output: template_text(event_source.build(replace(plain, output=output), "code/any.zip"))
        for output in get_args(OutputName)
    }
    assert "MozDef does not read the queue" in texts["mozdef"]
    assert "MozDef never deleted a message" in texts["mozdef"]
    assert "Queue from which MozDef receives its events" in texts["mozdef"]
    named = {text.replace("Your SIEM", "MozDef").replace("your SIEM", "MozDef") for text in texts.values()}
    assert len(named) == 1
    assert "Queue from which your SIEM receives its events" in texts["ecs"]
