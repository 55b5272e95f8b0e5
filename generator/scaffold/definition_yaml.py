"""Settings as people write them in a definition: the keys that differ from their defaults, as YAML."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin

import yaml

from generator.definition.dataclass_reader import allows_scalar_for_list, field_types
from lambdas.model import Auth

MAX_LINE = 100
_PLAIN = re.compile(r"[A-Za-z0-9_./*-](?:[A-Za-z0-9 _./()*+'-]*[A-Za-z0-9_./()*'-])?")


def yaml_form(value: Any) -> Any:
    """What would be read as this value."""
    if isinstance(value, Auth):
        name = value.type.__name__.rpartition(".")[2]  # type: ignore[attr-defined]  # a module
        of = getattr(value.settings, "of", None)
        return {name: yaml_form(value.settings if of is None else list(of))}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = [one for one in dataclasses.fields(value) if getattr(value, one.name) != one.default]
        return {one.name: _member(field_types(type(value))[one.name], getattr(value, one.name)) for one in kept}
    if isinstance(value, Mapping):
        return {name: yaml_form(one) for name, one in value.items()}
    return [yaml_form(one) for one in value] if isinstance(value, tuple | list) else value


def _member(hint: Any, value: Any) -> Any:
    alone = get_origin(hint) is tuple and allows_scalar_for_list(get_args(hint)[0]) and len(value) == 1
    return yaml_form(value[0] if alone else value)


def flow(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(name)}: {flow(one)}' for name, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and _is_itself(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def block(value: Any) -> str:
    """A value behind its key, on a line of its own: there, text needs quotes less often."""
    if isinstance(value, str) and value.isprintable() and value == value.strip() and _is_itself(value, "key: "):
        return value
    return flow(value)


def _is_itself(text: str, before: str = "") -> bool:
    try:
        return bool(yaml.safe_load(before + text) == ({"key": text} if before else text))
    except yaml.YAMLError:
        return False


def auth_lines(auth: Mapping[str, Any], indent: int) -> list[str]:
    """The lines below `auth:`; a type with more than a line's worth of settings has one for each key."""
    ((name, settings),) = auth.items()
    before = " " * indent
    if isinstance(settings, list):
        lines = [f"{before}{name}:"]
        for one in settings:
            first, *rest = auth_lines(one, indent + 4)
            lines += [f"{before}  - {first.strip()}", *rest]
        return lines
    whole = f"{before}{name}: {flow(settings)}"
    if len(whole) <= MAX_LINE and not any(isinstance(one, Mapping) for one in settings.values()):
        return [whole]
    return [f"{before}{name}:", *(f"{before}  {key}: {flow(one)}" for key, one in settings.items())]
