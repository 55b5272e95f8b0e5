"""IAM as far as our templates use it: what a policy allows, what is wrong in one, and what a role comes to.

A stack is a template with its parameters filled in, its resources named as CloudFormation names them. A world is what
stands in an account beside each other. From the credentials of a role, `World.reach` follows every way to another's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import policy_sentry
from policy_sentry.shared.iam_data import get_service_prefix_data

ACCOUNT, REGION, BUCKET = "111122223333", "us-west-2", "soc-helper"
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::URLSuffix": "amazonaws.com"}
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/Admin"
ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
_RANDOM = 13
_NONE = object()
Value = str | Sequence[str] | None
"""What a request says under a condition's key: None where it does not have it, several values for some keys."""

# How long the name is at most that CloudFormation makes where none is given.
_MAX = {
    "AWS::IAM::Role": 64,
    "AWS::IAM::ManagedPolicy": 128,
    "AWS::Lambda::Function": 64,
    "AWS::S3::Bucket": 63,
    "AWS::SQS::Queue": 80,
    "AWS::Events::Rule": 64,
    "AWS::Scheduler::Schedule": 64,
    "AWS::CloudWatch::Alarm": 255,
    "AWS::DynamoDB::Table": 255,
    "AWS::KinesisFirehose::DeliveryStream": 64,
}
_NAMED_BY = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::CodePipeline::Pipeline": "Name",
    "AWS::CodeCommit::Repository": "RepositoryName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
}
_ARNS = {
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{ACCOUNT}:policy/{{}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}",
    "AWS::CodeBuild::Project": f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/{{}}",
    "AWS::CodePipeline::Pipeline": f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{{}}",
    "AWS::CodeCommit::Repository": f"arn:aws:codecommit:{REGION}:{ACCOUNT}:{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{}}",
    "AWS::Scheduler::Schedule": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{{}}",
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{{}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::KinesisFirehose::DeliveryStream": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{{}}",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{}}",
    "AWS::CloudWatch::Dashboard": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{{}}",
}


