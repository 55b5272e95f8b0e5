"""The values of parameters: a function starts with those that match their patterns, and with no others."""

from __future__ import annotations

import pytest

from lambdas.runtime.parameters import UnfitParameter, read_parameters

DOMAIN = {"OktaDomain": r"[a-z0-9-]+\.okta\.com"}


def test_a_value_is_taken_from_the_environment() -> None:
    environment = {"PARAMETER_OktaDomain": "corp.okta.com", "PARAMETER_Other": "x"}
    assert read_parameters(DOMAIN, environment) == {"OktaDomain": "corp.okta.com"}


@pytest.mark.parametrize(
    "value", ["corp.okta.com\n", " corp.okta.com", "corp.okta.com.evil.example", "evil.example/corp.okta.com"]
)
def test_a_value_must_match_as_a_whole_and_is_not_shown(value: str) -> None:
    with pytest.raises(UnfitParameter) as raised:
        read_parameters(DOMAIN, {"PARAMETER_OktaDomain": value})
    assert str(raised.value) == (
        r"PARAMETER_OktaDomain does not match [a-z0-9-]+\.okta\.com: deploy with --parameter OktaDomain=VALUE"
    )


@pytest.mark.parametrize("environment", [{}, {"PARAMETER_OktaDomain": ""}])
def test_a_missing_value_is_said(environment: dict[str, str]) -> None:
    with pytest.raises(UnfitParameter) as raised:
        read_parameters(DOMAIN, environment)
    assert str(raised.value) == (
        r"PARAMETER_OktaDomain is missing, and must match [a-z0-9-]+\.okta\.com: "
        "deploy with --parameter OktaDomain=VALUE"
    )
