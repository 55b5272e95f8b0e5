"""The random secrets of a source that runs on this machine, after its definition has changed; the store is a fake."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.samples.vendor import PRIVATE_KEY_SUFFIX, replace_unfit_secrets, store_random_secrets
from lambdas.model import Source
from tests.definitions import make_definition

FIRST, SECOND = "/p/made/dev/auth_token", "/p/made/dev/second"
TOKEN = "token: {header: x-token}"
HMAC = "hmac: {signature: {header: x-signature}}"
ECDSA = "ecdsa: {signature: {header: x-signature}}"


class Ssm:
    """Parameter Store."""

    def __init__(self) -> None:
        self.stored: dict[str, str] = {}

    def put_parameter(self, Name: str, Value: str, Type: str) -> None:  # noqa: N803
        assert Type == "SecureString"
        assert Name not in self.stored
        self.stored[Name] = Value

    def get_parameters(self, Names: Sequence[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803
        assert WithDecryption
        return {"Parameters": [{"Name": name, "Value": self.stored[name]} for name in Names if name in self.stored]}

    def delete_parameters(self, Names: Sequence[str]) -> None:  # noqa: N803
        for name in Names:
            self.stored.pop(name, None)


@pytest.fixture
def ssm() -> Ssm:
    return Ssm()


def source(folder: Path, auth: str) -> Source:
    return make_definition(folder, f"description: made\nwebhook:\n  auth:\n    {auth}\n").source


@pytest.mark.parametrize("auth", [HMAC, TOKEN, ECDSA])
def test_a_secret_that_is_of_use_stays(ssm: Ssm, tmp_path: Path, auth: str) -> None:
    store_random_secrets(source(tmp_path, auth), ssm, "p", "dev")
    before = dict(ssm.stored)
    assert replace_unfit_secrets(source(tmp_path, auth), ssm, "p", "dev") == []
    assert ssm.stored == before


def test_another_type_that_can_use_the_secret_has_the_same(ssm: Ssm, tmp_path: Path) -> None:
    store_random_secrets(source(tmp_path, TOKEN), ssm, "p", "dev")
    before = dict(ssm.stored)
    assert replace_unfit_secrets(source(tmp_path, HMAC), ssm, "p", "dev") == []
    assert ssm.stored == before


def test_a_type_with_a_pair_of_keys_and_one_without_replace_each_others(ssm: Ssm, tmp_path: Path) -> None:
    store_random_secrets(source(tmp_path, TOKEN), ssm, "p", "dev")
    assert replace_unfit_secrets(source(tmp_path, ECDSA), ssm, "p", "dev") == ["auth_token"]
    assert ssm.stored.keys() == {FIRST, FIRST + PRIVATE_KEY_SUFFIX}
    public = ssm.stored[FIRST]
    assert replace_unfit_secrets(source(tmp_path, TOKEN), ssm, "p", "dev") == ["auth_token"]
    assert ssm.stored.keys() == {FIRST}
    assert ssm.stored[FIRST] != public


def test_a_secret_that_the_type_refuses_is_replaced(ssm: Ssm, tmp_path: Path) -> None:
    store_random_secrets(source(tmp_path, TOKEN), ssm, "p", "dev")
    assert replace_unfit_secrets(source(tmp_path, "basic: {}"), ssm, "p", "dev") == ["auth_token"]
    assert ssm.stored[FIRST].startswith("mozdef:")


def test_a_secret_that_is_new_in_the_definition_is_stored_beside_the_others(ssm: Ssm, tmp_path: Path) -> None:
    store_random_secrets(source(tmp_path, TOKEN), ssm, "p", "dev")
    before = dict(ssm.stored)
    both = f"any_of: [{{{TOKEN}}}, {{token: {{header: x-other, secret: second}}}}]"
    assert replace_unfit_secrets(source(tmp_path, both), ssm, "p", "dev") == ["second"]
    assert ssm.stored == {**before, SECOND: ssm.stored[SECOND]}
