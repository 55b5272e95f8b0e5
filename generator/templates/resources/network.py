"""The VPC in which the puller of a self-hosted API runs: a function in none reaches public addresses alone.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
"""

from __future__ import annotations

from awacs import ec2
from awacs.aws import ArnLike, Condition, Deny, Statement
from troposphere import Ref, Split, Sub
from troposphere.awslambda import VPCConfig
from troposphere.iam import Policy

from generator.templates.inputs import TemplateInput
from generator.templates.resources.role import allow, document
from generator.templates.resources.source_arns import function_arns
from generator.templates.resources.sub import regional_arn
from generator.templates.stack_context import StackContext
from lambdas.model import Source
from lambdas.runtime.parameters import PREFIX

SUBNETS, SECURITY_GROUPS = "SubnetIds", "SecurityGroupIds"
_DESCRIBE = [ec2.DescribeNetworkInterfaces, ec2.DescribeSubnets]
_ATTACH = [
    *(ec2.CreateNetworkInterface, ec2.DeleteNetworkInterface),
    *(ec2.AssignPrivateIpAddresses, ec2.UnassignPrivateIpAddresses),
]
"""What Lambda does with a function's role to place it in a VPC.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
"""


def network_inputs(source: Source) -> list[TemplateInput]:
    """Return the inputs of a source whose API is self-hosted."""
    if source.pull is None or not source.pull.self_hosted:
        return []
    return [
        _ids(SUBNETS, "subnet", "Subnets of the VPC from which the API can be reached, with commas between"),
        _ids(SECURITY_GROUPS, "sg", "Security groups of the puller in that VPC, with commas between"),
    ]


def example_network(source: Source) -> dict[str, str]:
    """Return made-up values of these inputs: an emulator has no VPC, and its functions reach what it reaches."""
    examples = {SUBNETS: "subnet-0a1b2c3d", SECURITY_GROUPS: "sg-0a1b2c3d"}
    return {given.name: examples[given.name] for given in network_inputs(source)}


def network_variables(source: Source) -> dict[str, Ref]:
    """Return the environment variables with which the pipeline's build hands these inputs on."""
    return {f"{PREFIX}{given.name}": Ref(given.name) for given in network_inputs(source)}


def _ids(name: str, prefix: str, description: str) -> TemplateInput:
    pattern = f"{prefix}-[0-9a-f]+(,{prefix}-[0-9a-f]+)*"
    example = f"{prefix}-0a1b2c3d,{prefix}-4e5f6a7b"
    return TemplateInput(name, "Network", description, pattern, f"ids such as {example}")


def vpc_config() -> VPCConfig:
    """Return the property of a function in the VPC."""
    subnets, groups = (Split(",", Ref(name)) for name in (SUBNETS, SECURITY_GROUPS))
    return VPCConfig(SubnetIds=subnets, SecurityGroupIds=groups)


def may_attach() -> list[Statement]:
    """Allow Lambda to place a function in a VPC: the ids of what it makes there are not known before.

    Lambda checks the role with an interface that does not exist, so AWS's page has all resources of the account. A
    subnet may be another account's, which shares it.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    shared = [Sub(f"arn:${{AWS::Partition}}:ec2:${{AWS::Region}}:*:{kind}/*") for kind in ("subnet", "security-group")]
    return [
        allow(_DESCRIBE, ["*"]),
        allow(_ATTACH, [regional_arn("ec2", "*/*")]),
        allow([ec2.CreateNetworkInterface], shared),
    ]


def network_policy(stack: StackContext) -> Policy:
    """Return the policy of the role of a function in the VPC: for Lambda itself, and for none of the function's code.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    by_code = Condition(ArnLike({"lambda:SourceFunctionArn": function_arns(stack)}))
    deny = Statement(Effect=Deny, Action=[*_DESCRIBE, *_ATTACH], Resource=["*"], Condition=by_code)
    return Policy(PolicyName="Network", PolicyDocument=document([*may_attach(), deny]))


def may_look_up() -> Statement:
    """Allow what Lambda checks, with the permissions of whoever places a function in a VPC."""
    return allow([ec2.DescribeSubnets, ec2.DescribeSecurityGroups, ec2.DescribeVpcs], ["*"])
