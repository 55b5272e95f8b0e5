"""Names, and how long they may be."""

from __future__ import annotations

import re

PROJECT = "MozDef-EF"
ENVIRONMENT = "dev"

# The queue's name, <project>-<service>-<environment>, has room for 80 characters, the least of all names made of the
# three: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
MAX_PROJECT, MAX_SERVICE, MAX_ENVIRONMENT = 30, 32, 16
PROJECT_PATTERN = f"[A-Za-z][A-Za-z0-9-]{{0,{MAX_PROJECT - 1}}}"
ENVIRONMENT_PATTERN = f"[a-z][a-z0-9]{{0,{MAX_ENVIRONMENT - 1}}}"
_SERVICE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def service_problem(name: str) -> str | None:
    """What is wrong with a source's name; None where nothing is."""
    if not _SERVICE.fullmatch(name):
        return "a source's name has lower-case letters, digits and single dashes, and starts with a letter"
    if len(name) > MAX_SERVICE:
        return f"a source's name has at most {MAX_SERVICE} characters, and this has {len(name)}"
    return None


def secret_path(service: str, project: str = PROJECT, environment: str = ENVIRONMENT) -> str:
    """Where a source's secrets lie in Parameter Store."""
    return f"/{project}/{service}/{environment}"


def stack(service: str, project: str = PROJECT, environment: str = ENVIRONMENT) -> str:
    """The name of an event source's stack, and of its queue where that has one."""
    return f"{project}-{service}-{environment}"
