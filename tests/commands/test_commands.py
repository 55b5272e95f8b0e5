"""The command line, as a user sees it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from generator.commands import main, names, rehearse
from generator.definition import own_code
from generator.definition.read import load
from generator.definition.source_folders import source_names
from generator.errors import GeneratorError
from tests.definitions import ROOT, SOURCES

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A command in a folder with its own copy of the sources: exit status, output, errors."""
    for name in ("okta", "zoom"):
        shutil.copytree(SOURCES / name, tmp_path / "sources" / name)
    monkeypatch.chdir(tmp_path)

    def command(*args: str) -> tuple[int, str, str]:
        status = main(args)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def built(folder: Path = Path("build")) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_a_bare_name_builds_a_source_and_shows_what_was_built(run) -> None:
    status, out, err = run("zoom", "--lint", "fast")
    assert (status, err) == (0, "")
    assert {"zoom/event-source.json", "zoom/lambdas.zip"} <= set(built())
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[1] == "zoom Zoom account, user, meeting and recording events"
    for line in (
        "takes POST /events",
        'verifies HMAC-SHA256 of "v0:{timestamp}:{body}" in x-zm-signature, at most 300 s old, in the handler',
        "answers POST where event == 'endpoint.url_validation', unsigned too",
        "secret /MozDef-EF/zoom/dev/auth_token in Parameter Store; they issue it",
        "2026-03-02 10:21:17 INFO zoom: user.created by zoom-admin@example.com: soren.prove@example.com",
        "python -m generator run zoom run it on this machine",
    ):
        assert line in lines
    assert any(line.startswith("lint clean (cloudformation-validate ") for line in lines)
    assert any(line.startswith("build/zoom/event-source.json ") and line.endswith(" new") for line in lines)


def test_building_twice_in_two_folders_gives_the_same_bytes(run) -> None:
    assert run("--all", "--lint", "fast", "--build", "one")[0] == 0
    assert run("--all", "--lint", "fast", "--build", "two")[0] == 0
    assert built(Path("one")) == built(Path("two"))
    status, out, _ = run("--all", "--lint", "fast", "--build", "two")
    assert status == 0
    assert "new" not in out.split()
    assert "changed" not in out.split()


def test_check_passes_after_a_build_and_fails_after_a_byte_is_changed(run) -> None:
    assert run("zoom", "--lint", "fast")[0] == 0
    assert run("zoom", "--check", "--lint", "fast") == (
        0,
        "ok  zoom: 14 samples, lint clean, build is up to date\n",
        "",
    )
    template = Path("build/zoom/event-source.json")
    template.write_bytes(template.read_bytes().replace(b"POST", b"PUTS", 1))
    before = built()
    assert run("--check", "zoom", "--lint", "fast") == (
        1,
        "",
        "error: build/zoom/event-source.json: is out of date; build it: python -m generator zoom\n",
    )
    assert built() == before


def test_check_of_an_unbuilt_source_writes_nothing(run) -> None:
    status, out, _ = run("--check", "--all", "--lint", "fast")
    assert (status, out.splitlines()[1]) == (0, "ok  zoom: 14 samples, lint clean, not built yet")
    assert not Path("build").exists()


def test_nothing_is_written_when_one_definition_of_several_is_wrong(run) -> None:
    Path("sources/okta/source.yml").write_text("descripton: x\n")
    status, out, err = run("zoom", "okta")
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "error: sources/okta/source.yml:1: needs `webhook`, the endpoint that the vendor calls, or `pull`, its API",
        "error: sources/okta/source.yml:1: description: is missing",
        "error: sources/okta/source.yml:1: descripton: no such key; did you mean description? "
        "(archive, dedupe, delivery, description, drop, events, extends, facts, hardening, mozdef, output, "
        "parameters, pipeline, pull, vendor, webhook)",
        "3 problems; nothing was written",
    ]
    assert not Path("build").exists()


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("zoomm", "did you mean zoom or zoom-log?"),
        ("qqqq", "to see all: python -m generator list"),
        ("q" * 300, "to see all: python -m generator list"),  # no file system has such a name
    ],
)
def test_an_unknown_source_is_answered_with_those_of_similar_names(run, word: str, advice: str) -> None:
    message = f"error: no source {word} in sources, nor among those that are shipped; {advice}\n"
    assert run(word) == (1, "", message)


