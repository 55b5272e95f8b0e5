"""The parameters of a deployment: what is wrong with those that were given, and what a change set gets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from generator.deploy.stacks import Stack
from generator.errors import GeneratorError

ZIP_PARAMETERS = ("LambdaKey", "MergeKey", "ConfigKey")
"""Where zips are, named by their content: the template's default is what was built with it."""
_OPTIONS = {"ProjectName": "--project", "Environment": "--env", "HelperBucket": "--bucket"}
_SET_BY_FRAMEWORK = {
    **{name: f"{option} says what it is" for name, option in _OPTIONS.items()},
    **dict.fromkeys(ZIP_PARAMETERS, "it is what the build says"),
}


def parameter_problems(template: Mapping[str, Any], given: Mapping[str, str]) -> list[str]:
    """What is wrong with the given ones, one a line."""
    known = template.get("Parameters", {})
    found = []
    for name, value in given.items():
        if name in _SET_BY_FRAMEWORK and name in known:
            found.append(f"--parameter {name}: is not to be given: {_SET_BY_FRAMEWORK[name]}")
        elif name not in known:
            found.append(f"--parameter {name}: no such parameter{_suggestion(name, known)}")
        elif wants := _constraint(known[name], value):
            found.append(f'--parameter {name}: {wants}, and is "{value}"')
    return found


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    there = sorted(known.keys() - _SET_BY_FRAMEWORK)
    by_case = {one.lower(): one for one in there}
    near = difflib.get_close_matches(name.lower(), by_case, 1)
    return f"; did you mean {by_case[near[0]]}? ({', '.join(there)})" if near else f"; there are {', '.join(there)}"


def _constraint(parameter: Mapping[str, Any], value: str) -> str | None:
    """What would be right, where the value is not; a pattern is of the whole value."""
    allowed, pattern = [str(one) for one in parameter.get("AllowedValues", ())], parameter.get("AllowedPattern")
    if allowed and value not in allowed:
        said: str = parameter.get("ConstraintDescription") or f"must be one of {', '.join(allowed)}"
    elif pattern and not re.fullmatch(pattern, value):
        said = parameter.get("ConstraintDescription") or f"must match {pattern}"
    else:
        return None
    return said


def change_set_parameters(
    template: Mapping[str, Any], given: Mapping[str, str], options: Mapping[str, str], stack: Stack | None
) -> list[dict[str, Any]]:
    """What a change set gets; GeneratorError with all that somebody must say. `options` has what is not to be given.

    What is not given stays as the stack has it, or is the template's default.
    """
    before = stack.parameters if stack else {}
    sent: list[dict[str, Any]] = []
    missing = []
    for name, parameter in sorted(template.get("Parameters", {}).items()):
        if (value := options.get(name, given.get(name))) is not None:
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
