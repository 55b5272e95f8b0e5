"""The documents say what the software does."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from generator.commands import main, names
from generator.definition.auth_types import auth_types
from generator.definition.jmespath_checks import path_problem
from generator.definition.key_types import CHOICES, type_name
from generator.definition.secret_names import stored_names
from generator.definition.secret_origin import secret_origin
from generator.definition.source_folders import source_names
from generator.reference.facts_table import facts_table, kinds_table, refused_names_table
from generator.reference.json_schema import json_schema
from generator.reference.key_sections import sections
from generator.reference.key_tables import heading, page_of, place_of, tables_at
from generator.reference.source_page import reference_part
from generator.reference.source_table import pulled_table, source_table, vendor_table
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import template_text
from lambdas.model_facts import Kind, Outcome, Severity
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions, compile_path
from tests import iam
from tests.definitions import ROOT, SOURCES, bundled_source, every_definition, make_definition, webhook_definitions
from tests.pages import DEFINITION_PAGES, assert_generated, key_places, load_example, yaml_examples

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
PARAMETERS = (ROOT / "docs" / "reference" / "parameters.md").read_text(encoding="utf-8")
PERMISSIONS = (ROOT / "docs" / "reference" / "permissions.md").read_text(encoding="utf-8")
POLICIES = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in (ROOT / "docs" / "reference" / "permissions").glob("*.json")
}
REASONS = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
METRICS = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sources/*/README.md")]


def test_the_reference_has_every_key(update: bool) -> None:
    places = key_places()
    for key in sections():
        place = place_of(key, places)
        assert place, f"{key} has no place: add `<!-- made by generator/reference/key_tables.py: {key} -->` to a page"
        assert places[place].name == page_of(key), f"{key}: PAGES of key_tables.py says another page"
    headings = [(page_of(key), heading(key)) for key in sections()]
    assert len(set(headings)) == len(headings)
    for key, page in places.items():
        assert_generated(page, f"key_tables.py: {key}", tables_at(key, places), update=update)


def test_no_table_of_the_reference_stands_twice() -> None:
    tables = [tables_at(key, sections()).partition("| key |")[2] for key in sections()]
    assert len(set(filter(None, tables))) == len([*filter(None, tables)])


def test_table_of_a_type_without_a_place_appears_where_all_types_have_theirs() -> None:
    tables = tables_at("webhook.auth", {"webhook", "webhook.auth"})
    assert all(f"\n### `{name}`\n" in tables for name in auth_types())
    assert tables.count("| `future` |") == tables.count("### Signature settings\n") == 1


def schema_keys(schema: dict[str, Any]) -> Iterator[str]:
    """The names of all keys of a definition, by its JSON Schema."""
    for part in schema.values():
        parts = [part] if isinstance(part, dict) else part if isinstance(part, list) else []
        for each in (each for each in parts if isinstance(each, dict)):
            yield from schema_keys(each)
    yield from schema.get("properties", {})


def test_every_key_of_the_schema_is_in_the_reference() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in DEFINITION_PAGES)
    types = {name for kind in json_schema()["definitions"].values() for name in kind["properties"]}
    words = {"of", *CHOICES[Severity], *CHOICES[Kind], *CHOICES[Outcome]}
    keys = set(schema_keys(json_schema())) - words
    assert len(keys) > 100
    assert [key for key in sorted(keys - types) if f"\n| `{key}` |" not in text] == []


def test_every_auth_type_has_a_row_and_an_example(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "reference" / "definition" / "signatures.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| .* \| \[`(\w+)`\]\(#\w+\) \| `(.+)` \|$", text, re.MULTILINE))
    assert set(rows) == set(auth_types())
    for name, example in rows.items():
        auth = load_example(tmp_path, f"webhook: {{auth: {{{example}}}}}").source.endpoint.auth
        assert type_name(auth) == name
        assert re.search(rf"^ +(?:- |auth: {{)?{name}:", "".join(yaml_examples(DEFINITION_PAGES)), re.MULTILINE), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert not target or (page.parent / target).exists(), target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_into_a_page_find_the_heading(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]*)\)", page.read_text(encoding="utf-8")):
        assert anchor in anchors(page.parent / target if target else page), anchor


def test_every_command_and_every_option_named_exists() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    commands = set(re.findall(r"python -m generator (\w[\w-]*)", text))
    # A page may tell how to make a source, and then build it.
    examples = set(re.findall(r"`sources/([\w-]+)/source\.yml`", text))
    assert commands <= {*names(), *source_names(SOURCES), *examples}
    assert set(names()) - {"build"} <= commands


def options(command: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The options that the help of a command lists."""
    assert main([command, "--help"]) == 0
    return set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))


