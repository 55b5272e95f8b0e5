"""What a build in the cloud installs is what CI tests with, and nothing can be put in its place."""

from __future__ import annotations

import re
import tomllib

from generator.packaging.wheels import pinned_wheels
from tests.definitions import ROOT

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\\n]+)", re.MULTILINE)


def pinned(name: str) -> dict[str, str]:
    pins = _PINNED.findall((ROOT / name).read_text(encoding="utf-8"))
    return {package.lower().replace("_", "-"): version for package, version in pins}


def test_every_package_has_its_hashes() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) == len(pinned("requirements.txt"))
    for entry in entries:
        assert "--hash=sha256:" in entry, entry


def test_versions_are_those_of_the_constraints() -> None:
    constraints = pinned("constraints.txt")
    for package, version in pinned("requirements.txt").items():
        assert constraints[package] == version, package


def test_requirements_have_all_that_the_framework_and_a_configurations_tests_need() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"], *project["optional-dependencies"]["pipeline"]]
    names = {re.split(r"[<>=!~]", requirement)[0].lower() for requirement in requirements}
    assert names <= set(pinned("requirements.txt"))


def test_packages_functions_import_in_aws_are_those_they_are_tested_with() -> None:
    constraints = pinned("constraints.txt")
    assert {package.lower(): constraints[package.lower()] for package in pinned_wheels()} == {
        package.lower(): version for package, (version, _) in pinned_wheels().items()
    }
