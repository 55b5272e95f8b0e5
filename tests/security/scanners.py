"""Two scanners of templates: checkov, and AWS's public Guard rules through cloudformation-validate.

They are installed beside the framework, since checkov needs an old boto3: the folder of their virtual environment is in
SCANNERS, as `tox -e security` and .ci/run have it. A finding is the name of a check and the logical id of a resource.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cloudformation_validate import (
    CompositeEngine,
    CompositeEngineConfig,
    ExternalRuleSource,
    RuleOrigin,
    TemplateContent,
)

Findings = set[tuple[str, str]]

_TYPE = re.compile(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+")


def folder() -> Path:
    """Where they are installed."""
    return Path(os.environ["SCANNERS"])


def checkov(templates: Mapping[str, str], work: Path) -> dict[str, Findings]:
    """What checkov finds in templates by their names; one process for all, since it takes seconds to start."""
    for name, text in templates.items():
        (work / f"{name}.json").write_text(text, encoding="utf-8")
    command = [folder() / "bin" / "checkov", "--framework", "cloudformation", "--directory", work, "--output", "json"]
    # Offline: its own list of what a check is called is enough, and nothing is told to anybody.
    ran = subprocess.run([*command, "--skip-download", "--compact"], capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    report = json.loads(ran.stdout)
    assert report["summary"]["parsing_errors"] == 0
    findings: dict[str, Findings] = {name: set() for name in templates}
    seen = set()
    for kind in ("passed_checks", "failed_checks", "skipped_checks"):
        for row in report["results"][kind]:
            name = Path(row["file_path"]).stem
            seen.add(name)
            if kind == "failed_checks":
                findings[name].add((row["check_id"], row["resource"].rpartition(".")[2]))
    assert seen == set(templates)
    return findings


def guard(templates: Mapping[str, str]) -> dict[str, Findings]:
    """What the Guard rules find in templates by their names."""
    types = {entry["Type"] for text in templates.values() for entry in json.loads(text)["Resources"].values()}
    rules = [rule for rule in _rules() if types & set(_TYPE.findall(rule.content))]
    engine = CompositeEngine(CompositeEngineConfig(guard_rules=rules))
    return {
        name: set(_found(engine.validate_template(TemplateContent(text, name)))) for name, text in templates.items()
    }


def _found(report: Any) -> Iterator[tuple[str, str]]:
    for entry in report.diagnostics:
        if entry.source == RuleOrigin.GUARD:
            yield entry.rule_id, entry.entity.logical_id if entry.entity else "the template"


def _rules() -> Iterator[ExternalRuleSource]:
    """Those of the registry for S3 and IAM, as AWS's server for assistants has them, and Control Tower's of the CDK.

    https://github.com/awslabs/mcp/tree/main/src/aws-iac-mcp-server
    https://github.com/cdklabs/cdk-validator-cfnguard
    """
    (packages,) = folder().glob("lib/python*/site-packages")
    registry = packages / "awslabs" / "aws_iac_mcp_server" / "data" / "default_guard_rules.guard"
    yield ExternalRuleSource(name="registry", content=registry.read_text(encoding="utf-8"))
    (packed,) = (packages / "cdklabs" / "cdk_validator_cfnguard" / "_jsii").glob("*.tgz")
    with tarfile.open(packed) as archive:
        for member in archive:
            if member.name.endswith(".guard") and (file := archive.extractfile(member)):
                yield ExternalRuleSource(name=Path(member.name).stem, content=file.read().decode())
