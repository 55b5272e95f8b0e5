"""The canary: a deployed endpoint refuses a forged event, accepts a signed one, and puts its message on the queue.

Nothing is taken from the queue: the handler logs a canary's id once SQS has confirmed that it has the message.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.aws import Target
from generator.definition.parameter_values import with_values
from generator.definition.read import Definition
from generator.definition.secret_names import can_sign, ssm_names
from generator.deploy import secret_store, stacks
from generator.errors import GeneratorError, command_line, existing
from generator.samples import gateway
from generator.samples.files import load_samples
from generator.samples.message_view import places
from generator.samples.run import shape
from generator.samples.sample import Sample
from generator.samples.sending import Endpoint, HttpResponse, choose_sample, send_request
from generator.samples.vendor import sign_sample, stored_secrets
from lambdas.auth_type import OutgoingRequest, SecretLookup
from lambdas.model import Source
from lambdas.reading.request import BY_IAM, CANARY_HEADER
from lambdas.runtime.secrets import NoSecret

# A new stage, and a new function's first start, take some seconds until the endpoint answers.
READY_SECONDS, SEEN_SECONDS, PAUSE_SECONDS = 60.0, 120.0, 1.0
HANDLER, HANDLER_LOG, AUTHORIZER_LOG = "Webhook", "WebhookLog", "VerifyLog"


@dataclass(frozen=True)
class CanaryTarget:
    """A deployed event source: its endpoint, its handler, the handler's log group, and an authorizer's log group.

    `parameters` are those of its stack.
    """

    endpoint: Endpoint
    function: str
    log_group: str
    authorizer_log_group: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def log_groups(self) -> str:
        """Return the log groups that say why the endpoint answers 5xx."""
        return " or ".join(filter(None, [self.authorizer_log_group, self.log_group]))


def choose_canary_sample(definition: Definition, name: str | None) -> Sample:
    """Return the sample of this name, which must become a message; without a name, the first that does."""
    usable = [sample.name for sample in load_samples(definition)[0] if shape(definition.source, sample).messages]
    if not usable:
        raise GeneratorError(
            f"no sample of {definition.source.name} becomes a message, and the canary sends one that does"
        )
    chosen = choose_sample(definition, name or usable[0])
    if chosen.name not in usable:
        raise GeneratorError(f"{chosen.name} becomes no message, so none can arrive; {existing(usable)}")
    return chosen


def find_canary_target(target: Target, source: str, endpoint: Callable[[Mapping[str, str]], Endpoint]) -> CanaryTarget:
    """Return what the canary needs of a source's stack; `endpoint` makes the endpoint from the stack's outputs."""
    stack, cloudformation = stacks.get_deployed_stack(target, source), target.client("cloudformation")
    names = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in stacks.list_resources(cloudformation, stack)
    }
    if "EndpointUrl" not in stack.outputs or HANDLER not in names:
        raise GeneratorError(f"stack {stack.name} has no endpoint: its state is {stack.status}")
    return CanaryTarget(
        endpoint(stack.outputs), names[HANDLER], names[HANDLER_LOG], names.get(AUTHORIZER_LOG), stack.parameters
    )


def as_in_stack(definition: Definition, deployed: CanaryTarget) -> Source:
    """Return the source with the parameters of its stack; GeneratorError where the stack lacks one."""
    names = definition.source.parameters or {}
    if missing := [name for name in names if name not in deployed.parameters]:
        options = "".join(f" --parameter {name}=VALUE" for name in missing)
        raise GeneratorError(
            f"{definition.source.name} was deployed before its definition had {' and '.join(missing)}: "
            f"deploy it again, with{options}"
        )
    return with_values(definition, {name: deployed.parameters[name] for name in names}).source


def run_canary(target: Target, source: Source, sample: Sample, deployed: CanaryTarget) -> Iterator[str]:
    """Run the checks in order, yielding one line per success; raise GeneratorError at the first failure."""
    parameters = ssm_names(source, target.project, target.environment)

    def lookup_secret(name: str) -> tuple[str, ...]:
        return stored_secrets(target.client("ssm"), parameters)(name)

    def explain_status(status: int) -> str:
        secret_flaw = _secret_flaw(source, parameters, lookup_secret) if status >= 500 else None
        return f": {secret_flaw or _status_hint(status, deployed)}"

    yield _send_forged(source, sample, deployed.endpoint, explain_status)
    canary_id, since = secrets.token_hex(16), time.time()
    sent = None
    if can_sign(source.endpoint.auth):
        sent = sign_sample(source, sample, deployed.endpoint.vendor_url or deployed.endpoint.url, lookup_secret, since)
    if sent is None:
        yield _invoke_handler(target.client("lambda"), sample, deployed.function, canary_id, explain_status)
    else:
        response = _answer_when_ready(deployed.endpoint, sent, {CANARY_HEADER: canary_id})
        if response.status >= 300:
            name = " and ".join(parameters.values())
            raise GeneratorError(
                f"{sample.name}, signed with {name}, was answered {response.status}{explain_status(response.status)}"
            )
        yield f"{sample.name}, signed, was answered {response.status}"
    _wait_for_log_line(target.client("logs"), deployed.log_group, canary_id, since)
    tags = places(source.output)["tags"]
    where = "" if tags == "tags" else f" in its {tags}"
    place = "in the stream that writes objects" if source.delivery.s3 else "on the queue"
    yield f"its message is {place}, with the tags {source.name} and canary{where}"


def _send_forged(source: Source, sample: Sample, endpoint: Endpoint, explain_status: Callable[[int], str]) -> str:
    """Send the sample signed with a random secret, or unsigned where only the vendor can sign; it must be refused."""
    wrong_secret = secrets.token_hex(24)
    url = endpoint.vendor_url or endpoint.url
    forged = sign_sample(source, sample, url, lambda _name: (wrong_secret,), time.time())
    response = _answer_when_ready(
        endpoint, forged or OutgoingRequest(sample.method, url, sample.headers, sample.body), {}
    )
    if response.status not in (401, 403):
        if response.status < 300:
            raise GeneratorError(f"a forged {sample.name} was answered {response.status}: anybody can send events")
        raise GeneratorError(
            f"a forged {sample.name} was answered {response.status}, not 401 or 403{explain_status(response.status)}"
        )
    return f"a forged {sample.name} was refused with {response.status}"


def _answer_when_ready(endpoint: Endpoint, sent: OutgoingRequest, extra_headers: Mapping[str, str]) -> HttpResponse:
    """Send the request until the response is not one of a stage that is still coming up, and return it."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        response = send_request(endpoint, sent, extra_headers)
        if response.status not in (404, 500, 502, 504) or time.monotonic() > deadline:
            return response
        time.sleep(PAUSE_SECONDS)


