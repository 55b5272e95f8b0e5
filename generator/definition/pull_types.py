"""Credentials types and paging styles by name: each is a module whose name may stand as a key in `pull`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

import lambdas.credentials
import lambdas.paging


@cache
def credential_types() -> dict[str, ModuleType]:
    """Return the credentials types by name, in alphabetical order."""
    return _modules(lambdas.credentials)


@cache
def paging_styles() -> dict[str, ModuleType]:
    """Return the paging styles by name, in alphabetical order."""
    return _modules(lambdas.paging)


def _modules(package: ModuleType) -> dict[str, ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
