"""The HTTP API in front of a handler."""

from __future__ import annotations

from collections.abc import Sequence

from troposphere import GetAtt, Join, NoValue, Ref, Sub, Template
from troposphere.apigatewayv2 import (
    AccessLogSettings,
    Api,
    Authorizer,
    Integration,
    JWTConfiguration,
    Route,
    RouteSettings,
    Stage,
)
from troposphere.awslambda import Function

from generator.names import stack_name
from generator.templates.inputs import StackContext
from generator.templates.resources.function import TIMEOUT_SECONDS, add_log_group, add_permission
from generator.templates.resources.sub import arn, ref, regional
from lambdas.auth import jwt
from lambdas.model import Throttle

AUTHORIZER_TTL_SECONDS = 60
_KINDS = {"REQUEST": "CUSTOM", "JWT": "JWT", "": "NONE"}
# What went through, and nothing that could be a secret: no header, no query, no body.
_ACCESS_LOG = (
    '{"requestId":"$context.requestId","time":"$context.requestTimeEpoch","ip":"$context.identity.sourceIp",'
    '"method":"$context.httpMethod","path":"$context.path","status":"$context.status",'
    '"bytes":"$context.responseLength","ms":"$context.responseLatency","integration":"$context.integrationStatus",'
    '"integrationError":"$context.integrationErrorMessage","authorizerError":"$context.authorizer.error"}'
)


def add_api(template: Template, parameters: StackContext, throttle: Throttle) -> Api:
    """An HTTP API with one stage, which deploys itself."""
    api = template.add_resource(
        Api(
            "Api",
            Name=Sub(stack_name(parameters.service, ref(parameters.project), ref(parameters.environment))),
            ProtocolType="HTTP",
            Tags=_plain_tags(parameters),
        )
    )
    # Other names are written into a policy of 5,120 characters that the whole account shares.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    log_group = add_log_group(template, parameters, "AccessLog", "vendedlogs", "access")
    template.add_resource(
        Stage(
            "Stage",
            ApiId=Ref(api),
            StageName="$default",
            AutoDeploy=True,
            AccessLogSettings=AccessLogSettings(DestinationArn=GetAtt(log_group, "Arn"), Format=_ACCESS_LOG),
            # Far above what the reserved concurrency lets through: a 429 is a 4xx, which Okta never sends again, while
            # the refusal of a function that is at its limit is a 5xx, which it does.
            DefaultRouteSettings=RouteSettings(ThrottlingRateLimit=throttle.rate, ThrottlingBurstLimit=throttle.burst),
            Tags=_plain_tags(parameters),
        )
    )
    return api


def add_authorizer(template: Template, api: Api, function: Function, header: str) -> Authorizer:
    """A Lambda authorizer on one header, asked once a minute for each value; without one the API answers 401 itself."""
    authorizer = template.add_resource(
        Authorizer(
            "Authorizer",
            ApiId=Ref(api),
            Name="Token",
            AuthorizerType="REQUEST",
            AuthorizerPayloadFormatVersion="2.0",
            EnableSimpleResponses=True,
            IdentitySource=[f"$request.header.{header}"],
            AuthorizerResultTtlInSeconds=AUTHORIZER_TTL_SECONDS,
            AuthorizerUri=Sub(
                "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                f"{arn(function)}/invocations"
            ),
        )
    )
    _may_call(template, api, function, f"authorizers/{ref(authorizer)}")
    return authorizer


def add_jwt_authorizer(template: Template, api: Api, settings: jwt.Settings) -> Authorizer:
    """The API's own: it asks the issuer for its keys, and checks signature, issuer, audience and times."""
    return template.add_resource(
        Authorizer(
            "Authorizer",
            ApiId=Ref(api),
            Name="Token",
            AuthorizerType="JWT",
            IdentitySource=[f"$request.header.{settings.header}"],
            JwtConfiguration=JWTConfiguration(Audience=list(settings.audience), Issuer=settings.issuer),
        )
    )


def add_routes(
    template: Template,
    api: Api,
    function: Function,
    methods: Sequence[str],
    path: str,
    authorizer: Authorizer | None,
) -> None:
    """A route for each method, all to the same function."""
    integration = template.add_resource(
        Integration(
            "Integration",
            ApiId=Ref(api),
            IntegrationType="AWS_PROXY",
            IntegrationUri=GetAtt(function, "Arn"),
            PayloadFormatVersion="2.0",
            TimeoutInMillis=(TIMEOUT_SECONDS + 1) * 1000,
        )
    )
    for method in methods:
        template.add_resource(
            Route(
                f"{method.title()}Route",
                ApiId=Ref(api),
                RouteKey=f"{method} {path}",
                Target=Join("/", ["integrations", Ref(integration)]),
                AuthorizationType=_KINDS[authorizer.AuthorizerType if authorizer else ""],
                AuthorizerId=Ref(authorizer) if authorizer else NoValue,
            )
        )
        _may_call(template, api, function, f"*/{method}{path}", method.title())


def endpoint(api: Api, path: str) -> Sub:
    """The URL that the vendor is told."""
    return Sub(f"${{{api.title}.ApiEndpoint}}{path}")


def _may_call(template: Template, api: Api, function: Function, below: str, name: str = "") -> None:
    what = regional("execute-api", f"{ref(api)}/{below}")
    add_permission(template, f"{function.title}{name}Permission", function, "apigateway", what)


def _plain_tags(parameters: StackContext) -> dict[str, object]:
    """API Gateway's second version takes tags as an object, where others take a list."""
    return {one["Key"]: one["Value"] for one in parameters.tags.to_dict()}
