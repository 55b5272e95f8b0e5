"""The actions of a pipeline's stages: fetch, merge, approve, build.

Action types: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from troposphere import Parameter, Ref
from troposphere.awslambda import Function
from troposphere.codebuild import Project
from troposphere.codepipeline import Actions, ActionTypeId, InputArtifacts, OutputArtifacts, Stages

from generator.templates.resources.repository import ConfigRepository


def github(connection: Parameter, repository: Parameter, branch: Parameter, output: str) -> Actions:
    """Return the action that fetches from GitHub through a connection; each push to the branch starts the pipeline."""
    return _action(
        "GitHub",
        ("Source", "AWS", "CodeStarSourceConnection"),
        {
            "ConnectionArn": Ref(connection),
            "FullRepositoryId": Ref(repository),
            "BranchName": Ref(branch),
            "OutputArtifactFormat": "CODE_ZIP",
            "DetectChanges": "true",
        },
        outputs=[output],
    )


def codecommit(repository: ConfigRepository, output: str) -> Actions:
    """Return the action that fetches from CodeCommit; a rule of EventBridge starts the pipeline."""
    return _action(
        "CodeCommit",
        ("Source", "AWS", "CodeCommit"),
        {
            "RepositoryName": repository.existing_name,
            "BranchName": Ref(repository.branch),
            "PollForSourceChanges": "false",
            "OutputArtifactFormat": "CODE_ZIP",
        },
        outputs=[output],
    )


def merge(function: Function, folder: Parameter, inputs: Sequence[str], output: str) -> Actions:
    """Return the action that merges the second artifact into a folder of the first."""
    configuration = {"FunctionName": Ref(function), "UserParameters": Ref(folder)}
    return _action("Merge", ("Invoke", "AWS", "Lambda"), configuration, inputs, [output])


def approve() -> Actions:
    """Return the action that waits for a person's approval, before any code of the repositories runs."""
    instruction = "Look at the commits above: the next stage runs their code and deploys it"
    return _action("Approve", ("Approval", "AWS", "Manual"), {"CustomData": instruction})


def build(name: str, project: Project, artifact: str) -> Actions:
    """Return the action that runs a CodeBuild project on an artifact."""
    return _action(name, ("Build", "AWS", "CodeBuild"), {"ProjectName": Ref(project)}, [artifact])


def stage(name: str, *actions: Actions) -> Stages:
    """Return a stage; its actions run in parallel."""
    return Stages(Name=name, Actions=list(actions))


def _action(
    name: str,
    action_type: tuple[str, str, str],
    configuration: dict[str, Any],
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
) -> Actions:
    category, owner, provider = action_type
    action = Actions(
        Name=name,
        ActionTypeId=ActionTypeId(Category=category, Owner=owner, Provider=provider, Version="1"),
        Configuration=configuration,
    )
    if inputs:
        action.InputArtifacts = [InputArtifacts(Name=artifact) for artifact in inputs]
    if outputs:
        action.OutputArtifacts = [OutputArtifacts(Name=artifact) for artifact in outputs]
    return action
