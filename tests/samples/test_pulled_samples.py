"""Samples of pulled sources: definitions that extend another, and what warnings look at."""

from __future__ import annotations

import json
from pathlib import Path

from generator.definition.read import load
from generator.samples.trial import try_samples
from tests.definitions import make_definition

ORDERS = """
    description: Orders
    pull:
      url: https://api.example.com
      credentials: {bearer: {}}
      every: 5m
      rate: {requests: 10, per: 1m}
      streams:
        files:
          get: /files
          query: {from: "{from}"}
          paging: {next_url: {at: next}}
          resume: time
          each: {of: files, id: id, get: "{path}", format: csv}
          events: {split: "@", id: hash(), type: TYPE, time: AT}
    facts:
      summary: "{TYPE} of {parent().kind}"
      user: "{WHO}"
      target: "{WHAT}"
    """


def test_another_type_replaces_the_credentials_and_the_paging_of_what_is_extended(tmp_path: Path) -> None:
    make_definition(tmp_path, ORDERS, "orders")
    own = """
        extends: orders
        description: Orders of a tenant
        pull:
          credentials: {basic: {}}
          streams:
            files: {paging: {cursor: {at: cursor}}, query: {cursor: "{cursor}"}}
        """
    pull = make_definition(tmp_path, own, "tenant").source.pull
    assert pull is not None
    assert pull.credentials.type.__name__.endswith(".basic")
    assert pull.streams["files"].paging.style.__name__.endswith(".cursor")
    assert pull.streams["files"].query == {"from": "{from}", "cursor": "{cursor}"}


def test_warnings_look_at_the_items_of_all_pages(tmp_path: Path) -> None:
    make_definition(tmp_path, ORDERS, "orders")
    samples = tmp_path / "orders" / "samples"
    samples.mkdir()
    pages = [
        {"files": [{"id": 1, "kind": "first", "path": "/files/1"}], "next": "/files?page=2"},
        {"files": [{"id": 2, "kind": "second", "path": "/files/2"}]},
    ]
    (samples / "files.json").write_text(json.dumps(pages[0]))
    (samples / "files.2.json").write_text(json.dumps(pages[1]))
    (samples / "files.1.each.1.csv").write_text("TYPE,AT\nopened,2025-12-31T09:00:00Z\n")
    (samples / "files.2.each.1.csv").write_text("TYPE,WHO,AT\nclosed,ann,2025-12-31T09:00:00Z\n")
    trial = try_samples(load(tmp_path, ["orders"])[0])
    assert [message["summary"] for message in trial.shaped[0].messages] == ["opened of first", "closed of second"]
    assert [problem.message for problem in trial.warnings] == ["no sample has WHAT"]
