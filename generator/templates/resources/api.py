"""The HTTP API in front of the handler: stage, access log, authorizers, routes."""

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

from generator.templates.resources.function import TIMEOUT_SECONDS, add_log_group, add_permission
from generator.templates.resources.sub import arn, ref, regional_arn, with_parameters
from generator.templates.stack_context import StackContext
from lambdas.auth import jwt
from lambdas.model import Throttle

AUTHORIZER_TTL_SECONDS = 60
_AUTHORIZATION_TYPES = {"REQUEST": "CUSTOM", "JWT": "JWT", "": "NONE"}
# Nothing that could hold a secret: no header, no query, no body.
_ACCESS_LOG = (
    '{"requestId":"$context.requestId","time":"$context.requestTimeEpoch","ip":"$context.identity.sourceIp",'
    '"method":"$context.httpMethod","path":"$context.path","status":"$context.status",'
    '"bytes":"$context.responseLength","ms":"$context.responseLatency","integration":"$context.integrationStatus",'
    '"integrationError":"$context.integrationErrorMessage","authorizerError":"$context.authorizer.error"}'
)


def add_api(template: Template, stack: StackContext, throttle: Throttle) -> Api:
    """Add an HTTP API with an access log and one stage, which deploys every change by itself."""
    api = template.add_resource(
        Api(
            "Api",
            Name=Sub(stack.name),
            ProtocolType="HTTP",
            Tags=_plain_tags(stack),
        )
    )
    # A log group with another name gets an entry in a policy of 5,120 characters that the whole account shares.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    log_group = add_log_group(template, stack, "AccessLog", "vendedlogs", "access")
    template.add_resource(
        Stage(
            "Stage",
            ApiId=Ref(api),
            StageName="$default",
            AutoDeploy=True,
            AccessLogSettings=AccessLogSettings(DestinationArn=GetAtt(log_group, "Arn"), Format=_ACCESS_LOG),
            # Far above what the reserved concurrency lets through: Okta never sends again after a 429 or another 4xx;
            # a function at its limit answers 5xx, and then Okta sends again.
            DefaultRouteSettings=RouteSettings(ThrottlingRateLimit=throttle.rate, ThrottlingBurstLimit=throttle.burst),
            Tags=_plain_tags(stack),
        )
    )
    return api


def add_authorizer(template: Template, api: Api, function: Function, header: str) -> Authorizer:
    """Add a Lambda authorizer, called once a minute for each value of a header; the API answers 401 without one."""
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
    _allow_api(template, api, function, f"authorizers/{ref(authorizer)}")
    return authorizer


def add_jwt_authorizer(template: Template, api: Api, settings: jwt.Settings) -> Authorizer:
    """Add the API's own authorizer: it fetches the issuer's keys, and checks signature, issuer, audience and times."""
    assert settings.issuer  # noqa: S101 - else the API can't verify it
    return template.add_resource(
        Authorizer(
            "Authorizer",
            ApiId=Ref(api),
            Name="Token",
            AuthorizerType="JWT",
            IdentitySource=[f"$request.header.{settings.header}"],
            JwtConfiguration=JWTConfiguration(
                Audience=[with_parameters(name) for name in settings.audience], Issuer=with_parameters(settings.issuer)
            ),
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
    """Add a route for each method, all to the same function."""
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
                AuthorizationType=_AUTHORIZATION_TYPES[authorizer.AuthorizerType if authorizer else ""],
                AuthorizerId=Ref(authorizer) if authorizer else NoValue,
            )
        )
        _allow_api(template, api, function, f"*/{method}{path}", method.title())


def endpoint(api: Api, path: str) -> Sub:
    """Return the URL that the vendor calls."""
    return Sub(f"${{{api.title}.ApiEndpoint}}{path}")


def _allow_api(template: Template, api: Api, function: Function, path: str, title_part: str = "") -> None:
    """Allow the API to call the function for what is at `path`: <stage>/<method><path>, or an authorizer."""
    source_arn = regional_arn("execute-api", f"{ref(api)}/{path}")
    add_permission(template, f"{function.title}{title_part}Permission", function, "apigateway", source_arn)


def _plain_tags(stack: StackContext) -> dict[str, object]:
    """Return the tags as an object: API Gateway V2 takes no list."""
    return {tag["Key"]: tag["Value"] for tag in stack.tags.to_dict()}
