"""What our templates say of the checks that they do not pass; whether that is so, `tox -e security` sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generator.templates import event_source, pipeline, scanner_exceptions
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import template_text
from tests.definitions import ROOT, every_definition

KEYS = ZipKeys("code/0.zip", "code/1.zip")
SOURCES_AND_CASES = [definition.source for definition in every_definition()]


def resources() -> Iterator[dict[str, Any]]:
    for source in SOURCES_AND_CASES:
        yield from json.loads(template_text(event_source.build(source, "code/0.zip")))["Resources"].values()
        yield from json.loads(template_text(pipeline.build(source, KEYS)))["Resources"].values()


def test_a_resource_says_itself_what_it_does_not_pass_and_why() -> None:
    for resource in resources():
        metadata, checks = resource.pop("Metadata", {}), dict(scanner_exceptions.exceptions_for(resource))
        skipped = {row["id"]: row["comment"] for row in metadata.get("checkov", {}).get("skip", ())}
        suppressed = set(metadata.get("guard", {}).get("SuppressedRules", ()))
        assert skipped == {check: why for check, why in checks.items() if check.startswith("CKV")}
        assert suppressed == {check for check in checks if check not in skipped and check.isupper()}


def test_each_reason_is_that_of_some_resource_and_no_check_has_two_of_one_type() -> None:
    existing_resources = list(resources())
    for exception in scanner_exceptions.SCANNER_EXCEPTIONS:
        assert [
            each
            for each in existing_resources
            if each["Type"] == exception.resource_type and exception.applies(each.get("Properties", {}))
        ], exception
    checks = [
        (exception.resource_type, check)
        for exception in scanner_exceptions.SCANNER_EXCEPTIONS
        for check in exception.checks
    ]
    assert len(checks) == len(set(checks))


def test_a_resource_keeps_what_else_its_metadata_says() -> None:
    metadata = json.loads(template_text(pipeline.build(SOURCES_AND_CASES[0], KEYS)))["Resources"]["ExecutionRole"][
        "Metadata"
    ]
    assert set(metadata) == {"cfn-lint", "guard"}


def test_the_documentation_has_each_check_with_its_reason() -> None:
    lines = (ROOT / "docs" / "reference" / "scanners.md").read_text(encoding="utf-8").splitlines()
    rows = [
        f"| {', '.join(f'`{check}`' for check in exception.checks)} | "
        f"{exception.resource_type.partition('::')[2]} | {exception.reason} |"
        for exception in scanner_exceptions.SCANNER_EXCEPTIONS
    ]
    start = lines.index("| check | on | why we live with it |") + 2
    listed = [line for line in lines[start:] if line.startswith("|")]
    assert listed == rows, "\n".join(rows)
