"""The parts of a value that carries several: found by what stands before each, or by their number."""

from __future__ import annotations


def split_parts(value: str, split: str) -> list[str]:
    """Return the parts of a value, without blanks around them."""
    return [part.strip(" ") for part in (value.split(split) if split else (value,))]


def after_prefix(part: str, prefix: str) -> str | None:
    """Return what stands after the prefix, without double quotes around it; None where the prefix is not there.

    `*` in the prefix is any text.
    """
    before, star, after = prefix.partition("*")
    if not part.startswith(before):
        return None
    rest = part[len(before) :]
    if star:
        _, end, rest = rest.partition(after)
        if not end:
            return None
    # https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12#section-4.1
    return rest[1:-1] if len(rest) > 1 and rest[0] == rest[-1] == '"' else rest
