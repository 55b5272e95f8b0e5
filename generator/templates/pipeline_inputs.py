"""What the pipeline template asks of the person who deploys it."""

from __future__ import annotations

from typing import NamedTuple

from generator.templates.inputs import TemplateInput, common_inputs, mozdef_inputs, zip_key_input
from lambdas.model import Source


class ZipKeys(NamedTuple):
    """Where a build puts the zips in the helper bucket."""

    merge: str
    config: str


def pipeline_inputs(source: Source, keys: ZipKeys) -> list[TemplateInput]:
    """The parameters, as the variant has them."""
    both = len(source.pipeline.source) > 1
    wanted = list(common_inputs(source.name))
    if "github" in source.pipeline.source:
        wanted += _of_github()
    if "codecommit" in source.pipeline.source:
        wanted += [*_of_codecommit(), zip_key_input("ConfigKey", "config.zip", keys.config)]
    if both:
        wanted += [zip_key_input("MergeKey", "merge.zip", keys.merge)]
    return [
        *wanted,
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
        *mozdef_inputs(),
    ]


def _of_github() -> list[TemplateInput]:
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


def _of_codecommit() -> list[TemplateInput]:
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
