"""No secret comes into the table, the log or a report, also where the vendor repeats it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambdas.credentials import api_key
from tests.pulling.test_streams import Scripted, event
from tests.pulling.vendor import HEAD, Puller, answer_of

KEY_HEAD = HEAD.replace("{bearer: {}}", "{api_key: {query: key}}")
SECRET = "made-up-key-5e1f"
LINKED = """\
  streams:
    a:
      get: /a
      query: {from: "{from}"}
      paging: {next_url: {at: next}}
      resume: %s
      window: {first: 1h, format: unix}
  errors: [{status: 401, do: stop, say: "refused: {message}"}]
events: {split: items, id: id, time: at, time_format: unix}
"""


def with_key(folder: Path, resume: str) -> Puller:
    puller = Puller(folder, KEY_HEAD + LINKED % resume, Scripted)
    puller.store.values["/made/up/api_key"] = SECRET
    return puller


@pytest.mark.parametrize("resume", ["time", "paging"])
def test_a_key_that_the_vendor_repeats_in_a_link_is_not_stored_and_is_sent(tmp_path: Path, resume: str) -> None:
    puller = with_key(tmp_path, resume)
    link = f"https://api.vendor.example/v1/a?key={SECRET}&page=2"
    puller.vendor.answers["/v1/a"] = [answer_of({"items": [event("1")], "next": link}), answer_of({}, 500)] + [
        answer_of({}, 500)
    ] * 2
    assert puller.run().failures == {"a": "the vendor answers 500"}
    assert puller.vendor.queries("/a")[1] == {"page": ["2"], "key": [SECRET]}
    stored = puller.table.items["position#a"]["state"]["S"]
    assert "page=2" in stored
    assert SECRET not in stored


def test_a_key_that_the_vendor_repeats_in_its_words_is_not_reported(tmp_path: Path) -> None:
    puller = with_key(tmp_path, "time")
    puller.vendor.answers["/v1/a"] = [answer_of({"message": f"the key {SECRET} has ended"}, 401)] * 2
    assert puller.run().failures == {"a": "refused: the key … has ended"}


@pytest.mark.parametrize(
    ("url", "stripped"),
    [
        ("https://a.example/x?key=s&b=1", "https://a.example/x?b=1"),
        ("https://a.example/x?b=1&k%65y=s", "https://a.example/x?b=1"),
        ("https://a.example/x?key=s", "https://a.example/x"),
        ("https://a.example/x?keys=1", "https://a.example/x?keys=1"),
    ],
)
def test_a_url_without_its_key(url: str, stripped: str) -> None:
    assert api_key.without_credential(api_key.Settings(query="key"), url) == stripped
    assert api_key.without_credential(api_key.Settings(header="x-key"), url) == url
