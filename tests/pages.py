"""Pages of the documentation, a part of which is made."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def assert_generated(page: Path, maker: str, content: str, *, update: bool) -> None:
    """The part of a page that says who made it is what is made now; `update` writes it."""
    text = page.read_text(encoding="utf-8")
    before, after = re.split(rf"(?<={re.escape(maker)} -->\n).*?(?=<!-- end -->)", text, flags=re.DOTALL)
    updated = f"{before}\n{content}\n\n{after}"
    if update:
        page.write_text(updated, encoding="utf-8")
    assert updated == page.read_text(encoding="utf-8"), f"{page.name}: run with --update, and read the diff"
