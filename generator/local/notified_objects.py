"""Read the messages of objects as a SIEM does: from a notification of S3 on a queue.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

_GZIP = b"\x1f\x8b"


def messages_of(s3: Any, notification: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the messages in the objects that a notification names; none for S3's test of the queue.

    The emulator's Firehose writes each record as it is; AWS's compresses them.
    """
    for record in notification.get("Records", ()):
        bucket, key = record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
        content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        lines = gzip.decompress(content) if content.startswith(_GZIP) else content
        yield from map(json.loads, lines.splitlines())
