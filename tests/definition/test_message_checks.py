"""Names and words in a definition that would have MozDef lose its messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition.read import load
from generator.errors import DefinitionError
from tests.definitions import SOURCES, make_definition

WEBHOOK = "description: made\nwebhook: {auth: {token: {header: x-token}}}\n"
NEEDS_WHOLE = "zoom_host sets off a plugin of MozDef's that needs the whole event; add mozdef.whole: true"
OTHER_TYPE = "can't be a key of MozDef's details: {} sets off a plugin, or has another type in its index"


def problems(folder: Path, text: str, name: str = "made") -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        make_definition(folder, WEBHOOK + text, name)
    return [f"{problem.key}: {problem.message}" for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("mozdef: {hostname: zoom_host}", f"mozdef.hostname: {NEEDS_WHOLE}"),
        (
            "mozdef: {category: Google}",
            "mozdef.category: Google sets off a plugin of MozDef's, which takes the message; choose another word",
        ),
        (
            "mozdef: {tags: [a, sshd]}",
            "mozdef.tags[1]: sshd sets off a plugin of MozDef's, which takes the message; choose another word",
        ),
        (
            "facts: {severity: warnin}",
            "facts.severity: warnin is no severity; did you mean WARNING? "
            "(ALERT, CRITICAL, DEBUG, EMERGENCY, ERROR, INFO, NOTICE, WARNING)",
        ),
        ("facts: {extra: {user: a}}", "facts.extra.user: is a fact already: facts.user"),
        ("facts: {extra: {username: a}}", "facts.extra.username: is MozDef's name of a fact already; choose another"),
        (
            "facts: {extra: {fields: a}}",
            "facts.extra.fields: is the name of a key that every message has; choose another",
        ),
        (
            f"mozdef: {{details: {{username: a, role: a, {', '.join(f'n{number}: a' for number in range(9))}}}}}",
            "mozdef.details: at most 8 names beside those of facts, and it has 9: all sources share an index of 1,000 "
            "fields",
        ),
        ("mozdef: {details: {src: a}}", f"mozdef.details.src: {OTHER_TYPE.format('src')}"),
        ("facts: {extra: {apiversion: a}}", f"facts.extra.apiversion: {OTHER_TYPE.format('apiversion')}"),
        (
            "facts: {extra: {sourceipgeolocation: a}}",
            f"facts.extra.sourceipgeolocation: {OTHER_TYPE.format('sourceipgeolocation')}",
        ),
        (
            "facts: {extra: {cluster_client_ip: a}}",
            f"facts.extra.cluster_client_ip: {OTHER_TYPE.format('cluster_client_ip')}",
        ),
    ],
)
def test_what_mozdef_would_lose_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [problem]


def test_source_may_not_extend_another_whose_name_its_messages_would_have(tmp_path: Path) -> None:
    (tmp_path / "ldap").mkdir()
    (tmp_path / "ldap" / "source.yml").write_text(WEBHOOK)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "source.yml").write_text("extends: ldap\n")
    with pytest.raises(DefinitionError) as raised:
        load(tmp_path, ["mine"])
    (problem,) = raised.value.problems
    assert (problem.key, problem.line) == ("extends", 1)
    assert problem.message.startswith("ldap sets off a plugin of MozDef's")


def test_word_of_mozdefs_plugin_for_zoom_needs_the_whole_event_where_nobody_wrote_it(tmp_path: Path) -> None:
    assert problems(tmp_path, "", "zoom") == [f"mozdef.whole: {NEEDS_WHOLE}"]
    (tmp_path / "zoom").rename(tmp_path / "other")
    tenant = "extends: zoom\ndescription: Zoom of the European company\n"
    (tmp_path / "zoom").symlink_to(SOURCES / "zoom")
    make_definition(tmp_path, tenant, "zoom-emea")
    (tmp_path / "zoom-emea" / "source.yml").write_text(f"{tenant}mozdef: {{whole: false}}\n")
    with pytest.raises(DefinitionError, match="zoom_host sets off a plugin"):
        load(tmp_path, ["zoom-emea"])
    (tmp_path / "zoom-emea" / "source.yml").write_text(f"{tenant}mozdef: {{whole: false, hostname: emea}}\n")
    assert not load(tmp_path, ["zoom-emea"])[0].source.mozdef.whole
