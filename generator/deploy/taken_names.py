"""Refuse names for a new queue or repository that are taken: by what an earlier stack left behind, or by others.

CloudFormation can't make a resource with a name that is taken. All other resources get a new name each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from generator.deploy.retained_resources import count_messages
from generator.errors import GeneratorError

_NOT_FOUND = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "RepositoryDoesNotExistException",
    "AccessDenied",
    "AccessDeniedException",
)
"""Error codes where there is no such resource, or the user may not look."""


def refuse_taken_queue(sqs: Any, values: Mapping[str, str], before: Mapping[str, str]) -> None:
    """Raise GeneratorError where an event source with these parameters would make a queue that exists.

    `before` are the parameters that its stack has now. Without the permission to look, CloudFormation reports it.
    """
    name = values.get("EventsQueueName")
    if not name or name == before.get("EventsQueueName"):
        return
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        messages = count_messages(sqs, url)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_FOUND:
            return
        raise
    message_count = f"{messages} message{'' if messages == 1 else 's'} on it"
    raise GeneratorError(
        f"EventsQueueName: there is a queue {name} already, with {message_count}: an earlier stack left it behind, "
        f"or it is another's. Give another name, or have its reader empty it, delete {url}, and deploy a minute later"
    )


def refuse_taken_repository(codecommit: Any, values: Mapping[str, str], before: Mapping[str, str], own: str) -> None:
    """Raise GeneratorError where a pipeline would make a repository that exists; `own` is its name by default."""
    name = _repository(values, own)
    if not name or name == _repository(before, own):
        return
    try:
        codecommit.get_repository(repositoryName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_FOUND:
            return
        raise
    raise GeneratorError(
        f"ConfigRepository: there is a repository {name} already: an earlier stack left it behind, or it is another's. "
        f"To take it: --parameter CreateConfigRepository=false --parameter ConfigRepository={name}"
    )


def _repository(values: Mapping[str, str], own: str) -> str | None:
    """Return the repository that a pipeline with these parameters makes; None where it makes none."""
    if values.get("CreateConfigRepository") != "true":
        return None
    return values.get("ConfigRepository") or own
