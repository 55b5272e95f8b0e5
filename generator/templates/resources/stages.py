"""The stages of a pipeline.

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
    """Fetch from GitHub through a connection; every push to the branch starts the pipeline."""
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
    """Fetch from CodeCommit; a rule of EventBridge starts the pipeline."""
    return _action(
        "CodeCommit",
        ("Source", "AWS", "CodeCommit"),
        {
            "RepositoryName": repository.wanted,
            "BranchName": Ref(repository.branch),
            "PollForSourceChanges": "false",
            "OutputArtifactFormat": "CODE_ZIP",
        },
        outputs=[output],
    )


def merge(function: Function, folder: Parameter, inputs: Sequence[str], output: str) -> Actions:
    """The second artifact goes into a folder of the first."""
    configuration = {"FunctionName": Ref(function), "UserParameters": Ref(folder)}
    return _action("Merge", ("Invoke", "AWS", "Lambda"), configuration, inputs, [output])


def approve() -> Actions:
    """Wait for a person; what was not approved does not run."""
    said = "Look at the commits above: the next stage runs their code and deploys it"
    return _action("Approve", ("Approval", "AWS", "Manual"), {"CustomData": said})


def build(name: str, project: Project, source: str) -> Actions:
    """Run a project of CodeBuild on an artifact."""
    return _action(name, ("Build", "AWS", "CodeBuild"), {"ProjectName": Ref(project)}, [source])


def stage(name: str, *actions: Actions) -> Stages:
    """A stage, whose actions run side by side."""
    return Stages(Name=name, Actions=list(actions))


def _action(
    name: str,
    kind: tuple[str, str, str],
    configuration: dict[str, Any],
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
) -> Actions:
    category, owner, provider = kind
    made = Actions(
        Name=name,
        ActionTypeId=ActionTypeId(Category=category, Owner=owner, Provider=provider, Version="1"),
        Configuration=configuration,
    )
    if inputs:
        made.InputArtifacts = [InputArtifacts(Name=one) for one in inputs]
    if outputs:
        made.OutputArtifacts = [OutputArtifacts(Name=one) for one in outputs]
    return made
