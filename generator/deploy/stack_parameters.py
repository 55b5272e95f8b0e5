"""The parameters of a stack: mistakes in those of `--parameter`, and the list for a change set."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from generator.deploy.stacks import Stack
from generator.errors import GeneratorError, existing

ZIP_PARAMETERS = ("LambdaKey", "MergeKey", "ConfigKey")
"""Keys of zips, named by their content: the template's default is the zip that was built with it."""
_OPTIONS = {"ProjectName": "--project", "Environment": "--env", "HelperBucket": "--bucket"}
_SET_BY_FRAMEWORK = {
    **{name: f"{option} says what it is" for name, option in _OPTIONS.items()},
    **dict.fromkeys(ZIP_PARAMETERS, "it is what the build says"),
}


def parameter_problems(template: Mapping[str, Any], chosen: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the chosen parameters, one line each."""
    known = template.get("Parameters", {})
    problems = []
    for name, value in chosen.items():
        if name in _SET_BY_FRAMEWORK and name in known:
            problems.append(f"--parameter {name}: is not to be given: {_SET_BY_FRAMEWORK[name]}")
        elif name not in known:
            problems.append(f"--parameter {name}: no such parameter{_suggestion(name, known)}")
        elif constraint := _constraint(known[name], value):
            problems.append(f'--parameter {name}: {constraint}, and is "{value}"')
    return problems


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    choices = sorted(known.keys() - _SET_BY_FRAMEWORK)
    by_lower_case = {choice.lower(): choice for choice in choices}
    closest = difflib.get_close_matches(name.lower(), by_lower_case, 1)
    listed = ", ".join(choices)
    return f"; did you mean {by_lower_case[closest[0]]}? ({listed})" if closest else f"; {existing(choices)}"


def _constraint(parameter: Mapping[str, Any], value: str) -> str | None:
    """Return the constraint that the value violates, or None; a pattern must match the whole value."""
    allowed, pattern = [str(choice) for choice in parameter.get("AllowedValues", ())], parameter.get("AllowedPattern")
    if allowed and value not in allowed:
        description: str = parameter.get("ConstraintDescription") or f"must be one of {', '.join(allowed)}"
    elif pattern and not re.fullmatch(pattern, value):
        description = parameter.get("ConstraintDescription") or f"must match {pattern}"
    else:
        return None
    return description


def change_set_parameters(
    template: Mapping[str, Any], chosen: Mapping[str, str], fixed: Mapping[str, str], stack: Stack | None
) -> list[dict[str, Any]]:
    """Return the parameters of a change set; GeneratorError with all that are missing. `fixed` overrides `chosen`.

    A parameter without a value stays as the stack has it, or is the template's default.
    """
    before = stack.parameters if stack else {}
    sent: list[dict[str, Any]] = []
    missing = []
    for name, parameter in sorted(template.get("Parameters", {}).items()):
        if (value := fixed.get(name, chosen.get(name))) is not None:
            sent.append({"ParameterKey": name, "ParameterValue": value})
        elif name in ZIP_PARAMETERS and "Default" in parameter:
            continue
        elif name in before:
            sent.append({"ParameterKey": name, "UsePreviousValue": True})
        elif "Default" not in parameter:
            missing.append(f"--parameter {name}=VALUE is missing: {parameter.get('Description', 'it has no default')}")
    if missing:
        raise GeneratorError("\n".join(missing))
    return sent
