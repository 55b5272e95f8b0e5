"""Parameters of the pipeline template."""

from __future__ import annotations

from typing import NamedTuple

from generator.templates.inputs import TemplateInput, common_inputs, parameter_inputs, siem_inputs, zip_key_input
from generator.templates.resources.network import network_inputs
from lambdas.model import Source


class ZipKeys(NamedTuple):
    """Keys in the helper bucket under which a build's zips are uploaded."""

    merge: str
    config: str


def pipeline_inputs(source: Source, keys: ZipKeys) -> list[TemplateInput]:
    """Return the inputs that the source's variant of the pipeline needs."""
    inputs = [*common_inputs(source.name), *parameter_inputs(source)]
    if "github" in source.pipeline.source:
        inputs += _github_inputs()
    if "codecommit" in source.pipeline.source:
        inputs += [*_codecommit_inputs(), zip_key_input("ConfigKey", "config.zip", keys.config)]
    if len(source.pipeline.source) > 1:
        inputs += [zip_key_input("MergeKey", "merge.zip", keys.merge)]
    return [
        *inputs,
        TemplateInput(
            "ConfigDirectory",
            "Configuration",
            "Folder of the framework into which the configuration goes",
            "[A-Za-z0-9_][A-Za-z0-9_.-]*",
            "the name of a folder, such as config",
            "config",
        ),
        TemplateInput(
            "RequireApproval",
            "Pipeline",
            "Whether a person approves what is to be built and deployed: true for production",
            "(true|false)",
            "true or false",
            "false",
        ),
        TemplateInput(
            "ProtectEvents",
            "Pipeline",
            "true, once it has deployed: a push can't delete the queues and the bucket, or change what they keep",
            "(true|false)",
            "true or false",
            "false",
        ),
        *siem_inputs(),
        *network_inputs(source),
    ]


def _github_inputs() -> list[TemplateInput]:
    return [
        TemplateInput(
            "GitHubRepository",
            "GitHub",
            "The framework's repository, such as mozilla/mozdef-event-framework",
            "[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+",
            "owner/name, without https://github.com/ and without a branch",
        ),
        TemplateInput(
            "GitHubBranch",
            "GitHub",
            "Branch to deploy; feature/x is one too",
            "[A-Za-z0-9][A-Za-z0-9._/@+-]*",
            "the name of a branch",
            "main",
        ),
        TemplateInput(
            "ConnectionArn",
            "GitHub",
            "Connection to GitHub, made in the console under Developer Tools, Settings, Connections",
            "arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]+:connection/[0-9a-f-]+",
            "the ARN of a connection; it has to be available, not pending",
        ),
    ]


def _codecommit_inputs() -> list[TemplateInput]:
    return [
        TemplateInput(
            "ConfigRepository",
            "Configuration",
            "CodeCommit repository of the configuration; without one, the event source's name (optional)",
            "[A-Za-z0-9._-]{0,100}",
            "empty, or at most 100 letters, digits and . _ -",
            "",
        ),
        TemplateInput(
            "ConfigBranch",
            "Configuration",
            "Its branch",
            "[A-Za-z0-9][A-Za-z0-9._/@+-]*",
            "the name of a branch",
            "main",
        ),
        TemplateInput(
            "CreateConfigRepository",
            "Configuration",
            "true makes the repository and puts config.zip into it; false takes one that is there",
            "(true|false)",
            "true or false",
            "true",
        ),
    ]
