"""Whether a deployed endpoint lets in who it should, and nobody else; and whether what it lets in arrives.

Nothing is taken from the queue: the handler logs a canary's mark once SQS has confirmed that it has the message.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.aws import Target
from generator.definition.read import Definition
from generator.definition.secret_names import can_sign, ssm_names
from generator.deploy import secret_store, stacks
from generator.errors import GeneratorError
from generator.samples import gateway
from generator.samples.files import Sample, load_samples
from generator.samples.run import shape
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
    """A deployed event source: where it is called, its handler, the handler's log, and that of an authorizer."""

    endpoint: Endpoint
    function: str
    log_group: str
    authorizer_log_group: str | None = None

    @property
    def log_groups(self) -> str:
        """Where it says why it answers 5xx."""
        return " or ".join(filter(None, [self.authorizer_log_group, self.log_group]))


def choose_canary_sample(definition: Definition, wanted: str | None) -> Sample:
    """The sample of this name, which must become a message; without one the first that does."""
    fit = [one.name for one in load_samples(definition)[0] if shape(definition.source, one).messages]
    if not fit:
        raise GeneratorError(f"no sample of {definition.source.name} becomes a message: one has to be sent")
    chosen = choose_sample(definition, wanted or fit[0])
    if chosen.name not in fit:
        raise GeneratorError(f"{chosen.name} becomes no message, so none can arrive; there are {', '.join(fit)}")
    return chosen


def find_canary_target(target: Target, source: str, endpoint: Callable[[Mapping[str, str]], Endpoint]) -> CanaryTarget:
    """What a source's stack consists of; `endpoint` makes of its outputs where it answers."""
    found, cloudformation = stacks.get_deployed_stack(target, source), target.client("cloudformation")
    names = {
        one["LogicalResourceId"]: one["PhysicalResourceId"] for one in stacks.list_resources(cloudformation, found)
    }
    if "EndpointUrl" not in found.outputs or HANDLER not in names:
        raise GeneratorError(f"stack {found.name} has no endpoint: its state is {found.status}")
    return CanaryTarget(endpoint(found.outputs), names[HANDLER], names[HANDLER_LOG], names.get(AUTHORIZER_LOG))


def run_canary(target: Target, source: Source, sample: Sample, deployed: CanaryTarget) -> Iterator[str]:
    """What was tried and came out as it should, one line each; GeneratorError at the first that did not."""
    stored = ssm_names(source, target.project, target.environment)

    def held(name: str) -> tuple[str, ...]:
        return stored_secrets(target.client("ssm"), stored)(name)

    def why(status: int) -> str:
        flaw = _secret_flaw(source, stored, held) if status >= 500 else None
        return f": {flaw or _status_hint(status, deployed)}"

    yield _send_forged(source, sample, deployed.endpoint, why)
    mark, since = secrets.token_hex(16), time.time()
    sent = None
    if can_sign(source.webhook.auth):
        sent = sign_sample(source, sample, deployed.endpoint.vendor_url or deployed.endpoint.url, held, since)
    if sent is None:
        yield _invoke_handler(target.client("lambda"), sample, deployed.function, mark, why)
    else:
        answer = _answer_when_ready(deployed.endpoint, sent, {CANARY_HEADER: mark})
        if answer.status >= 300:
            name = " and ".join(stored.values())
            raise GeneratorError(f"{sample.name}, signed with {name}, was answered {answer.status}{why(answer.status)}")
        yield f"{sample.name}, signed, was answered {answer.status}"
    _wait_for_log_line(target.client("logs"), deployed.log_group, mark, since)
    yield f"its message is on the queue, with the tags {source.name} and canary"


