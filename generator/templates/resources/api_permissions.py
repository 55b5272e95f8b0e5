"""Permissions of a pipeline on HTTP APIs, whose ids are unknown before they exist.

An API and a stage have tags and names, which conditions can check. AWS does not document whether requests on the parts
of an API carry the API's tags (only parts of REST APIs inherit them). So for parts, a tag of another source is refused
where AWS sends one, and a missing tag is not. A part that another stack has made is out of reach all the same: the
pipeline acts through CloudFormation alone, which changes only what the stack itself has made, and may import nothing.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import apigateway
from awacs.aws import Statement, StringEquals, StringEqualsIfExists, StringLike
from troposphere import Sub

from generator.templates.resources.role import allow_where
from generator.templates.stack_context import StackContext

# Creating a stage with tags, as every stack with tags does, needs these; AWS's reference of IAM actions lacks them, so
# the linter takes them for typing errors. tests/templates/test_iam.py checks all other actions of all policies.
# https://github.com/aws-amplify/amplify-cli/issues/12316
_TAG_ACTIONS = [apigateway.Action("TagResource"), apigateway.Action("UntagResource")]
LINT_METADATA = {"cfn-lint": {"config": {"ignore_checks": ["W3037"]}}}


def may_make(stack: StackContext, *, jwt: bool) -> list[Statement]:
    """Allow to create, change and delete the source's own API; with `jwt`, an API that verifies tokens itself."""
    own_tags = stack.tag_conditions("Resource")
    own_functions = Sub(f"*:${{AWS::AccountId}}:function:{stack.name}-*/invocations")
    parts = [*_collection_and_items("integrations"), *_collection_and_items("routes"), "apis/*/stages", "tags/*"]
    return [
        allow_where([apigateway.GET], _arns("apis", "apis/*", "tags/*")),
        allow_where([apigateway.POST], _arns("apis"), StringEquals({"apigateway:Request/ApiName": Sub(stack.name)})),
        allow_where(
            [apigateway.PATCH, apigateway.DELETE],
            _arns("apis/*"),
            StringEquals(own_tags),
            StringEqualsIfExists({"apigateway:Resource/ApiName": Sub(stack.name)}),
        ),
        allow_where(
            [apigateway.POST, apigateway.PUT, apigateway.PATCH, apigateway.DELETE],
            _arns(*parts),
            StringEqualsIfExists(own_tags),
        ),
        allow_where(_TAG_ACTIONS, _arns("apis/*"), StringEqualsIfExists(own_tags)),
        *_authorizers("AuthorizerUri", StringLike, own_functions),
        *(_authorizers("AuthorizerType", StringEquals, "JWT") if jwt else []),
    ]


def _collection_and_items(part: str) -> tuple[str, str]:
    """Return the path at which parts of an API are created, and the path of each."""
    return f"apis/*/{part}", f"apis/*/{part}/*"


def _authorizers(key: str, operator: Any, value: Any) -> list[Statement]:
    """Allow authorizers of one kind: to create them, and to change those that are of this kind already."""
    return [
        allow_where([apigateway.POST], _arns("apis/*/authorizers"), operator({f"apigateway:Request/{key}": value})),
        allow_where(
            [apigateway.PATCH, apigateway.DELETE],
            _arns("apis/*/authorizers/*"),
            operator({f"apigateway:Resource/{key}": value}),
        ),
    ]


def _arns(*paths: str) -> Sequence[Sub]:
    return [Sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}::/{path}") for path in paths]
