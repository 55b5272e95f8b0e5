"""What `defaults.yml` of a folder says for every source that is built from it, and what it can't say."""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from generator.definition.defaults import DEFAULT_KEYS, Defaults
from generator.definition.key_types import dataclass_of, key_names, key_types
from generator.definition.read import Definition, load
from generator.definition.source_folders import source_names
from generator.errors import DefinitionError
from lambdas.model import Dedupe, Pipeline, Source, Throttle
from tests.definitions import ROOT, SOURCES

ACME = """
    description: Acme
    webhook: {auth: {token: {header: x-token}}}
    events: {id: id}
"""
OWN_KEYS = {
    *("description", "extends", "parameters", "vendor", "facts", "pull", "drop"),
    *("webhook.auth", "webhook.challenges", "webhook.answer", "webhook.refusal_headers"),
    *("events.format", "events.payload", "events.mask", "events.split", "events.require", "events.id"),
    *("events.type", "events.schemas", "events.time", "events.time_optional", "events.time_format"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, in which `sources/` has a source of the user's own."""
    monkeypatch.chdir(tmp_path)
    write(ACME)
    return tmp_path


def write(text: str, name: str = "acme") -> None:
    folder = Path("sources", name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.yml").write_text(dedent(text), encoding="utf-8")


def write_defaults(text: str, name: str = "defaults.yml") -> None:
    Path("sources", name).write_text(dedent(text), encoding="utf-8")


def read(name: str = "acme") -> Definition:
    return load(Path("sources"), [name])[0]


def problems_of(*names: str) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        load(Path("sources"), names or ["acme"])
    return str(raised.value).splitlines()


@pytest.mark.usefixtures("folder")
def test_a_default_holds_where_a_definition_says_nothing() -> None:
    write_defaults("""
        hardening: strict
        webhook: {path: /hooks, concurrency: 30, throttle: {rate: 100}}
        events: {expect_every: 24}
        mozdef: {hostname: corp, tags: [team], json: false}
        pipeline: {private: true}
        dedupe: {window: 48}
        archive: {}
    """)
    source = read().source
    assert source.archive is not None
    assert (source.hardening, source.endpoint.path, source.endpoint.concurrency) == ("strict", "/hooks", 30)
    assert source.endpoint.throttle == Throttle(rate=100)
    assert (source.events.expect_every, source.events.id) == (24, "id")
    assert (source.mozdef.hostname, source.mozdef.tags, source.mozdef.json) == ("corp", ("team",), False)
    assert (source.pipeline, source.dedupe) == (Pipeline(private=True), Dedupe(window=48))


@pytest.mark.usefixtures("folder")
def test_what_a_definition_says_itself_wins() -> None:
    write_defaults("""
        hardening: strict
        webhook: {concurrency: 30, throttle: {rate: 100, burst: 200}}
        mozdef: {hostname: corp, tags: [team], details: {team: red, site: x}}
        events: {expect_every: 24}
        dedupe: {window: 48}
    """)
    write("""
        description: Acme
        hardening: baseline
        webhook: {auth: {token: {header: x-token}}, concurrency: null, throttle: {rate: 300}}
        mozdef: {hostname: acme, tags: [own], details: {team: blue}}
        events: {id: id, expect_every: null}
        dedupe: null
    """)
    source = read().source
    assert (source.hardening, source.endpoint.concurrency) == ("baseline", None)
    assert source.endpoint.throttle == Throttle(rate=300, burst=200)
    assert (source.mozdef.hostname, source.mozdef.tags) == ("acme", ("own",))
    assert source.mozdef.details == {"team": "blue", "site": "x"}
    assert (source.events.expect_every, source.dedupe) == (None, None)


@pytest.mark.usefixtures("folder")
def test_a_default_lies_beneath_what_a_definition_extends_too() -> None:
    """A shipped source is reached in the framework's folder, and the defaults are those of the working folder."""
    assert not (SOURCES / "defaults.yml").exists()
    write_defaults("{hardening: strict, mozdef: {hostname: corp, category: audit}}")
    write("{extends: zoom, description: ours, mozdef: {category: own}}", "tenant")
    definition = read("tenant")
    assert definition.source.hardening == "strict"
    # Zoom's definition says the hostname itself: MozDef's plugin looks for it.
    assert (definition.source.mozdef.hostname, definition.source.mozdef.category) == ("zoom_host", "own")
    assert definition.location("hardening") == ("sources/defaults.yml", 1)
    assert definition.location("mozdef.category") == ("sources/tenant/source.yml", 1)
    assert definition.location("mozdef.hostname")[0] == str(SOURCES / "zoom/source.yml")


@pytest.mark.usefixtures("folder")
def test_one_source_does_not_change_the_defaults_of_the_next() -> None:
    write_defaults("mozdef: {details: {team: red}}")
    write(f"{dedent(ACME)}mozdef: {{details: {{own: x}}}}\n")
    write(ACME, "other")
    write("{extends: acme, description: ours, mozdef: {details: {more: y}}}", "tenant")
    acme, other, tenant = load(Path("sources"), ["acme", "other", "tenant"])
    assert acme.source.mozdef.details == {"team": "red", "own": "x"}
    assert other.source.mozdef.details == {"team": "red"}
    assert tenant.source.mozdef.details == {"team": "red", "own": "x", "more": "y"}


@pytest.mark.usefixtures("folder")
def test_a_source_whose_events_have_no_id_does_without_dedupe_of_the_defaults() -> None:
    write_defaults("dedupe: {}")
    write("{description: a, webhook: {auth: {token: {header: x-token}}}}", "nameless")
    batch = "events: {split: items, id: \"header('x-id')\"}"
    write(f"{{description: a, webhook: {{auth: {{token: {{header: x-token}}}}}}, {batch}}}", "batch")
    acme, nameless, batch_source = load(Path("sources"), ["acme", "nameless", "batch"])
    assert acme.source.dedupe == Dedupe()
    assert nameless.source.dedupe is None
    assert batch_source.source.dedupe is None


@pytest.mark.usefixtures("folder")
def test_dedupe_of_a_definition_itself_needs_an_id_none_the_less() -> None:
    write_defaults("dedupe: {window: 48}")
    write("{description: a, webhook: {auth: {token: {header: x-token}}}, dedupe: {}}")
    assert problems_of() == ["sources/acme/source.yml:1: dedupe: needs the vendor's id of each event; add `events.id`"]


@pytest.mark.usefixtures("folder")
def test_keys_of_the_other_kind_of_source_are_ignored() -> None:
    """A source that is pulled has no endpoint, and remembers ids always."""
    defaults = yaml.compose("{dedupe: {window: 48}, webhook: {concurrency: 30}, hardening: strict}")
    definition = yaml.compose("{description: a, pull: {}}")
    beneath = Defaults(None, defaults).beneath(definition)
    assert [key.value for key, _ in beneath.value] == ["hardening", "description", "pull"]


@pytest.mark.usefixtures("folder")
def test_every_shipped_source_can_be_strict_without_events_twice() -> None:
    """Whoever says so for all of them must not have to write them anew."""
    shutil.copytree(SOURCES, "all")
    Path("all/defaults.yml").write_text("{hardening: strict, dedupe: {window: 48}, webhook: {concurrency: 50}}")
    for definition in load(Path("all"), source_names(Path("all"))):
        assert definition.source.hardening == "strict", definition.source.name


@pytest.mark.usefixtures("folder")
def test_the_file_is_no_source_and_need_not_say_anything() -> None:
    for text in ("", "# hardening: strict\n"):
        write_defaults(text)
        assert source_names(Path("sources")) == ["acme"]
        assert read().source.hardening == "baseline"


@pytest.mark.usefixtures("folder")
def test_mistakes_are_said_once_beside_those_of_the_sources() -> None:
    write_defaults("""\
        hardning: strict
        mozdef: {summary: x, hostnam: y}
        webhook: {throttle: {rate: 0}, auth: {token: {header: x}}}
    """)
    write(ACME, "other")
    write("{description: a, webhok: {}}", "wrong")
    takes = ", ".join(DEFAULT_KEYS)
    assert problems_of("acme", "other", "wrong") == [
        "sources/defaults.yml:1: hardning: no such key; did you mean hardening? "
        "(archive, dedupe, delivery, events, hardening, mozdef, output, pipeline, webhook)",
        "sources/defaults.yml:2: mozdef.hostnam: no such key; did you mean hostname? "
        "(category, details, eventsource, hostname, json, processname, source, tags, whole)",
        "sources/defaults.yml:2: mozdef.summary: is facts.summary now; move it there as it is",
        f"sources/defaults.yml:3: webhook.auth: is each source's own, and has no default; defaults.yml takes {takes}",
        "sources/wrong/source.yml:1: needs `webhook`, the endpoint that the vendor calls, or `pull`, its API",
        "sources/wrong/source.yml:1: webhok: no such key; did you mean webhook? "
        "(archive, dedupe, delivery, description, drop, events, extends, facts, hardening, mozdef, output, "
        "parameters, pipeline, pull, vendor, webhook)",
    ]


@pytest.mark.usefixtures("folder")
def test_a_mistake_between_two_defaults_is_said_once() -> None:
    write_defaults("hardening: strict\nwebhook:\n  concurrency: null\n")
    write(ACME, "other")
    assert problems_of("acme", "other") == [
        "sources/defaults.yml:3: webhook.concurrency: must be 1 to 1000, since `hardening: strict` reserves concurrency"
    ]


@pytest.mark.usefixtures("folder")
def test_what_a_default_makes_wrong_in_a_source_names_both() -> None:
    write_defaults("webhook: {concurrency: null}")
    write(f"{dedent(ACME)}hardening: strict\n")
    assert problems_of() == [
        "sources/defaults.yml:1: webhook.concurrency: must be 1 to 1000, since `hardening: strict` reserves "
        "concurrency (beneath sources/acme/source.yml)"
    ]


@pytest.mark.usefixtures("folder")
def test_delivery_with_its_keys_at_the_wrong_level_is_told_where_they_stand() -> None:
    write_defaults("output: ecs\ndelivery:\ns3: {days: 90}\npipeline:\n  output: ecs\ndays: 90\n")
    assert problems_of() == [
        "sources/defaults.yml:2: delivery: is empty; write sqs, or indent the key that belongs below it",
        "sources/defaults.yml:3: s3: no such key; it stands in `delivery`, as in delivery: {s3: {days: 90}}",
        "sources/defaults.yml:5: pipeline.output: no such key; `output` stands beside `pipeline`, not below it",
        "sources/defaults.yml:6: days: no such key; it stands in `delivery.s3`, or in `archive`",
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["defaults.yaml", "default.yml", "default.yaml"])
def test_a_misspelt_name_is_not_passed_over(name: str) -> None:
    write_defaults("hardening: strict\n", name)
    assert problems_of() == [f"sources/{name}: is not read: defaults for all sources are called defaults.yml"]


@pytest.mark.usefixtures("folder")
def test_only_defaults_that_alter_messages_leave_another_source_to_compare_with() -> None:
    write_defaults("{hardening: strict, mozdef: {hostname: corp}}")
    write(f"{dedent(ACME)}mozdef: {{hostname: acme}}\n", "own")
    acme, own = load(Path("sources"), ["acme", "own"])
    assert own.without_defaults is None
    assert acme.without_defaults is not None
    assert (acme.without_defaults.mozdef.hostname, acme.without_defaults.hardening) == (None, "baseline")
    write_defaults("hardening: strict")
    assert read().without_defaults is None


def keys_of(cls: Any, key: str = "") -> set[str]:
    """The keys of a definition, down to those that are decided as one."""
    found = set()
    for name in key_names(cls):
        dotted = f"{key}.{name}" if key else name
        is_decided = dotted in {*DEFAULT_KEYS, *OWN_KEYS}
        within = any(decided.startswith(f"{dotted}.") for decided in DEFAULT_KEYS)
        found |= keys_of(dataclass_of(key_types(cls)[name]), dotted) if within and not is_decided else {dotted}
    return found


def test_of_every_key_it_is_decided_whether_it_can_have_a_default() -> None:
    assert keys_of(Source) == {*DEFAULT_KEYS, *OWN_KEYS}


def test_every_key_that_can_have_a_default_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "reference" / "definition" / "deployments.md").read_text(encoding="utf-8")
    section = text.partition("## Defaults for all sources")[2].partition("\n## ")[0]
    assert all(f"`{key}`" in section for key in DEFAULT_KEYS)
