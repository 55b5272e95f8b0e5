"""Lists of stacks: those of deployed sources, and those whose source is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from generator.deploy.stacks import NOT_DEPLOYED, SERVICE_TAG, Stack, find_stack
from generator.names import ENVIRONMENT_PATTERN, service_problem


class SourceStack(NamedTuple):
    """A stack that by its name, and by its tags where it has them, is that of a source in an environment."""

    source: str
    environment: str
    stack: Stack


def source_stacks(cloudformation: Any, project: str) -> list[SourceStack]:
    """Return the stacks of a project's sources in all environments.

    A stack that was made in the console has no tags: what it is, its template says. Each is described by its name, for
    which no permission on the account's other stacks is needed.
    """
    pattern = re.compile(f"{re.escape(project)}-(.+)-({ENVIRONMENT_PATTERN})")
    matches = [match for name in _stack_names(cloudformation) if (match := pattern.fullmatch(name))]
    deployed = []
    for name, source, environment in ((match[0], match[1], match[2]) for match in matches):
        if service_problem(source) or (stack := find_stack(cloudformation, name)) is None:
            continue
        tags = {"Project": project, SERVICE_TAG: source, "Environment": environment}
        if SERVICE_TAG not in stack.tags or all(stack.tags.get(key, value) == value for key, value in tags.items()):
            deployed.append(SourceStack(source, environment, stack))
    return deployed


def _stack_names(cloudformation: Any) -> list[str]:
    """Return the names of the stacks of which something is deployed, or was to be."""
    pages = cloudformation.get_paginator("list_stacks").paginate()
    listed = (stack for page in pages for stack in page["StackSummaries"])
    return [stack["StackName"] for stack in listed if stack["StackStatus"] not in NOT_DEPLOYED]


def stacks_without_source(cloudformation: Any, name_of: Callable[[str], str], sources: Iterable[str]) -> list[str]:
    """Return the stacks with a name as `name_of` makes it of a source, but of none of these sources."""
    before, after = name_of("*").split("*")
    stacks = _stack_names(cloudformation)
    services = {stack.removeprefix(before).removesuffix(after) for stack in stacks}
    names = {name_of(service) for service in services if not service_problem(service)}
    return sorted(names.intersection(stacks).difference(map(name_of, sources)))
