"""Sections of a source's README as elements of a page; nothing in it becomes HTML of its own."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from generator.page.html import Child, append, code, element

_BASE_HEADING = 3
_TAGS = {
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "em": "em",
    "list_item": "li",
    "ordered_list": "ol",
    "paragraph": "p",
    "strong": "strong",
    "table": "table",
    "tbody": "tbody",
    "td": "td",
    "th": "th",
    "thead": "thead",
    "tr": "tr",
}


def sections(text: str, titles: tuple[str, ...]) -> list[Child]:
    """Return the sections with these titles, each with what is below it, in the order of the text."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).enable("table").parse(text))
    children: list[Child] = []
    level = 0
    for node in tree.children:
        if node.type == "heading":
            depth = int(node.tag[1:])
            if not level or depth <= level:
                level = depth if _plain(node).strip() in titles else 0
        if level:
            children += list(_elements(node, level))
    return children


def _plain(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    return "".join(_plain(child) for child in node.children)


def _elements(node: SyntaxTreeNode, level: int) -> Iterator[Child]:
    if node.type in ("text", "html_inline", "html_block"):
        yield node.content
    elif node.type == "softbreak":
        yield "\n"
    elif node.type == "hardbreak":
        yield element("br")
    elif node.type == "code_inline":
        yield code(node.content)
    elif node.type in ("fence", "code_block"):
        yield element("pre", node.content.rstrip("\n"))
    elif node.type == "heading":
        yield _filled(element(f"h{min(_BASE_HEADING + int(node.tag[1:]) - level, 6)}"), node, level)
    elif node.type == "link":
        yield _filled(_link(str(node.attrs.get("href", ""))), node, level)
    elif node.type in _TAGS and not node.hidden:  # a paragraph of a list without blank lines is hidden
        start = node.attrs.get("start")
        yield _filled(element(_TAGS[node.type], start=str(start) if start else None), node, level)
    else:
        for child in node.children:
            yield from _elements(child, level)


def _link(url: str) -> ET.Element:
    """Return a link to a web page; one to a file beside the README leads nowhere from a page, and is text."""
    if not url.startswith("https://"):
        return element("span")
    return element("a", href=url, rel="noreferrer")


def _filled(parent: ET.Element, node: SyntaxTreeNode, level: int) -> ET.Element:
    for child in node.children:
        for each in _elements(child, level):
            append(parent, each)
    return parent
