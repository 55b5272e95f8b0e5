"""Check `pull.errors`: rules that never apply, and rules that take a page of events for an error."""

from __future__ import annotations

from collections.abc import Sequence

from generator.definition.path_checks import Mistakes
from lambdas.model_pull import ErrorRule

_SAY = ("stop", "skip_stream")


def error_rule_mistakes(rules: Sequence[ErrorRule]) -> Mistakes:
    """Yield what is wrong with the rules for answers that are no page."""
    for index, rule in enumerate(rules):
        key = f"pull.errors[{index}]"
        if rule.status is None and rule.when is None:
            yield key, "needs `status` or `when`, which say of which answers it is"
        if rule.status is not None and not 200 <= rule.status <= 599:
            yield f"{key}.status", "must be 200 to 599"
        elif rule.status == 200 and rule.when is None:
            yield (
                f"{key}.status",
                f"{rule.status} is what a page has too; add `when`, or each page is taken for an error",
            )
        if rule.do in _SAY and not rule.say.strip():
            yield f"{key}.say", f"is missing: with `do: {rule.do}`, people must know what is wrong and who can mend it"
        earlier = next((number for number, other in enumerate(rules[:index]) if _covers(other, rule)), None)
        if earlier is not None:
            yield key, f"never applies, since errors[{earlier}] fits all that it fits; put it before that, or remove it"


def _covers(earlier: ErrorRule, later: ErrorRule) -> bool:
    """Return whether the first rule fits each answer that the second one fits."""
    if earlier.status is None and earlier.when is None:
        return False
    return earlier.status in (None, later.status) and earlier.when in (None, later.when)
