"""Whatever a vendor answers, a run ends with a report, asks nobody else, and finds no fault of the puller's own."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.test_streams import Scripted
from tests.pulling.vendor import HEAD, Puller

STYLES = {
    "cursor": ('{from: "{from}", cursor: "{cursor}"}', "{cursor: {at: next}}"),
    "while": ('{from: "{from}", cursor: "{cursor}"}', "{cursor: {at: next, while: more}}"),
    "link": ('{from: "{from}"}', "link"),
    "next_url": ('{from: "{from}"}', "{next_url: {at: next}}"),
    "page": ('{from: "{from}", page: "{page}"}', "{page: {while: more, size: 2}}"),
    "offset": ('{from: "{from}", offset: "{offset}"}', "{offset: {total: total}}"),
}
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["\ud800", "\0", "/v1/a?x=1", "https://api.vendor.example/v1/a?y=2", "//evil.example", "é" * 3_000]
    ),
)
NAMES = st.sampled_from(["id", "at", "a", "b", "c", "kind", "secret", "code"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=5), max_leaves=12
)
EVENTS = VALUES | st.fixed_dictionaries({"id": SCALARS, "at": st.sampled_from([1_767_225_500, "1767225500", -5, "x"])})
BODIES = VALUES | st.fixed_dictionaries(
    {},
    optional={
        "items": st.lists(EVENTS, max_size=4) | VALUES,
        **dict.fromkeys(("next", "more", "total"), SCALARS),
        **dict.fromkeys(("errors", "message"), VALUES),
    },
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "link": st.text(max_size=40)
        | st.sampled_from(['</v1/a?p=2>; rel="next"', "<https://evil.example/>; rel=next"]),
        "retry-after": st.text(max_size=8),
        "x-ratelimit-remaining": st.text(max_size=3),
    },
)
ANSWERS = st.builds(
    lambda body, headers, status: HttpAnswer(status, headers, json.dumps(body).encode()),
    BODIES,
    HEADERS,
    st.sampled_from([200, 200, 200, 204, 302, 400, 401, 403, 404, 429, 500]),
)


def definition(style: str, id_: str, resume: str, *, each: bool) -> str:
    query, paging = STYLES[style]
    children = '      each: {of: items, id: id, get: "/c/{id}"}\n' if each else ""
    return f"""{HEAD}  streams:
    a:
      get: /a
      query: {query}
      paging: {paging}
      resume: {resume}
{children}      window: {{first: 1h, overlap: 60s, format: unix}}
  errors:
    - {{status: 403, do: stop, say: "no {{message}}"}}
    - {{when: "errors[0].code > `5`", do: wait}}
drop: "kind == 'x' || starts_with(a, 'a')"
events: {{split: items, id: "{id_}", time: at, time_format: unix, mask: [items.secret]}}
facts: {{summary: "{{a}} {{b.c}}"}}
"""


@given(
    st.sampled_from(list(STYLES)),
    st.sampled_from(["id", "hash()"]),
    st.sampled_from(["time", "paging"]),
    st.booleans(),
    st.lists(ANSWERS, min_size=1, max_size=5),
)
def test_any_answer(style: str, id_: str, resume: str, each: bool, answers: list[HttpAnswer]) -> None:
    resume = "time" if style in ("page", "offset") else resume
    with TemporaryDirectory() as folder:
        puller = Puller(Path(folder), definition(style, id_, resume, each=each), Scripted)
    puller.vendor.answers["/v1/a"] = list(answers)
    for _ in range(2):
        report = puller.run()
        assert not [why for why in report.failures.values() if "a fault of the puller itself" in why]
        assert not [name for name in puller.table.items if len(name.encode()) > 2_048]
        puller.clock.now += 400
    assert puller.vendor.hosts == {"api.vendor.example"}
