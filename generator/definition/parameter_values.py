"""Put values of a deployment in the place of the examples of parameters, and check them by the rules of a build."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from generator.definition.cross_checks import cross_problems
from generator.definition.filled_text import FilledText
from generator.definition.key_types import TYPED, key_name, type_name
from generator.definition.parameter_patterns import MAX_VALUE
from generator.definition.read import Definition
from generator.definition.suggestions import suggestion
from generator.definition.text_values import TEXT_CHECKS, InvalidScalar
from generator.errors import DefinitionError, GeneratorError, Problem
from lambdas.model import Source
from lambdas.model_deployment import Parameter
from lambdas.model_pull import Pull
from lambdas.model_request_types import RequestPath, UrlOrigin

_URLS = (UrlOrigin, RequestPath)


def constraint(parameter: Parameter) -> str:
    """Return what a value must be, in the words that stand after "must be"."""
    return f"such as {parameter.example}; as a regular expression: {parameter.pattern}"


def examples(source: Source) -> dict[str, str]:
    """Return the examples of a source's parameters by name."""
    return {name: parameter.example for name, parameter in (source.parameters or {}).items()}


def parameter_options(source: Source) -> str:
    """Return the options of a command that deploys the source for the first time, with a blank before each."""
    return "".join(f" --parameter {name}=VALUE" for name in source.parameters or ())


def with_values(definition: Definition, values: Mapping[str, str]) -> Definition:
    """Return the definition with these values in the place of its examples.

    GeneratorError with every value that does not fit its pattern; DefinitionError where one breaks a rule of a build.
    """
    if mistakes := list(_value_mistakes(definition.source, values)):
        raise GeneratorError("\n".join(mistakes))
    if not values:
        return definition
    all_values = {**examples(definition.source), **values}
    source = refilled(definition.source, all_values)
    given = " and ".join(f"{name}={value}" for name, value in values.items())
    if problems := [
        replace(problem, message=f"{problem.message} (with {given})") for problem in _rule_problems(definition, source)
    ]:
        raise DefinitionError(problems)
    alone = definition.without_defaults
    return replace(definition, source=source, without_defaults=refilled(alone, all_values) if alone else None)


def as_deployed(definition: Definition, values: Mapping[str, str]) -> Source:
    """Return the source with the values of a deployment; GeneratorError where one is missing, or does not fit."""
    parameters = definition.source.parameters or {}
    if missing := [name for name in parameters if name not in values]:
        lines = [f"--parameter {name}=VALUE is missing: {parameters[name].description}" for name in missing]
        raise GeneratorError("\n".join(lines))
    return with_values(definition, values).source


def _value_mistakes(source: Source, values: Mapping[str, str]) -> Iterator[str]:
    parameters = source.parameters or {}
    known = {str(name): parameter for name, parameter in parameters.items()}
    for name, value in values.items():
        if not known:
            yield f"--parameter {name}: {source.name} has no parameters"
        elif name not in known:
            yield f"--parameter {name}: no such parameter{suggestion(name, known)}"
        elif not re.fullmatch(known[name].pattern, value) or len(value) > MAX_VALUE:
            yield f'--parameter {name}: must be {constraint(known[name])}, and is "{value}"'


def _rule_problems(definition: Definition, source: Source) -> Iterator[Problem]:
    """Yield where a source with the values of a deployment breaks a rule."""
    for key, text in filled_texts(source):
        try:
            TEXT_CHECKS.get(text.hint, str)(text)
        except InvalidScalar as invalid:
            yield Problem(*definition.location(key), key, str(invalid))
    yield from cross_problems(source, definition.locations)


def filled_texts(value: Any, key: str = "") -> Iterator[tuple[str, FilledText]]:
    """Yield each value in which parameters stand, with its dotted key."""
    if isinstance(value, FilledText):
        yield key, value
    elif type(value) in TYPED:  # its settings stand below the type's name
        below = f"{key}.{type_name(value)}"
        yield from filled_texts(getattr(value.settings, "of", value.settings), below)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from filled_texts(getattr(value, field.name), f"{key}.{key_name(field)}" if key else key_name(field))
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from filled_texts(member, f"{key}.{name}")
    elif isinstance(value, tuple | list):
        for index, member in enumerate(value):
            yield from filled_texts(member, f"{key}[{index}]")


def refilled(value: Any, values: Mapping[str, str]) -> Any:
    """Return a part of a definition with other values of its parameters; the same object where it has none."""
    return _with_texts(value, lambda text: FilledText(text.pieces, text.hint, values))


def as_written(source: Source) -> Source:
    """Return the source with `${Name}` in its texts, as its definition has it, for people to read."""
    written: Source = _with_texts(source, lambda text: text.written)
    return written


def deployed_url(pull: Pull, values: Mapping[str, str]) -> str:
    """Return where a stack with these values asks, for people to read; a value that it lacks stays `${Name}`."""
    names = pull.url.names if isinstance(pull.url, FilledText) else ()
    return str(refilled(pull.url, {name: values.get(name, f"${{{name}}}") for name in names}))


def changed_urls(before: Pull, after: Pull) -> dict[str, str]:
    """Return the URL of an API and its paths, as they are with other values, by how they are before; the longest first.

    Answers have them in links.
    """
    pairs = zip(filled_texts(before), filled_texts(after), strict=True)
    urls = {str(old): str(new) for (_, old), (_, new) in pairs if old.hint in _URLS and old != new}
    return dict(sorted(urls.items(), key=lambda pair: len(pair[0]), reverse=True))


def _with_texts(value: Any, refill: Callable[[FilledText], str]) -> Any:
    if isinstance(value, FilledText):
        return refill(value)
    if not any(True for _ in filled_texts(value)):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _with_texts(getattr(value, field.name), refill) for field in dataclasses.fields(value)}
        return replace(value, **fields)
    if isinstance(value, Mapping):
        return {name: _with_texts(member, refill) for name, member in value.items()}
    return type(value)(_with_texts(member, refill) for member in value)
