"""Roles: one for each that acts, with what it may do and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import awacs.sts
from awacs.aws import Allow, Condition, PolicyDocument, Principal, Statement
from troposphere import Template
from troposphere.iam import Policy, Role

from generator.resources.parameters import Parameters, tags


def add_role(
    template: Template,
    parameters: Parameters,
    title: str,
    service: str,
    may: Sequence[Statement],
    *,
    when: Condition | None = None,
    **more: Any,
) -> Role:
    """A role that an AWS service takes on, `when` the condition holds, to do what `may` says."""
    trust = Statement(Effect=Allow, Principal=Principal("Service", service), Action=[awacs.sts.AssumeRole])
    if when:
        trust.Condition = when
    return template.add_resource(
        Role(
            title,
            AssumeRolePolicyDocument=document([trust]),
            Policies=[Policy(PolicyName=title.removesuffix("Role"), PolicyDocument=document(may))],
            Tags=tags(parameters),
            **more,
        )
    )


def document(statements: Sequence[Statement]) -> PolicyDocument:
    """A policy."""
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))
