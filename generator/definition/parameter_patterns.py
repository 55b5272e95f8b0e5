"""Check that the pattern of a parameter means the same to CloudFormation, which is Java, and to the functions.

Allowed is what both read alike: characters, lists of them such as `[a-z0-9.-]`, groups, `|`, and repetitions.
https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
https://docs.python.org/3/library/re.html#regular-expression-syntax
"""

from __future__ import annotations

import re
import string

MAX_VALUE = 320
"""Characters of a value: ARNs are shorter, and a function's environment has 4 KB."""
MAX_PATTERN = 400
_CHARACTERS = frozenset(map(chr, range(0x20, 0x7F)))
_SPECIAL = frozenset(r"\^$.|?*+()[]{}")
_REPEAT = re.compile(r"[?*+]|\{(\d{1,3})(,(\d{1,3})?)?\}")
_ADVICE = {
    ".": r"has a dot, which stands for any character; write \. for a dot, or a list such as [a-z0-9]",
    "^": "has ^; leave it out: a value is always matched as a whole",
    "$": "has $; leave it out: a value is always matched as a whole",
}
_CLASSES = {"d": "[0-9]", "w": "[A-Za-z0-9_]", "s": "a space"}


class UnsafePattern(Exception):  # noqa: N818 - it names the outcome
    """Java and Python might read the pattern in two ways; the text says what would be right."""


def pattern_problem(pattern: str) -> str | None:
    """Return what is wrong with a pattern, or None."""
    from generator.definition.schemas.backtracking import is_exponential

    try:
        characters = pattern_characters(pattern)
    except UnsafePattern as unsafe:
        return str(unsafe)
    if braces := characters & {"{", "}"}:
        return f"matches a value with {min(braces)}; a value has no braces"
    if re.fullmatch(pattern, ""):
        return "matches an empty text; a value has at least a character"
    if is_exponential(f"({pattern})$") is not False:  # with an end, since a value is matched as a whole
        return "can take exponentially long, since what it repeats fits a text in two ways"
    return None


def pattern_characters(pattern: str) -> frozenset[str]:
    """Return all characters that a value may have; UnsafePattern where the pattern is not one that both read alike."""
    if len(pattern) > MAX_PATTERN:
        raise UnsafePattern(f"has {len(pattern)} characters; a pattern has at most {MAX_PATTERN}")
    if other := next((char for char in pattern if char not in _CHARACTERS), None):
        raise UnsafePattern(f"has {other!r}; a pattern is printable ASCII")
    reader = _PatternReader(pattern)
    reader.read_alternatives()
    if reader.offset < len(pattern):
        raise UnsafePattern(r"has a ) without its (; write \) for a parenthesis")
    return frozenset(reader.characters)


class _PatternReader:
    """Reads a pattern from the left; `characters` are those that it can match so far."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.offset, self.characters = pattern, 0, set[str]()

    @property
    def _next(self) -> str:
        return self.pattern[self.offset : self.offset + 1]

    def read_alternatives(self) -> None:
        """Read up to the end, or to the parenthesis that closes this group."""
        while self._next and self._next != ")":
            if self._next == "|":
                self.offset += 1
                continue
            self._read_part()
            self._read_repeat()

    def _read_part(self) -> None:
        char = self._next
        self.offset += 1
        if char == "(":
            if self._next == "?":
                raise UnsafePattern("has (?; groups are plain, such as (a|b)")
            self.read_alternatives()
            if self._next != ")":
                raise UnsafePattern(r"has a ( that is never closed; write \( for a parenthesis")
            self.offset += 1
        elif char == "[":
            self._read_list()
        elif char == "\\":
            self.characters.add(self._read_escaped())
        elif char in _SPECIAL:
            raise UnsafePattern(_ADVICE.get(char, f"has {char} where it means nothing; write \\{char} for the sign"))
        else:
            self.characters.add(char)

    def _read_escaped(self) -> str:
        char = self._next
        self.offset += 1
        if not char:
            raise UnsafePattern("ends with a backslash")
        if char.isalnum():
            instead = f"; write {_CLASSES[char]}" if char in _CLASSES else ""
            raise UnsafePattern(f"has \\{char}, which Java and Python read differently{instead}")
        return char

    def _read_repeat(self) -> None:
        if not (repeat := _REPEAT.match(self.pattern, self.offset)):
            return
        self.offset = repeat.end()
        if self._next and self._next in "?*+":
            raise UnsafePattern(f"has {repeat[0]}{self._next}; one sign of repetition is enough")
        if repeat[3] and int(repeat[3]) < int(repeat[1]):
            raise UnsafePattern(f"has {repeat[0]}, whose most is below its least")

    def _read_list(self) -> None:
        """Read a list of characters, such as `[a-z0-9.-]`, after its bracket."""
        if self._next == "^":
            raise UnsafePattern("has [^; say which characters a value has, and not which it has not")
        listed: list[str] = []
        while self._next != "]":
            char = self._next
            self.offset += 1
            if char in ("", "["):
                message = r"has a [ within a list; write \[ for it" if char else "has a [ that is never closed"
                raise UnsafePattern(message)
            if char == "-" and listed and self._next != "]":
                listed += self._read_range(listed[-1])
                continue
            if char in "&~|" and self._next == char:
                raise UnsafePattern(f"has {char}{char} in a list, which has a meaning of its own; write it once")
            listed.append(self._read_escaped() if char == "\\" else char)
        self.offset += 1
        if not listed:
            raise UnsafePattern("has an empty list")
        self.characters |= set(listed)

    def _read_range(self, first: str) -> list[str]:
        last = self._next
        self.offset += 1
        kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
        # A range from elsewhere is mostly a slip, such as [A-z] or [a-z.-9]; but for those of all printable characters.
        is_range = any(first in kind and last in kind for kind in kinds) or (first in " !" and last in _CHARACTERS)
        if not is_range or last in "\\[]-" or first > last:
            raise UnsafePattern(f"has the range {first}-{last}; write a dash as \\-")
        after = self.pattern[self.offset : self.offset + 2]
        if after.startswith("-") and after != "-]":
            raise UnsafePattern(f"has a dash after the range {first}-{last}; write it as \\-")
        return [chr(code) for code in range(ord(first), ord(last) + 1)]
