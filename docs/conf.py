"""The site: every Markdown page of this repository, as HTML. `tox -e docs` builds it into site/.

The pages are plain Markdown, which GitHub shows too. So a page has no directives, and the navigation comes from the
tables of the pages named index.md: a row that begins with a link is an entry, in the table's order.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, join, normpath

from sphinx.application import Sphinx

project = "MozDef Event Framework"
extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md", "sources/*/README.md"]
exclude_patterns = [".*", "site", "build", "tests", "generator", "lambdas", "benchmarks"]
nitpicky = True
smartquotes = False  # what is quoted is often code
suppress_warnings = ["misc.highlighting_failure"]  # a block of several requests is not HTTP as it goes over the wire

myst_heading_anchors = 5  # as GitHub makes them

html_theme = "furo"
html_title = project
html_theme_options = {
    "navigation_with_keys": True,
    "light_css_variables": {"color-code-background": "#f4f6f8"},
    "dark_css_variables": {"color-code-background": "#1e2227"},
}
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_search_scorer = str(Path(__file__).with_name("search.js"))
html_extra_path = ["index.html"]  # leads from the site's root to docs/
highlight_language = "text"  # what has no language is mostly what a command prints
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

_ENTRY = re.compile(r"^\| \[[^\]]+\]\((?!https?:)([^)#]+)\.md\)", re.MULTILINE)


def add_navigation(_app: Sphinx, page: str, content: list[str]) -> None:
    """Append a hidden table of contents: to a page named index, the links that begin its tables' rows."""
    if page == "README":  # the entrance on GitHub, as docs/index.md is the site's
        content[0] = f"---\norphan: true\n---\n{content[0]}"
    if page == "docs/reference/sources":
        entries = ["/sources/*/README"]
    elif page.endswith("/index"):
        entries = [f"/{normpath(join(dirname(page), link))}" for link in _ENTRY.findall(content[0])]
    else:
        return
    content[0] += "\n".join(["", "```{toctree}", ":hidden:", ":glob:", "", *entries, "```", ""])


def setup(app: Sphinx) -> None:
    app.connect("source-read", add_navigation)
