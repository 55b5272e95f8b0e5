"""What the type hints of the dataclasses say: which keys a definition may have, and what each may hold."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from generator.definition.auth_types import auth_types
from generator.definition.pull_types import credential_types, paging_styles
from lambdas import model, model_deployment, model_facts, model_pull, model_types
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import Url


def _field_types(cls: Any) -> dict[str, Any]:
    """Return the fields' types, also of what the functions do not import.

    `Request` and `Functions` are only in types of functions, which no YAML holds.
    """
    unread = dict.fromkeys(("Request", "Functions", "AuthType", "CredentialType", "PagingStyle"), Any)
    late = {"Pull": model_pull.Pull, "KeyEncoding": KeyEncoding, "Url": Url}
    return get_type_hints(cls, localns={**vars(model_deployment), **unread, **late})


field_types: Callable[[Any], dict[str, Any]] = cache(_field_types)


def key_names(cls: type[Any]) -> list[str]:
    """Return the keys that a definition may have for a dataclass."""
    return [key_name(field) for field in dataclasses.fields(cls) if (cls, field.name) not in _NOT_KEYS]


def key_name(field: dataclasses.Field[Any]) -> str:
    """Return the key of a field: `for` and `while` are words of Python's, so their fields are `for_` and `while_`."""
    return field.name.removesuffix("_")


def key_types(cls: type[Any]) -> dict[str, Any]:
    """Return the types of a dataclass's keys."""
    return {name.removesuffix("_"): hint for name, hint in field_types(cls).items()}


def allows_scalar_for_list(hint: Any) -> bool:
    """Return whether a list of this type with a single item may be written without brackets."""
    return get_origin(hint) is Literal or hint is model_types.Header


def dataclass_of(hint: Any) -> type[Any] | None:
    """Return the dataclass that a type is, or is a list, a mapping or an optional one of."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return hint
    return next(filter(None, map(dataclass_of, get_args(hint))), None)


def has_required(cls: type[Any]) -> bool:
    """Return whether a dataclass has a key without a default."""
    return any(field.default is dataclasses.MISSING for field in dataclasses.fields(cls))


def is_optional_dataclass(hint: Any) -> bool:
    """Return whether a type is a dataclass whose keys all have defaults."""
    return isinstance(hint, type) and dataclasses.is_dataclass(hint) and not has_required(hint)


class Typed(NamedTuple):
    """A mapping with one key, the name of a module, which says what settings stand below it."""

    noun: str
    modules: Callable[[], Mapping[str, types.ModuleType]]


TYPED: dict[Any, Typed] = {
    model.Auth: Typed("auth type", auth_types),
    model_pull.Credentials: Typed("credentials type", credential_types),
    model_pull.Paging: Typed("paging style", paging_styles),
}


def type_name(value: Any) -> str:
    """Return the key of an auth type, of credentials or of a paging style, such as `hmac`."""
    return str(value.type.__name__ if hasattr(value, "type") else value.style.__name__).rpartition(".")[2]


DEFAULT_WORDS: dict[Any, str] = {model.Destination: "sqs"}
"""The word that may stand in place of a dataclass's keys, and means all of their defaults."""
CHOICES: dict[Any, tuple[str, ...]] = {
    model_facts.Severity: model_facts.SEVERITY_WORDS,
    model_facts.Kind: model_facts.KINDS,
    model_facts.Outcome: model_facts.OUTCOMES,
}
_NOT_KEYS = {(model.Source, "transform"), (model.Source, "check"), (model.Source, "name"), (model.Source, "bases")}
