"""A queue, a bucket and a parameter store in memory, as far as the handler calls them; no call fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lambdas.runtime.secrets import PREVIOUS_SUFFIX


class Queue:
    """Takes every message."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message_batch(self, Entries: list[dict[str, str]], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.bodies += [entry["MessageBody"] for entry in Entries]
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}


class Bucket:
    """Takes every object, and keeps none."""

    def put_object(self, **_: object) -> dict[str, Any]:
        return {"ETag": '"stored"'}


class Store:
    """Has the secrets that `find` returns for the last part of a parameter's name: current, and perhaps previous."""

    def __init__(self, find: Callable[[str], Sequence[str]]) -> None:
        self._find = find

    def get_parameters(self, Names: list[str], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        secrets = {name: self._secret(name.rpartition("/")[2]) for name in Names}
        return {
            "Parameters": [{"Name": name, "Value": secret} for name, secret in secrets.items() if secret],
            "InvalidParameters": [name for name, secret in secrets.items() if not secret],
        }

    def put_parameter(self, **_: object) -> dict[str, Any]:
        return {"Version": 1}

    def _secret(self, name: str) -> str:
        current, previous = (*self._find(name.removesuffix(PREVIOUS_SUFFIX)), "", "")[:2]
        return previous if name.endswith(PREVIOUS_SUFFIX) else current
