"""Pages of the documentation: the parts of them that are made, and their examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from generator.definition.read import Definition
from tests.definitions import ROOT, make_definition

DOCS = ROOT / "docs"
DEFINITION_PAGES = sorted((DOCS / "reference" / "definition").glob("*.md"))
_PLACE = re.compile(r"<!-- made by generator/reference/key_tables\.py: (\S+) -->")


def assert_generated(page: Path, maker: str, content: str, *, update: bool) -> None:
    """The part of a page that says who made it is what is made now; `update` writes it."""
    text = page.read_text(encoding="utf-8")
    parts = re.split(rf"(?<={re.escape(maker)} -->\n).*?(?=<!-- end -->)", text, maxsplit=1, flags=re.DOTALL)
    marks = f"<!-- made by generator/reference/{maker} -->\n\n<!-- end -->"
    assert len(parts) == 2, f"{page} has no place for what is made: add these two lines to it\n\n{marks}"
    before, after = parts
    updated = f"{before}\n{content}\n\n{after}"
    if update:
        page.write_text(updated, encoding="utf-8")
    assert updated == page.read_text(encoding="utf-8"), f"{page.name}: run with --update, and read the diff"


def key_places() -> dict[str, Path]:
    """Return the page of each place for tables of keys."""
    return {key: page for page in DEFINITION_PAGES for key in _PLACE.findall(page.read_text(encoding="utf-8"))}


def yaml_examples(pages: Iterable[Path]) -> list[str]:
    """Return the examples in YAML of these pages."""
    texts = (page.read_text(encoding="utf-8") for page in pages)
    return [block for text in texts for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def load_example(folder: Path, example: str, files: Mapping[str, str] | None = None) -> Definition:
    """Load an example, a definition or a part of one, as the source that its first line names, else as `acme`.

    What a part lacks is added, beside its files. An example of `defaults.yml` lies beneath a source that says nothing.
    """
    values, named = yaml.safe_load(example), re.match(r"# sources/([\w-]+)/source\.yml\n", example)
    source = folder / (named[1] if named else "acme")
    for name, content in (files or {}).items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(content, encoding="utf-8")
    if "$schema=defaults.schema.json" in example:
        (folder / "defaults.yml").write_text(example, encoding="utf-8")
        values = {}
    text = f"{example}\n" if values else ""
    if "extends" not in values:
        text += "" if "description" in values else "description: An example\n"
        text += "" if values.keys() & {"webhook", "pull"} else "webhook: {auth: {token: {header: x-acme-token}}}\n"
    try:
        return make_definition(folder, text, source.name)
    finally:
        (folder / "defaults.yml").unlink(missing_ok=True)