def test_sources_of_the_folder_go_before_those_that_are_shipped(run, caplog: pytest.LogCaptureFixture) -> None:
    own_code._log_once.cache_clear()
    file = Path("sources/zoom/source.yml")
    file.write_text(file.read_text().replace("description: Zoom", "description: Our Zoom"))
    status, out, err = run("zoom", "slack", "--check", "--lint", "fast")
    assert (status, err, len(out.splitlines())) == (0, "", 2)
    rows = {row["name"]: (row["folder"], row["description"]) for row in json.loads(run("list", "--json")[1])}
    assert set(rows) == set(source_names(SOURCES))
    assert rows["zoom"] == ("sources/zoom", "Our Zoom account, user, meeting and recording events")
    assert rows["slack"][0] == str(SOURCES / "slack")
    assert caplog.messages == [
        f"note: sources/{name}/source.yml takes the place of the {name} that is shipped" for name in ("zoom", "okta")
    ]


def test_a_folder_that_is_named_goes_before_that_of_the_working_folder(
    run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.move(tmp_path / "sources" / "zoom", tmp_path / "other" / "zoom")
    (tmp_path / "other" / "zoom" / "transform.py").write_text("def transform(event, request):\n    return [event]\n")
    own_code._log_once.cache_clear()
    folders = {row["name"]: row["folder"] for row in json.loads(run("list", "--json", "--sources", "other")[1])}
    assert (folders["zoom"], folders["okta"]) == ("other/zoom", str(SOURCES / "okta"))
    assert caplog.messages == [
        "note: other/zoom/source.yml takes the place of the zoom that is shipped",
        "note: runs other/zoom/transform.py",
    ]


def test_a_folder_of_definitions_may_have_brackets_in_its_name(run) -> None:
    Path("a[").mkdir()
    Path("sources").rename("a[/]")
    status, out, err = run("list", "--sources", "a[/]")
    assert (status, err, "2 sources from a[/]/; " in out) == (0, "", True)


def test_a_folder_without_a_definition_is_not_passed_over(run) -> None:
    Path("sources/zoom/source.yml").unlink()
    assert run("zoom") == (1, "", "error: sources/zoom: has no source.yml\n")


def test_all_are_those_of_the_folder(run) -> None:
    status, out, _ = run("--all", "--check", "--lint", "fast")
    assert (status, [line.split()[1] for line in out.splitlines()]) == (0, ["okta:", "zoom:"])


@pytest.mark.parametrize(
    ("words", "meant"), [(["stats", "zoom"], "status"), (["build", "deply"], "deploy"), (["lst"], "list")]
)
def test_a_command_that_is_misspelt_is_no_source(run, words: list[str], meant: str) -> None:
    message = f"error: no source {words[-1] if words[0] == 'build' else words[0]}"
    assert run(*words) == (1, "", f"{message}; did you mean the command {meant}?\n")


def test_help_as_a_word_names_the_option(run) -> None:
    assert run("help") == (1, "", "error: no source help; for help on all commands: python -m generator -h\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--sources", "nowhere", "zoom"], "nowhere: no such folder; --sources names the folder of the definitions"),
        (["zoom", "--lint", "fast", "--build", "sources/zoom/source.yml"], "is a file"),
        (["run", "zoom"], "build/zoom/event-source.json: is not built yet; build it: python -m generator zoom"),
        (
            ["send", "zoom"],
            "zoom does not run here: start it with: python -m generator run zoom "
            "(or name a deployed endpoint with --url)",
        ),
        (
            ["send", "zoom", "--sample", "x"],
            "no sample x of zoom; there are account.settings_updated, endpoint.url_validation, group.admin_added, "
            "meeting.participant_joined, meeting.participant_role_changed, meeting.started, meeting.summary_shared, "
            "recording.completed, user.created, user.deactivated, user.deleted, user.settings_updated, user.signed_in, "
            "user.updated",
        ),
        (
            ["send", "zoom", "--sample", "meeting.startd"],
            "no sample meeting.startd of zoom; did you mean meeting.started?",
        ),
    ],
)
def test_a_problem_that_the_user_can_fix_is_reported_without_a_traceback(run, args: list[str], message: str) -> None:
    status, _, err = run(*args)
    assert status in (1, 2)
    assert message in err
    assert "Traceback" not in err


