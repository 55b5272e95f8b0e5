"""A parameter of a definition can't have the name of anything else in one of the source's templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.commands import main
from tests.definitions import make_definition

TEXT = """
    description: made
    parameters:
      %s: {description: d, pattern: "[a-z.]+", example: issuer.example}
    webhook: {auth: {jwt: {issuer: "https://${%s}", audience: [a]}}}
"""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("AlarmTopicArn", "parameter"),
        ("KeyAdministratorArn", "parameter"),  # of a strict source alone
        ("ConnectionArn", "parameter"),  # of the pipeline alone
        ("api", "resource"),
        ("Pipeline", "resource"),
        ("Claims", "resource"),
    ],
)
def test_a_name_of_our_own_is_refused(name: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_definition(tmp_path, TEXT % (name, name), "acme")
    assert main(["acme", "--lint", "fast", "--sources", str(tmp_path), "--build", str(tmp_path / "b")]) == 1
    assert capsys.readouterr().err == (
        f"error: {tmp_path}/acme/source.yml:4: parameters.{name}: is the name of a {kind} in the "
        "source's templates; choose another\n"
    )
