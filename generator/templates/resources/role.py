"""Roles: one for each that acts, with what it may do and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import awacs.sts
from awacs.aws import Action, Allow, Condition, PolicyDocument, Principal, Statement, StringEquals
from troposphere import Template
from troposphere.iam import Policy, Role

from generator.templates.inputs import StackContext


def add_role(
    template: Template,
    parameters: StackContext,
    title: str,
    service: str,
    statements: Sequence[Statement],
    *,
    when: Condition | None = None,
    also: Sequence[Any] = (),
    **more: Any,
) -> Role:
    """A role that an AWS service takes on, `when` the condition holds, to do what the statements say.

    `also` are further policies, which may be there under a condition.
    """
    trust = Statement(Effect=Allow, Principal=Principal("Service", service), Action=[awacs.sts.AssumeRole])
    if when:
        trust.Condition = when
    return template.add_resource(
        Role(
            title,
            AssumeRolePolicyDocument=document([trust]),
            Policies=[Policy(PolicyName=title.removesuffix("Role"), PolicyDocument=document(statements)), *also],
            Tags=parameters.tags,
            **more,
        )
    )


def allow(actions: Sequence[Action], resources: Sequence[Any], equals: Mapping[str, Any] | None = None) -> Statement:
    """Allow these actions on these resources, where each key of the request equals what is said of it."""
    statement = Statement(Effect=Allow, Action=list(actions), Resource=list(resources))
    if equals:
        statement.Condition = Condition(StringEquals(dict(equals)))
    return statement


def allow_where(actions: Sequence[Action], resources: Sequence[Any], *conditions: Any) -> Statement:
    """Allow these actions on these resources where all the conditions hold."""
    statement = allow(actions, resources)
    if conditions:
        statement.Condition = Condition(list(conditions))
    return statement


def document(statements: Sequence[Statement]) -> PolicyDocument:
    """A policy."""
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))
