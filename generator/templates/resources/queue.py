"""SQS queues for events and dead letters, and who may send and receive."""

from __future__ import annotations

from typing import Any

import awacs.sqs
from awacs.aws import Allow, AWSPrincipal, Bool, Condition, Deny, PolicyDocument, Principal, Statement
from troposphere import GetAtt, If, Parameter, Ref, Template
from troposphere.sqs import Queue, QueuePolicy, RedrivePolicy

from generator.templates.inputs import add_is_set_condition, value_or_none
from generator.templates.resources.role import allow
from generator.templates.stack_context import StackContext

MAX_RECEIVE_COUNT = 10
VISIBILITY_SECONDS = 60
# A dead letter keeps the time at which it was first sent, so the dead-letter queue must retain longer than the other.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
EVENTS_DAYS, DEAD_LETTERS_DAYS = 13, 14
_DAY = 86_400


def add_dead_letters(template: Template, stack: StackContext) -> Queue:
    """Add the queue for messages that were received too often and never deleted."""
    return template.add_resource(
        Queue(
            "DeadLetters",
            MessageRetentionPeriod=DEAD_LETTERS_DAYS * _DAY,
            Tags=stack.tags,
            **_encrypted(stack),
            **_retained(),
        )
    )


def add_events(
    template: Template,
    stack: StackContext,
    dead_letters: Queue,
    name: Parameter,
    title: str = "Events",
    max_receive_count: int = MAX_RECEIVE_COUNT,
) -> Queue:
    """Add the queue from which a SIEM receives events, or notifications of objects."""
    return template.add_resource(
        Queue(
            title,
            QueueName=value_or_none(add_is_set_condition(template, name), name),
            MessageRetentionPeriod=EVENTS_DAYS * _DAY,
            VisibilityTimeout=VISIBILITY_SECONDS,
            RedrivePolicy=RedrivePolicy(
                deadLetterTargetArn=GetAtt(dead_letters, "Arn"), maxReceiveCount=max_receive_count
            ),
            Tags=stack.tags,
            **_encrypted(stack),
            **_retained(),
        )
    )


def add_policy(
    template: Template, queue: Queue, consumer: Parameter | None = None, *more_statements: Statement
) -> QueuePolicy:
    """Add a policy that refuses requests without TLS, and lets a consumer, of any account, receive and delete."""
    deny = Statement(
        Sid="OnlyOverTls",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[awacs.sqs.Action("*")],
        Resource=[GetAtt(queue, "Arn")],
        Condition=Condition(Bool({"aws:SecureTransport": False})),
    )
    document = _document(deny, *more_statements)
    if consumer:
        allow = Statement(
            Sid="Consumer",
            Effect=Allow,
            Principal=AWSPrincipal(Ref(consumer)),
            Action=[
                awacs.sqs.ReceiveMessage,
                awacs.sqs.DeleteMessage,
                awacs.sqs.ChangeMessageVisibility,
                awacs.sqs.GetQueueAttributes,
                awacs.sqs.GetQueueUrl,
            ],
            Resource=[GetAtt(queue, "Arn")],
        )
        document = If(add_is_set_condition(template, consumer), _document(deny, *more_statements, allow), document)
    # The policy outlives the stack with the queue, so that a SIEM can still empty the queue.
    return template.add_resource(
        QueuePolicy(f"{queue.title}Policy", Queues=[Ref(queue)], PolicyDocument=document, **_retained())
    )


def may_send(queue: Queue) -> Statement:
    """Allow to send messages, also in batches.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
    """
    return allow([awacs.sqs.SendMessage], [GetAtt(queue, "Arn")])


def _document(*statements: Statement) -> PolicyDocument:
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))


def _encrypted(stack: StackContext) -> dict[str, Any]:
    """Encrypt with SQS's own key, which costs nothing, or with the source's: a call to KMS every five minutes.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
    """
    return {"KmsMasterKeyId": GetAtt(stack.key, "Arn")} if stack.key else {"SqsManagedSseEnabled": True}


def _retained() -> dict[str, str]:
    """Retain up to two weeks of events when the stack is deleted; only a failed creation removes the queue."""
    return {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
