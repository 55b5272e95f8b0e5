"""A page is well formed, loads nothing, runs nothing, and can be read by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

from generator.page.html import document, element, visible
from generator.page.index_page import index_page
from generator.page.source_page import source_page
from generator.page.style import STYLE
from tests.page.built import SHAPES, Parsed, build, built, page, parsed, write_source

HOSTILE = "<script>alert(1)</script> ]]> --> \"double\" 'single' & &lt; </title></style></pre>"


def loads_nothing(text: str) -> None:
    """The page has no script, no style but its own, and nothing that a browser fetches by itself."""
    parsed_page = Parsed(text)
    (style,) = parsed_page.all("style")
    assert style.text == STYLE
    assert not re.search(r"url\(|@import|@font-face", STYLE)
    (policy,) = [
        each for each in parsed_page.all("meta") if each.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy.attributes["content"].startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    fetched = {"script", "link", "img", "image", "iframe", "object", "embed", "base", "form", "use", "video", "audio"}
    for each in parsed_page.elements:
        assert each.tag not in fetched
        assert not {name for name in each.attributes if name.startswith("on")} | {"src", "style", "srcdoc"} & set(
            each.attributes
        )
        if "href" in each.attributes:
            assert each.tag == "a"
            assert re.match(r"https://|#|[\w-]+/page\.html$", each.attributes["href"])


@pytest.mark.parametrize("name", SHAPES)
def test_a_page_is_well_formed_and_loads_nothing(name: str) -> None:
    assert page(name).startswith('<!DOCTYPE html>\n<html lang="en">')
    loads_nothing(page(name))


@pytest.mark.parametrize("name", SHAPES)
def test_headings_labels_and_links_lead_through_the_page(name: str) -> None:
    parsed_page = parsed(name)
    identities = [each.attributes["id"] for each in parsed_page.elements if "id" in each.attributes]
    assert len(identities) == len(set(identities))
    for each in parsed_page.elements:
        assert set(each.attributes.get("aria-labelledby", "").split()) <= set(identities)
        if each.attributes.get("href", "").startswith("#"):
            assert each.attributes["href"][1:] in identities
    levels = [int(each.tag[1]) for each in parsed_page.elements if re.fullmatch("h[1-6]", each.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    for svg in parsed_page.all("svg"):
        assert svg.attributes["role"] == "img"
        assert svg.attributes["aria-labelledby"]
    assert all(each.attributes["aria-label"] for each in parsed_page.all("table") if "role" in each.attributes)


def test_the_same_build_gives_the_same_page() -> None:
    assert source_page(build(built("zoom").definition)) == page("zoom")


HOSTILE_SOURCE = {
    "source.yml": f"""\
description: >-
  {HOSTILE}
vendor: {{docs: 'https://acme.example/"><script>alert(2)</script>', retries: '<script>alert(3)</script>'}}
webhook: {{auth: {{hmac: {{signature: {{header: x-signature}}}}}}}}
events: {{id: id, require: ["not_null(id, '<img src=x onerror=alert(4)>')"]}}
facts:
  summary: "{{id}}"
""",
    "samples/<b>.json": '{"id": "</pre><script>alert(5)</script>", "right-to-left": "\u202e"}',
    "README.md": """\
# Acme

## Set it up

<script>alert(6)</script>

1. [run](javascript:alert(7)) <b>bold</b> ![picture](https://acme.example/x.png) `<i>`
2. second
3. [data](data:text/html,<script>alert(8)</script>), [page](../zoom/README.md), [web](https://acme.example/?a="><script>)
""",
}


def test_hostile_texts_are_texts(tmp_path: Path) -> None:
    text = source_page(build(write_source(tmp_path, HOSTILE_SOURCE)))
    loads_nothing(text)
    parsed_page = Parsed(text)
    assert HOSTILE not in text
    assert [each.text for each in parsed_page.all("p", "lead")] == [HOSTILE]
    whole = parsed_page.all("body")[0].text
    for shown in (
        "<script>alert(3)</script>",
        "<img src=x onerror=alert(4)>",
        "</pre><script>alert(5)</script>",
        "<script>alert(6)</script>",
        "<b>bold</b>",
        "The sample <b>",
        r"\u202e",
    ):
        assert shown in whole, shown
    assert not {"b", "i"} & {each.tag for each in parsed_page.elements}
    links = [each.attributes["href"] for each in parsed_page.all("a") if not each.attributes["href"].startswith("#")]
    assert [link.partition("/?")[0].partition('"')[0] for link in links] == [
        "https://acme.example/",
        "https://acme.example",
    ]


def test_hostile_texts_are_texts_in_the_index(tmp_path: Path) -> None:
    text = index_page([build(write_source(tmp_path, HOSTILE_SOURCE)), built("zoom")])
    loads_nothing(text)
    assert HOSTILE in Parsed(text).all("body")[0].text
    assert [each.attributes["href"] for each in Parsed(text).all("a")] == ["acme/page.html", "zoom/page.html"]


def test_an_attribute_can_not_be_left() -> None:
    text = document("title", "", element("p", title=HOSTILE))
    assert [each.attributes["title"] for each in Parsed(text).all("p")] == [HOSTILE]


@pytest.mark.parametrize(
    ("text", "shown"), [("a\tb\n", "a\tb\n"), ("\x00\x1b[31m", r"\x00\x1b[31m"), ("größe é 😀", "größe é 😀")]
)
def test_characters_that_deceive_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert Parsed(document("title", "", element("p", text))).all("p")[0].text == shown


def themes() -> list[dict[str, str]]:
    return [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)]


def contrast(color: str, other_color: str) -> float:
    """https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio"""

    def luminance(rgb: str) -> float:
        parts = [int(rgb[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(color), luminance(other_color)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_color_of_text_stands_out(theme: int) -> None:
    colors = themes()[theme]
    for text, paper in (
        ("ink", "paper"),
        ("ink", "box"),
        ("ink", "tint"),
        *((name, "paper") for name in ("soft", "accent", "mark")),
    ):
        assert contrast(colors[text], colors[paper]) >= 4.5, (text, paper)
    assert contrast(colors["edge"], colors["paper"]) >= 3
