"""Find patterns that can take exponentially long to fail on a text, as `(a+)+$` does.

`re` tries each way in turn. Where a repeated part matches the same text in two ways, n repetitions have 2^n ways.
So a pattern becomes an automaton whose states are its characters. It is exponential where one text leads from a state
back to it in two ways (Weber and Seidl, https://doi.org/10.1016/0304-3975(91)90381-B). States from which the pattern
may end at once don't count: there, `re` is content with the first way.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

from generator.definition.schemas.automaton import Automaton

MAX_STATES = 1_000
"""Repeated characters of a pattern; more would take too long for a build."""


def is_exponential(pattern: str) -> bool | None:
    """Return whether the pattern is exponential; None where it is too long to tell."""
    # The parser of `re`: private, and the same since Python 3.11.
    parser: Any = importlib.import_module("re._parser")
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
    """Yield the sets of states that lead to each other, without those from which the pattern may end."""
    inner = sorted(automaton.repeated - automaton.ends)
    bit = {state: 1 << number for number, state in enumerate(inner)}
    reachable = {state: sum(bit.get(other, 0) for other in automaton.follow[state]) for state in inner}
    for middle in inner:
        for state in inner:
            if reachable[state] & bit[middle]:
                reachable[state] |= reachable[middle]
    remaining = {state for state in inner if reachable[state] & bit[state]}
    while remaining:
        first = min(remaining)
        loop = {state for state in remaining if reachable[first] & bit[state] and reachable[state] & bit[first]}
        remaining -= loop
        yield loop


def _leads_back_twice(automaton: Automaton, loop: set[int]) -> bool:
    """Return whether two ways through the loop separate and meet again at the same text."""
    follow = {
        state: {target: ways for target, ways in automaton.follow[state].items() if target in loop} for state in loop
    }
    if any(ways > 1 for followed in follow.values() for ways in followed.values()):
        return True

    def steps(first: Sequence[int], second: Sequence[int]) -> Iterator[tuple[int, int]]:
        for a, b in product(first, second):
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
        first, second = waiting.pop()
        for pair in steps([*follow[first]], [*follow[second]]):
            if pair[0] == pair[1]:
                return True
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return False
