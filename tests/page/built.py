"""Pages for tests: of the sources that the framework brings, of the cases, and of definitions that a test writes."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from generator.definition.read import Definition, load
from generator.packaging.bundle import make_zip, zip_key
from generator.page.built_source import BuiltSource
from generator.page.source_page import source_page
from generator.templates import event_source
from generator.templates.text import template_text
from tests.definitions import CASES, SOURCES

CODE = make_zip({"lambdas/source.py": b"SOURCE = None\n"})
SHAPES = (
    *("zoom", "okta", "asana", "aws-sns", "cloudflare", "google-pubsub", "okta-log", "salesforce", "duo"),
    *(
        "archive",
        "archive-strict",
        "dedupe",
        "jwt",
        "objects",
        "objects-strict",
        "parameters",
        "pulled-objects",
        "pulled-strict",
        "schemas",
        "self-hosted",
        "strict",
    ),
)
"""A source of each shape: verified in each place, with challenges, a table, an archive, a key; pulled, and in a VPC."""
VOID = {"meta", "br"}


def build(definition: Definition) -> BuiltSource:
    """A source as if it were built, with other code."""
    template = template_text(event_source.build(definition.source, zip_key(CODE)))
    return BuiltSource(definition, template.encode(), CODE)


@cache
def built(name: str) -> BuiltSource:
    folder = SOURCES if (SOURCES / name).is_dir() else CASES
    return build(load(folder, [name])[0])


@cache
def page(name: str) -> str:
    return source_page(built(name))


class Element:
    """An element of a parsed page, with its attributes and all text in it."""

    def __init__(self, tag: str, attributes: dict[str, str], path: tuple[str, ...]) -> None:
        self.tag, self.attributes, self.path, self.text = tag, attributes, path, ""


class Parsed(HTMLParser):
    """The elements of a page; AssertionError where a tag is not closed, or another one is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        path = tuple(element.tag for element in self._open)
        element = Element(tag, {name: value or "" for name, value in attrs}, path)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, class_: str = "") -> list[Element]:
        return [each for each in self.elements if each.tag == tag and class_ in each.attributes.get("class", "")]

    def rows(self, label: str) -> list[list[str]]:
        """The cells of a table, row by row."""
        (start,) = [number for number, each in enumerate(self.elements) if each.attributes.get("aria-label") == label]
        rows: list[list[str]] = []
        for each in self.elements[start + 1 :]:
            if each.tag == "table":
                break
            if each.tag == "tr":
                rows.append([])
            elif each.tag == "td":
                rows[-1].append(each.text.strip())
        return [row for row in rows if row]


@cache
def parsed(name: str) -> Parsed:
    return Parsed(page(name))


def write_source(folder: Path, files: dict[str, str]) -> Definition:
    """Write the files of a source `acme`, and load it."""
    for name, text in files.items():
        file = folder / "acme" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return load(folder, ["acme"])[0]
