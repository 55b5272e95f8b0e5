"""Names, and how long they may be."""

from __future__ import annotations

import re

DEFAULT_PROJECT = "MozDef-EF"
DEFAULT_ENVIRONMENT = "dev"

CONSOLE_HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
}
"""The AWS console's host by partition; the region goes before it."""

# CloudFormation names what a stack makes <stack>-<logical id>-<13 characters>, and cuts the stack's name where that
# has more than the 63 characters of a bucket or the 64 of a function. A permission on <stack>-* needs all of it.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
MAX_STACK = 42
MAX_SERVICE, MAX_ENVIRONMENT = 20, 11

# No source's name may have one of these as a later part, so that no stack's name begins with another's and a dash:
# the permissions of zoom in dev, <project>-zoom-dev-*, would cover a source zoom-dev.
_ENVIRONMENTS = "dev|test|qa|uat|stg|stage|staging|demo|sandbox|preprod|prod|production"
ENVIRONMENT_PATTERN = f"({_ENVIRONMENTS})[0-9]?"
ENVIRONMENT_RULE = f"one of {_ENVIRONMENTS.replace('|', ', ')}, and perhaps a digit"
# CloudFormation makes one dash of two in what it names.
PROJECT_PATTERN = "[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*"
ROLE_PATTERN = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+"
_SERVICE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PIPELINE = "pipeline"


def max_project(service: str) -> int:
    """How many characters a project's name may have beside this source's."""
    return MAX_STACK - len(service) - MAX_ENVIRONMENT - 2


def project_rule(service: str) -> str:
    """What a project's name is, in words."""
    return f"at most {max_project(service)} letters, digits and single dashes, a letter first"


def service_problem(name: str) -> str | None:
    """What is wrong with a source's name; None where nothing is."""
    if not _SERVICE.fullmatch(name):
        return "a source's name has lower-case letters, digits and single dashes, and starts with a letter"
    if len(name) > MAX_SERVICE:
        return f"a source's name has at most {MAX_SERVICE} characters, and this has {len(name)}"
    later = name.split("-")[1:]
    if _PIPELINE in name.split("-"):
        return f"a source's name can't have {_PIPELINE} as a part: the stacks of pipelines have it"
    if wrong := [one for one in later if re.fullmatch(ENVIRONMENT_PATTERN, one)]:
        return f"{wrong[0]} is an environment, which --env chooses: a source's name can't have it as a later part"
    return None


def deployment_problem(service: str, project: str, environment: str) -> str | None:
    """What is wrong with the name of a project or an environment."""
    if not re.fullmatch(PROJECT_PATTERN, project) or len(project) > max_project(service):
        return f"--project {project}: must be {project_rule(service)}"
    if not re.fullmatch(ENVIRONMENT_PATTERN, environment):
        return f"--env {environment}: must be {ENVIRONMENT_RULE}"
    return None


def secret_path(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Where a source's secrets lie in Parameter Store."""
    return f"/{project}/{service}/{environment}"


def stack_name(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """The name of an event source's stack, and of its queue where that has one."""
    return f"{project}-{service}-{environment}"


def pipeline_stack_name(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """The name of a pipeline's stack, which an event source's permissions do not cover."""
    return f"{project}-{service}-{_PIPELINE}-{environment}"


def role_path(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """The path of an event source's roles: what a pipeline may make and change is all below it."""
    return f"{secret_path(service, project, environment)}/"


def code_prefix(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Where a pipeline puts its source's code in the helper bucket, and nobody else's: what people put is beside it."""
    return f"code{secret_path(service, project, environment)}/"
