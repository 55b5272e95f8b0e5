"""Write settings as YAML, as people would: only the keys that differ from their defaults."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin

import yaml

from generator.definition.auth_types import auth_type_name
from generator.definition.filled_text import FilledText
from generator.definition.key_types import allows_scalar_for_list, field_types
from lambdas.model import Auth

MAX_LINE = 100
_PLAIN = re.compile(r"[A-Za-z0-9_./*-](?:[A-Za-z0-9 _./()*+'-]*[A-Za-z0-9_./()*'-])?")


def yaml_form(value: Any) -> Any:
    """Return the plain values that a definition would have for a value of the model."""
    if isinstance(value, FilledText):
        return value.written
    if isinstance(value, Auth):
        parts = getattr(value.settings, "of", None)
        return {auth_type_name(value): yaml_form(value.settings if parts is None else list(parts))}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = [field for field in dataclasses.fields(value) if getattr(value, field.name) != field.default]
        types = field_types(type(value))
        return {field.name: _member(types[field.name], getattr(value, field.name)) for field in changed}
    if isinstance(value, Mapping):
        return {name: yaml_form(member) for name, member in value.items()}
    return [yaml_form(member) for member in value] if isinstance(value, tuple | list) else value


def _member(hint: Any, value: Any) -> Any:
    is_scalar = get_origin(hint) is tuple and allows_scalar_for_list(get_args(hint)[0]) and len(value) == 1
    return yaml_form(value[0] if is_scalar else value)


def flow(value: Any) -> str:
    """Return a value on one line of YAML."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(name)}: {flow(member)}' for name, member in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and _reads_back(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def block(value: Any) -> str:
    """Return a value for the line of its key, where text needs quotes less often."""
    if isinstance(value, str) and value.isprintable() and value == value.strip() and _reads_back(value, "key: "):
        return value
    return flow(value)


def _reads_back(text: str, before: str = "") -> bool:
    try:
        return bool(yaml.safe_load(before + text) == ({"key": text} if before else text))
    except yaml.YAMLError:
        return False


def auth_lines(auth: Mapping[str, Any], indent: int) -> list[str]:
    """Return the lines below `auth:`: a line for a type, or for each of its keys where that line is too long."""
    ((name, settings),) = auth.items()
    before = " " * indent
    if isinstance(settings, list):
        lines = [f"{before}{name}:"]
        for part in settings:
            first, *rest = auth_lines(part, indent + 4)
            lines += [f"{before}  - {first.strip()}", *rest]
        return lines
    line = f"{before}{name}: {flow(settings)}"
    if len(line) <= MAX_LINE and not any(isinstance(value, Mapping) for value in settings.values()):
        return [line]
    return [f"{before}{name}:", *(f"{before}  {key}: {flow(value)}" for key, value in settings.items())]