def _send_forged(source: Source, sample: Sample, endpoint: Endpoint, why: Callable[[int], str]) -> str:
    """Send it signed with a secret that nobody knows, or not signed where only the vendor can."""
    guessed = secrets.token_hex(24)
    url = endpoint.vendor_url or endpoint.url
    forged = sign_sample(source, sample, url, lambda _name: (guessed,), time.time())
    answer = _answer_when_ready(
        endpoint, forged or OutgoingRequest(sample.method, url, sample.headers, sample.body), {}
    )
    if answer.status not in (401, 403):
        if answer.status < 300:
            raise GeneratorError(f"a forged {sample.name} was answered {answer.status}: anybody can send events")
        raise GeneratorError(f"a forged {sample.name} was answered {answer.status}, not 401 or 403{why(answer.status)}")
    return f"a forged {sample.name} was refused with {answer.status}"


def _answer_when_ready(endpoint: Endpoint, sent: OutgoingRequest, more: Mapping[str, str]) -> HttpResponse:
    """The answer, once there is one that is not of a stage that is still coming up."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        answer = send_request(endpoint, sent, more)
        if answer.status not in (404, 500, 502, 504) or time.monotonic() > deadline:
            return answer
        time.sleep(PAUSE_SECONDS)


def _secret_flaw(source: Source, stored: Mapping[str, str], held: SecretLookup) -> str | None:
    """Why no request verifies, where that is for a secret; None where the secrets are good, or not ours to read."""
    from botocore.exceptions import BotoCoreError, ClientError

    for name, place in stored.items():
        todo = f"python -m generator secret {source.name} stores one"
        try:
            (current,) = held(name)
        except NoSecret:
            return f"there is no secret in {place}; {todo}"
        except (ClientError, BotoCoreError):
            return None
        for misfit in secret_store.unusable_reasons(source.webhook, name, current):
            return f"the secret in {place} {misfit}; {todo}"
    return None


def _status_hint(status: int, deployed: CanaryTarget) -> str:
    if status in (401, 403):
        return "the functions may hold an older secret for five minutes, or the two are not the same"
    if status == 404:
        return "the endpoint has no such route"
    if status == 503:
        return f"the queue, the bucket or the secret can't be reached; the log says which: {deployed.log_groups}"
    return f"the log says why: {deployed.log_groups}"


def _invoke_handler(functions: Any, sample: Sample, function: str, mark: str, why: Callable[[int], str]) -> str:
    request = gateway.event(sample.method, {**sample.headers, CANARY_HEADER: mark}, sample.body, query=sample.query)
    answer = functions.invoke(FunctionName=function, Payload=json.dumps({**request, BY_IAM: True}))
    if failed := answer.get("FunctionError"):
        raise GeneratorError(f"{sample.name}, handed over to {function}, ended it ({failed}): its log says why")
    status = json.loads(answer["Payload"].read())["statusCode"]
    if status >= 300:
        raise GeneratorError(f"{sample.name}, handed over to {function}, was answered {status}{why(status)}")
    return f"{sample.name}, handed over by IAM because only the vendor can sign, was answered {status}"


def _wait_for_log_line(logs: Any, group: str, mark: str, since: float) -> None:
    """Return once the handler has logged that SQS has the message."""
    deadline = time.monotonic() + SEEN_SECONDS
    wanted = {"logGroupName": group, "filterPattern": f'"{mark}"', "startTime": int((since - 60) * 1000)}
    while time.monotonic() < deadline:
        # A page may be empty, and another one have it.
        for page in logs.get_paginator("filter_log_events").paginate(**wanted):
            for said in (_log_line(one["message"], mark) for one in page["events"]):
                if said and said["sent"]:
                    return
                if said:
                    raise GeneratorError("it was answered, but waits in the bucket, since the queue did not take it")
        time.sleep(PAUSE_SECONDS)
    raise GeneratorError(f"it was answered, but {group} does not say within {SEEN_SECONDS:.0f} s that it was sent on")


def _log_line(line: str, mark: str) -> Mapping[str, Any] | None:
    """The handler's own line on this canary; None where it is another."""
    try:
        said = json.loads(line[line.find("{") :])
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.get("canary") == mark else None
