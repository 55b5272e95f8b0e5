"""A pipeline's template, as a rehearsal reads and changes it: its stages, and the part that the emulator can deploy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

PIPELINE_RESOURCE = "Pipeline"


class Stage(NamedTuple):
    """A stage of a template, and the condition under which it exists."""

    name: str
    condition: str | None
    actions: list[dict[str, Any]]


def read_stages(template: Mapping[str, Any]) -> list[Stage]:
    """Return the stages that a template lists."""
    stages = []
    for listed in template["Resources"][PIPELINE_RESOURCE]["Properties"]["Stages"]:
        condition, stage = (listed["Fn::If"][0], listed["Fn::If"][1]) if "Fn::If" in listed else (None, listed)
        stages.append(Stage(stage["Name"], condition, stage["Actions"]))
    return stages


def without_pipeline(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template without its pipeline, which the emulator does not know.

    The pipeline's name becomes a parameter, for references to it, and the configuration of each action becomes outputs,
    so that CloudFormation itself resolves the configuration.
    """
    resources = {name: resource for name, resource in template["Resources"].items() if name != PIPELINE_RESOURCE}
    outputs = dict(template["Outputs"])
    for number, stage in enumerate(read_stages(template)):
        condition = {"Condition": stage.condition} if stage.condition else {}
        outputs[stage_output(number)] = {"Value": stage.name, **condition}
        for index, action in enumerate(stage.actions):
            for key, value in action.get("Configuration", {}).items():
                outputs[action_output(number, index, key)] = {"Value": value, **condition}
    name = {"Type": "String", "Default": "rehearsal"}
    parameters = {**template["Parameters"], PIPELINE_RESOURCE: name}
    return {**template, "Resources": resources, "Outputs": outputs, "Parameters": parameters}


def stage_output(number: int) -> str:
    """Return the output that says that a stage exists."""
    return f"Stage{number}"


def action_output(number: int, index: int, key: str) -> str:
    """Return the output with a resolved key of an action's configuration."""
    return f"Stage{number}Action{index}{key}"
