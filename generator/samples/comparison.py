"""Compare what a sample becomes with the file stored beside it, and write that file for `--accept`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from generator.errors import Problem, display_path
from generator.files.line_ends import HOW_TO_FIX
from generator.samples.run import Shaped
from generator.samples.sample import EXPECTED_PARTS, Sample, error_text, read_file

_EXPECTED = (*(f".{part}.json" for part in EXPECTED_PARTS), ".requests.txt")
_NOTHING = object()
"""An item that one of two lists does not have."""
_SHOWN = 80
"""Characters that a difference shows of each text."""
_BEFORE = 20
"""Characters that it shows before the place where two long texts begin to differ."""
_KINDS = {"mozdef": "messages", "reply": "a reply"}
Accepted = Mapping[Path, bytes | None]
"""Files beside samples as a build leaves them: their content, or None for a file that it removes."""


def files_to_accept(shaped: Shaped) -> dict[Path, bytes | None]:
    """Return the content of each file to store beside a sample; None for a file to remove."""
    stale = dict.fromkeys(shaped.stale_files)
    requests = {requests_file(shaped.sample): shaped.requests.encode()} if shaped.requests is not None else {}
    return {shaped.sample.file(shaped.expected_part): expected_text(shaped).encode(), **requests, **stale}


def requests_file(sample: Sample) -> Path:
    """Return the file with a line for each request that brings a sample's answers."""
    return sample.folder / f"{sample.name}.requests.txt"


def is_expected(file: Path) -> bool:
    """Return whether a file beside samples is one that `--accept` writes."""
    return file.parent.name == "samples" and file.name.endswith(_EXPECTED)


def compare(shaped: Shaped) -> list[Problem]:
    """Return how a sample's messages, or its reply, differ from the file stored beside it."""
    file, problems = shaped.sample.file(shaped.expected_part), list(_request_problems(shaped))
    for stale_file in shaped.stale_files:
        kind = _KINDS.get(shaped.expected_part, f"messages of the output {shaped.output}")
        message = f"is stale, since the sample becomes {kind}; if the build is right, --accept removes it"
        problems.append(Problem(display_path(stale_file), 0, "", message))
    try:
        stored = json.loads(read_file(file))
    except FileNotFoundError:
        message = "is missing: --accept stores what the build makes of the sample"
        return [*problems, Problem(display_path(file), 0, "", message)]
    except (OSError, ValueError, RecursionError) as error:
        return [*problems, Problem(display_path(file), getattr(error, "lineno", 0), "", error_text(error))]
    differences = list(_differences(stored, _expected_value(shaped)))
    other_places = f", and in {len(differences) - 1} more places" if len(differences) > 1 else ""
    message = "if the build is right, --accept stores what it makes"
    if b"\r\n" in shaped.sample.body:
        message += f"; its body has CRLF, which may come of a checkout: then {HOW_TO_FIX}"
    return problems + [
        Problem(display_path(file), 0, path, f"{difference}{other_places}; {message}")
        for path, difference in differences[:1]
    ]


def _request_problems(shaped: Shaped) -> Iterator[Problem]:
    """Yield how the requests differ from those stored beside a sample of a pulled source."""
    if shaped.requests is None:
        return
    file = requests_file(shaped.sample)
    stored = read_file(file).decode().splitlines() if file.exists() else []
    sent = shaped.requests.splitlines()
    for number, (old, new) in enumerate(zip_longest(stored, sent, fillvalue="nothing"), 1):
        if old != new:
            message = f"{old} is stored, and the build asks {new}; if the build is right, --accept stores it"
            yield Problem(display_path(file), number, "", message)
            return


def expected_text(shaped: Shaped) -> str:
    """Return the text of the file stored beside a sample."""
    return json.dumps(_expected_value(shaped), indent=2, ensure_ascii=False) + "\n"


def _expected_value(shaped: Shaped) -> Any:
    """Return the reply, the only message, or the list of messages."""
    if shaped.reply is not None:
        return shaped.reply
    return shaped.messages[0] if len(shaped.messages) == 1 else shaped.messages


def _differences(stored: Any, current: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each difference: the dotted path, and a sentence."""
    if stored == current:
        return
    if isinstance(stored, dict) and isinstance(current, dict):
        for key in [*stored, *(key for key in current if key not in stored)]:
            yield from _differences(stored.get(key), current.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(stored, list) and isinstance(current, list) and len(stored) == len(current):
        for index, (old, new) in enumerate(zip(stored, current, strict=True)):
            yield from _differences(old, new, f"{path}[{index}]")
    elif isinstance(stored, list) and isinstance(current, list):
        # An item more or less moves all that follow, so only the first that differs is named.
        pairs = enumerate(zip_longest(stored, current, fillvalue=_NOTHING))
        index, (old, new) = next((index, pair) for index, pair in pairs if pair[0] != pair[1])
        yield f"{path}[{index}]", _sentence(old, new)
    else:
        yield path, _sentence(stored, current)


def _sentence(stored: Any, current: Any) -> str:
    old, new = (_json(value) for value in (stored, current))
    pairs = enumerate(zip_longest(old, new))
    same = next((index for index, (a, b) in pairs if a != b), 0)
    start = same - _BEFORE if same > _SHOWN - _BEFORE else 0
    return f"{_excerpt(old, start)} is stored, and the build makes {_excerpt(new, start)}"


def _json(value: Any) -> str:
    return "nothing" if value is _NOTHING else json.dumps(value, ensure_ascii=False)


def _excerpt(text: str, start: int) -> str:
    before, rest = "…" if start else "", text[start:]
    return before + (rest if len(rest) <= _SHOWN else f"{rest[: _SHOWN - 1]}…")
