"""What every auth type has, so that one is a file and nothing else."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from generator.definition import auth_types
from generator.reference import descriptions
from lambdas.auth import AuthType
from lambdas.model import SecretName

EVERY = pytest.mark.parametrize(("name", "module"), auth_types().items(), ids=auth_types())
FUNCTIONS = {name: one for name, one in vars(AuthType).items() if inspect.isfunction(one) and not name.startswith("_")}


@EVERY
def test_it_has_every_function_of_the_protocol_with_its_parameters(name: str, module: object) -> None:
    for wanted, function in FUNCTIONS.items():
        parameters = list(inspect.signature(function).parameters)[1:]
        found = [one.lstrip("_") for one in inspect.signature(getattr(module, wanted)).parameters]
        assert found == parameters, f"{name}.{wanted}"


@EVERY
def test_its_settings_are_frozen_described_and_name_a_secret(name: str, module: object) -> None:
    settings = module.Settings  # type: ignore[attr-defined]
    assert settings.__dataclass_params__.frozen
    assert inspect.signature(settings).parameters["secret"].default == SecretName("auth_token")
    assert set(descriptions(settings)) == {field.name for field in dataclasses.fields(settings)}, name
