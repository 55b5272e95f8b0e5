"""A regular expression as an automaton without empty steps: each of its characters is a state (Glushkov).

The automaton counts in how many ways a state leads to another, up to two: `(a*)*` leads from its `a` to itself in two.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

UNBOUNDED = 5
"""A repetition whose most is so much above its least counts as endless: ten of ten are 10^10 ways."""
MAX_WAYS = 1_000_000
"""A repetition of a fixed number is endless too where its parts can share a text in more ways, as 30 `a?` can."""
_COPIES = 128
# A character of each kind that \w, \d, \s and their opposites tell apart, in ASCII and beyond.
_EACH_KIND = "a0_ \n!\u00e9\u0660\u2003\u2603"
_CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w", "NOT_DIGIT": r"\D", "NOT_SPACE": r"\S", "NOT_WORD": r"\W"}
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_UNDIVIDED = ("ATOMIC_GROUP", "POSSESSIVE_REPEAT")


class Part(NamedTuple):
    """A part of a pattern: the states in which it may begin and end, each with its number of ways.

    `empty` is the number of ways to match nothing. `open` are the states after which the part may end without a
    condition such as `$`; `skipped` is whether it may end so at once.
    """

    first: Counter[int]
    last: Counter[int]
    empty: int
    open: frozenset[int]
    skipped: bool


NOTHING = Part(Counter(), Counter(), 1, frozenset(), skipped=True)
_CONDITION = NOTHING._replace(skipped=False)


class Automaton:
    """The states of a pattern: `repeated` are those in repetitions, `ends` those after which the pattern may end.

    `separate` are patterns in it that `re` does not try again once they match, such as a lookahead.
    """

    def __init__(self, tree: Any) -> None:
        self.characters: list[frozenset[str]] = []
        self.follow: list[Counter[int]] = []
        self.repeated: set[int] = set()
        self.separate: list[Any] = []
        self._flags = tree.state.flags
        self._alphabet = sorted({*_EACH_KIND, *_boundary_characters(tree)})
        self.ends = self._sequence(tree, self._flags, repeated=False).open

    def _sequence(self, tree: Any, flags: int, *, repeated: bool) -> Part:
        sequence = NOTHING
        for kind, value in tree:
            sequence = self._joined(sequence, self._part(str(kind), value, flags, repeated=repeated))
        return sequence

    def _part(self, kind: str, value: Any, flags: int, *, repeated: bool) -> Part:
        if kind in _REPEATS:
            least, most, body = value
            return self._repetition(least, most, body, flags, repeated=repeated)
        if kind == "SUBPATTERN":
            return self._sequence(value[3], (flags | value[1]) & ~value[2], repeated=repeated)
        if kind in ("BRANCH", "GROUPREF_EXISTS"):
            bodies = value[1] if kind == "BRANCH" else [value[1], value[2] or ()]
            return _either([self._sequence(body, flags, repeated=repeated) for body in bodies])
        if kind == "AT":
            return _CONDITION
        if kind in ("ASSERT", "ASSERT_NOT"):
            self.separate.append(value[1])
            return _CONDITION
        if kind in _UNDIVIDED:
            body = value if kind == "ATOMIC_GROUP" else value[2]
            self.separate.append(body)
            is_empty = body.getwidth()[0] == 0 or (kind != "ATOMIC_GROUP" and value[0] == 0)
            whole = self._state(frozenset().union(*Automaton(body).characters), repeated=repeated)
            return _either([whole, NOTHING]) if is_empty else whole
        if kind == "FAILURE":
            return NOTHING._replace(empty=0, skipped=False)
        matched = frozenset(character for character in self._alphabet if _fits(kind, value, character, flags))
        return self._state(matched, repeated=repeated)

    def _state(self, characters: frozenset[str], *, repeated: bool) -> Part:
        state = len(self.characters)
        self.characters.append(characters)
        self.follow.append(Counter())
        if repeated:
            self.repeated.add(state)
        return Part(Counter([state]), Counter([state]), 0, frozenset([state]), skipped=False)

    def _repetition(self, least: int, most: int, body: Any, flags: int, *, repeated: bool) -> Part:
        shortest, longest = body.getwidth()
        lengths = min(longest - shortest, UNBOUNDED) + 1
        endless = most - least > UNBOUNDED or lengths ** min(least, _COPIES) > MAX_WAYS
        last = NOTHING
        if endless:
            once = self._sequence(body, flags, repeated=True)
            # `re` ends a repetition that has matched nothing, but only after its least number of times.
            ways = 2 if once.empty and least > UNBOUNDED else 1
            self._follow(once.last, once.first, ways)
            last = once._replace(empty=_at_most_two(once.empty)) if least else _either([once, NOTHING])
        # The number matters only within another repetition: there, the part is written out.
        optional = 0 if endless else (most - least if repeated else min(most - least, 1))
        for _ in range(optional):
            last = _either([self._joined(self._sequence(body, flags, repeated=repeated), last), NOTHING])
        for _ in range(min(least - endless, _COPIES if repeated else 1 - endless)):
            last = self._joined(self._sequence(body, flags, repeated=repeated), last)
        return last

    def _joined(self, left: Part, right: Part) -> Part:
        self._follow(left.last, right.first)
        return Part(
            _sum(left.first, right.first, left.empty),
            _sum(right.last, left.last, right.empty),
            _at_most_two(left.empty * right.empty),
            right.open | (left.open if right.skipped else frozenset()),
            left.skipped and right.skipped,
        )

    def _follow(self, last: Counter[int], first: Counter[int], ways: int = 1) -> None:
        for state, ends in last.items():
            for target, begins in first.items():
                self.follow[state][target] = _at_most_two(self.follow[state][target] + ends * begins * ways)


def _at_most_two(ways: int) -> int:
    return min(ways, 2)


def _sum(near: Counter[int], far: Counter[int], times: int) -> Counter[int]:
    """Add the states behind a part that may be empty, once for each of the ways in which it is empty."""
    states = Counter(near)
    for state, ways in far.items() if times else ():
        states[state] = _at_most_two(states[state] + ways * times)
    return states


def _either(parts: list[Part]) -> Part:
    first, last = Counter[int](), Counter[int]()
    for part in parts:
        first.update(part.first)
        last.update(part.last)
    ends = frozenset().union(*(part.open for part in parts))
    return Part(first, last, _at_most_two(sum(part.empty for part in parts)), ends, any(part.skipped for part in parts))


def _boundary_characters(tree: Any) -> set[str]:
    """Return the characters that a pattern names, and those next to them, where a range begins or ends."""
    characters: set[str] = set()
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple) and len(value) == 2 and str(value[0]) in ("LITERAL", "NOT_LITERAL", "RANGE"):
            ends = value[1] if isinstance(value[1], tuple) else (value[1], value[1])
            near = {code for end in ends for code in (end - 1, end, end + 1) if 0 <= code < 0x110000}
            characters |= {variant for code in near for variant in (chr(code), chr(code).lower(), chr(code).upper())}
        elif isinstance(value, tuple | list) or hasattr(value, "data"):
            waiting += value
    return {character for character in characters if len(character) == 1}


def _fits(kind: str, value: Any, character: str, flags: int) -> bool:
    """Return whether a part of a pattern matches a character; a reference to a group may match any."""
    variants = {character}
    if flags & re.IGNORECASE:
        variants |= {character.lower(), character.upper()}
    if kind == "ANY":
        return character != "\n" or bool(flags & re.DOTALL)
    if kind == "IN":
        negated = str(value[0][0]) == "NEGATE"
        return negated != any(_fits(str(item), member, character, flags) for item, member in value[negated:])
    if kind == "LITERAL":
        return any(ord(variant) == value for variant in variants if len(variant) == 1)
    if kind == "NOT_LITERAL":
        return all(ord(variant) != value for variant in variants if len(variant) == 1)
    if kind == "RANGE":
        return any(value[0] <= ord(variant) <= value[1] for variant in variants if len(variant) == 1)
    if kind == "CATEGORY":
        return bool(re.match(_CATEGORIES[str(value).removeprefix("CATEGORY_")], character, flags & re.ASCII))
    return True
