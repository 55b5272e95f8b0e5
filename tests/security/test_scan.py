"""Every template through public scanners: scanner_exceptions.py has what they find, no more and no less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.templates import scanner_exceptions
from generator.templates.scanner_exceptions import ScannerException
from tests.security import scanners
from tests.security.scanners import Findings
from tests.shapes import template_shapes

Templates = dict[str, str]
# One that verifies in the handler, and one with an authorizer.
SAMPLE = ("sources-zoom-event-source", "sources-okta-event-source")


def _bare(text: str) -> str:
    """A template that says nothing of what is accepted, so that all is found."""
    template = json.loads(text)
    for resource in template["Resources"].values():
        resource.pop("Metadata", None)
    return json.dumps(template)


@pytest.fixture(scope="module")
def templates() -> Templates:
    """Of both templates of every source and case: one of each shape."""
    return {name.replace("/", "-").removesuffix(".json"): text for name, text in template_shapes().items()}


def _scanned(templates: Templates, work: Path) -> dict[str, Findings]:
    findings, ruled = scanners.checkov(templates, work), scanners.guard(templates)
    return {name: findings[name] | ruled[name] for name in templates}


@pytest.fixture(scope="module")
def findings(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Findings]:
    return _scanned({name: _bare(text) for name, text in templates.items()}, tmp_path_factory.mktemp("bare"))


def _accepted(text: str) -> Findings:
    resources: dict[str, Any] = json.loads(text)["Resources"]
    return {
        (check, title) for title, entry in resources.items() for check, _ in scanner_exceptions.exceptions_for(entry)
    }


def _differences(templates: Templates, findings: dict[str, Findings]) -> list[str]:
    differences = []
    for name, text in templates.items():
        differences += [f"{name}: {title}: {check} has no reason" for check, title in findings[name] - _accepted(text)]
        differences += [
            f"{name}: {title}: {check} is found no longer" for check, title in _accepted(text) - findings[name]
        ]
    return sorted(differences)


def test_what_is_found_has_a_reason_and_what_has_a_reason_is_found(
    templates: Templates, findings: dict[str, Findings]
) -> None:
    assert _differences(templates, findings) == []


def test_scanners_that_read_metadata_find_nothing_more_than_rules_that_read_none(
    templates: Templates, tmp_path: Path
) -> None:
    pipeline = next(name for name in templates if name.endswith("-pipeline"))
    for name, findings in _scanned({name: templates[name] for name in (*SAMPLE, pipeline)}, tmp_path).items():
        assert {check for check, _ in findings if not check.islower()} == set(), name


def test_a_check_without_a_reason_and_a_reason_without_its_check_are_found(
    templates: Templates, findings: dict[str, Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "sources-zoom-event-source"
    versioned = ScannerException(
        "AWS::S3::Bucket", ("CKV_AWS_21",), lambda _: True, "said of a bucket that has versions"
    )
    without = [entry for entry in scanner_exceptions.SCANNER_EXCEPTIONS if "CKV_AWS_27" not in entry.checks]
    monkeypatch.setattr(scanner_exceptions, "SCANNER_EXCEPTIONS", [*without, versioned])
    assert _differences({name: templates[name]}, findings) == [
        f"{name}: DeadLetters: CKV_AWS_27 has no reason",
        f"{name}: Events: CKV_AWS_27 has no reason",
        f"{name}: Kept: CKV_AWS_21 is found no longer",
    ]
