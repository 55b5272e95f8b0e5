"""Packages of the npm registry: where npm is missing, tests that need it are never skipped in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.samples.npm import installed


@pytest.mark.parametrize(("in_ci", "outcome"), [(True, pytest.fail.Exception), (False, pytest.skip.Exception)])
def test_a_missing_npm_fails_in_ci_and_skips_elsewhere(
    in_ci: bool, outcome: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    if in_ci:
        monkeypatch.setenv("CI", "true")
    with pytest.raises(outcome, match=r"^npm is missing: "):
        installed(tmp_path)
