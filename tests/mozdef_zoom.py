"""What MozDef's plugin zoom_fixup makes of a message: another document, of what it knows in Zoom's events.

Written after mq/plugins/zoom_fixup.py and zoom_mapping.yml of https://github.com/mozilla/MozDef.
"""

from __future__ import annotations

from typing import Any

_MISSING = object()

_SAME_NAME = (
    *("calendar_name", "duration", "email", "end_time", "host_email", "host_id", "id", "issue", "recording_count"),
    *("recording_files", "room_name", "share_url", "start_time", "timezone", "type", "uuid"),
)
# The names that it gives, by their place in `details.payload.object`.
_OF_OBJECT = {
    **{name: name for name in _SAME_NAME},
    "size": "total_size",
    "particpant_id": "participant.id",  # as it spells it
    "participant_join_time": "participant.join_time",
    "participant_leave_time": "participant.leave_time",
    "participant_sharing_content": "participant.sharing_details.content",
    "participant_sharing_date_time": "participant.sharing_details.date_time",
    "participant_sharing_file_link": "participant.sharing_details.file_link",
    "participant_sharing_link_source": "participant.sharing_details.link_source",
    "participant_sharing_source": "participant.sharing_details.source",
    "participant_user_id": "participant.user_id",
    "participant_username": "participant.user_name",
    "recording_file_end": "recording_file.recording_end",
    "recording_file_start": "recording_file.recording_start",
    "recording_files_end": "recording_files.recording_end",
    "recording_files_start": "recording_files.recording_start",
}
_OF_PAYLOAD = {
    **{name: f"object.{path}" for name, path in _OF_OBJECT.items()},
    "original_sched_duration": "old_object.id",  # its mapping has the name twice, and the last holds
    "original_sched_start_time": "old_object.start_time",
    "username": "operator",
    "user_id": "operator_id",
    "ts": "time_stamp",
}


def zoom_document(message: dict[str, Any]) -> dict[str, Any]:
    """Return the plugin's document; KeyError or TypeError where it raises, for which the worker drops the message."""
    details = message["details"]
    event = details["event"]
    payload = details.get("payload")
    found: dict[str, Any] = {"event": event, **_account(payload)}
    for name, path in _OF_PAYLOAD.items():
        value = _searched(payload, path)
        if value is not None:
            found[name] = value
    for name, path in (
        ("start_time", "object.start_time"),
        ("original_sched_start_time", "old_object.start_time"),
        ("recording_files_end", "object.recording_files.recording_end"),
        ("recording_file_end", "object.recording_file.recording_end"),
    ):
        if _at(payload, path) == "":
            del found[name]
    old_duration, who = _at(payload, "old_object.duration"), _user(payload)
    if old_duration is not _MISSING:
        found["original_sched_duration"] = old_duration
    return {
        "category": "zoom",
        "eventsource": "MozDef-EF-zoom",
        "source": "api_aws_lambda",
        "hostname": "zoom_host",
        "severity": "info",
        "processname": "zoom_webhook_api",
        "tags": message["tags"],
        "summary": f"zoom: {event}" + ("" if who is _MISSING else f" triggered by user {who}"),
        "details": found,
    }


def _account(payload: Any) -> dict[str, Any]:
    account, of_object = _at(payload, "account_id"), _at(payload, "object.account_id")
    if account is _MISSING:
        return {} if of_object is _MISSING else {"account_id": of_object}
    # It means to leave out an equal one, but compares two keys that never exist.
    return {"account_id": account}


def _user(payload: Any) -> Any:
    name = _at(payload, "object.participant.user_name")
    return _at(payload, "operator") if name is _MISSING else name


def _at(value: Any, path: str) -> Any:
    """Return what is at a path, or that it is missing; TypeError where a step of it leads into no object."""
    for key in path.split("."):
        if value is None:
            return _MISSING
        if isinstance(value, int | float):
            raise TypeError(f"{key} in a number")
        if key not in value:
            return _MISSING
        value = value[key]
    return value


def _searched(value: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
