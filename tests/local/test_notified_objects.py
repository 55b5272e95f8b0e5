"""What `run` shows of messages in objects: read as a SIEM does, from the notifications on the queue."""

from __future__ import annotations

import gzip
import io
from typing import Any

from generator.deploy.reader_queue import reader_queue
from generator.local.notified_objects import messages_of


class S3:
    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        assert Bucket == "objects"
        return {"Body": io.BytesIO(self.objects[Key])}


def record(key: str) -> dict[str, Any]:
    return {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "objects"}, "object": {"key": key}}}


def test_each_line_of_each_object_is_a_message_compressed_or_not() -> None:
    s3 = S3({"events/a b+c.json.gz": gzip.compress(b'{"a":1}\n{"a":2}\n'), "events/plain": b'{"a":3}\n'})
    notification = {"Records": [record("events/a+b%2Bc.json.gz"), record("events/plain")]}
    assert list(messages_of(s3, notification)) == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_the_test_of_a_queue_is_no_object() -> None:
    assert list(messages_of(S3({}), {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "objects"})) == []


def test_the_queue_that_is_read_has_messages_or_notifications() -> None:
    assert reader_queue({"EventsQueueUrl": "messages"}) == "messages"
    assert reader_queue({"ObjectsQueueUrl": "notifications"}) == "notifications"
