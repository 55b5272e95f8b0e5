"""What docs/how-to/mozdef/ says is what the software does, and what is copied from there works."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.errors import DefinitionError
from generator.reference.message_table import message_table
from generator.testing import Sample, load_samples
from lambdas.model_facts import KINDS
from lambdas.shaping.mozdef_names import DETAIL_NAMES, PLUGIN_WORDS
from tests.definitions import ROOT, SOURCES, every_definition, make_definition
from tests.mozdef_index import TEMPLATE
from tests.pages import assert_generated
from tests.whole.test_searchable import FIELDS, ZOOM_FIELDS

PAGES = ROOT / "docs" / "how-to" / "mozdef"
MESSAGE = ROOT / "docs" / "reference" / "mozdef-message.md"
ADDED_BY_MOZDEF = {"sourceipv4address", "sourceipgeolocation", "sourceipgeopoint"}
OTHER_DETAILS = {
    *("email", "sourceipv6address", "fields", "json", "omitted", "oversize"),
    *("kind", "reason", "target", "role", "organization", "session", "url"),
}
WEBHOOK = "description: Acme\nwebhook: {auth: {token: {header: x-token}}}\n"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL)


def test_index_template_says_only_how_the_json_is_stored() -> None:
    template = json.loads((PAGES / "index-template.json").read_text(encoding="utf-8"))
    mapping = {"type": "keyword", "index": False, "doc_values": False}
    assert template == {
        "index_patterns": ["events-*"],
        "order": 1,
        "mappings": {"_doc": {"properties": {"details": {"properties": {"json": mapping}}}}},
    }


def test_fields_are_counted_as_elasticsearch_counts_them() -> None:
    (command,) = [block for block in blocks("elasticsearch.md", "sh") if "python3 -c" in block]
    (code,) = re.findall(r"python3 -c '(.*)'", command, re.DOTALL)
    texts = {"type": "text", "fields": {"raw": {"type": "keyword"}}}
    details = {"properties": {"user": {"type": "keyword"}, "to": {"properties": {"name": texts}}}}
    mappings = {"events-20260301": {"mappings": {"_doc": {"properties": {"details": details}}}}}
    counted = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(mappings), capture_output=True, text=True, check=True
    )
    assert counted.stdout == "[5]\n"


def test_an_index_has_as_many_fields_as_the_page_says() -> None:
    text = (PAGES / "elasticsearch.md").read_text(encoding="utf-8")
    (total,) = re.findall(r"nothing but bounded messages has (\d+) fields", text)
    mapping, messages, alerts = re.findall(r"^\| (\d+) \| ", text, re.MULTILINE)
    assert int(mapping) == len(TEMPLATE)
    assert int(mapping) + int(messages) == FIELDS
    assert FIELDS + int(alerts) == int(total)
    assert f"that the plugin writes: {ZOOM_FIELDS} for our samples" in text


def test_names_that_shipped_sources_choose_are_as_few_as_the_page_says() -> None:
    sources = [definition.source for definition in every_definition(SOURCES)]
    names = {name for source in sources for name in (*(source.facts.extra or {}), *(source.mozdef.details or {}))}
    text = (PAGES / "elasticsearch.md").read_text(encoding="utf-8")
    (limit,) = re.findall(r"choose fewer than (\d+)\.", text)
    assert len(names) < int(limit)
    (fields,) = re.findall(r"nothing but bounded messages has (\d+) fields", text)
    (all_fields,) = re.findall(r"fewer than (\d+) for every source", text)
    assert int(all_fields) == int(fields) + int(limit)


def test_failed_logins_at_auth0_are_what_mozdefs_alerts_look_for() -> None:
    # https://github.com/mozilla/MozDef/blob/master/alerts/auth0_vertical_password_guessing.py
    messages = [message for sample in load_samples("auth0", SOURCES) for message in sample.messages()]
    failures = [message for message in messages if message["details"]["eventname"] == "Failed Login (wrong password)"]
    assert failures
    for message in failures:
        assert "auth0" in message["tags"]
        assert message["details"]["description"] == "Wrong email or password."
        assert message["details"]["username"]
        assert message["details"]["sourceipaddress"]


def test_message_in_the_example_is_what_the_definition_makes(tmp_path: Path, update: bool) -> None:
    page = "../../reference/mozdef-message.md"
    definition, event = blocks(page, "yaml")[0], blocks(page, "json")[0]
    make_definition(tmp_path, definition, "acme")
    (message,) = Sample("acme", json.loads(event), sources=tmp_path).messages()
    shown = json.dumps(message, indent=2, ensure_ascii=False)
    assert_generated(MESSAGE, "test_mozdef_docs.py", f"```json\n{shown}\n```", update=update)


def test_table_of_details_is_generated_from_the_facts(update: bool) -> None:
    assert_generated(MESSAGE, "message_table.py", message_table(), update=update)


def test_every_kind_and_every_word_of_a_plugin_is_in_the_reference() -> None:
    text = MESSAGE.read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []
    assert [word for word in sorted(PLUGIN_WORDS) if f"`{word}`" not in text] == []


@pytest.mark.parametrize("page", ["queries.md", "alerts.md"])
def test_queries_ask_for_details_that_messages_have(page: str) -> None:
    known = {*DETAIL_NAMES.values(), *OTHER_DETAILS, *ADDED_BY_MOZDEF}
    text = (PAGES / page).read_text(encoding="utf-8")
    queries = [query for query in re.findall(r"`([^`]+)`", text) if re.search(r"details\.\w+:", query)]
    queries += [json.loads(rule)["search_string"] for rule in blocks(page, "json")]
    queried_names = {name for query in queries for name in re.findall(r"details\.(\w+)", query)}
    # What alerts of MozDef's want, and no fact is called.
    assert queried_names - known <= {"description", "integration", "result"}
    assert {kind for query in queries for kind in re.findall(r"details\.kind:(\w+\.\w+)", query)} <= set(KINDS)


def test_rules_have_what_mozdefs_loader_requires() -> None:
    # https://github.com/mozilla/MozDef/blob/master/alerts/generic_alert_loader.py
    required = {
        *("search_string", "filters", "aggregation_key", "time_window", "num_samples", "num_aggregations"),
        *("alert_category", "alert_tags", "alert_severity", "alert_summary", "alert_url"),
    }
    rules = [json.loads(rule) for rule in blocks("alerts.md", "json")]
    assert rules
    assert all(required <= set(rule) for rule in rules)


def test_definition_of_before_is_told_what_to_write_and_that_of_now_loads(tmp_path: Path) -> None:
    before, now, further = (yaml.safe_load(block) for block in blocks("upgrading.md", "yaml")[:3])
    with pytest.raises(DefinitionError) as refused:
        make_definition(tmp_path, WEBHOOK + yaml.safe_dump(before), "before")
    moved = {problem.key: problem.message.split()[1] for problem in refused.value.problems}
    assert moved == {
        "mozdef.summary": "facts.summary",
        "mozdef.severity": "facts.severity",
        "mozdef.details.sourceipaddress": "facts.source_ip",
        "mozdef.details.username": "facts.user",
        "mozdef.details.team": "facts.extra.team",
    }
    facts: dict[str, Any] = {**now["facts"], **further}
    source = make_definition(tmp_path, WEBHOOK + yaml.safe_dump({"facts": facts}, sort_keys=False), "now").source
    assert source.facts.kind is not None
    assert source.facts.outcome is not None
    assert source.facts.extra == {"team": "{team.name}"}
