"""Names that a template was given, and that something has already: an earlier stack left it behind, or it is another's.

CloudFormation makes nothing of a name that is there. Whatever is not named here has a name of its own each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from generator.deploy.retained_resources import count_messages
from generator.errors import GeneratorError

_NOT_KNOWN = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "RepositoryDoesNotExistException",
    "AccessDenied",
    "AccessDeniedException",
)
"""What is answered where there is none, or one may not ask."""


def refuse_taken_queue(sqs: Any, values: Mapping[str, str], before: Mapping[str, str]) -> None:
    """GeneratorError where an event source with these parameters would make a queue that is there.

    `before` are the parameters that its stack has now. Who may not ask leaves it to CloudFormation to say so.
    """
    name = values.get("EventsQueueName")
    if not name or name == before.get("EventsQueueName"):
        return
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        messages = count_messages(sqs, url)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_KNOWN:
            return
        raise
    on_it = f"{messages} message{'' if messages == 1 else 's'} on it"
    raise GeneratorError(
        f"EventsQueueName: there is a queue {name} already, with {on_it}: an earlier stack left it behind, or it is "
        f"another's. Give another name, or have MozDef empty it, delete {url}, and deploy a minute later"
    )


def refuse_taken_repository(codecommit: Any, values: Mapping[str, str], before: Mapping[str, str], own: str) -> None:
    """The same of a pipeline and its configuration's repository, whose name is `own` where none is given."""
    name = _repository(values, own)
    if not name or name == _repository(before, own):
        return
    try:
        codecommit.get_repository(repositoryName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_KNOWN:
            return
        raise
    raise GeneratorError(
        f"ConfigRepository: there is a repository {name} already: an earlier stack left it behind, or it is another's. "
        f"To take it: --parameter CreateConfigRepository=false --parameter ConfigRepository={name}"
    )


def _repository(values: Mapping[str, str], own: str) -> str | None:
    """The repository that a pipeline with these parameters makes; None where it makes none."""
    if values.get("CreateConfigRepository") != "true":
        return None
    return values.get("ConfigRepository") or own
