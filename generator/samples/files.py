"""Read the samples in `samples/`: requests as the vendor sends them.

`<name>.json` is the body (`.txt` where it is no JSON); `<name>.request.json` has the method, the headers and the query,
if they are needed; `<name>.mozdef.json` is the message (a list of them where the source splits), by the name of the
source's output, or `<name>.reply.json` the reply to a challenge.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.definition.read import Definition
from generator.errors import Problem, display_path
from generator.files.debris import is_debris
from generator.samples.sample import EXPECTED_PARTS, Sample, error_text, read_file, read_json, refuse_empty
from lambdas.reading.formats import body_reader
from lambdas.reading.request import Request

_GZIP = b"\x1f\x8b"


def load_samples(definition: Definition) -> tuple[list[Sample], list[Problem]]:
    """Return the samples beside a definition, or beside the one that it extends, and what is wrong with their files."""
    folder = definition.find("samples")
    if folder is None:
        return [], []
    if definition.source.pull:
        from generator.samples.pulled_files import load_pull_samples

        return load_pull_samples(definition, folder)
    try:
        existing_names = {file.name for file in folder.iterdir() if not is_debris(file.name)}
    except OSError as error:
        return [], [Problem(display_path(folder), 0, "", error_text(error))]
    files = {name.rpartition(".")[0] for name in existing_names if name.endswith((".json", ".txt"))}
    names = {name.removesuffix(".request") for name in files if not _is_expected(name, files)}
    samples, problems = [], []
    for name in sorted(names):
        try:
            samples.append(_read_sample(name, folder, body_reader(definition.source.events)))
        except (OSError, ValueError, RecursionError) as error:
            file = Path(getattr(error, "filename", None) or folder / f"{name}.json")
            problems.append(Problem(display_path(file), getattr(error, "lineno", 0), "", error_text(error)))
    stray_files = [
        f"{name}.json"
        for name in files
        if name.endswith((".mozdef", ".reply")) and name.rpartition(".")[0] not in names
    ]
    stray_files += [
        name for name in existing_names if not name.endswith((".json", ".txt")) and not name.startswith(".git")
    ]
    problems += [
        Problem(display_path(folder / name), 0, "", "belongs to no sample", warning=True)
        for name in sorted(stray_files)
    ]
    return samples, problems


def _is_expected(name: str, names: set[str]) -> bool:
    """Return whether a file stores what a sample becomes; a body may be called `invoice.raw`, where it stands alone."""
    sample, _, part = name.rpartition(".")
    return part in ("mozdef", "reply") or (
        part in EXPECTED_PARTS and not names.isdisjoint((sample, f"{sample}.request"))
    )


def _is_text(value: str) -> bool:
    """Return whether a request can carry the text: not with a lone surrogate, which JSON can write."""
    return value.isprintable() or value.encode("utf-8", "ignore").decode() == value


def _members(mapping: Any) -> list[Any]:
    return list(mapping.values()) if isinstance(mapping, dict) else [None]


def _read_sample(name: str, folder: Path, read: Callable[[Request], Any]) -> Sample:
    json_body, text_body, request_file = (folder / f"{name}{suffix}" for suffix in (".json", ".txt", ".request.json"))
    if os.path.lexists(json_body) and os.path.lexists(text_body):
        raise ValueError(f"{name}.txt is its body too: one of them is too much")
    request_parts = read_json(request_file) if os.path.lexists(request_file) else {}
    if not isinstance(request_parts, dict) or set(request_parts) - {"method", "headers", "query"}:
        raise ValueError(f"{name}.request.json has other keys than method, headers and query")
    texts = [value for part in ("headers", "query") for value in _members(request_parts.get(part, {}))]
    if not all(isinstance(value, str) and _is_text(value) for value in [request_parts.get("method", "POST"), *texts]):
        raise ValueError(f"{name}.request.json: method is text, headers and query have texts")
    content = b""
    if os.path.lexists(json_body):
        content = read_file(json_body)
        refuse_empty(content)
        json.loads(content)
    elif os.path.lexists(text_body):
        # An editor puts a line break at the end of a file, which was not sent.
        content = read_file(text_body).removesuffix(b"\n").removesuffix(b"\r")
    default_headers = {} if os.path.lexists(text_body) else {"content-type": "application/json"}
    headers = {**default_headers, **{name.lower(): value for name, value in request_parts.get("headers", {}).items()}}
    if headers.get("content-encoding") == "gzip" and not content.startswith(_GZIP):
        # Without compressing: versions of zlib differ, and a hash may be the event's id.
        content = gzip.compress(content, compresslevel=0, mtime=0)
    return Sample(
        name, folder, request_parts.get("method", "POST"), headers, request_parts.get("query", {}), content, read
    )
