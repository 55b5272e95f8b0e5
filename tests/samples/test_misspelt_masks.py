"""A masked field of which the samples say that it is misspelt: it would mask nothing, and nobody would notice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.definition.read import load
from generator.samples.trial import try_samples
from tests.definitions import make_definition

BODY = {"id": 1, "accessToken": "a", "file": {"url": "b"}, "data": {"items": [[{"download_url": "c", "empty": None}]]}}
PULLED = """
description: made
pull:
  url: https://api.example.com
  credentials: {bearer: {}}
  every: 5m
  rate: {requests: 1, per: 1s}
  streams:
    files:
      get: /files
      query: {from: "{from}"}
      paging: none
      resume: time
      window: {first: 1d, lag: 1m, overlap: 15m, longest: 1d, retention: 30d, format: rfc3339}
      events: {split: files, id: id, time: at, mask: ["files[].tokken", "files[].link"]}
"""


def warnings(folder: Path, text: str, sample: str, body: object) -> list[str]:
    make_definition(folder, text)
    samples = folder / "made" / "samples"
    samples.mkdir()
    (samples / f"{sample}.json").write_text(json.dumps(body))
    return [f"{problem.key}: {problem.message}" for problem in try_samples(load(folder, ["made"])[0]).warnings]


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("acces_token", "accessToken"),
        ("AccessToken", "accessToken"),
        ("data.items[].downlod_url", "data.items[].download_url"),
        ("dta.items[].download_url", "data.items[].download_url"),
        ("Data.items[].download_url", "data.items[].download_url"),
        ("data.item[].download_url", None),  # singular and plural are often two fields
        ("files.url", None),
        ("data.items[].empty", None),
        ("data.items[].password", None),  # that a vendor sends now and then
        ("file.url.path", None),
        ("Data.items[].password", None),
        ("accessToken", None),
    ],
)
def test_a_field_of_nearly_the_same_name_is_what_a_mask_means(tmp_path: Path, field: str, meant: str | None) -> None:
    text = f"description: made\nwebhook: {{auth: {{token: {{header: x}}}}}}\nevents: {{mask: [id, '{field}']}}\n"
    message = f"events.mask[1]: no sample has {field}, which masks nothing then; did you mean {meant}?"
    assert warnings(tmp_path, text, "one", BODY) == ([message] if meant else [])


def test_a_field_that_is_masked_itself_is_not_what_another_means(tmp_path: Path) -> None:
    text = "description: made\nwebhook: {auth: {token: {header: x}}}\nevents: {mask: [access_token, accessToken]}\n"
    assert warnings(tmp_path, text, "one", BODY) == []


def test_masks_of_a_stream_are_compared_with_its_answers(tmp_path: Path) -> None:
    page = {"files": [{"id": 1, "at": "2025-12-31T09:00:00Z", "token": "a"}]}
    assert warnings(tmp_path, PULLED, "files", page) == [
        "pull.streams.files.events.mask[0]: no sample has files[].tokken, which masks nothing then; did you mean"
        " files[].token?"
    ]
