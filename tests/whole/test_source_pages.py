"""The page of each source, `sources/NAME/README.md`: its headings, and the part that its definition says."""

from __future__ import annotations

import re

import pytest

from generator.definition.secret_names import replaced_secrets
from generator.definition.source_folders import source_names
from lambdas.reading.text_templates import template_paths
from tests.definitions import SOURCES, bundled_source, pulled_names

NAMES = source_names(SOURCES)


def page(name: str) -> str:
    return (SOURCES / name / "README.md").read_text(encoding="utf-8")


def headings(name: str) -> list[str]:
    """Headings below the title, without those in blocks of code, and without the vendor's name."""
    text = re.sub(r"^( *)(`{3,}).*?^ *\2$", "", page(name), flags=re.DOTALL | re.MULTILINE)
    return [
        re.sub(r"^What .+ does? when", "What it does when", each)
        for each in re.findall(r"^## (.+)$", text, re.MULTILINE)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_pages_have_the_same_headings_in_the_same_order(name: str) -> None:
    assert headings(name) == [
        "Worth having in a SIEM",
        "What you need" if name in pulled_names() else "What is verified",
        "Set it up",
        "What it does when something fails",
        "Good to know",
        "Reference",
    ]


@pytest.mark.parametrize("name", pulled_names())
def test_a_pulled_source_is_tried_before_it_is_deployed_and_what_was_before_can_be_read(name: str) -> None:
    pull = bundled_source(name).source.pull
    assert pull
    setup = page(name).partition("\n## Set it up\n")[2].partition("\n## What ")[0]
    tried, deployed = setup.find(f"python -m generator try {name}"), setup.find(f"python -m generator deploy {name}")
    assert tried > -1
    assert tried < deployed or replaced_secrets(pull)
    requests = repr([(each.get, each.query, each.json, each.form, each.variables) for each in pull.streams.values()])
    assert (f"python -m generator pull {name} backfill" in page(name)) == ("{from}" in requests)


@pytest.mark.parametrize("name", NAMES)
def test_reference_has_every_setting_answer_fact_and_sample(name: str) -> None:
    source, text = bundled_source(name).source, page(name).partition("\n## Reference\n")[2].replace("\\|", "|")
    if source.pull:
        for stream, each in source.pull.streams.items():
            assert f"| `{stream}` | `{'GET' if each.get else 'POST'} " in text
        for rule in source.pull.errors:
            literal = rule.say
            for path in template_paths(rule.say):
                literal = literal.replace(f"{{{path}}}", "\0")
            assert all(part.strip(" ():;,.")[1:] in text.replace("\\", "") for part in literal.split("\0"))
    else:
        for challenge in source.endpoint.challenges:
            assert challenge.when in text
    for name_of_fact in ("user", "source_ip", "target", "outcome"):
        present = getattr(source.facts, name_of_fact) is not None and "The facts are those of" not in text
        assert (f"| `{name_of_fact}`" in text) == present
    for file in (SOURCES / name / "samples").glob("*.mozdef.json"):
        assert f"[message](samples/{file.name})" in text


def test_what_several_ways_to_verify_have_is_told_apart() -> None:
    text = page("gitlab")
    assert "| Check | one of these ways is enough; see below |" in text
    assert (
        "in base64 after `v1,`, in `webhook-signature`; of several, with spaces between them, one must be right" in text
    )
    assert "| Check | a token in X-Gitlab-Token |" in text


def test_a_message_that_is_sent_whole_has_type_and_kind_in_the_table() -> None:
    assert re.search(
        r"^\| \[user\.deleted\].*type `user\.deleted`, kind `account\.delete`<br>", page("zoom"), re.MULTILINE
    )


def test_what_differs_between_streams_says_of_which() -> None:
    assert "| List of events, of activity and telephony | `response.items` |" in page("duo")
    assert "| Type | `eventType` |" in page("okta-log")
