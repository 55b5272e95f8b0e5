"""A canary: what is tried of a deployed endpoint, what each answer means, and what the handler makes of its mark.

The endpoint is the handler itself, in memory: what a canary sees is what it answers and logs.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from generator import names
from generator.aws import Target
from generator.commands import main
from generator.definition.read import Definition
from generator.deploy import canary
from generator.deploy.canary import CanaryTarget, run_canary
from generator.errors import GeneratorError
from generator.samples import gateway
from generator.samples.sending import Endpoint as DeployedEndpoint
from generator.samples.sending import HttpResponse
from generator.samples.vendor import random_secrets
from lambdas.auth_type import OutgoingRequest, Unauthenticated
from lambdas.model import Auth, Source
from lambdas.reading.request import BY_IAM, CANARY_HEADER, Request
from tests.cloudformation import NOON
from tests.definitions import SOURCES, bundled_source, make_definition
from tests.fakes import DOWN, SECRET, Endpoint, Store

ZOOM, OKTA = bundled_source("zoom"), bundled_source("okta")
PARAMETER = "/MozDef-EF/zoom/dev/auth_token"
HANDLER, GROUP, URL = "the-handler", "/aws/lambda/the-handler", "https://api.example/events"
MARK = "0123456789abcdef0123456789abcdef"


@dataclass
class Deployment:
    """A deployed source: its endpoint, its log, what the operator reads of Parameter Store, and who was asked."""

    endpoint: Endpoint = field(default_factory=lambda: Endpoint(ZOOM.source))
    store: Store = field(default_factory=lambda: Store({PARAMETER: SECRET}))
    first: list[int] = field(default_factory=list)
    invoked: list[str] = field(default_factory=list)
    called_services: set[str] = field(default_factory=set)
    failing: str | None = None
    deaf: bool = False
    project: str = names.DEFAULT_PROJECT
    environment: str = names.DEFAULT_ENVIRONMENT

    def client(self, service: str) -> Any:
        self.called_services.add(service)
        return {"ssm": self.store, "logs": Logs(self), "lambda": Functions(self), "cloudformation": Stacks()}[service]

    def post(self, _endpoint: DeployedEndpoint, sent: OutgoingRequest, more: dict[str, str]) -> HttpResponse:
        """As `sending.post`: first what is lined up, as of a stage that is coming up, then the handler's answers."""
        if self.first:
            return HttpResponse(self.first.pop(0), "")
        answer = self.endpoint.send(sent._replace(headers={**sent.headers, **more}))
        return HttpResponse(answer["statusCode"], answer["body"])

    def tell(self) -> list[str]:
        source = self.endpoint.source
        chosen = canary.choose_canary_sample(ZOOM if source.name == "zoom" else OKTA, None)
        return list(run_canary(self, source, chosen, CanaryTarget(DeployedEndpoint(URL), HANDLER, GROUP)))

    def fails(self) -> str:
        with pytest.raises(GeneratorError) as caught:
            self.tell()
        return str(caught.value)


@dataclass
class Logs:
    deployment: Deployment

    def get_paginator(self, call: str) -> Logs:
        assert call == "filter_log_events"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        assert request["logGroupName"] == GROUP
        assert time.time() * 1000 - 70_000 < request["startTime"] < time.time() * 1000
        mark = json.loads(request["filterPattern"])
        lines = ["2026-01-01 plain", f"{mark} no JSON {{", f'["{mark}"]', f'{{"why":"{mark}"}}']
        lines += [] if self.deployment.deaf else [json.dumps(line) for line in self.deployment.endpoint.log]
        yield {"events": []}
        yield {"events": [{"message": line} for line in lines if mark in line]}


@dataclass
class Functions:
    deployment: Deployment

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == HANDLER
        self.deployment.invoked.append(Payload)
        if self.deployment.failing:
            return {"FunctionError": self.deployment.failing, "Payload": io.BytesIO(b'{"errorType": "KeyError"}')}
        answer = self.deployment.endpoint.call(json.loads(Payload))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}


