"""Parameters in a source that is pulled: where they stand, what is asked with a value, and what no value can do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.definition.parameter_values import as_deployed, as_written
from generator.definition.read import Definition
from generator.errors import DefinitionError, GeneratorError
from generator.packaging.source_module import source_module_text
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from lambdas.credentials import github_app
from lambdas.model import Source
from lambdas.model_pull import Pull
from lambdas.model_types import SettingText
from lambdas.pulling.api_requests import RequestMaker
from lambdas.runtime.http_types import HttpRequest
from lambdas.runtime.parameters import UnfitParameter
from tests.definitions import make_definition, pulled_definitions

SOURCE = """\
description: Acme audit log
parameters:
  Domain: {description: The part of the host before .acme.example, pattern: "[a-z0-9.-]+", example: corp}
  Folder: {description: The API's folder, pattern: "[a-z0-9_~]+", example: v1}
  Any: {description: "A workspace's name, of any characters", pattern: "[a-zA-Z][ -z~|]*", example: my team}
pull:
  url: https://${Domain}.acme.example/${Folder}
  credentials:
    oauth2:
      url: https://login.${Domain}.acme.example/token
      scope: "read ${Any}"
      audience: ${Any}
      fields: {account_id: "${Any}"}
  headers: {x-workspace: "of ${Any}"}
  every: 5m
  rate: {requests: 60, per: 1m}
  streams:
    audit:
      get: /workspaces/${Any}/audit
      query: {of: ["${Any}", all], phrase: "since:{from} of:${Any}", cursor: "{cursor}"}
      paging: {cursor: {at: next}}
      resume: time
      prepare: {post: "/workspaces/${Any}/start", query: {of: "${Any}"}}
    search:
      post: /search
      json: {from: "{from}", where: [{workspace: "${Any}"}, "{cursor}"], limit: 5}
      paging: {cursor: {at: next}}
      resume: time
    form:
      post: /form
      form: {from: "{from}", workspace: "${Any}", cursor: "{cursor}"}
      then: {form: {again: "${Any}", cursor: "{cursor}"}}
      paging: {cursor: {at: next}}
      resume: time
    graph:
      post: /graphql
      graphql: "query($w: String, $s: Time) { logs(workspace: $w, since: $s) { id } }"
      variables: {w: "${Any}", s: "{from}"}
      paging: none
      resume: time
    files:
      get: /files
      query: {since: "{from}"}
      paging: none
      resume: time
      each: {of: files, id: id, get: "/files/{id}?workspace=${Any}"}
events: {split: items, id: id, time: at}
"""
TIMES = {"from": "2026-11-30T07:00:00Z", "to": "2026-11-30T08:00:00Z"}
VALUES = {"Domain": "eu", "Folder": "v2", "Any": "a/../{b"}


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    return make_definition(tmp_path_factory.mktemp("pulled"), SOURCE, "acme")


def packed_source(source: Source, values: dict[str, str]) -> Source:
    """Return the source as a function has it that starts with these values."""
    packed: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(f"PARAMETER_{name}", value)
        exec(compile(source_module_text(source), "source.py", "exec"), packed)  # noqa: S102 - as a function imports it
    started: Source = packed["SOURCE"]
    return started


def pull_of(source: Source) -> Pull:
    assert source.pull
    return source.pull


def requests_of(pull: Pull) -> dict[str, HttpRequest]:
    """Return the requests of all streams."""
    makers = {name: RequestMaker(pull, stream) for name, stream in pull.streams.items()}
    requests = {name: maker.first(TIMES) for name, maker in makers.items()}
    requests |= {"form again": makers["form"].later(TIMES, "c2"), "child": makers["files"].child({"id": "f/1"}, TIMES)}
    if prepare := makers["audit"].prepare(TIMES):
        requests["prepare"] = prepare
    return requests


def test_a_build_asks_with_the_examples_and_people_read_what_is_written(definition: Definition) -> None:
    requests = requests_of(pull_of(definition.source))
    assert requests["audit"] == HttpRequest(
        "GET",
        "https://corp.acme.example/v1/workspaces/my%20team/audit"
        "?of=my%20team&of=all&phrase=since%3A2026-11-30T07%3A00%3A00Z%20of%3Amy%20team",
        {"x-workspace": "of my team"},
    )
    written = pull_of(as_written(definition.source))
    assert (written.url, written.streams["audit"].get) == (
        "https://${Domain}.acme.example/${Folder}",
        "/workspaces/${Any}/audit",
    )
    assert written.credentials.settings.url == "https://login.${Domain}.acme.example/token"


def test_a_puller_asks_with_the_values_of_its_deployment(definition: Definition) -> None:
    values = VALUES | {"Any": "Ann's 50% & more: a/b?c#d"}
    pull = pull_of(packed_source(definition.source, values))
    assert pull == pull_of(as_deployed(definition, values))
    settings = pull.credentials.settings
    assert (settings.url, settings.scope) == ("https://login.eu.acme.example/token", f"read {values['Any']}")
    assert (settings.audience, settings.fields) == (values["Any"], {"account_id": values["Any"]})
    encoded = "Ann%27s%2050%25%20%26%20more%3A%20a%2Fb%3Fc%23d"
    requests = requests_of(pull)
    assert requests["audit"].url.startswith(
        f"https://eu.acme.example/v2/workspaces/{encoded}/audit?of={encoded}&of=all&"
    )
    assert requests["prepare"].url == f"https://eu.acme.example/v2/workspaces/{encoded}/start?of={encoded}"
    assert requests["child"].url == f"https://eu.acme.example/v2/files/f%2F1?workspace={encoded}"
    assert json.loads(requests["search"].body)["where"] == [{"workspace": values["Any"]}]
    assert requests["form"].body.decode() == f"from=2026-11-30T07%3A00%3A00Z&workspace={encoded}"
    assert requests["form again"].body.decode() == f"again={encoded}&cursor=c2"
    assert json.loads(requests["graph"].body)["variables"] == {"w": values["Any"], "s": TIMES["from"]}


HOSTILE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="{}")) | st.sampled_from(
    ["../../admin", "..", "@evil.example/", "//evil.example/", "?a=b", "#", "%2e%2e%2f", "a&of=evil", "\\evil.example"]
)


@given(value=HOSTILE.map(lambda text: f"x{text}"))
def test_no_value_changes_more_of_a_request_than_its_own_part(definition: Definition, value: str) -> None:
    requests = requests_of(pull_of(packed_source(definition.source, VALUES | {"Any": value})))
    assert {urlsplit(request.url)[:2] for request in requests.values()} == {("https", "eu.acme.example")}
    assert {urlsplit(request.url).fragment for request in requests.values()} == {""}
    audit, child = urlsplit(requests["audit"].url), urlsplit(requests["child"].url)
    assert [unquote(part) for part in audit.path.split("/")] == ["", "v2", "workspaces", value, "audit"]
    assert parse_qsl(audit.query)[:2] == [("of", value), ("of", "all")]
    assert (child.path, unquote(child.query)) == ("/v2/files/f%2F1", f"workspace={value}")
    assert parse_qsl(child.query) == [("workspace", value)]
    assert dict(parse_qsl(requests["form"].body.decode()))["workspace"] == value
    assert requests["audit"].headers == {"x-workspace": f"of {value}"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Domain", "eu.evil.example/"),
        ("Domain", "ann:b@evil"),
        ("Domain", "evil.example?"),
        ("Domain", "evil.example#"),
        ("Domain", "evil\\"),
        ("Domain", "eu\n"),
        ("Folder", ".."),
        ("Folder", "v1/../.."),
        ("Any", "{from}"),
        ("Any", "a{cursor}"),
        ("Any", ""),
    ],
)
def test_a_function_does_not_start_with_a_value_that_its_pattern_does_not_match(
    definition: Definition, name: str, value: str
) -> None:
    with pytest.raises(UnfitParameter, match=f"^PARAMETER_{name} (does not match|is missing)"):
        packed_source(definition.source, VALUES | {"Any": "a", name: value})
    with pytest.raises(GeneratorError, match=f"^--parameter {name}: must be such as "):
        as_deployed(definition, VALUES | {"Any": "a", name: value})


def test_a_deployment_is_checked_by_the_rules_of_a_build(tmp_path: Path) -> None:
    text = SOURCE.replace("https://${Domain}.acme.example/${Folder}", "https://${Domain}/${Folder}")
    definition = make_definition(tmp_path, text.replace("example: corp", "example: api.acme.example"), "acme")
    with pytest.raises(DefinitionError) as raised:
        as_deployed(definition, VALUES | {"Domain": "169.254.169.254", "Any": "a"})
    assert str(raised.value) == (
        f"{tmp_path}/acme/source.yml:7: pull.url: is a link-local address, which is never asked "
        "(with Domain=169.254.169.254 and Folder=v2 and Any=a)"
    )


def test_an_installation_is_a_part_of_the_path_of_its_token() -> None:
    settings = github_app.Settings(SettingText("1"), SettingText("2/../3"))
    assert github_app.token_url(settings) == "https://api.github.com/app/installations/2%2F..%2F3/access_tokens"


WRONG = SOURCE.replace("oauth2:\n", "oauth2:\n      client_id: ${Any}\n")
WRONG = WRONG.replace("https://login.${Domain}", "https://login.${Any}").replace("of ${Any}", "of ${Anny}")
WRONG = WRONG.replace("https://${Domain}.acme.example/${Folder}", "${Domain}/${Folder}")
WRONG = WRONG.replace("/workspaces/${Any}/audit", "/workspaces/${Dots}/.${Dots}/audit")
WRONG = WRONG.replace('phrase: "since:{from} of:${Any}"', "phrase: \"{join('', [from, '${Any}'])}\"")
WRONG = WRONG.replace('s: "{from}"', 's: "{from}", "${Any}": a, x: "${Any} {"')
WRONG = WRONG.replace('graphql: "query', 'graphql: "${Any} query').replace("/files/{id}?", "/${Dots}${Dots}?id={id}&")
WRONG = WRONG.replace("      paging: none\n", "      for: {a: ['${Any}']}\n      paging: none\n", 1)
WRONG = WRONG.replace("  Folder:", "  Dots: {description: d, pattern: '[.a-z]+', example: a}\n  Folder:")


def test_every_mistake_is_said_at_once_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as raised:
        make_definition(tmp_path, WRONG, "acme")
    not_here = (
        "${Any} can't stand here: a parameter stands in URLs, hosts, requests of `pull`, and settings of `auth` and "
        "`credentials`"
    )
    dots = (
        "has ${Dots} as a part of a path, and its pattern allows . or .., which lead elsewhere; write a pattern that "
        "begins with a letter or a digit"
    )
    streams = "pull.streams"
    assert [str(problem).partition("source.yml:")[2] for problem in raised.value.problems] == [
        "8: pull.url: must begin with https://, and ${Domain} stands before the host is there",
        f"11: pull.credentials.oauth2.client_id: {not_here}",
        "12: pull.credentials.oauth2.url: has ${Any} in a host, which has letters, digits, dots and dashes alone; its "
        "pattern allows more",
        "16: pull.headers.x-workspace: ${Anny}: no such parameter; did you mean Any? (Any, Domain, Dots, Folder)",
        f"21: {streams}.audit.get: {dots}",
        f"22: {streams}.audit.query.phrase: has ${{Any}} within the braces of a path; a parameter stands outside of "
        "them",
        f"39: {streams}.graph.graphql: {not_here}",
        f"40: {streams}.graph.variables.${{Any}}: {not_here}",
        f"40: {streams}.graph.variables.x: the {{ at character 3 is never closed",
        f"41: {streams}.graph.for.a[0]: {not_here}",
        f"49: {streams}.files.each.get: {dots}",
    ]


def test_both_templates_ask_for_the_values_and_the_puller_and_the_build_get_them(definition: Definition) -> None:
    source = event_source.build(definition.source, "code/any.zip").to_dict()
    project = pipeline.build(definition.source, ZipKeys("any", "any")).to_dict()
    for template in (source, project):
        assert template["Parameters"]["Domain"] == {
            "Type": "String",
            "Description": "The part of the host before .acme.example",
            "AllowedPattern": "^([a-z0-9.-]+)$",
            "ConstraintDescription": "must be such as corp; as a regular expression: [a-z0-9.-]+",
            "MaxLength": 320,
        }
    for function in ("Puller", "Redrive"):
        variables = source["Resources"][function]["Properties"]["Environment"]["Variables"]
        assert {name: variables[f"PARAMETER_{name}"] for name in VALUES} == {name: {"Ref": name} for name in VALUES}
    environment = project["Resources"]["Build"]["Properties"]["Environment"]["EnvironmentVariables"]
    assert {"Name": "PARAMETER_Any", "Type": "PLAINTEXT", "Value": {"Ref": "Any"}} in environment


def test_whose_log_a_shipped_source_asks_for_is_a_parameter_or_said_by_its_credential() -> None:
    given = {definition.source.name: sorted(definition.source.parameters or {}) for definition in pulled_definitions()}
    assert (
        given.items()
        >= {
            "duo": ["ApiHostname"],
            "github-audit": ["Owner", "OwnerType"],
            "google-workspace": ["Administrator"],
            "okta-log": ["OktaDomain"],
            "onepassword": ["EventsHost"],
            "salesforce": ["MyDomain"],
        }.items()
    )
    for definition in pulled_definitions():
        text = repr(pull_of(as_written(definition.source)))
        assert "example." not in text
        assert "/example/" not in text
