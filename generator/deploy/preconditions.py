"""What must hold before a change set is made: a secret is stored, the stack may be taken over, names are free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from generator.aws_failures import explain_failure
from generator.definition.parameter_values import with_values
from generator.definition.secret_names import ssm_names
from generator.deploy.deployment import Deployment
from generator.deploy.stacks import Stack
from generator.deploy.stored_secrets import times_stored
from generator.errors import GeneratorError
from lambdas.auth import any_of, secret_names
from lambdas.model import Source


def change_set_parameters(deployment: Deployment, stack: Stack | None) -> list[dict[str, Any]]:
    """Return the parameters of a change set; GeneratorError with all that is missing: a secret, and values."""
    missing: list[GeneratorError] = []
    parameters: list[dict[str, Any]] = []
    if not deployment.context.pipeline:
        try:
            refuse_without_secret(deployment, deployment.context.target.client("ssm"))
        except GeneratorError as error:
            missing.append(error)
    try:
        parameters = deployment.change_set_parameters(stack)
    except GeneratorError as error:
        missing.append(error)
    if missing:
        raise GeneratorError("\n".join(map(str, missing)))
    return parameters


def refuse_without_secret(deployment: Deployment, ssm: Any) -> None:
    """Raise GeneratorError where no event could be verified, or the vendor not be asked, for want of a secret.

    The secret is not read: that would need its key.
    """
    target, source = deployment.context.target, deployment.product.definition.source
    parameters = ssm_names(source, target.project, target.environment)
    if not parameters or _vendor_hands_over(source):
        return  # public keys are fetched; or the vendor hands the secret over, and the handler stores it
    stored = _stored(source, ssm, list(parameters.values()))
    missing = [name for name in parameters if parameters[name] not in stored]
    if not missing or _has_alternative(source, missing):
        return
    first = missing[0]
    option = f" --name {first}" if first != next(iter(parameters)) else ""
    store = deployment.context.command(f"secret {source.name}{option}")
    if deployment.without_secret:
        consequence = "the vendor can't be asked" if source.pull else "every request is answered 503"
        deployment.reminders.append(f"no secret is stored yet, and until then {consequence}: {store}")
        return
    raise GeneratorError(
        f"no secret {parameters[first]} in Parameter Store. Store it: {store}. "
        + (
            "Or pass --without-secret to deploy before somebody has it"
            if source.pull
            else "Or pass --without-secret if the vendor makes it only once it has the URL"
        )
    )


def _stored(source: Source, ssm: Any, parameters: Sequence[str]) -> set[str]:
    """Return which of the parameters exist. Of a pulled source, a pipeline may not read them, but look them up."""
    if source.pull:
        return set(times_stored(ssm, parameters))
    return {parameter["Name"] for parameter in ssm.get_parameters(Names=parameters)["Parameters"]}


def _vendor_hands_over(source: Source) -> bool:
    return source.webhook is not None and any(challenge.store_secret for challenge in source.endpoint.challenges)


def _has_alternative(source: Source, missing: Sequence[str]) -> bool:
    """Return whether a source can verify with another secret than the missing."""
    if source.webhook is None:
        return False
    auth = source.endpoint.auth
    alternatives = set(secret_names(auth)) if auth.type is any_of else set()
    return not (set(missing) - alternatives or alternatives <= set(missing))


def refuse_unfit_values(deployment: Deployment, stack: Stack | None) -> None:
    """Raise GeneratorError where the values of the definition's parameters, given or kept, break a rule of a build."""
    definition = deployment.product.definition
    values = {**(stack.parameters if stack else {}), **deployment.given_parameters}
    with_values(definition, {name: values[name] for name in definition.source.parameters or () if name in values})


def refuse_takeover(deployment: Deployment, stack: Stack | None) -> None:
    """Raise GeneratorError where a pipeline would change the boundary of a stack's roles, or the queue that is read.

    Call it before there is a change set: with one, the stack would go on with the pipeline's role for good.
    """
    if not deployment.role or stack is None or deployment.context.pipeline:
        return
    before, source = stack.parameters, deployment.product.name
    boundary, queue = (
        deployment.given_parameters.get(key, "") for key in ("PermissionsBoundaryArn", "EventsQueueName")
    )
    if before.get("PermissionsBoundaryArn", "") != boundary:
        bind = f"deploy {source} --parameter PermissionsBoundaryArn={boundary}"
        raise GeneratorError(
            f"stack {stack.name} was deployed without this pipeline's boundary: bind it by hand once, and release "
            f"the change again: {deployment.context.rebuild_command(bind)}"
        )
    if (old_queue := before.get("EventsQueueName", "")) not in ("", queue):
        raise GeneratorError(
            f"stack {stack.name} has EventsQueueName={old_queue}, and this pipeline's form has {queue or 'none'}: "
            "your SIEM's queue would be another; put it into the form"
        )


@contextmanager
def explain_pipeline_refusal(deployment: Deployment) -> Iterator[None]:
    """Raise GeneratorError with what to do where AWS refuses a pipeline's build its change set."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if not deployment.role or error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise
        raise GeneratorError(f"{explain_failure(error)}\n{pipeline_hint(deployment)}") from error


def names_missing_permission(message: str) -> bool:
    """Return whether CloudFormation's reasons name a permission that its role lacks."""
    return "AccessDenied" in message or "not authorized to perform" in message


def pipeline_hint(deployment: Deployment) -> str:
    """Return what to do where a pipeline's role lacks a permission: it has those that an earlier definition needed."""
    update = deployment.context.rebuild_command(f"deploy {deployment.product.name}", pipeline=True)
    return (
        "A pipeline's roles may make what its definition had when the pipeline was deployed. With `archive`, `dedupe` "
        f"or `hardening: strict` since, or a newer framework, update the pipeline's stack first: {update}. While "
        "ProtectEvents is true, no bucket can be made, and none can keep objects for another time: make it false first"
    )


def refuse_taken_names(deployment: Deployment, stack: Stack | None) -> None:
    """Raise GeneratorError where a given name for a new queue, or a new repository, is taken."""
    from generator.deploy import taken_names

    before, target = stack.parameters if stack else {}, deployment.context.target
    known: dict[str, Any] = deployment.template["Parameters"]
    defaults = {name: parameter["Default"] for name, parameter in known.items() if "Default" in parameter}
    current = {name: before[name] for name in known if name in before}
    values = {**defaults, **current, **deployment.given_parameters}
    if deployment.context.pipeline:
        own_name = target.stack(deployment.product.name)
        taken_names.refuse_taken_repository(target.client("codecommit"), values, before, own_name)
    else:
        taken_names.refuse_taken_queue(target.client("sqs"), values, before)
