"""Whether a pattern can take exponentially long to find that a text does not fit, as `(a+)+$` does.

`re` tries one way after the other. Where what is repeated fits the same text in two ways, n repetitions have 2^n.
So a pattern becomes an automaton whose states are its characters, and is exponential where one text leads from a
state back to it in two ways (Weber and Seidl, https://doi.org/10.1016/0304-3975(91)90381-B). States from which the
pattern may end at once don't count: there, the first way is good enough.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

from generator.definition.schemas.automaton import Automaton

MAX_STATES = 1_000
"""Of repeated characters; more can't be looked at in the time of a build."""


def is_exponential(pattern: str) -> bool | None:
    """Whether the pattern is exponential; None where it is too long to tell."""
    parser: Any = importlib.import_module(
        "re._parser"
    )  # what `re` makes of a pattern; private, and the same since 3.11
    waiting = [parser.parse(pattern)]
    while waiting:
        automaton = Automaton(waiting.pop())
        if len(automaton.repeated) > MAX_STATES:
            return None
        if any(_leads_back_twice(automaton, loop) for loop in _loops(automaton)):
            return True
        waiting += automaton.separate
    return False


def _loops(automaton: Automaton) -> Iterator[set[int]]:
    """The states that lead to each other, but for those from which the pattern may end."""
    inner = sorted(automaton.repeated - automaton.ends)
    bit = {state: 1 << number for number, state in enumerate(inner)}
    reached = {state: sum(bit.get(other, 0) for other in automaton.follow[state]) for state in inner}
    for middle in inner:
        for state in inner:
            if reached[state] & bit[middle]:
                reached[state] |= reached[middle]
    left = {state for state in inner if reached[state] & bit[state]}
    while left:
        first = min(left)
        loop = {state for state in left if reached[first] & bit[state] and reached[state] & bit[first]}
        left -= loop
        yield loop


def _leads_back_twice(automaton: Automaton, loop: set[int]) -> bool:
    """Whether two ways through the loop part, and meet again, at the same text."""
    follow = {state: {to: ways for to, ways in automaton.follow[state].items() if to in loop} for state in loop}
    if any(ways > 1 for followed in follow.values() for ways in followed.values()):
        return True

    def steps(one: Sequence[int], other: Sequence[int]) -> Iterator[tuple[int, int]]:
        for a, b in product(one, other):
            if not automaton.characters[a].isdisjoint(automaton.characters[b]):
                yield min(a, b), max(a, b)

    seen = {
        (min(a, b), max(a, b))
        for followed in follow.values()
        for a, b in combinations(followed, 2)
        if not automaton.characters[a].isdisjoint(automaton.characters[b])
    }
    waiting = list(seen)
    while waiting:
        one, other = waiting.pop()
        for pair in steps([*follow[one]], [*follow[other]]):
            if pair[0] == pair[1]:
                return True
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return False
