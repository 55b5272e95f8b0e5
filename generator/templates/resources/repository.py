"""The CodeCommit repository of a configuration, and the rule that starts the pipeline on a push."""

from __future__ import annotations

from typing import Any

from awacs import codecommit, codepipeline
from awacs.aws import Statement
from troposphere import Equals, GetAtt, If, Not, Parameter, Ref, Sub, Template
from troposphere.codecommit import S3, Code, Repository
from troposphere.events import Rule, Target

from generator.templates.inputs import add_is_set_condition
from generator.templates.resources.role import add_role, allow
from generator.templates.resources.sub import regional_arn
from generator.templates.stack_context import StackContext

_CREATES_REPOSITORY = "CreatesConfigRepository"


class ConfigRepository:
    """A CodeCommit repository: one that the template creates and fills, or an existing one; a parameter decides."""

    def __init__(
        self, template: Template, stack: StackContext, name: Parameter, branch: Parameter, create: Parameter
    ) -> None:
        self._template, self._stack, self._name_parameter, self.branch = template, stack, name, branch
        self.name = If(add_is_set_condition(template, name), Ref(name), Sub(stack.name))
        template.add_condition(_CREATES_REPOSITORY, Equals(Ref(create), "true"))
        template.add_rule(
            "RepositoryIsNamed",
            {
                "RuleCondition": Not(Equals(Ref(create), "true")),
                "Assertions": [
                    {
                        "Assert": Not(Equals(Ref(name), "")),
                        "AssertDescription": "CreateConfigRepository is false, so ConfigRepository must name one",
                    }
                ],
            },
        )

    def add(self, key: Parameter) -> None:
        """Add the repository, filled from a zip in the helper bucket; it outlives the stack, with what people push."""
        self._template.add_resource(
            Repository(
                "Configuration",
                Condition=_CREATES_REPOSITORY,
                RepositoryName=self.name,
                RepositoryDescription=f"Configuration of the event source {self._stack.service}",
                Code=Code(BranchName=Ref(self.branch), S3=S3(Bucket=Ref(self._stack.helper_bucket), Key=Ref(key))),
                Tags=self._stack.tags,
                DeletionPolicy="RetainExceptOnCreate",
                UpdateReplacePolicy="Retain",
            )
        )

    @property
    def arn(self) -> Sub:
        """The ARN, from the name: a role and a rule need it before the repository exists."""
        return Sub(f"{regional_arn('codecommit', '${Repository}').data['Fn::Sub']}", Repository=self.name)

    @property
    def existing_name(self) -> Any:
        """The name for whoever fetches: where the template creates the repository, known once it exists."""
        return If(_CREATES_REPOSITORY, GetAtt("Configuration", "Name"), Ref(self._name_parameter))

    @property
    def url(self) -> Sub:
        """The URL for `git clone`."""
        return Sub(
            "https://git-codecommit.${AWS::Region}.${AWS::URLSuffix}/v1/repos/${Repository}", Repository=self.name
        )

    def may_read(self) -> Statement:
        """Allow to fetch a commit as CodePipeline does.

        https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html
        """
        actions = [
            *(codecommit.GetBranch, codecommit.GetCommit, codecommit.UploadArchive),
            *(codecommit.GetUploadArchiveStatus, codecommit.CancelUploadArchive, codecommit.GetRepository),
        ]
        return allow(actions, [self.arn])

    def add_push_rule(self, pipeline_arn: Sub) -> None:
        """Add the rule that starts the pipeline on a push.

        The role's trust has no condition on the caller: only a role of this account can be passed.
        """
        start = allow([codepipeline.StartPipelineExecution], [pipeline_arn])
        role = add_role(self._template, self._stack, "PushRole", "events.amazonaws.com", [start])
        self._template.add_resource(
            Rule(
                "Push",
                Description="Starts the pipeline when its configuration changes",
                EventPattern={
                    "source": ["aws.codecommit"],
                    "detail-type": ["CodeCommit Repository State Change"],
                    "resources": [self.arn],
                    "detail": {
                        "event": ["referenceCreated", "referenceUpdated"],
                        "referenceType": ["branch"],
                        "referenceName": [Ref(self.branch)],
                    },
                },
                Tags=self._stack.tags,
                Targets=[Target(Id="Pipeline", Arn=pipeline_arn, RoleArn=GetAtt(role, "Arn"))],
            )
        )