def test_every_option_beside_a_command_is_one_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES).replace("\\\n", " ")
    used: dict[str, set[str]] = {}
    for name, arguments in re.findall(r"python -m generator (\w[\w-]*)([^\n`|#;&]*)", text):
        command = name if name in names() else "build"
        used[command] = used.get(command, set()) | set(re.findall(r" (--[a-z][a-z-]*)", arguments))
    unknown = {command: used[command] - options(command, capsys) for command in used}
    assert {command: missing for command, missing in unknown.items() if missing} == {}


def test_every_stream_named_is_one_of_its_source() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name, stream in re.findall(r"([\w-]+) --stream (\w+)", text):
        if name in source_names(SOURCES):
            pull = bundled_source(name).source.pull
            assert pull
            assert stream in pull.streams, (name, stream)


def test_every_option_of_a_command_is_in_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    for name in names():
        assert main([name, "--help"]) == 0
        shown = set(re.findall(r"(--[a-z-]+)", capsys.readouterr().out)) - {"--help"}
        assert shown <= set(re.findall(r"--[a-z-]+", COMMANDS)), name


def test_definition_in_the_tutorial_is_valid(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorials" / "your-own-vendor.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(# yaml-language-server.*?)```", text, re.DOTALL)
    make_definition(tmp_path, example, "acme")
    (sample,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    (tmp_path / "acme" / "samples").mkdir()
    (tmp_path / "acme" / "samples" / "user.login.json").write_text(sample)
    assert main(["acme", "--sources", str(tmp_path), "--build", str(tmp_path / "b"), "--lint", "fast", "--accept"]) == 0
    stored = (tmp_path / "acme" / "samples" / "user.login.mozdef.json").read_text(encoding="utf-8")
    assert '"summary": "acme: user.login by ann@example.com"' in stored


def test_a_second_tenant_of_the_guide_is_a_source(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "how-to" / "second-tenant.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert make_definition(tmp_path, example, "zoom-emea").source.name == "zoom-emea"


def test_the_readme_is_an_entrance_and_no_page_but_the_reference_is_long() -> None:
    assert len(README.split()) <= 600
    folders = [ROOT / "docs" / name for name in ("tutorials", "how-to", "explanation")]
    pages = [page for folder in folders for page in folder.rglob("*.md")]
    assert {page.parent for page in pages} >= {*folders, *(folder / "decisions" for folder in folders[2:])}
    for page in [*pages, ROOT / "docs" / "index.md", ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"]:
        assert len(page.read_text(encoding="utf-8").split()) <= 1_500, page


@pytest.mark.parametrize("page", DEFINITION_PAGES, ids=lambda page: page.stem)
def test_the_references_examples_work(page: Path, tmp_path: Path) -> None:
    files = dict.fromkeys(("schemas/user.created.json", "schemas/any.json"), "{}")
    files |= dict(zip(files, blocks(page, "json"), strict=False))
    for example in yaml_examples([page]):
        load_example(tmp_path, example, files)


def test_paths_that_surprise_find_what_their_page_says() -> None:
    section = (ROOT / "docs" / "reference" / "definition" / "paths.md").read_text().partition("### Where a path")[2]
    event = json.loads(re.findall(r"`(\{.*\})`", section)[0])
    rows = re.findall(r"^\| (?:`` (.+?) ``|`(.+?)`) \| (?:`(.+?)`|\*refused\*) \| .* \|$", section, re.MULTILINE)
    assert len(rows) == 7
    for double, single, value in rows:
        path = (double or single).replace(r"\|", "|")
        if value:
            assert path_problem(path) is None
            assert compile_path(path)(event, Functions(Intake(event, 0.0))) == json.loads(value), path
        else:
            assert path_problem(path), path


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_the_example_of_facts_fills_an_extra_one(tmp_path: Path) -> None:
    example, *_ = yaml_examples([ROOT / "docs" / "reference" / "definition" / "facts.md"])
    assert load_example(tmp_path, example).source.facts.extra == {"team": "{team.name}"}


def test_the_example_of_transform_works(tmp_path: Path) -> None:
    (code,) = blocks(ROOT / "docs" / "reference" / "definition" / "transform.md", "python")
    transform = load_example(tmp_path, "extends: zoom", {"transform.py": code}).source.transform
    assert transform is not None
    assert transform({"risk": 80}, None) == [{"risk": 80, "severity": "ERROR"}]


def test_the_examples_of_tests_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    (tests,) = blocks(ROOT / "docs" / "reference" / "definition" / "tests.md", "python")
    monkeypatch.chdir(ROOT)
    namespace: dict[str, Any] = {}
    exec(tests, namespace)  # noqa: S102 - as it stands on the page
    for name in [name for name in namespace if name.startswith("test_")]:
        namespace[name]()


def test_definitions_in_the_sources_pages_are_valid(tmp_path: Path) -> None:
    for name in source_names(SOURCES):
        (tmp_path / name).symlink_to(SOURCES / name)
    for name in source_names(SOURCES):
        text = (SOURCES / name / "README.md").read_text(encoding="utf-8")
        examples = [dedent(block) for block in re.findall(r"^ *```yaml\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)]
        for example in (example for example in examples if "extends: " in example):
            make_definition(tmp_path, example, "acme")


def test_every_source_has_a_page_and_three_samples() -> None:
    for name in source_names(SOURCES):
        assert (SOURCES / name / "README.md").exists()
        stored = [json.loads(file.read_text()) for file in (SOURCES / name / "samples").glob("*.mozdef.json")]
        if bundled_source(name).source.pull:  # a stream's sample is a list of events
            stored = [message for messages in stored for message in messages]
        assert len(stored) >= 3


def test_pages_of_a_vendor_that_sends_and_is_asked_lead_to_each_other_and_say_what_comes_twice() -> None:
    pages = {name: (SOURCES / name / "README.md").read_text(encoding="utf-8") for name in source_names(SOURCES)}
    pulled = {name for name in pages if bundled_source(name).source.pull}
    links = {(name, other) for name, text in pages.items() for other in re.findall(r"\]\(\.\./([\w-]+)/", text)}
    pairs = {(name, other) for name, other in links if (name in pulled) != (other in pulled)}
    assert pairs == {(other, name) for name, other in pairs}
    assert {
        (name, name.partition("-")[0]) for name in pulled if name.partition("-")[0] in pages.keys() - pulled
    } <= pairs
    assert [name for name, _ in sorted(pairs) if "twice" not in pages[name]] == []


def test_every_pulled_source_says_who_makes_its_credential_and_who_shares_its_limit() -> None:
    for name in source_names(SOURCES):
        if bundled_source(name).source.pull:
            vendor = bundled_source(name).source.vendor
            assert vendor
            assert "not known" not in (vendor.credential, vendor.limit), name


def test_every_webhook_says_who_makes_its_secret_and_its_page_has_it_typed_where_it_is_the_vendors() -> None:
    for definition in webhook_definitions(SOURCES):
        source = definition.source
        page = (SOURCES / source.name / "README.md").read_text().partition("## Reference")[0]
        is_typed = bool(re.search(r"generator secret [a-z0-9-]+`", page))
        comes_from_vendor = secret_origin(source) in ("they issue it", "their public key")
        assert secret_origin(source) != "not known", source.name
        assert is_typed == (comes_from_vendor and bool(stored_names(source.endpoint))), source.name


def test_tables_of_sources_are_generated_from_the_definitions(update: bool) -> None:
    definitions, page = every_definition(SOURCES), ROOT / "docs" / "reference" / "sources.md"
    tables = {
        "source_table.py: vendors": vendor_table(definitions, "../../sources"),
        "source_table.py": source_table(definitions, "../../sources"),
        "source_table.py: pulled": pulled_table(definitions, "../../sources"),
    }
    for maker, table in tables.items():
        assert_generated(page, maker, table, update=update)


def test_tables_of_facts_are_generated_from_the_definitions(update: bool) -> None:
    definitions, page = every_definition(SOURCES), ROOT / "docs" / "reference" / "facts.md"
    assert_generated(page, "facts_table.py: facts", facts_table(definitions, "../../sources"), update=update)
    assert_generated(page, "facts_table.py: kinds", kinds_table(definitions), update=update)


def test_the_names_that_a_build_refuses_are_on_the_page_of_facts(update: bool) -> None:
    page = ROOT / "docs" / "reference" / "definition" / "facts.md"
    assert_generated(page, "facts_table.py: refused names", refused_names_table(), update=update)


@pytest.mark.parametrize("name", source_names(SOURCES))
def test_reference_of_a_source_is_generated_from_its_definition(name: str, update: bool) -> None:
    sources = {each.source.name: each.source for each in every_definition(SOURCES)}
    part = reference_part(bundled_source(name), sources)
    assert_generated(SOURCES / name / "README.md", "source_page.py", part, update=update)


def test_every_parameter_output_and_reason_is_in_the_documents() -> None:
    template = event_source.build(bundled_source("okta").source, "code/0.zip")
    whole = pipeline.build(bundled_source("okta").source, ZipKeys("code/0.zip", "code/1.zip"))
    for name in [*template.parameters, *template.outputs, *whole.parameters, *whole.outputs]:
        assert f"`{name}`" in PARAMETERS, name
    code = "".join(file.read_text(encoding="utf-8") for file in ROOT.glob("lambdas/**/*.py"))
    for reason in re.findall(r'(?:Rejected\(|Refusal\([^"\n]*)"([a-z-]+)"', code):
        assert f"| `{reason}` |" in REASONS, reason


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/explanation/decisions/*.md")), ids=lambda page: page.stem)
def test_a_decision_says_what_was_decided_what_else_was_considered_and_why(page: Path) -> None:
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [re.split(r"(?<!\\)\|", row.strip("|")) for row in rows]
    assert {len(row) for row in cells} == ({2} if page.stem == "index" else {3})
    assert all(len(cell.strip()) > 1 for row in cells for cell in row)


def test_every_metric_of_a_log_line_is_in_the_documents() -> None:
    files = [file.read_text(encoding="utf-8") for file in ROOT.glob("lambdas/**/*.py")]
    callers = [text for text in files if re.search(r"import .*embedded_metrics", text)]
    metrics = {name for text in callers for name in re.findall(r'"([A-Z][A-Za-z]+)": ', text)}
    assert {"Rejected", "Requests", "Unclaimed"} <= metrics
    listed = re.findall(r"^\| `(\w+)` \|", METRICS.partition("## The framework's metrics")[2], re.MULTILINE)
    assert sorted(metrics - {*listed}) == []


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_each_policy_is_one_that_iam_takes_and_the_page_explains_all_of_it(name: str) -> None:
    policy = POLICIES[name]
    # API Gateway's documents have the ARN of tags; the reference of actions does not.
    tags = "arn:aws:apigateway:REGION::/tags/*: no action is about it"
    assert set(iam.problems("identity", policy)) <= {tags}
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: characters but white space
    assert len(json.dumps(policy, separators=(",", ":"))) <= 6_144
    assert f"(permissions/{name}.json)" in PERMISSIONS
    placeholders = set(re.findall(r"[A-Z]{2,}(?:_[A-Z]+)*", " ".join(resources_in(policy)))) - {"EF"}
    for word in [*placeholders, *(statement["Sid"] for statement in policy["Statement"])]:
        assert f"| `{word}` |" in PERMISSIONS, word


def resources_in(policy: dict[str, Any]) -> list[str]:
    return [resource for statement in policy["Statement"] for resource in statement["Resource"]]


def actions_in(policy: dict[str, Any]) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def test_the_command_on_the_page_of_permissions_fills_in_what_it_says() -> None:
    (command,) = re.findall(r"^(sed .*) > policy\.json$", PERMISSIONS, re.MULTILINE)
    folder = ROOT / "docs" / "reference" / "permissions"
    filled = subprocess.run(command, shell=True, cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S602
    arns = " ".join(resources_in(json.loads(filled)))
    assert re.findall(r"ACCOUNT|REGION", arns) == []
    assert "arn:aws:s3:::mozdef-ef-helper-123456789012-us-west-2/*" in arns


def test_the_policies_cover_what_templates_allow_and_the_engineers_every_service() -> None:
    consumer, strict_consumer, engineer = (POLICIES[name] for name in ("messages", "messages-strict", "engineer"))
    services = {action.partition(":")[0] for action in actions_in(engineer)}
    source = bundled_source("okta").source
    templates = [event_source.build(source, "code/0.zip"), pipeline.build(source, ZipKeys("code/0.zip", "code/1.zip"))]
    kinds = {
        resource.resource_type.split("::")[1].lower()
        for template in templates
        for resource in template.resources.values()
    }
    assert {kind.replace("v2", "") for kind in kinds} <= services
    (reads,) = consumer["Statement"]
    reads_too, decrypts = strict_consumer["Statement"]
    assert reads_too == reads
    (allows,) = [
        statement
        for statement in json.loads(template_text(templates[0]))["Resources"]["EventsPolicy"]["Properties"][
            "PolicyDocument"
        ]["Fn::If"][1]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert sorted(reads["Action"]) == sorted(allows["Action"])
    key = json.loads(template_text(event_source.build(replace(source, hardening="strict"), "code/0.zip")))["Resources"][
        "Key"
    ]
    consumes = key["Properties"]["KeyPolicy"]["Statement"][-1]["Fn::If"][1]
    assert (consumes["Sid"], consumes["Action"]) == ("Consumer", decrypts["Action"])


@pytest.mark.parametrize("hardening", ["baseline", "strict"])
def test_the_policy_of_a_siem_of_another_account_is_what_the_stack_allows_it(tmp_path: Path, hardening: str) -> None:
    """Between accounts both have to allow: what the one lacks, the other grants in vain."""
    text = "description: Acme\nwebhook: {auth: {token: {header: x}}}\ndelivery: {s3: {}}\n"
    source = make_definition(tmp_path, f"{text}hardening: {hardening}\n").source
    resources = json.loads(template_text(event_source.build(source, "code/0.zip")))["Resources"]
    queue = resources["ObjectsPolicy"]["Properties"]["PolicyDocument"]["Fn::If"][1]["Statement"]
    bucket = resources["ObjectsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    key = resources["Key"]["Properties"]["KeyPolicy"]["Statement"] if hardening == "strict" else []
    statements = [each["Fn::If"][1] if "Fn::If" in each else each for each in (*queue, *bucket, *key)]
    allowed = [each for each in statements if each["Sid"] == "Consumer"]
    policy = POLICIES["objects-strict" if hardening == "strict" else "objects"]
    assert [each["Action"] for each in policy["Statement"]] == [each["Action"] for each in allowed]
    assert allowed[1]["Resource"] == [{"Fn::Sub": "${ObjectsBucket.Arn}/events/*"}]
    assert policy["Statement"][1]["Resource"] == ["arn:aws:s3:::BUCKET/events/*"]


def test_engineer_policy_allows_what_is_done_with_secrets() -> None:
    allowed = actions_in(POLICIES["engineer"])
    code = (ROOT / "generator" / "deploy" / "secret_store.py").read_text(encoding="utf-8")
    calls = {call for call in re.findall(r"ssm\.([a-z_]+)\(", code) if call != "get_paginator"}
    assert len(calls) > 4
    assert {f"ssm:{call.title().replace('_', '')}" for call in calls} - allowed == set()


def test_operator_policy_allows_every_request_of_the_commands() -> None:
    allowed = actions_in(POLICIES["operator"])
    code = "".join(
        (ROOT / "generator" / name).read_text(encoding="utf-8")
        for name in (
            *("operate/kept_events.py", "operate/redrive_client.py", "operate/status.py", "operate/function_logs.py"),
            *("operate/console_pages.py", "operate/overview.py", "operate/shared_state.py"),
            *("deploy/retained_resources.py", "deploy/stored_secrets.py", "commands/redrive.py"),
            *("operate/pull_status.py", "operate/pull_positions.py", "deploy/pull_canary.py"),
            "operate/reader_check.py",
        )
    )
    calls = set(re.findall(r"\.((?:get|put|delete|start|describe)_[a-z_]*|invoke)\(", code)) - {
        "get_paginator",
        "get_deployed_stack",
        "get_stack",
        "get_queue_url",  # with the reader's role
    }
    calls |= set(re.findall(r'get_paginator\("([a-z0-9_]+)"\)', code))
    # Calls whose permission has another name.
    named = {
        "list_objects_v2": "listbucket",
        "list_object_versions": "listbucketversions",
        "list_buckets": "listallmybuckets",
        "invoke": "invokefunction",
    }
    # stacks.find_stack, list_resources and refuse_foreign.
    calls |= {"describe_stacks", "describe_stack_resources", "get_template"}
    calls |= {"list_stacks"}  # stack_lists.source_stacks
    calls |= {"put_item"}  # PositionTable.write_position
    calls |= {"list_tags_for_resource"}  # secret_store.read_expiry
    actions = {named.get(call, call.replace("_", "")) for call in calls}
    # Moving takes from the one queue and puts into the other.
    moving = {"receivemessage", "deletemessage", "sendmessage"}
    assert actions | moving == {action.partition(":")[2].lower() for action in allowed}


def test_ci_calls_the_readmes_test_command() -> None:
    (line,) = [line for line in README.splitlines() if "&& pytest" in line]
    ci = (ROOT / ".ci" / "run").read_text()
    for part in line.split(" && "):
        assert part in ci


def test_ci_reads_the_site_as_tox_builds_it() -> None:
    (line,) = re.findall(r"^commands = (sphinx-build .*) \{posargs\}$", (ROOT / "tox.ini").read_text(), re.MULTILINE)
    command = line.replace("sphinx-build", "sphinx-build -b dummy")
    assert f"  {command}\n" in (ROOT / ".ci" / "run").read_text()


def test_the_definitions_point_editors_at_the_schema() -> None:
    for name in source_names(SOURCES):
        text = (SOURCES / name / "source.yml").read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=../schema.json\n")
        assert yaml.safe_load(text)["description"]
