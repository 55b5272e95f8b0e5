"""The objects of an OCSF message that its facts make.

https://schema.ocsf.io/1.3.0/objects
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.shaping.ocsf_classes import (
    ACCOUNT_CHANGE,
    AUTHENTICATION,
    DETECTION_FINDING,
    ENTITY_MANAGEMENT,
    USER_ACCESS,
    WEB_RESOURCES,
    EventClass,
)

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+")
"""An e-mail address as OCSF takes it: https://schema.ocsf.io/1.3.0/data_types"""
_OUTCOMES = {"success": {"status_id": 1, "status": "Success"}, "failure": {"status_id": 2, "status": "Failure"}}
_FINDING_STATUS = {
    "detection.create": {"status_id": 1, "status": "New"},
    "detection.close": {"status_id": 4, "status": "Resolved"},
}
_IP, _USER, _EMAIL, _URL = (2, "IP Address"), (4, "User Name"), (5, "Email Address"), (6, "URL String")
_OBSERVABLES = {
    "src_endpoint.ip": _IP,
    "evidences[].src_endpoint.ip": _IP,
    "actor.user.name": _USER,
    "actor.user.email_addr": _EMAIL,
    "user.name": _USER,
    "user.email_addr": _EMAIL,
    "http_request.user_agent": (16, "HTTP User-Agent"),
    "finding_info.src_url": _URL,
    "web_resources[].url_string": _URL,
    "unmapped.user": _USER,
    "unmapped.target_user": _USER,
    "unmapped.source_ip": _IP,
    "unmapped.destinationipaddress": _IP,
}
"""Where a message may have an observable, and its type: https://schema.ocsf.io/1.3.0/objects/observable"""


def take_objects(event_class: EventClass, words: dict[str, str], summary: str, uid: str, name: str) -> dict[str, Any]:
    """Return what an event of a class has of its facts, which are taken out of `words`; `name` is the product's."""
    objects: dict[str, Any] = _finding(words, summary, uid) if event_class is DETECTION_FINDING else _outcome(words)
    if reason := words.pop("reason", None):
        objects["status_detail"] = reason
    if event_class.has_actor and (actor := _actor(words)):
        objects["actor"] = actor
    if event_class.has_endpoint:
        objects |= _endpoint(words)
    return {**objects, **_own_objects(event_class, words, name)}


def _own_objects(event_class: EventClass, words: dict[str, str], name: str) -> dict[str, Any]:
    """Return what a class requires beside the attributes that several have."""
    objects: dict[str, Any] = {}
    if event_class is AUTHENTICATION:
        objects = {"service": {"name": name}, "user": _take_user(words), **_session(words)}
    elif event_class in (ACCOUNT_CHANGE, USER_ACCESS):
        objects["user"] = _user(words.pop("target_user"))
    elif event_class is ENTITY_MANAGEMENT:
        objects["entity"] = {"name": words.pop("target")}
    elif event_class is WEB_RESOURCES:
        url = {"url_string": words.pop("url")} if "url" in words else {}
        objects["web_resources"] = [{"name": words.pop("target"), **url}]
    if event_class is USER_ACCESS:
        objects["privileges"] = [words.pop("role")]
    return objects


def observables(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the users, addresses and URLs of a message, each by where it stands."""
    return [
        {"name": path, "type_id": type_id, "type": type_name, "value": value}
        for path, (type_id, type_name) in _OBSERVABLES.items()
        for value in _values(message, path.split("."))
    ]


def _values(value: Any, names: list[str]) -> Iterator[str]:
    """Yield the text at a path of names, of which some are of a list with a single item."""
    for name in names:
        key = name.removesuffix("[]")
        if key not in value:
            return
        value = value[key] if key == name else value[key][0]
    yield value


def _finding(words: dict[str, str], summary: str, uid: str) -> dict[str, Any]:
    """Return what a finding has; its status is its own, and no outcome."""
    url = {"src_url": words.pop("url")} if "url" in words else {}
    finding: dict[str, Any] = {"finding_info": {"title": summary, "uid": uid, **url}}
    finding |= _FINDING_STATUS.get(words["kind"], {})
    if "target" in words:
        finding["resources"] = [{"name": words.pop("target")}]
    if "source_ip" in words:
        finding["evidences"] = [{"src_endpoint": {"ip": words.pop("source_ip")}}]
    return finding


def _outcome(words: dict[str, str]) -> dict[str, Any]:
    return {**_OUTCOMES[words.pop("outcome")]} if "outcome" in words else {}


def _endpoint(words: dict[str, str]) -> dict[str, Any]:
    endpoint = {"src_endpoint": {"ip": words.pop("source_ip")}} if "source_ip" in words else {}
    request = {"http_request": {"user_agent": words.pop("user_agent")}} if "user_agent" in words else {}
    return {**endpoint, **request}


def _actor(words: dict[str, str]) -> dict[str, Any]:
    user = _take_user(words)
    return {**({"user": user} if user else {}), **_session(words)}


def _session(words: dict[str, str]) -> dict[str, Any]:
    return {"session": {"uid": words.pop("session")}} if "session" in words else {}


def _take_user(words: dict[str, str]) -> dict[str, str]:
    uid = {"uid": words.pop("user_id")} if "user_id" in words else {}
    return {**(_user(words.pop("user")) if "user" in words else {}), **uid}


def _user(name: str) -> dict[str, str]:
    return {"name": name, "email_addr": name} if _ADDRESS.fullmatch(name) else {"name": name}
