"""IAM roles and policy statements: `add_role`, `allow`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import awacs.sts
from awacs.aws import Action, Allow, Condition, PolicyDocument, Principal, Statement, StringEquals
from troposphere import Template
from troposphere.iam import Policy, Role

from generator.templates.stack_context import StackContext


def add_role(
    template: Template,
    stack: StackContext,
    title: str,
    service: str,
    statements: Sequence[Statement],
    *,
    trust_condition: Condition | None = None,
    more_policies: Sequence[Any] = (),
    **properties: Any,
) -> Role:
    """Add a role that an AWS service assumes, where `trust_condition` holds, with a policy of these statements.

    `more_policies` may depend on conditions of the template.
    """
    trust = Statement(Effect=Allow, Principal=Principal("Service", service), Action=[awacs.sts.AssumeRole])
    if trust_condition:
        trust.Condition = trust_condition
    return template.add_resource(
        Role(
            title,
            AssumeRolePolicyDocument=document([trust]),
            Policies=[
                Policy(PolicyName=title.removesuffix("Role"), PolicyDocument=document(statements)),
                *more_policies,
            ],
            Tags=stack.tags,
            **properties,
        )
    )


def allow(actions: Sequence[Action], resources: Sequence[Any], equals: Mapping[str, Any] | None = None) -> Statement:
    """Allow actions on resources, where each condition key of the request has the given value."""
    statement = Statement(Effect=Allow, Action=list(actions), Resource=list(resources))
    if equals:
        statement.Condition = Condition(StringEquals(dict(equals)))
    return statement


def allow_where(actions: Sequence[Action], resources: Sequence[Any], *conditions: Any) -> Statement:
    """Allow actions on resources where all conditions hold."""
    statement = allow(actions, resources)
    if conditions:
        statement.Condition = Condition(list(conditions))
    return statement


def document(statements: Sequence[Statement]) -> PolicyDocument:
    """Return a policy document with these statements."""
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))
