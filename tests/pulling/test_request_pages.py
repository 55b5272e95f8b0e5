"""The pages on paging and requests: their examples are read, and ask for what stands below them."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from generator.definition.pull_types import paging_styles
from lambdas.model_pull import Pull
from lambdas.pulling.api_requests import RequestMaker
from lambdas.runtime.http_types import HttpRequest
from tests.definitions import ROOT, make_definition

REFERENCE = ROOT / "docs" / "reference" / "pull"
PAGING, REQUESTS = ((REFERENCE / name).read_text(encoding="utf-8") for name in ("paging.md", "requests.md"))
GUIDE = (ROOT / "docs" / "how-to" / "choose-paging.md").read_text(encoding="utf-8")
TABLE = re.findall(r"^\|.*\| `(\w+)`.* \| `(paging: .*)` \|$", GUIDE, re.MULTILINE)
EXAMPLES = [
    (stream, lines)
    for page in (GUIDE, PAGING, REQUESTS)
    for stream, lines in re.findall(r"```yaml\n(.*?)```(?:[^`]*```http\n(.*?)```)?", page, re.DOTALL)
    if "paging:" in stream
]
SLICE = {"from": "2026-11-30T07:00:00Z", "to": "2026-11-30T08:00:00Z", "application": "admin"}


def pull_of(folder: Path, stream: str) -> Pull:
    """A source whose API has this stream, and the parameters that stand before it."""
    parameters, stream = re.findall(r"\A(parameters:\n(?: [^\n]*\n)+)?(.*)\Z", stream, re.DOTALL)[0]
    text = f"""\
description: Acme
{parameters}pull:
  url: https://api.example.com/v1
  credentials: {{bearer: {{}}}}
  every: 5m
  rate: {{requests: 10, per: 1m}}
  streams:
    logs:
      resume: time
{indent(stream, "      ")}
events: {{split: data, id: id, type: type, time: time}}
"""
    pull = make_definition(folder, text, "acme").source.pull
    assert pull
    return pull


def line_of(request: HttpRequest) -> str:
    return " ".join(filter(None, (request.method, request.url, request.body.decode())))


def test_every_style_has_a_sentence_by_which_it_is_known() -> None:
    assert {style for style, _ in TABLE} == set(paging_styles())
    headings = "".join(re.findall("^## .*", PAGING, re.MULTILINE))
    assert [style for style in paging_styles() if f"`{style}`" not in headings] == []


@pytest.mark.parametrize(("style", "paging"), TABLE)
def test_what_the_table_says_is_read(style: str, paging: str, tmp_path: Path) -> None:
    name = style if style in ("cursor", "page", "offset") else "to"
    stream = pull_of(tmp_path, f'get: /logs\nquery: {{since: "{{from}}", at: "{{{name}}}"}}\n{paging}').streams["logs"]
    assert stream.paging.style is paging_styles()[style]
    assert not list(stream.paging.style.problems(stream.paging.settings))


@pytest.mark.parametrize(("stream", "lines"), EXAMPLES)
def test_an_example_asks_for_what_stands_below_it(stream: str, lines: str, tmp_path: Path) -> None:
    pull = pull_of(tmp_path, stream)
    requests = RequestMaker(pull, pull.streams["logs"])
    token = "2" if "{page}" in stream or "page)" in stream else "c2"
    expected = [line_of(requests.first(SLICE)), line_of(requests.later(SLICE, token))]
    assert len(EXAMPLES) == 14
    assert lines.splitlines() in ([], expected, expected[:1])