@dataclass
class Stacks:
    outputs: list[dict[str, str]] = field(default_factory=lambda: [{"OutputKey": "EndpointUrl", "OutputValue": URL}])
    status: str = "CREATE_COMPLETE"
    names: dict[str, str] = field(default_factory=lambda: {"Webhook": HANDLER, "WebhookLog": GROUP})

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        assert StackName == "MozDef-EF-zoom-dev"
        description = {"StackName": StackName, "StackId": StackName, "CreationTime": NOON}
        description = {**description, "Tags": [{"Key": "Service", "Value": "zoom"}]}
        return {"Stacks": [{**description, "Outputs": self.outputs, "StackStatus": self.status}]}

    def describe_stack_resources(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        assert StackName == "MozDef-EF-zoom-dev"
        named = [{"LogicalResourceId": title, "PhysicalResourceId": name} for title, name in self.names.items()]
        resources = [{**resource, "ResourceStatus": "CREATE_COMPLETE"} for resource in named]
        return {"StackResources": [*resources, {"LogicalResourceId": "Failed"}]}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Deployment]:
    """A deployment, zoom's by default, that is posted to; nobody waits for what will not come."""
    monkeypatch.setattr(canary, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(canary, "READY_SECONDS", 0.05)
    monkeypatch.setattr(canary, "SEEN_SECONDS", 0.05)

    def deploy_fake(source: Source = ZOOM.source, **more: Any) -> Deployment:
        deployment = Deployment(endpoint=Endpoint(source, now=time.time()), **more)
        monkeypatch.setattr(canary, "send_request", deployment.post)
        return deployment

    return deploy_fake


def only_the_vendor_signs(accepts: str = "nobody") -> Source:
    """Zoom's events, of a type of which we hold no key; it can be one that lets in everybody."""

    def verify(*_: object) -> None:
        if accepts == "nobody":
            raise Unauthenticated("not signed")

    auth_type = SimpleNamespace(
        verified_by=lambda _: "handler",
        headers=lambda _: (),
        verify=verify,
        post_signed=lambda *_: (),
        read_secret=lambda _settings, stored: (stored,),
        sign=lambda *_: None,
    )
    auth = Auth(auth_type, ZOOM.source.endpoint.auth.settings)  # type: ignore[arg-type]
    return replace(ZOOM.source, webhook=replace(ZOOM.source.endpoint, auth=auth, challenges=()))


def test_a_forged_event_is_refused_and_a_signed_one_arrives(deployed) -> None:
    deployment = deployed()
    assert deployment.tell() == [
        "a forged account.settings_updated was refused with 401",
        "account.settings_updated, signed, was answered 200",
        "its message is on the queue, with the tags zoom and canary",
    ]
    [message] = deployment.endpoint.queue.messages
    assert message["tags"][-1] == "canary"
    assert deployment.called_services == {"ssm", "logs"}, "the queue is not asked"


def test_an_authorizer_answers_otherwise(deployed) -> None:
    deployment = deployed(OKTA.source, store=Store({PARAMETER.replace("zoom", "okta"): SECRET}))
    assert deployment.tell() == [
        "a forged batch was refused with 403",
        "batch, signed, was answered 204",
        "its message is on the queue, with the tags okta and canary",
    ]
    assert {message["tags"][-1] for message in deployment.endpoint.queue.messages} == {"canary"}


def test_every_canary_has_a_mark_of_its_own(deployed) -> None:
    deployment = deployed()
    deployment.tell()
    deployment.tell()
    marks = [line["canary"] for line in deployment.endpoint.log if "canary" in line]
    assert len(set(marks)) == 2


def test_an_endpoint_that_lets_in_everybody_is_said(deployed) -> None:
    deployment = deployed(only_the_vendor_signs("everybody"))
    assert deployment.fails() == "a forged account.settings_updated was answered 200: anybody can send events"
    assert deployment.called_services == set()


def test_a_signed_event_that_is_refused_is_said(deployed) -> None:
    deployment = deployed(store=Store({PARAMETER: "another"}))
    assert deployment.fails() == (
        f"account.settings_updated, signed with {PARAMETER}, was answered 401: "
        "the functions may hold an older secret for five minutes, or the two are not the same"
    )
    assert deployment.endpoint.queue.messages == []


def test_without_a_secret_there_is_nothing_to_sign_with(deployed) -> None:
    message = f"no parameter {PARAMETER} in Parameter Store; --env and --project choose another"
    assert deployed(store=Store({})).fails() == message


def test_an_unavailable_service_is_reported(deployed) -> None:
    why = f": the queue or stream, the bucket or the secret can't be reached; the log says which: {GROUP}"
    deployment = deployed()
    deployment.endpoint.queue.faults.always = deployment.endpoint.bucket.faults.always = DOWN
    assert deployment.fails() == f"account.settings_updated, signed with {PARAMETER}, was answered 503{why}"
    deployment = deployed()
    deployment.endpoint.store.faults.always = DOWN
    assert deployment.fails() == f"a forged account.settings_updated was answered 503, not 401 or 403{why}"


@pytest.mark.parametrize("name", ["zoom", "okta"])
@pytest.mark.parametrize(
    ("held", "why"),
    [
        (None, "there is no secret in {}; python -m generator secret {} stores one"),
        ("\n", "the secret in {} is blank; python -m generator secret {} stores one"),
    ],
)
def test_a_secret_that_is_missing_or_of_no_use_is_said_at_once(
    deployed, monkeypatch: pytest.MonkeyPatch, name: str, held: str | None, why: str
) -> None:
    monkeypatch.setattr(canary, "READY_SECONDS", 60)
    parameter = PARAMETER.replace("zoom", name)
    deployment = deployed(bundled_source(name).source, store=Store({parameter: held} if held else {}))
    deployment.endpoint.store.values = deployment.store.values
    sample = canary.choose_canary_sample(bundled_source(name), None).name
    assert deployment.fails() == f"a forged {sample} was answered 503, not 401 or 403: {why.format(parameter, name)}"


def test_behind_an_authorizer_both_logs_are_named(deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = deployed(OKTA.source, store=Store({PARAMETER.replace("zoom", "okta"): SECRET}))
    monkeypatch.setattr(canary, "send_request", lambda *_: HttpResponse(500, ""))
    parameter = CanaryTarget(DeployedEndpoint(URL), HANDLER, GROUP, "/aws/lambda/the-authorizer")
    with pytest.raises(GeneratorError) as caught:
        list(run_canary(deployment, OKTA.source, canary.choose_canary_sample(OKTA, None), parameter))  # type: ignore[arg-type]
    message = f"the log says why: /aws/lambda/the-authorizer or {GROUP}"
    assert str(caught.value) == f"a forged batch was answered 500, not 401 or 403: {message}"


def test_a_secret_that_is_not_ours_to_read_is_not_spoken_of(deployed) -> None:
    deployment = deployed()
    deployment.endpoint.store.faults.always = deployment.store.faults.always = DOWN
    message = f"the queue or stream, the bucket or the secret can't be reached; the log says which: {GROUP}"
    assert deployment.fails() == f"a forged account.settings_updated was answered 503, not 401 or 403: {message}"


def test_a_message_that_the_queue_did_not_take_is_said(deployed) -> None:
    deployment = deployed()
    deployment.endpoint.queue.faults.always = DOWN
    assert deployment.fails() == "it was answered, but waits in the bucket, since it could not be sent"


def test_a_message_that_the_log_does_not_show_is_missed(deployed) -> None:
    message = f"it was answered, but {GROUP} does not say within 0 s that it was sent on"
    assert deployed(deaf=True).fails() == message


@pytest.mark.parametrize("status", [404, 500, 502, 504])
def test_a_stage_that_is_coming_up_is_waited_for(deployed, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr(canary, "READY_SECONDS", 60)
    deployment = deployed(first=[status, status])
    assert deployment.tell()[0] == "a forged account.settings_updated was refused with 401"
    assert deployment.first == []


@pytest.mark.parametrize(
    ("status", "why"), [(404, "the endpoint has no such route"), (500, f"the log says why: {GROUP}")]
)
def test_an_endpoint_that_never_comes_up_is_reported(
    deployed, monkeypatch: pytest.MonkeyPatch, status: int, why: str
) -> None:
    deployment = deployed()
    monkeypatch.setattr(canary, "send_request", lambda *_: HttpResponse(status, ""))
    assert deployment.fails() == f"a forged account.settings_updated was answered {status}, not 401 or 403: {why}"


def verified_as(name: str) -> Source:
    """Zoom's events, verified as those of another source."""
    auth = bundled_source(name).source.endpoint.auth
    return replace(ZOOM.source, webhook=replace(ZOOM.source.endpoint, auth=auth, challenges=()))


VENDORS_OWN = {
    "a key of its own": only_the_vendor_signs(),
    "Ed25519": verified_as("discord"),
    "ECDSA": verified_as("sendgrid"),
    "SNS": verified_as("aws-sns"),
}


@pytest.mark.parametrize("source", VENDORS_OWN.values(), ids=VENDORS_OWN)
def test_an_event_that_only_the_vendor_can_sign_is_handed_over_by_iam(deployed, source: Source) -> None:
    deployment = deployed(source)
    stored = {f"/MozDef-EF/zoom/dev/{name}": public for name, (public, _) in random_secrets(source.endpoint).items()}
    deployment.endpoint.store.values = stored
    assert deployment.tell() == [
        "a forged account.settings_updated was refused with 401",
        "account.settings_updated, handed over by IAM because only the vendor can sign, was answered 200",
        "its message is on the queue, with the tags zoom and canary",
    ]
    [payload] = map(json.loads, deployment.invoked)
    assert payload[BY_IAM] is True
    assert deployment.called_services == {"lambda", "logs"}
    [message] = deployment.endpoint.queue.messages
    assert message["tags"][-1] == "canary"


def test_a_handler_that_does_not_take_what_is_handed_over_is_said(deployed) -> None:
    deployment = deployed(only_the_vendor_signs(), failing="Unhandled")
    assert deployment.fails() == (
        f"account.settings_updated, handed over to {HANDLER}, ended it (Unhandled): its log says why"
    )
    deployment = deployed(only_the_vendor_signs())
    deployment.endpoint.queue.faults.always = deployment.endpoint.bucket.faults.always = DOWN
    assert deployment.fails() == (
        f"account.settings_updated, handed over to {HANDLER}, was answered 503: "
        f"the queue or stream, the bucket or the secret can't be reached; the log says which: {GROUP}"
    )


def test_the_canary_is_a_sample_that_becomes_a_message() -> None:
    assert canary.choose_canary_sample(ZOOM, None).name == "account.settings_updated"
    assert canary.choose_canary_sample(ZOOM, "user.created").name == "user.created"
    assert canary.choose_canary_sample(OKTA, None).name == "batch"
    with pytest.raises(GeneratorError) as caught:
        canary.choose_canary_sample(ZOOM, "endpoint.url_validation")
    assert str(caught.value) == (
        "endpoint.url_validation becomes no message, so none can arrive; there are account.settings_updated, "
        "group.admin_added, meeting.participant_joined, meeting.participant_role_changed, meeting.started, "
        "meeting.summary_shared, recording.completed, user.created, user.deactivated, user.deleted, "
        "user.settings_updated, user.signed_in, user.updated"
    )
    with pytest.raises(GeneratorError, match=r"^no sample x of zoom; there are account\.settings_updated, "):
        canary.choose_canary_sample(ZOOM, "x")


def test_a_source_whose_samples_become_no_message_has_no_canary() -> None:
    quiet = Definition(replace(ZOOM.source, transform=lambda _event, _request: []), ZOOM.folders, ZOOM.locations)
    with pytest.raises(GeneratorError) as caught:
        canary.choose_canary_sample(quiet, None)
    assert str(caught.value) == "no sample of zoom becomes a message, and the canary sends one that does"


def test_a_stack_without_an_endpoint_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for stacks in (Stacks(outputs=[]), Stacks(names={})):
        monkeypatch.setattr(Target, "client", lambda _target, _service, stacks=stacks: stacks)
        with pytest.raises(GeneratorError) as caught:
            canary.find_canary_target(Target(), "zoom", lambda outputs: DeployedEndpoint(outputs["EndpointUrl"]))
        assert str(caught.value) == "stack MozDef-EF-zoom-dev has no endpoint: its state is CREATE_COMPLETE"


def test_the_command_prints_each_step_as_it_happens(
    deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment = deployed()
    monkeypatch.setattr(Target, "client", lambda _, service: deployment.client(service))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    command = ["canary", "zoom", "--sample", "user.created", "--sources", str(SOURCES)]
    assert main(command) == 0
    assert capsys.readouterr() == (
        "ok  a forged user.created was refused with 401\n"
        "ok  user.created, signed, was answered 200\n"
        "ok  its message is on the queue, with the tags zoom and canary\n",
        "",
    )
    deployment.deaf = True
    assert main(command) == 1
    assert capsys.readouterr() == (
        "ok  a forged user.created was refused with 401\nok  user.created, signed, was answered 200\n",
        f"error: it was answered, but {GROUP} does not say within 0 s that it was sent on\n",
    )


EVENT = b'{"event": "user.created", "payload": {}, "event_ts": 1772439295310}'


def batch(*ids: str) -> bytes:
    events = [{"uuid": event_id, "eventType": "a", "published": "2026-03-02T12:00:01Z"} for event_id in ids]
    return json.dumps({"data": {"events": events}}).encode()


@pytest.mark.parametrize(
    ("mark", "counts"),
    [
        (MARK, True),
        (MARK.upper(), False),
        (MARK[:-1], False),
        (MARK + "0", False),
        (MARK[:-1] + "g", False),
        (f"{MARK},{MARK}", False),
        (f"{MARK}\n", False),
        (f" {MARK}", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("header", [CANARY_HEADER, CANARY_HEADER.title()])
def test_a_canary_is_marked_by_32_digits_and_by_nothing_else(header: str, mark: str, counts: bool) -> None:
    endpoint = Endpoint(ZOOM.source)
    assert endpoint.post_signed(EVENT, {header: mark})["statusCode"] == 200
    [message], [line] = endpoint.queue.messages, endpoint.log
    assert message["tags"][2:] == (["canary"] if counts else [])
    assert line.get("canary") == (mark if counts else None)


def test_every_message_of_a_canary_has_the_tag() -> None:
    endpoint = Endpoint(OKTA.source)
    endpoint.post_signed(batch("1", "2"), {CANARY_HEADER: MARK})
    assert [message["tags"] for message in endpoint.queue.messages] == [
        ["okta", "id:1", "canary"],
        ["okta", "id:2", "canary"],
    ]


def test_the_log_has_the_mark_only_of_what_was_sent_on() -> None:
    """What a sender who is not known writes is not in a log, and what is kept is not on the queue."""
    challenge = {"event": "endpoint.url_validation", "payload": {"plainToken": "a"}}
    marked = {CANARY_HEADER: MARK}
    for send, status in (
        (lambda endpoint: endpoint.post(EVENT, marked), 401),
        (lambda endpoint: endpoint.post_signed(EVENT, marked, secret="another"), 401),
        (lambda endpoint: endpoint.post_signed(challenge, marked), 200),
        (lambda endpoint: endpoint.post_signed({"event": "no payload"}, marked), 200),
    ):
        endpoint = Endpoint(ZOOM.source)
        assert send(endpoint)["statusCode"] == status
        assert MARK not in json.dumps(endpoint.log)
        assert endpoint.queue.messages == []


@pytest.mark.parametrize("source", [ZOOM.source, OKTA.source, only_the_vendor_signs()], ids=["handler", "api", "none"])
def test_who_may_invoke_the_handler_may_hand_it_an_event(source: Source) -> None:
    endpoint = Endpoint(source)
    body = EVENT if source.name == "zoom" else batch("1")
    event = gateway.event("POST", {}, body)
    assert endpoint.receiver.respond(event)["statusCode"] == 401
    assert endpoint.queue.messages == []
    assert endpoint.receiver.respond({**event, BY_IAM: True})["statusCode"] == (204 if source.name == "okta" else 200)
    assert len(endpoint.queue.messages) == 1


@pytest.mark.parametrize("value", ["true", "True", 1, 1.0, [True], {"a": True}, None, False, "1"])
def test_only_true_marks_an_event_as_handed_over(value: object) -> None:
    endpoint = Endpoint(ZOOM.source)
    assert endpoint.receiver.respond({**gateway.event("POST", {}, EVENT), BY_IAM: value})["statusCode"] == 401
    assert endpoint.queue.messages == []


_WORD = st.sampled_from([BY_IAM, BY_IAM.lower(), "true", "True", "requestContext", "body"]) | st.text(max_size=8)
_TEXTS = st.dictionaries(_WORD, _WORD, max_size=4)
_JSON = st.recursive(
    st.booleans() | st.none() | _WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORD, inner, max_size=3),
    max_leaves=6,
)


@given(
    headers=_TEXTS, query=_TEXTS, cookies=st.lists(_WORD, max_size=3), path=_WORD, body=_JSON | _WORD, raw=st.booleans()
)
def test_a_sender_can_not_mark_an_event_as_handed_over(
    headers: dict[str, str], query: dict[str, str], cookies: list[str], path: str, body: Any, raw: bool
) -> None:
    """All that is a sender's in an event of payload format 2.0.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    sent = (body if raw and isinstance(body, str) else json.dumps(body)).encode("utf-8", "surrogatepass")
    event = gateway.event("POST", headers, sent, query=query)
    http = {**event["requestContext"]["http"], "path": path, "userAgent": headers.get(BY_IAM, path), "sourceIp": path}
    event |= {
        "rawPath": path,
        "cookies": cookies,
        "queryStringParameters": query,
        "pathParameters": {path: path},
        "requestContext": {**event["requestContext"], "http": http},
    }
    assert Request.from_event(event, 0.0).by_iam is False
    for source in (ZOOM.source, OKTA.source):
        endpoint = Endpoint(source)
        assert endpoint.receiver.respond(event)["statusCode"] in (400, 401)
        assert endpoint.queue.messages == []
        assert endpoint.bucket.objects == {}


def test_a_canary_is_signed_for_the_values_of_the_stack(tmp_path: Path) -> None:
    text = """
        description: d
        parameters: {Host: {description: d, pattern: "[a-z.]+", example: a.example}}
        webhook:
          auth: {hmac: {signature: {header: x-s}, signed: "{url}{body}", url: {base: "https://${Host}/events"}}}
    """
    definition = make_definition(tmp_path, text, "acme")
    place = CanaryTarget(DeployedEndpoint(URL), HANDLER, GROUP, None, {"Host": "b.example", "Environment": "dev"})
    source = canary.as_in_stack(definition, place)
    assert source.endpoint.auth.settings.url.base == "https://b.example/events"
    with pytest.raises(GeneratorError) as raised:
        canary.as_in_stack(definition, replace(place, parameters={"Environment": "dev"}))
    assert str(raised.value) == (
        "acme was deployed before its definition had Host: deploy it again, with --parameter Host=VALUE"
    )


def test_a_missing_stack_is_reported_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_request: Any) -> None:
        raise ClientError({"Error": {"Code": "ValidationError", "Message": "it does not exist"}}, "DescribeStacks")

    refusing = SimpleNamespace(describe_stacks=refuse, exceptions=SimpleNamespace(ClientError=ClientError))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setattr(Target, "client", lambda _self, _service: refusing)
    assert main(["canary", "zoom", "--env", "prod"]) == 1
    message = (
        "error: no stack MozDef-EF-zoom-prod in us-west-2: deploy it first, "
        "or choose another with --env, --project or --region\n"
    )
    assert capsys.readouterr() == ("", message)