def test_wrong_usage_exits_with_2(run) -> None:
    assert run("zoom", "--nonsense")[0] == 2
    assert run("--check")[0] == 2
    assert run("zoom", "--check", "--accept")[0] == 2
    assert run("run")[0] == 2


def test_a_call_without_arguments_lists_the_sources_and_the_next_commands(run) -> None:
    status, out, _ = run()
    assert status == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "yours okta, zoom"
    assert lines[1].startswith("webhook adyen, asana, auth0, ")
    assert lines[2].startswith("pulled anthropic, asana-audit, ")
    assert "zoom" not in lines[1].split(", ")
    assert f"2 sources from sources/; {len(source_names(SOURCES)) - 2} sources shipped, from {SOURCES}/" in lines
    assert lines[-4:] == [
        "python -m generator zoom build it: template and code, in build/",
        "python -m generator run zoom run it on this machine",
        "python -m generator list what each source brings, and how it is verified",
        "python -m generator -h the other commands",
    ]


def test_the_list_says_whose_each_source_is(run) -> None:
    status, out, _ = run("list")
    assert status == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[:3] == [
        "source from auth events",
        "okta yours token Okta event hooks",
        "zoom yours hmac Zoom account, user, meeting and recording events",
    ]
    assert lines[3].startswith("adyen shipped all_of ")


def test_the_list_has_a_json_form_for_programs(run) -> None:
    status, out, _ = run("list", "--json")
    assert status == 0
    rows = [(row["name"], row["auth"]) for row in json.loads(out) if row["folder"].startswith("sources/")]
    assert rows == [("okta", "token"), ("zoom", "hmac")]


def test_the_schema_command_prints_the_schema_that_the_sources_point_at(run, update: bool) -> None:
    status, out, _ = run("schema")
    if update:
        (SOURCES / "schema.json").write_text(out, encoding="utf-8")
    assert (status, out) == (0, (SOURCES / "schema.json").read_text(encoding="utf-8"))


def test_the_schema_of_defaults_is_that_of_the_keys_which_can_have_one(run, update: bool) -> None:
    status, out, _ = run("schema", "--defaults")
    if update:
        (SOURCES / "defaults.schema.json").write_text(out, encoding="utf-8")
    assert (status, out) == (0, (SOURCES / "defaults.schema.json").read_text(encoding="utf-8"))
    properties = json.loads(out)["properties"]
    assert set(properties["webhook"]["properties"]) == {"path", "concurrency", "throttle"}
    assert "hostname" in properties["mozdef"]["properties"]


def test_every_command_has_help(run) -> None:
    for name in names():
        status, out, _ = run(name, "--help")
        assert status == 0
        assert "Usage: python -m generator" in out


