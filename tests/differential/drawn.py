"""What hypothesis draws: bodies, secrets, clocks, URLs."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

from tests.fakes import NOW

HOST = "sample.execute-api.us-west-2.amazonaws.com"

# Every SDK but Discord's wants the body as text, and raises where it is no UTF-8. Ours takes the bytes as they are.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(texts, below, max_size=3),
    max_leaves=8,
)
_json = st.builds(
    lambda value, ascii_only, indent: json.dumps(value, ensure_ascii=ascii_only, indent=indent),
    st.dictionaries(texts, _values, max_size=4) | st.lists(_values, max_size=3),
    st.booleans(),
    st.sampled_from([None, 1]),
)
bodies = (_json | texts).map(str.encode)

# Some SDKs refuse a secret of nothing but spaces; ours refuses an empty one only.
_visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=80)
# No NUL: an HMAC fills its key up with them, so that two keys that end in one more or less are the same.
_any = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
secrets = (_visible | _any).filter(str.strip)

clocks = st.sampled_from([NOW, NOW + 0.5])


def ages(*edges: int) -> st.SearchStrategy[int]:
    """Seconds into the past, often at the edges of a window; below 0, into the future."""
    at = [sign * (edge + beside) for edge in edges for sign in (-1, 1) for beside in (-1, 0, 1)]
    return st.just(0) | st.sampled_from(at) | st.integers(-2_000, 2_000)


@st.composite
def stored(draw: st.DrawFn, kept: st.SearchStrategy[str] = secrets) -> tuple[str, tuple[str, ...]]:
    """The secret that the vendor signs with, and what is stored: with it, mostly, and perhaps with another."""
    secret, other = draw(kept), draw(kept)
    return secret, draw(st.sampled_from([(secret,), (secret, other), (other, secret), (other,)]))


def _escapes(text: str) -> st.SearchStrategy[str]:
    """Text in a URL: as browsers, servers and vendors may write it."""
    escapes = (
        lambda text_: quote(text_, safe=""),
        lambda text_: quote(text_, safe=":/?@!$'()*,;"),
        quote_plus,
        lambda text_: quote(text_, safe="").replace("%3A", "%3a").replace("%2F", "%2f"),
    )
    return st.sampled_from(escapes).map(lambda escape: escape(text))


_words = st.text(st.sampled_from("abzABZ019-._~ +&=%:/?@!$'()*,;\"<>é☃"), max_size=8)
_words_in_urls = _words.flatmap(_escapes)
queries = st.lists(st.tuples(_words_in_urls, _words_in_urls), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
_names = st.text(st.sampled_from("abzABZ019-._~"), min_size=1, max_size=8)
paths = st.lists(_names.filter(lambda name: name.strip(".")), max_size=3).map(lambda names: "/" + "/".join(names))


@st.composite
def urls(draw: st.DrawFn) -> str:
    query = draw(queries)
    return f"https://{HOST}{draw(paths)}{'?' if query else ''}{query}"
