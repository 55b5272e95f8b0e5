"""The section of a page on roles: what each part of the stack may do, and whom its resources let in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from generator.definition.words import counted
from generator.page.built_source import BuiltSource, text_of
from generator.page.html import Child, bullets, code, codes, element, marked, paragraph, prose, section, table
from generator.page.permissions import Permission, role_permissions, role_users

_INTRODUCTION = (
    "Each function, schedule and stream has a role of its own, which can do what stands here and nothing else. The "
    "words are made from the template's policies, which stand beside them. Every role lies below the path of its "
    "deployment, and is bounded by the policy of the parameter `PermissionsBoundaryArn` where one is given. A pipeline "
    "that deploys the source is a stack of its own, with roles that `docs/explanation/security/roles.md` lists."
)
_STATEMENTS = {
    "OnlyOverTls": "nobody gets in without TLS",
    "Consumer": "the SIEM's role, the parameter `ConsumerPrincipalArn` where it is given, takes messages",
    "Notifications": "Amazon S3 notifies the queue of new objects of the stack's bucket",
    "Log": "Amazon S3 writes the access log of the stack's own buckets",
    "Manage": "the account, and `KeyAdministratorArn` where it is given, manage the key; its policies say who of it",
    "ThroughServices": "the account uses the key through the services that keep events, and in no other way",
    "GrantsForServices": "nobody but a service of AWS makes grants",
    "Logs": "CloudWatch Logs encrypts the log groups of this stack",
}
_OF_KEY = {
    "Consumer": "the SIEM's role decrypts what it takes from the queue, through SQS alone",
    "Notifications": "Amazon S3 encrypts notifications of buckets of this account",
}
_OF_OBJECTS = {
    "AWS::SQS::QueuePolicy": "the SIEM's role, `ConsumerPrincipalArn` where it is given, takes notifications",
    "AWS::S3::BucketPolicy": "the SIEM's role, `ConsumerPrincipalArn` where it is given, reads objects of messages",
    "AWS::KMS::Key": "the SIEM's role decrypts what it takes from the queue and the bucket, through SQS and S3",
}
"""Whom the statement `Consumer` lets in where messages are in objects, by the type of the resource."""
_ORDER = ("VerifyRole", "WebhookRole", "PullRole", "PullerRole", "WriterRole", "StreamRole", "ClockRole", "RedriveRole")
_POLICIES = ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::KMS::Key", "AWS::Lambda::Permission")


def roles_section(built: BuiltSource) -> ET.Element:
    """Return what each role of the stack may do, and whom the resources let in."""
    roles = role_titles(built)
    return section(
        "roles",
        "Who may do what",
        prose(_INTRODUCTION),
        prose(_wide_text(built, roles)),
        *(each for role in roles for each in _role(built, role)),
        element("h3", "Whom the resources let in"),
        prose("These policies are of the resources themselves. In the policy of a key, `*` is that key."),
        table(
            ("Resource", "Whom it lets in, or keeps out", "Actions"),
            _resource_rows(built),
            "Policies of resources",
            "policies",
        ),
    )


def role_titles(built: BuiltSource) -> list[str]:
    """Return the roles in the order in which an event meets them."""
    roles = [title for title, _ in built.of_type("AWS::IAM::Role")]
    return sorted(roles, key=lambda role: (_ORDER.index(role) if role in _ORDER else len(_ORDER), role))


def wide_permissions(built: BuiltSource) -> Iterator[Permission]:
    """Yield the permissions with a `*` that the deployment's own names do not bound."""
    for role, _ in built.of_type("AWS::IAM::Role"):
        yield from (each for each in role_permissions(built, role) if each.reason)


def _wide_text(built: BuiltSource, roles: Sequence[str]) -> str:
    wide = sum(1 for _ in wide_permissions(built))
    if not wide:
        return f"No permission of the {counted(len(roles), 'role')} is for more than the stack's own resources."
    some = counted(wide, "permission")
    return (
        f"Of the {counted(len(roles), 'role')}, {some} {'has' if wide == 1 else 'have'} a `*` that is not bounded by "
        "the deployment's own name, since AWS offers nothing narrower. Each has its reason. In all others, a `*` "
        "stands for the objects of one bucket, or for names that begin with the deployment's own."
    )


def _role(built: BuiltSource, role: str) -> Iterator[Child]:
    (trust,) = built.resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    users = [user for user, role_of_user in role_users(built) if role_of_user == role]
    yield element("h3", role, id=f"role-{role}")
    account = " for this account" if "Condition" in trust else ""
    service = f". Only the service {trust['Principal']['Service']} can assume it{account}. It may:"
    yield paragraph("The role of ", *(codes(users) or ["no resource"]), service)
    yield table(
        ("May", "Actions", "On"), [_row(each) for each in role_permissions(built, role)], f"{role} may", "permissions"
    )


def _row(permission: Permission) -> Sequence[Sequence[Child]]:
    words: list[Child] = [element("strong", "denied: ")] if permission.denies else []
    words += marked(permission.words)
    if permission.reason:
        reason = element("span", element("strong", "Why *: "), *marked(permission.reason), class_="reason")
        words.append(reason)
    return words, _lines(permission.actions), _lines(permission.resources)


def _lines(texts: Sequence[str]) -> list[Child]:
    return [bullets([[code(text)] for text in texts])] if len(texts) > 1 else [code(text) for text in texts]


def _resource_rows(built: BuiltSource) -> Iterator[Sequence[Sequence[Child]]]:
    for title, properties in built.of_type(*_POLICIES):
        if "Principal" in properties:
            yield _call_row(built, properties)
            continue
        on = properties.get("Queues", [properties.get("Bucket", {"Ref": title})])[0]
        for statement in _statements(properties.get("KeyPolicy") or properties["PolicyDocument"]):
            words = _statement_words(built, title, statement["Sid"])
            yield [code(next(built.targets(on), title))], marked(words), _lines(statement["Action"])


def _statement_words(built: BuiltSource, title: str, sid: str) -> str:
    resource_type = built.resources[title]["Type"]
    if sid == "Consumer" and "ObjectsBucket" in built.resources:
        return _OF_OBJECTS[resource_type]
    return _OF_KEY.get(sid, _STATEMENTS[sid]) if resource_type == "AWS::KMS::Key" else _STATEMENTS[sid]


def _call_row(built: BuiltSource, properties: Mapping[str, Any]) -> Sequence[Sequence[Child]]:
    called, caller = next(built.targets(properties["FunctionName"])), text_of(properties["SourceArn"])
    words: list[Child] = [f"{properties['Principal']} calls it for ", code(caller), " alone"]
    return [code(called)], words, [code(properties["Action"])]


def _statements(document: Any) -> list[Mapping[str, Any]]:
    """Return the statements of a policy as it is where all optional parameters are given."""
    if "Fn::If" in document:
        return _statements(document["Fn::If"][1])
    return [each["Fn::If"][1] if "Fn::If" in each else each for each in document["Statement"]]