def test_a_sample_that_differs_is_said_and_accepted(run) -> None:
    file = Path("sources/zoom/samples/user.created.mozdef.json")
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace("user.created by", "user.made by"), encoding="utf-8")
    status, _, err = run("zoom", "--lint", "fast")
    assert (status, err) == (
        1,
        "error: sources/zoom/samples/user.created.mozdef.json: summary: "
        '"zoom: user.made by zoom-admin@example.com: soren.prove@example.com" is stored, and the build makes '
        '"zoom: user.created by zoom-admin@example.com: soren.prove@example.com"; if the build is right, '
        "--accept stores what it makes\n",
    )
    assert run("zoom", "--lint", "fast", "--accept")[0] == 0
    assert file.read_text(encoding="utf-8") == right


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("broken.json", '{"a": 1,\n "b"}', "sources/zoom/samples/broken.json:2: is not JSON"),
        ("new.json", '{"event": "x", "payload": {}, "event_ts": 1}', "new.mozdef.json: is missing: --accept stores"),
        ("bad.json", '{"event": "x"}', "sources/zoom/samples/bad.json: becomes no message: missing: no payload"),
        (
            "empty.json",
            "",
            "error: sources/zoom/samples/empty.json: is empty; it must hold the body that the vendor sends\n",
        ),
        ("empty.txt", "", "error: sources/zoom/samples/empty.txt: is answered 400: empty\n"),
        ("empty.request.json", "{}", "error: sources/zoom/samples/empty.request.json: is answered 400: empty\n"),
        (
            "huge.json",
            json.dumps({"event": "e", "payload": {"pad": ["x" * 1_000] * 1_100}}),
            "becomes no message: time: no event_ts",
        ),
        ("lone.request.json", '{"method": "\\ud800"}', "method is text, headers and query have texts"),
        ("odd.request.json", '{"methd": "GET"}', "odd.request.json has other keys than method, headers and query"),
    ],
)
def test_a_broken_sample_is_said_in_a_line(run, name: str, content: str, message: str) -> None:
    Path("sources/zoom/samples", name).write_text(content)
    status, _, err = run("zoom", "--lint", "fast")
    assert status == 1
    assert message in err
    assert len(err.splitlines()) == 1


def test_unreadable_samples_are_not_reported_as_missing(run) -> None:
    shutil.rmtree("sources/zoom/samples")
    Path("sources/zoom/samples").mkdir()
    Path("sources/zoom/samples/broken.json").write_text("{")
    status, _, err = run("zoom", "--lint", "fast", "--strict")
    assert (status, err.count("error: "), "is not JSON" in err) == (1, 1, True)


def test_a_transform_is_debugged_with_a_sample_and_may_drop_an_event(run) -> None:
    shutil.rmtree("sources/okta")
    code = Path("sources/zoom/transform.py")
    code.write_text("def transform(event, request):\n    return [event['nope']]\n")
    status, _, err = run("zoom", "--lint", "fast")
    assert (status, err.splitlines()[0]) == (
        1,
        "error: sources/zoom/samples/account.settings_updated.json: becomes no message: "
        "sources/zoom/transform.py:2: KeyError: 'nope'",
    )
    code.write_text("def transform(event, request):\n    return event\n")
    assert "transform: transform() must return a list of events" in run("zoom", "--lint", "fast")[2]
    code.write_text("def transform(event, request):\n    return [event] if event['event'] == 'user.created' else []\n")
    status, out, _ = run("zoom", "--lint", "fast", "--accept")
    assert status == 0
    assert "user.deleted: no message" in out
    assert json.loads(Path("sources/zoom/samples/user.deleted.mozdef.json").read_text()) == []
    assert run("zoom", "--lint", "fast")[0] == 0


def test_an_expected_message_without_a_sample_is_a_warning(run) -> None:
    Path("sources/zoom/samples/gone.mozdef.json").write_text("{}")
    message = "warning: sources/zoom/samples/gone.mozdef.json: belongs to no sample\n"
    assert run("zoom", "--lint", "fast")[2] == message


def test_commands_to_copy_keep_the_folders_that_were_named(run) -> None:
    Path("sources").rename("mine")
    _, out, _ = run("zoom", "--lint", "fast", "--sources", "mine", "--build", "out")
    assert "python -m generator run zoom" in out
    assert out.count("--sources mine --build out") == 4
    shutil.rmtree("out/zoom")
    message = (
        "out/zoom/event-source.json: is not built yet; build it: python -m generator zoom --sources mine --build out"
    )
    assert message in run("run", "zoom", "--sources", "mine", "--build", "out")[2]


