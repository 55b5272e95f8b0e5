"""A pulled source of a vendor that is made up, with samples, for tests of commands."""

from __future__ import annotations

import json
from pathlib import Path

DEFINITION = """
description: Audit log of Acme
pull:
  url: https://api.acme.example/v1
  credentials: {bearer: {}}
  every: 5m
  rate: {requests: 50, per: 1m}
  streams:
    audit:
      get: /audit
      query: {since: "{from}", until: "{to}", cursor: "{cursor}"}
      paging: {cursor: {at: next}}
      resume: time
      window: {first: 1d, lag: 1m, overlap: 15m, longest: 7d, retention: 90d}
      events: {split: items, id: id, type: type, time: at}
    logins:
      get: /logins/{realm}
      query: {after: "{cursor}", from: "{from}"}
      for: {realm: [staff, guests]}
      paging: {cursor: {at: next}}
      resume: paging
      events: {split: items, id: id, time: at}
facts: {summary: "acme: {type}"}
"""
WITH_PARAMETERS = DEFINITION.replace("https://api.acme.example/v1", "https://${Region}.acme.example/v1").replace(
    "pull:\n",
    """parameters:
  Region: {description: Your region, pattern: "[a-z]+", example: api}
  Account: {description: Your account, pattern: "[a-z ]+", example: some account}
pull:
""",
)
WITH_PARAMETERS = WITH_PARAMETERS.replace("get: /audit\n", "get: /accounts/${Account}/audit\n")
AUDIT = (
    {"items": [{"id": "a1", "type": "login", "at": "2026-01-01T00:00:00Z"}], "next": "p2"},
    {"items": [{"id": "a2", "type": "logout", "at": "2026-01-01T00:01:00Z"}], "next": None},
)


def write_source(sources: Path, name: str = "acme", definition: str = DEFINITION) -> None:
    """Write the source, with a sample of two pages of its stream audit."""
    samples = sources / name / "samples"
    samples.mkdir(parents=True)
    (sources / name / "source.yml").write_text(definition.lstrip(), encoding="utf-8")
    for page, file in zip(AUDIT, ("audit.json", "audit.2.json"), strict=True):
        (samples / file).write_text(json.dumps(page), encoding="utf-8")
