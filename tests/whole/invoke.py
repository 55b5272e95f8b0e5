"""A process of its own for test_earlier.py: one invocation of a handler out of its zip, with AWS's answers made up.

Arguments: the folder with the zip's files, the handler, the secret. The payload comes on standard input; on standard
error go the answer and the messages, since the log goes to standard output.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from botocore.client import BaseClient

MESSAGES: list[dict[str, Any]] = []


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 29_000  # as the template gives it


def answered(operation: str, arguments: dict[str, Any], secret: str) -> dict[str, Any]:
    if operation == "GetParameters":
        return {"Parameters": [{"Name": name, "Value": secret} for name in arguments["Names"]]}
    assert operation == "SendMessageBatch", operation
    MESSAGES.extend(json.loads(entry["MessageBody"]) for entry in arguments["Entries"])
    return {"Successful": [{"Id": entry["Id"]} for entry in arguments["Entries"]]}


if __name__ == "__main__":
    code, handler, secret = sys.argv[1:]
    sys.path.insert(0, code)
    BaseClient._make_api_call = lambda _client, *call: answered(*call, secret)
    module, _, function = handler.rpartition(".")
    answer = getattr(import_module(module), function)(json.load(sys.stdin), Context())
    sys.stderr.write(json.dumps([answer, MESSAGES]))
