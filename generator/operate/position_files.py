"""How far the streams of a source are read, as a file for people: JSON with times as text, and a version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from generator.definition.suggestions import suggestion
from lambdas.paging_style import MAX_TOKEN

VERSION = 1
_TIMES = ("start", "goal", "end", "since", "at")
_TEXTS = ("page", "token", "of")
_KEYS = (*_TIMES, *_TEXTS, "length", "counts")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_TOP = {"version", "source", "exported", "streams"}

Fields = dict[str, Any]


def positions_text(source: str, positions: Mapping[str, Mapping[str, Any]], now: float) -> str:
    """Return positions, by the streams' names, as the content of a file."""
    streams = {
        name: {key: _time_text(value) if key in _TIMES else value for key, value in fields.items()}
        for name, fields in positions.items()
    }
    content = {"version": VERSION, "source": source, "exported": _time_text(now), "streams": streams}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read_positions(
    content: bytes, source: str, streams: Sequence[str], now: float
) -> tuple[dict[str, Fields], list[str]]:
    """Return the positions in a file by their streams' names, and all mistakes in it."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}, ["is not JSON; `pull SOURCE export FILE` writes such a file"]
    if not isinstance(document, dict) or document.get("version") != VERSION:
        return {}, [_version_mistake(document)]
    mistakes = [f"{key}: is no part of such a file" for key in sorted(document.keys() - _TOP)]
    if document.get("source") != source:
        mistakes.append(f"source: is {json.dumps(document.get('source'))}, and these would be positions of {source}")
    positions = document.get("streams")
    if not isinstance(positions, dict) or not positions:
        return {}, [*mistakes, "streams: must have the positions by the names of their streams"]
    known = {name: name for name in streams}
    read = {}
    for name, fields in positions.items():
        if name not in known:
            mistakes.append(f"streams.{name}: no such stream{suggestion(name, known)}")
        elif not isinstance(fields, dict):
            mistakes.append(f"streams.{name}: must be an object with `start` or `since`")
        else:
            stream_mistakes = list(_mistakes(fields, now))
            mistakes += [f"streams.{name}{mistake}" for mistake in stream_mistakes]
            if not stream_mistakes:
                read[name] = {key: _seconds(text) if key in _TIMES else text for key, text in fields.items()}
    return read, mistakes


def _version_mistake(document: Any) -> str:
    version = document.get("version") if isinstance(document, dict) else None
    if isinstance(version, int) and version > VERSION:
        return f"version: is {version}, which a newer framework wrote; this one reads {VERSION}"
    return f"version: must be {VERSION}; `pull SOURCE export FILE` writes such a file"


def _mistakes(fields: Mapping[str, Any], now: float) -> Iterator[str]:
    """Yield what is wrong with the position of a stream, each with the key that it is about."""
    for key, value in fields.items():
        if key not in _KEYS:
            yield f".{key}: is no part of a position ({', '.join(_KEYS)})"
        elif key in _TIMES:
            yield from (f".{key}: {mistake}" for mistake in _time_mistakes(value, now))
        elif key in _TEXTS and not (isinstance(value, str) and 0 < len(value) <= MAX_TOKEN):
            yield f".{key}: must be a text of at most {MAX_TOKEN:,} characters"
        elif key == "length" and not _is_count(value):
            yield ".length: must be a number of seconds"
        elif key == "counts" and not _are_counts(value):
            yield ".counts: must have a number for each hash"
    if ("start" in fields) == ("since" in fields):
        yield ": must have either `start`, for a position by time, or `since`, for one by the vendor's cursor"
    if "page" in fields and "end" not in fields:
        yield ".page: is that of a time, so `end` is needed too"
    times = [fields[key] for key in ("start", "end", "goal") if _is_time(fields.get(key))]
    if times != sorted(times):
        yield ": `start`, `end` and `goal` must follow one another"


def _time_mistakes(value: Any, now: float) -> Iterator[str]:
    if not _is_time(value):
        yield f"must be a time such as {_time_text(now)}"
    elif _seconds(value) > now:
        yield f"{value} is in the future"


def _is_time(value: Any) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        return _seconds(value) > 0
    except ValueError:
        return False


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _are_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(
        re.fullmatch("[0-9a-f]{1,15}", digest) and _is_count(count) for digest, count in value.items()
    )


def _time_text(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
