"""Writing a body as a vendor would, JSON or a form, for samples, the canary and `send`; never in AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from lambdas.auth_type import OutgoingRequest
from lambdas.reading.formats import form_fields, media_type
from lambdas.reading.request import FORM, MULTIPART, lower_case_headers

_BOUNDARY = "mozdef-form-7f3a"


def with_form_field(outgoing: OutgoingRequest, name: str, value: str) -> OutgoingRequest:
    """Return the request with this field of its form, in the place of an earlier one. Files in it are left out."""
    return _with_fields(outgoing, {**_fields(outgoing), name: value})


def read_json_or_form(outgoing: OutgoingRequest) -> Any:
    """Return the body as the handler reads it: JSON, the JSON in a form's only field, or the fields of a form."""
    if not _is_form(outgoing):
        return json.loads(outgoing.body)
    fields = _fields(outgoing)
    return json.loads(*fields.values()) if len(fields) == 1 else fields


def write_json_or_form(outgoing: OutgoingRequest, root: Any) -> OutgoingRequest:
    """Return the request with another body, written as the one that it has."""
    if not _is_form(outgoing):
        return outgoing._replace(body=json.dumps(root).encode())
    names = list(_fields(outgoing))
    return _with_fields(outgoing, {names[0]: json.dumps(root)} if len(names) == 1 else root)


def put_value(item: Any, field: str, value: Any) -> None:
    """Put a value at a field, and make the objects on the way to it."""
    *parents, last = field.split(".")
    for name in parents:
        item = item.setdefault(name, {})
    item[last] = value


def _is_form(outgoing: OutgoingRequest) -> bool:
    return media_type(lower_case_headers(outgoing.headers.items())) in (FORM, MULTIPART)


def _fields(outgoing: OutgoingRequest) -> dict[str, str]:
    pairs = form_fields(outgoing.body, lower_case_headers(outgoing.headers.items()))
    return {name: text for name, text in pairs if isinstance(text, str)}


def _with_fields(outgoing: OutgoingRequest, fields: Mapping[str, str]) -> OutgoingRequest:
    if media_type(lower_case_headers(outgoing.headers.items())) != MULTIPART:
        return outgoing._replace(body=urlencode(fields).encode())
    parts = [
        f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    others = {name: value for name, value in outgoing.headers.items() if name.lower() != "content-type"}
    headers = {**others, "Content-Type": f"{MULTIPART}; boundary={_BOUNDARY}"}
    return outgoing._replace(headers=headers, body="".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode())