def test_a_likely_mistake_in_the_mapping_is_a_warning(run) -> None:
    file = Path("sources/okta/source.yml")
    text = re.sub(r"(?m)^  user_agent: .*", "  user_agent: severity", file.read_text())
    text = text.replace("client.ipAddress", "client.ipAdress")
    file.write_text(text)
    agent, address = (text[: text.index(f"\n  {key}:")].count("\n") + 2 for key in ("user_agent", "source_ip"))
    status, _, err = run("okta", "--lint", "fast", "--accept")
    assert (status, err.splitlines()) == (
        0,
        [
            f"warning: sources/okta/source.yml:{agent}: facts.user_agent: is the word 'severity', which every event "
            "has as a field; {severity} is that field's value",
            f"warning: sources/okta/source.yml:{address}: facts.source_ip: no sample has client.ipAdress",
        ],
    )
    assert run("okta", "--lint", "fast", "--strict")[0] == 1


def test_a_second_tenant_is_built_with_the_firsts_samples(run) -> None:
    Path("sources/zoom-other").mkdir()
    Path("sources/zoom-other/source.yml").write_text("extends: zoom\ndescription: The other Zoom\n")
    status, out, err = run("zoom-other", "--lint", "fast")
    assert (status, err) == (0, "")
    assert "/MozDef-EF/zoom-other/dev/auth_token" in out
    assert "zoom: user.created by zoom-admin@example.com: soren.prove@example.com" in out
    assert run("zoom-other", "--lint", "fast", "--accept")[0] == 0
    assert run("zoom", "--lint", "fast")[0] == 0


def test_send_signs_with_the_deployed_secret_of_the_environment_named(run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    url = "http://127.0.0.1:9/events"
    with mock_aws():
        ssm = boto3.client("ssm", "us-west-2")
        ssm.put_parameter(Name="/MozDef-EF/zoom/prod/auth_token", Value="s", Type="SecureString")
        status, _, err = run("send", "zoom", "--url", url, "--env", "prod", "--region", "us-west-2")
        assert (status, err) == (1, f"error: {url}: does not answer: [Errno 111] Connection refused\n")
        status, _, err = run("send", "zoom", "--url", url, "--region", "us-west-2")
        assert (status, err) == (
            1,
            "error: no parameter /MozDef-EF/zoom/dev/auth_token in Parameter Store; "
            "--env and --project choose another\n",
        )
        status, _, err = run("send", "zoom", "--url", "file:///etc/passwd", "--env", "prod", "--region", "us-west-2")
        assert status == 1
        assert "is no URL such as" in err


def test_the_generator_without_its_packages_says_what_to_do() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "generator"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    message = f"error: the framework is not installed for {sys.executable} (no click): . .venv/bin/activate\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)


def test_the_generator_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "generator", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "MozDef Event Framework, version 0.1.0\n"


@pytest.mark.parametrize("name", ["new", "pull", "status"])
def test_a_command_loads_what_it_needs_only_when_it_runs(name: str) -> None:
    """`--help` imports every command: it should not wait for the code of pulled sources."""
    late = ("generator.scaffold.pull_samples", "generator.definition.secret_names", "lambdas.pulling.page_delivery")
    script = f"import importlib, sys; importlib.import_module('generator.commands.{name}'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert not set(done.stdout.split()) & set(late)


@pytest.mark.usefixtures("run")
def test_what_takes_the_place_of_a_shipped_source_is_rehearsed_only_from_the_configuration(tmp_path: Path) -> None:
    """The framework's repository has another definition of that name."""
    (ours,) = load(Path("sources"), ["zoom"])
    configuration = tmp_path / "config"
    with pytest.raises(GeneratorError, match=r"^sources/zoom/source\.yml: is in neither repository, "):
        rehearse._require_definition(ours, None, configuration)
    rehearse._require_definition(load(SOURCES, ["zoom"])[0], None, configuration)
    rehearse._require_definition(ours, tmp_path, configuration)
    configuration.mkdir()
    (configuration / "source.yml").touch()
    rehearse._require_definition(ours, None, configuration)
