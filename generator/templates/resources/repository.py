"""The configuration's repository, and what starts the pipeline when somebody pushes to it."""

from __future__ import annotations

from typing import Any

import awacs.codecommit
import awacs.codepipeline
from awacs.aws import Statement
from troposphere import Equals, GetAtt, If, Not, Parameter, Ref, Sub, Template
from troposphere.codecommit import S3, Code, Repository
from troposphere.events import Rule, Target

from generator.names import stack_name
from generator.templates.inputs import StackContext, add_is_set_condition
from generator.templates.resources.role import add_role, allow
from generator.templates.resources.sub import ref, regional

CREATED = "CreatesConfigRepository"


class ConfigRepository:
    """A CodeCommit repository: made and filled here, or one that is there."""

    def __init__(
        self, template: Template, parameters: StackContext, name: Parameter, branch: Parameter, create: Parameter
    ) -> None:
        self._template, self._parameters, self._named, self.branch = template, parameters, name, branch
        own = Sub(stack_name(parameters.service, ref(parameters.project), ref(parameters.environment)))
        self.name = If(add_is_set_condition(template, name), Ref(name), own)
        template.add_condition(CREATED, Equals(Ref(create), "true"))
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
        """Make it, filled from a zip in the helper bucket; what people then write into it outlives the stack."""
        self._template.add_resource(
            Repository(
                "Configuration",
                Condition=CREATED,
                RepositoryName=self.name,
                RepositoryDescription=f"Configuration of the event source {self._parameters.service}",
                Code=Code(BranchName=Ref(self.branch), S3=S3(Bucket=Ref(self._parameters.helper_bucket), Key=Ref(key))),
                Tags=self._parameters.tags,
                DeletionPolicy="RetainExceptOnCreate",
                UpdateReplacePolicy="Retain",
            )
        )

    @property
    def arn(self) -> Sub:
        """Known before it is made, which a role and a rule need."""
        return Sub(f"{regional('codecommit', '${Repository}').data['Fn::Sub']}", Repository=self.name)

    @property
    def wanted(self) -> Any:
        """Its name where it is used: where it is made, only once it is there; else it was named."""
        return If(CREATED, GetAtt("Configuration", "Name"), Ref(self._named))

    @property
    def url(self) -> Sub:
        """What `git clone` takes."""
        return Sub(
            "https://git-codecommit.${AWS::Region}.${AWS::URLSuffix}/v1/repos/${Repository}", Repository=self.name
        )

    def may_read(self) -> Statement:
        """Fetch a commit as CodePipeline does.

        https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html
        """
        cc = awacs.codecommit
        actions = [cc.GetBranch, cc.GetCommit, cc.UploadArchive, cc.GetUploadArchiveStatus, cc.CancelUploadArchive]
        return allow([*actions, cc.GetRepository], [self.arn])

    def starts(self, pipeline: Sub) -> None:
        """A push starts the pipeline. No condition on who asks: only a role of this account can be passed."""
        start = allow([awacs.codepipeline.StartPipelineExecution], [pipeline])
        role = add_role(self._template, self._parameters, "PushRole", "events.amazonaws.com", [start])
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
                Tags=self._parameters.tags,
                Targets=[Target(Id="Pipeline", Arn=pipeline, RoleArn=GetAtt(role, "Arn"))],
            )
        )
