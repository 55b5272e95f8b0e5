"""The section of a page on what is kept: where, for how long, and encrypted with what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from generator.definition.secret_names import source_secrets
from generator.page.built_source import BuiltSource
from generator.page.html import Child, code, marked, paragraph, prose, section, table
from generator.page.words import days, span
from lambdas.delivering.dedupe import MAX_HOURS

_HOLDS = {
    "Events": "messages, until the SIEM has received and deleted them",
    "Writer": "messages on their way into objects",
    "ObjectsBucket": "messages, as lines of objects",
    "Objects": "notifications of objects, until the SIEM has received and deleted them",
    "DeadLetters": "messages that the SIEM received too often and never deleted",
    "Kept": (
        "events that became no message, with the reason; events too large for a message; messages that could not be "
        "sent yet"
    ),
    "Stream": "accepted requests on their way to the archive",
    "Archive": "a copy of each accepted request",
    "Claims": "the ids of events that were sent. No event",
    "Positions": "how far each stream is read, and the ids of events that were sent. No event",
    "KeptLog": "who asked for which object of the other buckets, and when",
    "AccessLog": "of each request: time, sender's address, method, path, status and size. No header, query or body",
    "StreamLog": "what the stream could not deliver, and why. No request",
    "WriterLog": "what the stream could not deliver, and why. No message",
}
"""What is in each store, in the order of the page; all others are logs of functions."""
_FUNCTION_LOG = "a line for each call: its outcome, its counts, the reason. No body, no header's value, no secret"
_TYPES = (
    "AWS::SQS::Queue",
    "AWS::S3::Bucket",
    "AWS::DynamoDB::Table",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Logs::LogGroup",
)
_AFTER_THE_STACK = {"Delete": "is deleted", "Retain": "stays", "RetainExceptOnCreate": "stays"}
_PLACE = (
    "All of it lies in the AWS account and the region of the stack. The stack hands it to nobody but {reader}. Buckets "
    "are private and versioned. Buckets and queues are reached over TLS alone."
)
_READERS = {False: "the SIEM, which takes its messages from the queue", True: "the SIEM, which reads objects"}
"""Who reads events; True where they are in objects."""


def stores_section(built: BuiltSource) -> ET.Element:
    """Return what the stack keeps."""
    order = {title: number for number, title in enumerate(_HOLDS)}
    stores = sorted(built.of_type(*_TYPES), key=lambda store: (order.get(store[0], len(order)), store[0]))
    rows = [_row(built, title, properties) for title, properties in stores]
    if source_secrets(built.source):
        key = "AWS's key for Parameter Store (`aws/ssm`)"
        rows.append(
            (
                [code("Parameter Store"), _kind("secrets")],
                ["the secrets"],
                ["until you delete them"],
                marked(key),
                ["stay"],
            )
        )
    head = ("Where", "What", "How long", "Encrypted with", "When the stack is deleted")
    place = _PLACE.format(reader=_READERS["ObjectsBucket" in built.resources])
    return section("kept", "What is kept", prose(place), table(head, rows, "What is kept", "stores"))


def _row(built: BuiltSource, title: str, properties: Mapping[str, Any]) -> Sequence[Sequence[Child]]:
    holds = _HOLDS.get(title, _FUNCTION_LOG)
    if title == "DeadLetters" and "Objects" in built.resources:
        holds = "notifications that the SIEM received too often and never deleted"
    policy = built.resources[title].get("DeletionPolicy", "Delete")
    name: list[Child] = [code(title), _kind(built.kind(title))]
    return name, [holds], [_how_long(built, title, properties)], marked(_key(properties)), [_AFTER_THE_STACK[policy]]


def _kind(text: str) -> ET.Element:
    return paragraph(text, class_="kind")


def _how_long(built: BuiltSource, title: str, properties: Mapping[str, Any]) -> str:
    if "MessageRetentionPeriod" in properties:
        return f"at most {span(properties['MessageRetentionPeriod'])}"
    if "LifecycleConfiguration" in properties:
        (rule,) = properties["LifecycleConfiguration"]["Rules"]
        old = days(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
        return f"{days(rule['ExpirationInDays'])}; what is deleted or overwritten for {old} more"
    if "RetentionInDays" in properties:
        return days(properties["RetentionInDays"])
    if destination := properties.get("ExtendedS3DestinationConfiguration"):
        seconds = destination["BufferingHints"]["IntervalInSeconds"]
        return f"{span(seconds)}; a day at most where the bucket does not take it"
    dedupe = built.source.dedupe
    ids = f"{span((dedupe.window if dedupe else MAX_HOURS) * 3_600)} for an id"
    return f"{ids}; positions stay" if title == "Positions" else ids


def _key(properties: Mapping[str, Any]) -> str:
    """Return what a store is encrypted with."""
    own = "the source's own KMS key, `Key`"
    if any(name in properties for name in ("KmsMasterKeyId", "KmsKeyId", "SSESpecification")):
        return own
    if "SqsManagedSseEnabled" in properties:
        return "SQS's own key (SSE-SQS)"
    if "BucketEncryption" in properties:
        (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        is_own = rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        return own if is_own else "S3's own key (SSE-S3)"
    if encryption := properties.get("DeliveryStreamEncryptionConfigurationInput"):
        return own if "KeyARN" in encryption else "Firehose's own key"
    return "DynamoDB's own key" if "KeySchema" in properties else "CloudWatch Logs' own key"


def retention(built: BuiltSource) -> Iterator[str]:
    """Yield in a few words how long events are kept, for the summary of a page."""
    for title in ("Events", "ObjectsBucket", "Kept", "Archive"):
        if title in built.resources:
            properties = built.resources[title]["Properties"]
            yield f"{_how_long(built, title, properties).partition(';')[0].removeprefix('at most ')} in {title}"
