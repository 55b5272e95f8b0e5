"""SQS queues."""

from __future__ import annotations

from typing import Any

import awacs.sqs
from awacs.aws import Allow, AWSPrincipal, Bool, Condition, Deny, PolicyDocument, Principal, Statement
from troposphere import GetAtt, If, Parameter, Ref, Template
from troposphere.sqs import Queue, QueuePolicy, RedrivePolicy

from generator.templates.inputs import StackContext, add_is_set_condition, value_or_none
from generator.templates.resources.role import allow

MAX_RECEIVE_COUNT = 10
VISIBILITY_SECONDS = 60
# A dead letter keeps the time at which it was first sent: the queue behind must hold it longer than the one before.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
EVENTS_DAYS, DEAD_LETTERS_DAYS = 13, 14
_DAY = 86_400


def add_dead_letters(template: Template, parameters: StackContext) -> Queue:
    """Where a message goes that was received ten times and never deleted."""
    return template.add_resource(
        Queue(
            "DeadLetters",
            MessageRetentionPeriod=DEAD_LETTERS_DAYS * _DAY,
            Tags=parameters.tags,
            **_encrypted(parameters),
            **_retained(),
        )
    )


def add_events(template: Template, parameters: StackContext, dead_letters: Queue, name: Parameter) -> Queue:
    """What MozDef takes its events from."""
    return template.add_resource(
        Queue(
            "Events",
            QueueName=value_or_none(add_is_set_condition(template, name), name),
            MessageRetentionPeriod=EVENTS_DAYS * _DAY,
            VisibilityTimeout=VISIBILITY_SECONDS,
            RedrivePolicy=RedrivePolicy(
                deadLetterTargetArn=GetAtt(dead_letters, "Arn"), maxReceiveCount=MAX_RECEIVE_COUNT
            ),
            Tags=parameters.tags,
            **_encrypted(parameters),
            **_retained(),
        )
    )


def add_policy(template: Template, queue: Queue, consumer: Parameter | None = None) -> QueuePolicy:
    """Nobody without TLS; with a consumer, which may be of another account, that one may receive and delete."""
    deny = Statement(
        Sid="OnlyOverTls",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[awacs.sqs.Action("*")],
        Resource=[GetAtt(queue, "Arn")],
        Condition=Condition(Bool({"aws:SecureTransport": False})),
    )
    document = _document(deny)
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
        document = If(add_is_set_condition(template, consumer), _document(deny, allow), document)
    # A queue that outlives the stack is still MozDef's to empty.
    return template.add_resource(
        QueuePolicy(f"{queue.title}Policy", Queues=[Ref(queue)], PolicyDocument=document, **_retained())
    )


def may_send(queue: Queue) -> Statement:
    """Send, in batches too.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
    """
    return allow([awacs.sqs.SendMessage], [GetAtt(queue, "Arn")])


def _document(*statements: Statement) -> PolicyDocument:
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))


def _encrypted(parameters: StackContext) -> dict[str, Any]:
    """With SQS's own key, which costs nothing, or with the source's, which is asked for a new one every five minutes.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
    """
    return {"KmsMasterKeyId": GetAtt(parameters.key, "Arn")} if parameters.key else {"SqsManagedSseEnabled": True}


def _retained() -> dict[str, str]:
    """Up to two weeks of events outlive the stack; only a creation that failed cleans up after itself."""
    return {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