def generated(stack: str, title: str, longest: int) -> str:
    """The name that CloudFormation makes: both parts are cut alike where they are too long together.

    https://github.com/aws-cloudformation/cloudformation-cli-java-plugin (IdentifierUtils), which also makes one dash
    of two.
    """
    random = hashlib.sha256(f"{stack} {title}".encode()).hexdigest()[:_RANDOM].upper()
    stack = re.sub("-{2,}", "-", stack)
    room = longest - len(random) - 2
    for_title = min(len(title), max(room // 2, room - len(stack)))
    return f"{stack[: room - for_title]}-{title[:for_title]}-{random}"


@dataclass
class Stack:
    """A template as it is deployed; `role` is the one with which CloudFormation acts on it."""

    name: str
    template: Mapping[str, Any]
    parameter_values: Mapping[str, str]
    role: str | None = None
    _names: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{self.name}/{uuid5(NAMESPACE_DNS, self.name)}"

    def resources(self, *kinds: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Title, type and properties of those that the conditions let be."""
        for title, resource in self.template["Resources"].items():
            if (not kinds or resource["Type"] in kinds) and self._holds(resource.get("Condition")):
                yield title, resource["Type"], self.value(resource["Properties"])

    def resource_arn(self, title: str) -> str | None:
        """None where the type has none that a policy of ours names."""
        resource = self.template["Resources"][title]
        if resource["Type"] == "AWS::IAM::Role":
            path = self.value(resource["Properties"].get("Path", "/"))
            return f"arn:aws:iam::{ACCOUNT}:role{path}{self.physical(title)}"
        arn = _ARNS.get(resource["Type"])
        return arn.format(self.physical(title)) if arn else None

    def physical(self, title: str) -> str:
        if title not in self._names:
            self._names[title] = self._name(title)
        return self._names[title]

    def _name(self, title: str) -> str:
        resource = self.template["Resources"][title]
        kind = resource["Type"]
        named = self.value(resource["Properties"].get(_NAMED_BY.get(kind, ""), _NONE))
        if named is not _NONE:
            return str(named)
        if kind == "AWS::KMS::Key":
            return str(uuid5(NAMESPACE_DNS, f"{self.arn} {title}"))
        generated_name = generated(self.name, title, _MAX.get(kind, 128))
        return generated_name.lower() if kind == "AWS::S3::Bucket" else generated_name

    def value(self, node: Any) -> Any:
        """A part of the template without its intrinsics; what is AWS::NoValue is not there."""
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not _NONE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and (next(iter(node)) == "Ref" or next(iter(node)).startswith("Fn::")):
            ((function, argument),) = node.items()
            return self._call(function, argument)
        return {key: value for key, child in node.items() if (value := self.value(child)) is not _NONE}

    def _call(self, function: str, argument: Any) -> Any:
        match function:
            case "Ref":
                return self._ref(argument)
            case "Fn::GetAtt":
                return self._attribute(*argument)
            case "Fn::Sub":
                return self._sub(argument)
            case "Fn::If":
                return self.value(argument[1 if self._holds(argument[0]) else 2])
            case "Fn::Join":
                return argument[0].join(self.value(argument[1]))
            case "Fn::Select":
                return self.value(argument[1])[argument[0]]
            case "Fn::Split":
                return self.value(argument[1]).split(argument[0])
            case "Fn::Equals":
                return self.value(argument[0]) == self.value(argument[1])
            case "Fn::Not":
                return not self.value(argument[0])
        raise ValueError(f"{function} is not known here")

    def _ref(self, name: str) -> Any:
        if name in self.template["Resources"]:
            kind = self.template["Resources"][name]["Type"]
            return self.resource_arn(name) if kind == "AWS::IAM::ManagedPolicy" else self.physical(name)
        if name == "AWS::NoValue":
            return _NONE
        pseudo = {**PSEUDO, "AWS::StackName": self.name, "AWS::StackId": self.arn}
        if name in pseudo:
            return pseudo[name]
        return (
            self.parameter_values[name]
            if name in self.parameter_values
            else self.template["Parameters"][name]["Default"]
        )

    def _attribute(self, title: str, attribute: str) -> str:
        if attribute != "Arn":
            return self.physical(title)
        arn = self.resource_arn(title)
        assert arn
        return f"{arn}:*" if self.template["Resources"][title]["Type"] == "AWS::Logs::LogGroup" else arn

    def _sub(self, argument: Any) -> str:
        text, more = argument if isinstance(argument, list) else (argument, {})

        def substitute(match: re.Match[str]) -> str:
            name = match[1]
            if name in more:
                return str(self.value(more[name]))
            return str(self._attribute(*name.split(".", 1)) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^!}]+)\}", substitute, text)

    def _holds(self, condition: str | None) -> bool:
        return condition is None or bool(self.value(self.template["Conditions"][condition]))

    def documents(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every policy document: its resource's title, what it is, and itself, resolved."""
        for title, kind, properties in self.resources():
            match kind:
                case "AWS::IAM::Role":
                    yield title, "trust", properties["AssumeRolePolicyDocument"]
                    for policy in properties["Policies"]:
                        yield title, "identity", policy["PolicyDocument"]
                case "AWS::IAM::ManagedPolicy":
                    yield title, "identity", properties["PolicyDocument"]
                case "AWS::S3::BucketPolicy" | "AWS::SQS::QueuePolicy":
                    yield title, "resource", properties["PolicyDocument"]


@dataclass(frozen=True)
class Statement:
    """A statement in one form, whichever of IAM's it was written in."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    principals: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Statement:
        """ValueError where it has what this analysis can't follow: then it proves nothing."""
        if strange := set(written) - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}:
            raise ValueError(f"{', '.join(sorted(strange))} can't be followed here")
        conditions = [
            (operator, key, tuple(str(value).lower() if operator == "Bool" else str(value) for value in _list(values)))
            for operator, keys in written.get("Condition", {}).items()
            for key, values in keys.items()
        ]
        principal = written.get("Principal", {})
        principals = {"AWS": principal} if isinstance(principal, str) else principal
        return cls(
            written["Effect"] == "Allow",
            tuple(_list(written["Action"])),
            tuple(_list(written.get("Resource", "*"))),
            tuple(conditions),
            tuple((kind, principal) for kind, several in principals.items() for principal in _list(several)),
        )

    def is_about(self, action: str) -> bool:
        return any(like(pattern.lower(), action.lower()) for pattern in self.actions)

    def holds(self, resource: str, context: Mapping[str, Value]) -> bool:
        return any(like(pattern, resource) for pattern in self.resources) and all(
            _met(operator, context.get(key), values) for operator, key, values in self.conditions
        )


class Policy:
    """What statements come to together."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.statements = tuple(statements)
        self._about: dict[str, list[Statement]] = {}
        self._allowed: dict[tuple[object, ...], bool] = {}

    def allows(self, action: str, resource: str, **context: Value) -> bool:
        """Whether it lets somebody do it; `iam__PassedToService` is the key iam:PassedToService."""
        if not (about := self.about(action)):
            return False
        question = (action, resource, *context.items())
        if question not in self._allowed:  # a walk asks for the same in each of its rounds
            keys = {key.replace("__", ":"): value for key, value in context.items()}
            verdicts = [statement.allows for statement in about if statement.holds(resource, keys)]
            self._allowed[question] = bool(verdicts) and all(verdicts)
        return self._allowed[question]

    def about(self, action: str) -> list[Statement]:
        if action not in self._about:
            self._about[action] = [statement for statement in self.statements if statement.is_about(action)]
        return self._about[action]


ANYTHING = Policy([Statement(allows=True, actions=("*",), resources=("*",))])
NOTHING = Policy([])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


@cache
def like(pattern: str, value: str) -> bool:
    return _pattern(pattern).fullmatch(value) is not None


def _met(operator: str, value: Value, patterns: Sequence[str]) -> bool:
    """A key that a request does not have meets Null, what ends in IfExists, and what is said of all its values."""
    if operator == "Null":
        return (value is None) == (patterns[0].lower() == "true")
    compare = _OPERATORS.get(operator.removeprefix(_EACH).removesuffix(_IF_EXISTS))
    if compare is None:
        raise ValueError(f"the condition {operator} can't be followed here")
    if value is None:
        return operator.endswith(_IF_EXISTS) or operator.startswith(_EACH)
    values = [value] if isinstance(value, str) else value
    if not operator.startswith(_EACH) and len(values) != 1:
        raise ValueError(f"the condition {operator} can't be followed here for {len(values)} values")
    return all(any(compare(pattern, each) for pattern in patterns) for each in values)


_EACH, _IF_EXISTS = "ForAllValues:", "IfExists"
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    **dict.fromkeys(("StringEquals", "Bool"), str.__eq__),
    **dict.fromkeys(("StringLike", "ArnLike", "ArnEquals"), like),
}


def statements(document: Mapping[str, Any]) -> tuple[Statement, ...]:
    return tuple(map(Statement.of, _list(document["Statement"])))


@dataclass(frozen=True)
class Role:
    """Who acts: what its own policies say, and what bounds it."""

    arn: str
    trust: tuple[Statement, ...]
    policy: Policy
    boundary: str | None = None


# Who starts with a role that is handed over, by any one of these actions or lists of actions.
STARTS: Mapping[str, Sequence[Sequence[str]]] = {
    "lambda.amazonaws.com": [["lambda:CreateFunction"], ["lambda:UpdateFunctionConfiguration"]],
    "cloudformation.amazonaws.com": [
        ["cloudformation:CreateStack"],
        ["cloudformation:UpdateStack"],
        ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
    ],
    "codebuild.amazonaws.com": [["codebuild:CreateProject"], ["codebuild:UpdateProject"]],
    "codepipeline.amazonaws.com": [["codepipeline:CreatePipeline"], ["codepipeline:UpdatePipeline"]],
    "events.amazonaws.com": [["events:PutTargets"]],
    "ec2.amazonaws.com": [["ec2:RunInstances"]],
    "apigateway.amazonaws.com": [["apigateway:POST"], ["apigateway:PATCH"]],
    "scheduler.amazonaws.com": [["scheduler:CreateSchedule"]],
    "firehose.amazonaws.com": [["firehose:CreateDeliveryStream"], ["firehose:UpdateDestination"]],
    "states.amazonaws.com": [["states:CreateStateMachine"]],
}
_ANOTHER_SERVICE = "another.amazonaws.com"
_REWRITES = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion")


@dataclass
class World:
    """What stands in an account; each thing by its ARN, `labels` with the names that the tests give it."""

    roles: dict[str, Role] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    stacks: dict[str, str | None] = field(default_factory=dict)
    code: dict[str, set[str]] = field(default_factory=dict)
    """Objects that become code, and the roles that it runs with: a function's at its next deployment."""
    jobs: dict[str, str] = field(default_factory=dict)
    """The role of a function that a pipeline invokes, and the pipeline's, whose credentials each job brings."""
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, label: str, stack: Stack) -> None:
        """Everything of a stack, as `<label>/<title>`."""
        self.stacks[stack.arn] = stack.role
        self.labels[stack.arn] = label
        for title, kind, properties in stack.resources():
            arn = stack.resource_arn(title)
            if arn:
                self.labels[arn] = f"{label}/{title}"
            match kind:
                case "AWS::IAM::Role":
                    assert arn
                    self._add_role(arn, properties)
                case "AWS::IAM::ManagedPolicy":
                    assert arn
                    self.policies[arn] = Policy(statements(properties["PolicyDocument"]))
                case "AWS::Lambda::Function":
                    assert arn
                    self.functions[arn] = properties["Role"]
                    self._add_code(f"{label}/{title}", properties["Code"], "S3", {properties["Role"]})
                case "AWS::CodeBuild::Project":
                    assert arn
                    self.projects[arn] = properties["ServiceRole"]
                case "AWS::CodePipeline::Pipeline":
                    self._add_pipeline(label, stack, properties)
                case "AWS::CodeCommit::Repository":
                    # What it is filled from is what the first build runs.
                    self._add_code(f"{label}/{title}", properties["Code"]["S3"], "", _builds(stack))

    def _add_role(self, arn: str, properties: Mapping[str, Any]) -> None:
        policy = [statement for each in properties["Policies"] for statement in statements(each["PolicyDocument"])]
        trust = statements(properties["AssumeRolePolicyDocument"])
        self.roles[arn] = Role(arn, trust, Policy(policy), properties.get("PermissionsBoundary"))

    def _add_code(self, label: str, where: Mapping[str, str], prefix: str, roles: set[str]) -> None:
        arn = f"arn:aws:s3:::{where[f'{prefix}Bucket']}/{where[f'{prefix}Key']}"
        self.code[arn] = self.code.get(arn, set()) | roles
        self.labels.setdefault(arn, f"code of {label}")

    def _add_pipeline(self, label: str, stack: Stack, properties: Mapping[str, Any]) -> None:
        """Whatever is in the artifacts is what its builds run; what it invokes gets the artifacts' credentials."""
        bucket = properties["ArtifactStore"]["Location"]
        artifact = f"arn:aws:s3:::{bucket}/artifact"
        self.labels[artifact] = f"artifacts of {label}"
        self.code[artifact] = _builds(stack)
        for _, _, function in stack.resources("AWS::Lambda::Function"):
            self.jobs[function["Role"]] = properties["RoleArn"]

    def may(self, role: Role, action: str, resource: str, **context: Value) -> bool:
        if role.boundary is not None and not self._bounds(role.boundary).allows(action, resource, **context):
            return False
        return role.policy.allows(action, resource, **context)

    def _bounds(self, boundary: str) -> Policy:
        return self.policies.get(boundary, ANYTHING if boundary == ADMIN_POLICY else NOTHING)

    def label(self, arn: str) -> str:
        return self.labels.get(arn, arn)

    def writes(self, role: str) -> set[tuple[str, str]]:
        """Every action but those that only read, with the thing that the role may do it to, as it stands."""
        actor, writable = self.roles[role], set()
        acts = next(iter(self.passed_to_cloudformation(actor)), None)
        for service in {arn.split(":")[2] for arn in self.labels}:
            actions = [action for action in _changing(service) if actor.policy.about(action)]
            for arn in self.labels if actions else ():
                context = {"iam__PermissionsBoundary": self._boundary_of(arn), **_change_set(acts)}
                if arn.split(":")[2] == service:
                    writable |= {
                        (action, self.labels[arn]) for action in actions if self.may(actor, action, arn, **context)
                    }
        return writable

    def passed_to_cloudformation(self, role: Role) -> list[str]:
        """The roles with which it may have CloudFormation act."""
        if not role.policy.about("iam:PassRole"):
            return []
        service = {"iam__PassedToService": "cloudformation.amazonaws.com"}
        return [arn for arn in self.roles if self.may(role, "iam:PassRole", arn, **service)]

    def _boundary_of(self, arn: str) -> str | None:
        return self.roles[arn].boundary if arn in self.roles else None

    def plants(self, role: str) -> set[str]:
        """The roles with which code would run that the role can put into a bucket."""
        several = (
            code_roles for arn, code_roles in self.code.items() if self.may(self.roles[role], "s3:PutObject", arn)
        )
        return {self.label(arn) for code_roles in several for arn in code_roles}

    def reach(self, start: str, new_roles: Sequence[str], boundary: str) -> set[str]:
        """What a role comes to, in words: `becomes …` is what it acts as, the others are what it can do on the way.

        `new_roles` are ARNs of which there is no role yet; `boundary` is the policy that is to bound them.
        """
        own = replace(self, roles=dict(self.roles), policies=dict(self.policies), labels=dict(self.labels))
        walk = _Walk(own, new_roles, boundary)
        walk.become(start)
        while walk.grew():
            pass
        return walk.facts - {f"becomes {self.label(start)}"}


def _change_set(role: str | None) -> dict[str, Value]:
    """What a change set says of itself, as conditions see it, that makes a role."""
    return {"cloudformation__RoleArn": role, "cloudformation__ResourceTypes": ("AWS::IAM::Role",)}


def _builds(stack: Stack) -> set[str]:
    return {project["ServiceRole"] for _, _, project in stack.resources("AWS::CodeBuild::Project")}


@cache
def _changing(service: str) -> tuple[str, ...]:
    """The actions on a thing; those on none are on everything, whatever a policy says, and stars."""
    levels = ("Write", "Permissions management", "Tagging")
    return tuple(
        f"{service}:{name}"
        for name, privilege in get_service_prefix_data(service)["privileges"].items()
        if privilege["access_level"] in levels and any(privilege["resource_types"])
    )


class _Walk:
    """A walk over a world of its own, which it changes where somebody could."""

    def __init__(self, world: World, new_roles: Sequence[str], boundary: str) -> None:
        self.world, self.new_roles, self.boundary = world, new_roles, boundary
        self.acts_as: dict[str, None] = {}
        self.facts: set[str] = set()
        self.stepped: set[str] = set()
        """The roles that have taken every step since the world last changed."""

    def become(self, arn: str) -> None:
        self.acts_as[arn] = None
        self.facts.add(f"becomes {self.world.label(arn)}")

    def grew(self) -> bool:
        """Take every step from each role that has not taken them in this world; whether there is more to do."""
        before = (dict(self.world.roles), dict(self.world.policies))
        for arn in [role_arn for role_arn in self.acts_as if role_arn not in self.stepped]:
            for step in (self._takes_on, self._hands_over, self._runs, self._writes_roles, self._makes, self._jobs):
                step(self.world.roles[arn])
            self.stepped.add(arn)
        if before != (self.world.roles, self.world.policies):
            self.stepped.clear()
        return not self.stepped.issuperset(self.acts_as)

    def _may(self, role: Role, action: str, resource: str, **context: Value) -> bool:
        return self.world.may(role, action, resource, **context)

    def _takes_on(self, role: Role) -> None:
        """By its own credentials. A trust in the whole account leaves it to the policy of who asks."""
        account = f"arn:aws:iam::{ACCOUNT}:root"
        for arn, other in self.world.roles.items():
            named = {principal for each in other.trust for kind, principal in each.principals if kind == "AWS"}
            asks = self._may(role, "sts:AssumeRole", arn)
            if named & {"*", role.arn} or (asks and named & {account, ACCOUNT}):
                self.become(arn)
            if asks:
                self.facts.add(f"may take on {self.world.label(arn)}")

    def _hands_over(self, role: Role) -> None:
        """To a service that starts with it what somebody else wrote."""
        if not role.policy.about("iam:PassRole"):
            return
        for arn, other in self.world.roles.items():
            for service in (*STARTS, _ANOTHER_SERVICE):
                if not self._may(role, "iam:PassRole", arn, iam__PassedToService=service):
                    continue
                self.facts.add(f"passes {self.world.label(arn)} to {service}")
                trusted = any(("Service", service) in statement.principals for statement in other.trust)
                if trusted and self._starts(role, service, arn):
                    self.become(arn)

    def _starts(self, role: Role, service: str, passed: str) -> bool:
        anywhere = [*self.world.labels, f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:new", "*"]
        named = _change_set(passed)
        return any(
            all(any(self._may(role, action, resource, **named) for resource in anywhere) for action in actions)
            for actions in STARTS.get(service, ())
        )

    def _runs(self, role: Role) -> None:
        """Its own code with another's role."""
        for arn, function_role in self.world.functions.items():
            if self._may(role, "lambda:UpdateFunctionCode", arn):
                self._rewrites("the code", arn, [function_role])
        for arn, function_role in self.world.projects.items():
            if any(self._may(role, f"codebuild:{call}", arn) for call in ("StartBuild", "StartBuildBatch")):
                self._rewrites("a build", arn, [function_role])
        passed = self.world.passed_to_cloudformation(role)
        for arn, its_or_none in self.world.stacks.items():
            for named in (None, *passed):
                acts = named or its_or_none
                if self._changes(role, arn, named):
                    self._rewrites("the template", arn, [acts] if acts else [])
        for arn, several in self.world.code.items():
            if self._may(role, "s3:PutObject", arn):
                self._rewrites("the object", arn, several)

    def _changes(self, role: Role, stack: str, named: str | None) -> bool:
        """With the role that is named, or with that of the last time, which nobody has to hand over again."""
        context = _change_set(named)
        return self._may(role, "cloudformation:UpdateStack", stack, **context) or all(
            self._may(role, f"cloudformation:{verb}ChangeSet", stack, **context) for verb in ("Create", "Execute")
        )

    def _rewrites(self, kind: str, arn: str, roles: Iterable[str]) -> None:
        self.facts.add(f"chooses {kind} {self.world.label(arn)}")
        for role in roles:
            if role in self.world.roles:
                self.become(role)

    def _writes_roles(self, role: Role) -> None:
        for arn, other in list(self.world.roles.items()):
            bounded_by = {"iam__PermissionsBoundary": other.boundary}
            for action in ("PutRolePolicy", "AttachRolePolicy"):
                if self._may(role, f"iam:{action}", arn, **bounded_by, iam__PolicyARN=ADMIN_POLICY):
                    self._change(arn, f"iam:{action}", policy=ANYTHING)
            if self._may(role, "iam:UpdateAssumeRolePolicy", arn, **bounded_by):
                self._change(arn, "iam:UpdateAssumeRolePolicy")
                self.become(arn)
            if self._may(role, "iam:DeleteRolePermissionsBoundary", arn, **bounded_by):
                self._change(arn, "iam:DeleteRolePermissionsBoundary", boundary=None)
            if self._may(role, "iam:PutRolePermissionsBoundary", arn, iam__PermissionsBoundary=ADMIN_POLICY):
                self._change(arn, "iam:PutRolePermissionsBoundary of another", boundary=None)
        for arn in list(self.world.policies):
            if done := [action for action in _REWRITES if self._may(role, action, arn)]:
                self.facts.add(f"{done[0]} {self.world.label(arn)}")
                self.world.policies[arn] = ANYTHING

    def _change(self, arn: str, action: str, **to: Any) -> None:
        other = self.world.roles[arn]
        ends = "within the boundary" if other.boundary == self.boundary and "boundary" not in to else "WITHOUT LIMIT"
        self.facts.add(f"{action} {self.world.label(arn).removesuffix(ends).strip()} {ends}")
        self.world.roles[arn] = replace(other, **to)

    def _makes(self, role: Role) -> None:
        """Roles with a trust and a policy of its own choice, which anybody whom it wants can then take on."""
        for arn in self.new_roles:
            for boundary in (self.boundary, ADMIN_POLICY, None):
                if self._may(role, "iam:CreateRole", arn, iam__PermissionsBoundary=boundary):
                    new_role = f"{arn}+{boundary}"
                    ends = "within the boundary" if boundary == self.boundary else "WITHOUT LIMIT"
                    self.world.labels[new_role] = f"a new role {arn.split(':role')[1]} {ends}"
                    trust = (Statement(allows=True, actions=("sts:AssumeRole",), resources=("*",)),)
                    self.world.roles.setdefault(new_role, Role(new_role, trust, ANYTHING, boundary))
                    self.become(new_role)
        for action in ("iam:CreateUser", "iam:CreateAccessKey", "iam:AttachUserPolicy", "iam:PutUserPolicy"):
            if self._may(role, action, f"arn:aws:iam::{ACCOUNT}:user/anybody"):
                self.facts.add(f"{action} WITHOUT LIMIT")

    def _jobs(self, role: Role) -> None:
        """A job's credentials are the pipeline's, for its artifacts alone."""
        if pipeline := self.world.jobs.get(role.arn):
            for arn, several in self.world.code.items():
                if self.world.label(arn).startswith("artifacts ") and self._may(
                    self.world.roles[pipeline], "s3:PutObject", arn
                ):
                    self._rewrites("the object", arn, several)


_GLOBAL_KEYS = {
    *("aws:SourceAccount", "aws:SourceArn", "aws:SecureTransport", "aws:PrincipalArn", "aws:RequestedRegion"),
    "lambda:SourceFunctionArn",  # in each request of the code of a function
}
_NO_SLASH = "\0"


def problems(kind: str, document: Mapping[str, Any], unknown: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong in a policy by AWS's own reference: actions, resources and conditions that do not fit together.

    `kind` is trust, identity or resource; `unknown` are actions that the reference does not have.
    """
    if document.get("Version") != "2012-10-17":
        yield "no version, so that variables would be text"
    written = _list(document["Statement"])
    if len(names := [statement["Sid"] for statement in written if "Sid" in statement]) != len(set(names)):
        yield "two statements of one Sid"
    for raw_statement in written:
        statement = Statement.of(raw_statement)
        if (kind == "identity") == bool(statement.principals):
            yield "a principal, or none, where it is the other way"
        if (kind == "trust") == ("Resource" in raw_statement):
            yield "a resource, or none, where it is the other way"
        if len(set(statement.actions)) != len(statement.actions):
            yield "an action twice"
        yield from _misfits(statement, kind, [action for action in statement.actions if action not in unknown])


def _misfits(statement: Statement, kind: str, actions: Sequence[str]) -> Iterator[str]:
    fitting = set()
    for pattern in actions:
        privileges = _privileges(pattern)
        if not privileges:
            yield f"{pattern}: is no action"
        yield from _unknown_conditions(statement, pattern)
        formats = {arn_format for _, _, several in privileges for arn_format in several}
        fits = {resource for resource in statement.resources if any(_overlap(resource, each) for each in formats)}
        if kind == "trust":
            continue
        if not statement.allows and "*" in statement.resources:
            fitting.add("*")  # what is denied is best denied everywhere
            continue
        if formats and "*" in statement.resources:
            yield f"{pattern}: can be narrowed to {', '.join(sorted(formats))}"
        if not (fits or (not formats and "*" in statement.resources)):
            yield f"{pattern}: none of its resources is meant, {', '.join(sorted(formats)) or 'but *'}"
        fitting |= fits | ({"*"} if not formats else set())
    if actions and kind != "trust" and (idle := set(statement.resources) - fitting):
        yield f"{', '.join(sorted(idle))}: no action is about it"


def _unknown_conditions(statement: Statement, pattern: str) -> Iterator[str]:
    for name, privilege, _ in _privileges(pattern):
        keys = _condition_keys(pattern, privilege)
        for _, key, _ in statement.conditions:
            if not any(like(re.sub(r"\$\{[^}]*\}", "*", form), key) for form in keys):
                yield f"{name}: has no condition {key}"


def _condition_keys(pattern: str, privilege: Mapping[str, Any]) -> set[str]:
    """The keys of an action and of the things that it is about: some services have the latter alone."""
    resources = get_service_prefix_data(pattern.partition(":")[0])["resources"]
    of_action = {key for kind in privilege["resource_types"].values() for key in kind["condition_keys"]}
    of_things = {key for kind in privilege["resource_types"] if kind for key in resources[kind]["condition_keys"]}
    return of_action | of_things | _GLOBAL_KEYS


def _privileges(pattern: str) -> list[tuple[str, dict[str, Any], list[str]]]:
    """The actions that a pattern means, and the forms of the ARNs that each can be narrowed to."""
    service, _, action = pattern.partition(":")
    reference = get_service_prefix_data(service)
    return [
        (name, privilege, [reference["resources"][kind]["arn"] for kind in privilege["resource_types"] if kind])
        for name, privilege in reference.get("privileges", {}).items()
        if like(action, name)
    ]


@cache
def _overlap(pattern: str, form: str) -> bool:
    """Whether some ARN is of the form and fits the pattern. A bucket's name has no slash."""
    if pattern == "*":
        return True
    known = re.sub(r"\$\{BucketName\}", _NO_SLASH, form)
    both = pattern.split(":", 5), re.sub(r"\$\{[^}]+\}", "*", known).split(":", 5)
    return len(both[0]) == len(both[1]) and all(map(_meet, *both))


@cache
def _meet(a: str, b: str) -> bool:
    if not a or not b:
        return not (a or b).strip("*" + _NO_SLASH)
    if a[0] == "*":
        return _meet(a[1:], b) or _meet(a, b[1:])
    if b[0] == "*" or (b[0] == _NO_SLASH and a[0] != "/"):
        return _meet(a, b[1:]) or _meet(a[1:], b)
    return _meet(a, b[1:]) if b[0] == _NO_SLASH else a[0] == b[0] and _meet(a[1:], b[1:])


def audit(name: str) -> set[str]:
    """A list that policy_sentry keeps: actions that lead to more than they seem to."""
    file = Path(policy_sentry.__file__).parent / "shared" / "data" / "audit" / f"{name}.txt"
    return set(file.read_text(encoding="utf-8").split())


def level(action: str) -> str:
    """How the reference classes an action; empty where it does not have it."""
    service, _, name = action.partition(":")
    privileges = get_service_prefix_data(service).get("privileges", {})
    return str(privileges[name]["access_level"]) if name in privileges else ""
