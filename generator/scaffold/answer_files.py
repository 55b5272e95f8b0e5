"""Write an answer as files of a sample: its body in the stream's format, and its headers beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from lambdas.model_pull import PullFormat


def answer_content(
    stem: str, head_stem: str, root: Any, answer_format: PullFormat, headers: Mapping[str, str]
) -> dict[str, bytes]:
    """Return the files of an answer by their names; that of its headers only where there are any."""
    files = {f"{stem}.{answer_format}": _WRITERS[answer_format](root).encode("utf-8", "surrogatepass")}
    if headers:
        files[f"{head_stem}.answer.json"] = f"{json.dumps({'headers': headers}, indent=2)}\n".encode()
    return files


def _json(root: Any) -> str:
    return json.dumps(root, indent=2, ensure_ascii=False) + "\n"


def _ndjson(rows: list[Any]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}\n" for row in rows)


def _csv(rows: list[Any]) -> str:
    """Write rows of CSV under the names of the first; a row that does not fit them is written as it is."""
    names = next((list(row) for row in rows if isinstance(row, dict)), [])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([names, *([row.get(name) for name in names] if isinstance(row, dict) else row for row in rows)])
    return text.getvalue()


_WRITERS = {"json": _json, "ndjson": _ndjson, "csv": _csv}
