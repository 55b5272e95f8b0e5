"""The auth types by name: one module in `lambdas/auth/` for each key that may stand below `auth`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

import lambdas.auth
from lambdas.model import Auth


@cache
def auth_types() -> dict[str, ModuleType]:
    """Return the auth types by name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(lambdas.auth.__path__))
    return {name: importlib.import_module(f"lambdas.auth.{name}") for name in names}


def auth_type_name(auth: Auth) -> str:
    """Return the key of an auth type in a definition, such as `hmac`."""
    return auth.type.__name__.rpartition(".")[2]  # type: ignore[attr-defined,no-any-return]  # a module
