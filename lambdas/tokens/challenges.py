"""The challenge of HTTP Digest authentication in a header WWW-Authenticate (RFC 7616, 3.3; RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_HEADER = 4_096
ALGORITHMS = ("SHA-256", "MD5")
"""The algorithms that are known, the better first."""
_PARAMETER = re.compile(r'(?:([\w-]{1,32})[ \t]+)?([\w-]{1,32})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))')


def digest_challenge(header: str) -> dict[str, str] | None:
    """Return the parameters of the best challenge of Digest that is known; None where the header has none."""
    usable = [challenge for challenge in _challenges(header[:LONGEST_HEADER]) if _algorithm(challenge)]
    best = min(usable, key=lambda challenge: ALGORITHMS.index(_algorithm(challenge)), default=None)
    return {name: best[name] for name in ("realm", "nonce", "opaque", "algorithm") if name in best} if best else None


def _challenges(header: str) -> Iterator[dict[str, str]]:
    """Yield the parameters of each challenge of Digest; a name before a parameter's begins another challenge."""
    scheme, parameters = "", dict[str, str]()
    for new_scheme, name, quoted, plain in _PARAMETER.findall(header):
        if new_scheme:
            if scheme == "digest":
                yield parameters
            scheme, parameters = new_scheme.lower(), {}
        parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain)
    if scheme == "digest":
        yield parameters


def _algorithm(challenge: dict[str, str]) -> str:
    """Return the algorithm of a challenge that can be answered; empty for any other."""
    algorithm = challenge.get("algorithm", "MD5").upper()
    offered = {word.strip().lower() for word in challenge.get("qop", "").split(",")}
    texts = [challenge.get(name, "") for name in ("realm", "nonce", "opaque")]
    printable = all(text.isascii() and (text.isprintable() or not text) for text in texts)
    whole = "realm" in challenge and challenge.get("nonce")
    return algorithm if whole and printable and "auth" in offered and algorithm in ALGORITHMS else ""
