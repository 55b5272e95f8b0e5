"""Names of stacks, secrets, roles and code keys in AWS: their patterns, their lengths, and how parts are joined."""

from __future__ import annotations

import re

DEFAULT_PROJECT = "MozDef-EF"
DEFAULT_ENVIRONMENT = "dev"

CONSOLE_HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
}
"""The AWS console's host by partition; the region stands before it."""

# CloudFormation names resources <stack>-<logical id>-<13 characters>, and cuts the stack's name where that is longer
# than the 63 characters of a bucket or the 64 of a function. A permission on <stack>-* needs the whole name.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
MAX_STACK = 42
MAX_SERVICE, MAX_ENVIRONMENT = 20, 11

# A source's name may not have one of these after its first part, so that no stack's name begins with another's and a
# dash: the permissions of zoom in dev, <project>-zoom-dev-*, would also cover a source zoom-dev.
_ENVIRONMENTS = "dev|test|qa|uat|stg|stage|staging|demo|sandbox|preprod|prod|production"
ENVIRONMENT_PATTERN = f"({_ENVIRONMENTS})[0-9]?"
ENVIRONMENT_RULE = f"one of {_ENVIRONMENTS.replace('|', ', ')}, and perhaps a digit"
# Single dashes: CloudFormation replaces two dashes by one in names that it makes.
PROJECT_PATTERN = "[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*"
ROLE_PATTERN = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+"
_SERVICE_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PIPELINE_PART = "pipeline"


def max_project(service: str) -> int:
    """Return how many characters a project's name may have, so that the stack's name fits with this source's."""
    return MAX_STACK - len(service) - MAX_ENVIRONMENT - 2


def project_rule(service: str) -> str:
    """Return the rule for a project's name, in words."""
    return f"at most {max_project(service)} letters, digits and single dashes, a letter first"


def service_problem(name: str) -> str | None:
    """Return what is wrong with a source's name, or None."""
    if not _SERVICE_PATTERN.fullmatch(name):
        return "a source's name has lower-case letters, digits and single dashes, and starts with a letter"
    if len(name) > MAX_SERVICE:
        return f"a source's name has at most {MAX_SERVICE} characters, and this has {len(name)}"
    parts = name.split("-")
    if _PIPELINE_PART in parts:
        return f"a source's name can't have {_PIPELINE_PART} as a part: the stacks of pipelines have it"
    if environments := [part for part in parts[1:] if re.fullmatch(ENVIRONMENT_PATTERN, part)]:
        return (
            f"{environments[0]} is an environment, which --env chooses: a source's name can't have it as a later part"
        )
    return None


def deployment_problem(service: str, project: str, environment: str) -> str | None:
    """Return what is wrong with the name of a project or an environment, or None."""
    if not re.fullmatch(PROJECT_PATTERN, project) or len(project) > max_project(service):
        return f"--project {project}: must be {project_rule(service)}"
    if not re.fullmatch(ENVIRONMENT_PATTERN, environment):
        return f"--env {environment}: must be {ENVIRONMENT_RULE}"
    return None


def secret_path(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Return the path of a source's secrets in Parameter Store."""
    return f"/{project}/{service}/{environment}"


def stack_name(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Return the name of an event source's stack, which is also the name of its dashboard and API."""
    return f"{project}-{service}-{environment}"


def pipeline_stack_name(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Return the name of a pipeline's stack, which an event source's permissions do not cover."""
    return f"{project}-{service}-{_PIPELINE_PART}-{environment}"


def role_path(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Return the path of an event source's roles; a pipeline may create and change roles below it alone."""
    return f"{secret_path(service, project, environment)}/"


def code_prefix(service: str, project: str = DEFAULT_PROJECT, environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Return the prefix in the helper bucket for code that a pipeline uploads; what people upload lies beside it."""
    return f"code{secret_path(service, project, environment)}/"
