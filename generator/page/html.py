"""Elements of a page: the only place where text becomes HTML. Serialization escapes every text and attribute."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from generator.packaging.build_folder import PAGE_MARK

Child = ET.Element | str | None

DOCTYPE = "<!DOCTYPE html>\n"
_INLINE = {"a", "code", "strong", "em", "span", "br", "tspan", "pre", "title", "desc"}
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}


def element(tag: str, *children: Child, **attributes: str | None) -> ET.Element:
    """Return an element; `class_` is the attribute class, and `aria_label` is aria-label. None is left out."""
    new_element = ET.Element(tag)
    for name, value in attributes.items():
        if value is not None:
            new_element.set(name.rstrip("_").replace("_", "-"), visible(value))
    for child in children:
        append(new_element, child)
    if tag not in _INLINE:
        new_element.tail = "\n"
    return new_element


def append(parent: ET.Element, child: Child) -> None:
    """Add a child at the end of an element; a text is escaped when the page is written."""
    if child is None:
        return
    if not isinstance(child, str):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + visible(child)
    else:
        parent.text = (parent.text or "") + visible(child)


def visible(text: str) -> str:
    """Escape the control and direction characters of a text, with which a browser would show another text."""
    return "".join(
        char
        if char in "\n\t" or unicodedata.category(char) not in _HIDDEN_CATEGORIES
        else char.encode("unicode_escape").decode()
        for char in text
    )


def code(text: str) -> ET.Element:
    """Return a text as code."""
    return element("code", text)


def marked(text: str) -> list[Child]:
    """Return a text in which what stands between backticks is code."""
    return [code(part) if index % 2 else part for index, part in enumerate(text.split("`"))]


def codes(texts: Iterable[str]) -> list[Child]:
    """Return texts as code, with commas between them."""
    children: list[Child] = []
    for text in texts:
        children += [", ", code(text)] if children else [code(text)]
    return children


def paragraph(*children: Child, **attributes: str | None) -> ET.Element:
    """Return a paragraph."""
    return element("p", *children, **attributes)


def prose(text: str) -> ET.Element:
    """Return a paragraph of a text in which what stands between backticks is code."""
    return paragraph(*marked(text))


def bullets(items: Iterable[Sequence[Child]], class_: str | None = None) -> ET.Element:
    """Return a list with bullets."""
    return element("ul", *(element("li", *item) for item in items), class_=class_)


def section(identity: str, title: str, *children: Child) -> ET.Element:
    """Return a section of the page with its heading."""
    heading = element("h2", title, id=f"{identity}-title")
    return element("section", heading, *children, id=identity, aria_labelledby=f"{identity}-title")


def table(head: Sequence[str], rows: Iterable[Sequence[Sequence[Child]]], label: str, widths: str) -> ET.Element:
    """Return a table with a name for screen readers; `widths` is a class of the style, with the widths of its columns.

    On a narrow screen each row is a block, and each cell has its head. The roles keep it a table for screen readers
    where the style makes blocks of its parts.
    """
    heads = element("tr", *(element("th", text, scope="col", role="columnheader") for text in head), role="row")
    body = [
        element(
            "tr",
            *(
                element("td", element("div", *cell), data_label=name, role="cell")
                for name, cell in zip(head, row, strict=True)
            ),
            role="row",
        )
        for row in rows
    ]
    return element(
        "table",
        element("thead", heads, role="rowgroup"),
        element("tbody", *body, role="rowgroup"),
        class_=widths,
        role="table",
        aria_label=label,
    )


def facts(pairs: Iterable[tuple[str, Sequence[Child]]]) -> ET.Element:
    """Return a list of names, each with what it is."""
    rows = (element("div", element("dt", name), element("dd", *value)) for name, value in pairs)
    return element("dl", *rows)


def document(title: str, style: str, *children: Child) -> str:
    """Return a whole page, which a browser lets load nothing and run nothing: only this style has an effect."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content=PAGE_MARK),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", style),
    )
    page = element("html", head, element("body", *children), lang="en")
    return DOCTYPE + re.sub(r"\n{2,}", "\n", ET.tostring(page, encoding="unicode", method="html"))
