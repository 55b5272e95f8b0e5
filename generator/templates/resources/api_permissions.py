"""What a pipeline may do to HTTP APIs, whose ids are not known before they are there.

An API and a stage have tags and names, which conditions can look at. Whether AWS says whose the parts of an API are is
not documented (only the parts of REST APIs inherit tags), so there a tag of another source is refused where AWS sends
it, and an absent one is not. A part of an API that another stack has made is out of reach all the same: the pipeline
acts through CloudFormation alone, which changes what the stack itself has made, and may import nothing.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import awacs.apigateway as a
from awacs.aws import Statement, StringEquals, StringEqualsIfExists, StringLike
from troposphere import Sub

from generator.names import stack_name
from generator.templates.inputs import StackContext
from generator.templates.resources.role import allow_where
from generator.templates.resources.sub import ref, tagged

# A stage with tags, as every stack with tags makes it, is asked for these; no reference of IAM's actions has them, so
# the linter takes them for slips. tests/templates/test_iam.py knows every other action of every policy.
# https://github.com/aws-amplify/amplify-cli/issues/12316
_TAG = [a.Action("TagResource"), a.Action("UntagResource")]
UNDOCUMENTED = {"cfn-lint": {"config": {"ignore_checks": ["W3037"]}}}


def may_make(parameters: StackContext, *, jwt: bool) -> list[Statement]:
    """Make, change and remove the source's own API; `jwt` is whether the API verifies tokens itself."""
    name = stack_name(parameters.service, ref(parameters.project), ref(parameters.environment))
    own = tagged("Resource", parameters)
    asks_own = Sub(f"*:${{AWS::AccountId}}:function:{name}-*/invocations")
    parts = [*_below("integrations"), *_below("routes"), "apis/*/stages", "tags/*"]
    return [
        allow_where([a.GET], _on("apis", "apis/*", "tags/*")),
        allow_where([a.POST], _on("apis"), StringEquals({"apigateway:Request/ApiName": Sub(name)})),
        allow_where(
            [a.PATCH, a.DELETE],
            _on("apis/*"),
            StringEquals(own),
            StringEqualsIfExists({"apigateway:Resource/ApiName": Sub(name)}),
        ),
        allow_where([a.POST, a.PUT, a.PATCH, a.DELETE], _on(*parts), StringEqualsIfExists(own)),
        allow_where(_TAG, _on("apis/*"), StringEqualsIfExists(own)),
        *_authorizers("AuthorizerUri", StringLike, asks_own),
        *(_authorizers("AuthorizerType", StringEquals, "JWT") if jwt else []),
    ]


def _below(part: str) -> tuple[str, str]:
    """Where a part of an API is made, and where it is then."""
    return f"apis/*/{part}", f"apis/*/{part}/*"


def _authorizers(key: str, operator: Any, value: Any) -> list[Statement]:
    """Authorizers of one kind: those to be made, and those that are there, which are not to become another's."""
    return [
        allow_where([a.POST], _on("apis/*/authorizers"), operator({f"apigateway:Request/{key}": value})),
        allow_where([a.PATCH, a.DELETE], _on("apis/*/authorizers/*"), operator({f"apigateway:Resource/{key}": value})),
    ]


def _on(*paths: str) -> Sequence[Sub]:
    return [Sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}::/{path}") for path in paths]