def _secret_flaw(source: Source, parameters: Mapping[str, str], lookup_secret: SecretLookup) -> str | None:
    """Return what is wrong with a stored secret; None where the secrets are good, or may not be read."""
    from botocore.exceptions import BotoCoreError, ClientError

    for name, parameter in parameters.items():
        advice = f"{command_line(f'secret {source.name}')} stores one"
        try:
            (current,) = lookup_secret(name)
        except NoSecret:
            return f"there is no secret in {parameter}; {advice}"
        except (ClientError, BotoCoreError):
            return None
        for misfit in secret_store.unusable_reasons(source.endpoint, name, current):
            return f"the secret in {parameter} {misfit}; {advice}"
    return None


def _status_hint(status: int, deployed: CanaryTarget) -> str:
    """Return the likely reason for a status."""
    if status in (401, 403):
        return "the functions may hold an older secret for five minutes, or the two are not the same"
    if status == 404:
        return "the endpoint has no such route"
    if status == 503:
        return (
            f"the queue or stream, the bucket or the secret can't be reached; the log says which: {deployed.log_groups}"
        )
    return f"the log says why: {deployed.log_groups}"


def _invoke_handler(
    lambda_client: Any, sample: Sample, function: str, canary_id: str, explain_status: Callable[[int], str]
) -> str:
    """Invoke the handler itself with the sample, where only the vendor can sign a request."""
    request = gateway.event(
        sample.method, {**sample.headers, CANARY_HEADER: canary_id}, sample.body, query=sample.query
    )
    response = lambda_client.invoke(FunctionName=function, Payload=json.dumps({**request, BY_IAM: True}))
    if function_error := response.get("FunctionError"):
        raise GeneratorError(f"{sample.name}, handed over to {function}, ended it ({function_error}): its log says why")
    status = json.loads(response["Payload"].read())["statusCode"]
    if status >= 300:
        raise GeneratorError(f"{sample.name}, handed over to {function}, was answered {status}{explain_status(status)}")
    return f"{sample.name}, handed over by IAM because only the vendor can sign, was answered {status}"


def _wait_for_log_line(logs: Any, group: str, canary_id: str, since: float) -> None:
    """Return once the handler has logged that SQS has the message."""
    deadline = time.monotonic() + SEEN_SECONDS
    query = {"logGroupName": group, "filterPattern": f'"{canary_id}"', "startTime": int((since - 60) * 1000)}
    while time.monotonic() < deadline:
        # A page may be empty, and the next one have the event.
        for page in logs.get_paginator("filter_log_events").paginate(**query):
            for line in filter(None, (_log_line(event["message"], canary_id) for event in page["events"])):
                if line["sent"]:
                    return
                raise GeneratorError("it was answered, but waits in the bucket, since it could not be sent")
        time.sleep(PAUSE_SECONDS)
    raise GeneratorError(f"it was answered, but {group} does not say within {SEEN_SECONDS:.0f} s that it was sent on")


def _log_line(message: str, canary_id: str) -> Mapping[str, Any] | None:
    """Return the fields of the handler's log line about this canary; None where the message is another."""
    try:
        fields = json.loads(message[message.find("{") :])
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and fields.get("canary") == canary_id else None
