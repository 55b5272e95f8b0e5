"""The DynamoDB table in which functions claim events, for `dedupe`; of a pulled source, also its positions."""

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

from generator.templates.resources.role import allow
from generator.templates.stack_context import StackContext


def add_table(template: Template, stack: StackContext, title: str, *, retained: bool = False) -> Table:
    """Add a table of items with an `id`; DynamoDB deletes each some time after `expires`, in Unix seconds.

    It is deleted with the stack, unless it is `retained`. It is encrypted with DynamoDB's own key, which costs nothing
    and needs no permission, or with the source's.
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
            Tags=stack.tags,
            DeletionPolicy="Retain" if retained else "Delete",
            UpdateReplacePolicy="Retain" if retained else "Delete",
            **({"SSESpecification": _encryption(stack.key)} if stack.key else {}),
        )
    )


def _encryption(key: Key) -> SSESpecification:
    return SSESpecification(SSEEnabled=True, SSEType="KMS", KMSMasterKeyId=GetAtt(key, "Arn"))


def may_claim(table: Table) -> Statement:
    """Allow to put items, alone or in a transaction, and to put and delete in batches.

    A transaction needs the permissions of the operations in it.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    return allow([awacs.dynamodb.PutItem, awacs.dynamodb.BatchWriteItem], [GetAtt(table, "Arn")])


def may_move(table: Table) -> Statement:
    """Allow to read positions, and to take and give back the lease."""
    return allow([awacs.dynamodb.GetItem, awacs.dynamodb.UpdateItem], [GetAtt(table, "Arn")])


def may_look_up(table: Table) -> Statement:
    """Allow to read items by their keys."""
    return allow([awacs.dynamodb.BatchGetItem], [GetAtt(table, "Arn")])
