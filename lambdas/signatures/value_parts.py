"""The parts of a value that carries several: found by what stands before each, or by their number."""

from __future__ import annotations


def split_parts(value: str, split: str) -> list[str]:
    """Return the parts of a value, without blanks around them."""
    return [part.strip(" ") for part in (value.split(split) if split else (value,))]


def after_prefix(part: str, prefix: str) -> str | None:
    """Return what stands after the prefix; None where it does not stand before the part. `*` in it is any text."""
    if "*" not in prefix:
        return part[len(prefix) :] if part.startswith(prefix) else None
    before, _, after = prefix.partition("*")
    if not part.startswith(before):
        return None
    _, end, rest = part[len(before) :].partition(after)
    return rest if end else None
