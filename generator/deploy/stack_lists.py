"""Lists of stacks: those of deployed sources, and those whose source is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from generator.deploy.stacks import NOT_DEPLOYED
from generator.names import service_problem


def stacks_without_source(cloudformation: Any, name_of: Callable[[str], str], sources: Iterable[str]) -> list[str]:
    """Return the stacks with a name as `name_of` makes it of a source, but of none of these sources."""
    before, after = name_of("*").split("*")
    pages = cloudformation.get_paginator("list_stacks").paginate()
    stacks = [stack for page in pages for stack in page["StackSummaries"] if stack["StackStatus"] not in NOT_DEPLOYED]
    services = {stack["StackName"].removeprefix(before).removesuffix(after) for stack in stacks}
    names = {name_of(service) for service in services if not service_problem(service)}
    return sorted(names.intersection(stack["StackName"] for stack in stacks).difference(map(name_of, sources)))
