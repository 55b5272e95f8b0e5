"""DynamoDB tables."""

from __future__ import annotations

import awacs.dynamodb
from awacs.aws import Statement
from troposphere import GetAtt, Template
from troposphere.dynamodb import (
    AttributeDefinition,
    KeySchema,
    PointInTimeRecoverySpecification,
    SSESpecification,
    Table,
    TimeToLiveSpecification,
)
from troposphere.kms import Key

from generator.templates.inputs import StackContext
from generator.templates.resources.role import allow


def add_table(template: Template, parameters: StackContext, title: str) -> Table:
    """A table of items that have an `id`, and go some time after `expires`, in Unix seconds; it goes with the stack.

    Encrypted with a key of DynamoDB's own, which costs nothing and needs no permission, or with a strict source's.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    return template.add_resource(
        Table(
            title,
            AttributeDefinitions=[AttributeDefinition(AttributeName="id", AttributeType="S")],
            KeySchema=[KeySchema(AttributeName="id", KeyType="HASH")],
            BillingMode="PAY_PER_REQUEST",
            TimeToLiveSpecification=TimeToLiveSpecification(AttributeName="expires", Enabled=True),
            PointInTimeRecoverySpecification=PointInTimeRecoverySpecification(PointInTimeRecoveryEnabled=True),
            Tags=parameters.tags,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            **({"SSESpecification": _with(parameters.key)} if parameters.key else {}),
        )
    )


def _with(key: Key) -> SSESpecification:
    return SSESpecification(SSEEnabled=True, SSEType="KMS", KMSMasterKeyId=GetAtt(key, "Arn"))


def may_claim(table: Table) -> Statement:
    """Put items, alone and in a transaction, which needs the permission of what is in it; put and delete in batches.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    return allow([awacs.dynamodb.PutItem, awacs.dynamodb.BatchWriteItem], [GetAtt(table, "Arn")])


def may_look_up(table: Table) -> Statement:
    """Read items that one can name."""
    return allow([awacs.dynamodb.BatchGetItem], [GetAtt(table, "Arn")])
