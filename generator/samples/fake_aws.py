"""A queue, a bucket and a parameter store in memory, as far as the handler calls them; no call fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lambdas.runtime.secrets import PREVIOUS_SUFFIX

_CONFIRMED: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": 200}}


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


class Table:
    """A table of claims and positions, in which nobody else writes."""

    def __init__(self) -> None:
        self._items: dict[str, dict[str, Any]] = {}

    def put_item(self, Item: dict[str, Any], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self._items[Item["id"]["S"]] = Item
        return _CONFIRMED

    def get_item(self, Key: dict[str, Any], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        item = self._items.get(Key["id"]["S"])
        return {**_CONFIRMED, "Item": item} if item else _CONFIRMED

    def update_item(self, **_: object) -> dict[str, Any]:
        return _CONFIRMED

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        for entry in TransactItems:
            self.put_item(**entry["Put"])
        return _CONFIRMED

    def batch_write_item(self, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        for writes in RequestItems.values():
            for write in writes:
                if "PutRequest" in write:
                    self.put_item(**write["PutRequest"])
                else:
                    self._items.pop(write["DeleteRequest"]["Key"]["id"]["S"], None)
        return {**_CONFIRMED, "UnprocessedItems": {}}

    def batch_get_item(self, RequestItems: dict[str, dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        names = {table: [key["id"]["S"] for key in keys["Keys"]] for table, keys in RequestItems.items()}
        responses = {
            table: [self._items[name] for name in wanted if name in self._items] for table, wanted in names.items()
        }
        return {**_CONFIRMED, "Responses": responses}
