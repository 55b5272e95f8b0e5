"""`run` and `send` as one types them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.samples.sending import Endpoint, send_request
from generator.testing import event_of
from lambdas.auth_type import OutgoingRequest
from tests.definitions import ROOT, SOURCES, make_definition
from tests.emulator.mozdef import assert_acceptable
from tests.emulator.service import eventually, free_port

pytestmark = pytest.mark.emulator

GENERATOR = [sys.executable, "-m", "generator"]
NOWHERE = "http://127.0.0.1:9"
NOT_RUNNING = (
    "error: zoom does not run here: start it with: python -m generator run zoom --build {build} "
    "(or name a deployed endpoint with --url)\n"
)
ENDPOINT = r"http://127\.0\.0\.1:\d+/_aws/execute-api/\w+/\$default/events"


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes in /proc")


@dataclass(frozen=True)
class Run:
    """`python -m generator run`, whose whole family has a TMPDIR of its own by which it is found."""

    process: subprocess.Popen[bytes]
    folder: Path
    announced: Path
    port: int

    @property
    def build(self) -> str:
        return str(self.announced.parent.parent)

    @property
    def out(self) -> str:
        return (self.folder / "out").read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        return (self.folder / "err").read_text(encoding="utf-8")

    @property
    def temporary(self) -> list[str]:
        return sorted(entry.name for entry in (self.folder / "tmp").iterdir())

    def family(self) -> list[int]:
        """The processes that live, of whatever group or session."""
        mark = f"TMPDIR={self.folder / 'tmp'}".encode()
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in _environment(entry)]

    def listens(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def wait_until_ready(self) -> None:
        assert eventually(lambda: self.announced.exists() and self.announced.stat().st_size), self.err

    def wait_until_shown(self) -> None:
        """Until a person has been told where it runs."""
        assert eventually(lambda: "AWS_SECRET_ACCESS_KEY=" in self.out and self.out.endswith("\n\n")), self.out


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def environment(folder: Path, **more: str) -> dict[str, str]:
    (folder / "tmp").mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder / "tmp"), **more}


@contextmanager
def running(folder: Path, build: Path, source: str, *options: str, **more: str) -> Iterator[Run]:
    port = free_port()
    command = [*GENERATOR, "run", source, "--port", str(port), "--build", str(build), *options]
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(folder, **more), stdout=out, stderr=err)
    run = Run(process, folder, build / ".run" / f"{source}.json", port)
    try:
        yield run
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(20)


def generator(folder: Path, *args: str, **more: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command that ends by itself."""
    done = subprocess.run(
        [*GENERATOR, *args], cwd=ROOT, env=environment(folder, **more), capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def shown(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Zoom as it runs for a person, from a build of its own, so that other tests run it too."""
    folder = tmp_path_factory.mktemp("shown")
    with running(folder, shutil.copytree(build, folder / "build"), "zoom") as run:
        run.wait_until_ready()
        run.wait_until_shown()
        yield run


def sample(source: str, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SOURCES / source / "samples" / f"{name}.json").read_bytes())
    return document


def test_with_json_a_sample_that_is_sent_is_one_line_and_nothing_else(build: Path, tmp_path: Path) -> None:
    with running(tmp_path, build, "zoom", "--json") as run:
        run.wait_until_ready()
        sent = generator(tmp_path, "send", "zoom", "--sample", "user.signed_in", "--build", str(build))
        assert eventually(lambda: run.out), run.err

        [url] = re.findall(ENDPOINT, run.err)
        assert sent == (0, f"sent    POST user.signed_in to {url}\nanswer  200\n", "")
    assert run.process.returncode == 0
    [line] = run.out.splitlines()
    body = sample("zoom", "user.signed_in")
    assert_acceptable(json.loads(line), "zoom", body, "2026-03-02T08:14:55.310+00:00")
    assert event_of(json.loads(line)) == body
    assert run.err.endswith("\nstopped; nothing is left behind\n")


def test_a_person_sees_the_endpoint_each_request_and_the_message(shown: Run, tmp_path: Path) -> None:
    before = len(shown.out)
    sent = generator(tmp_path, "send", "zoom", "--sample", "user.signed_in", "--build", shown.build)
    challenged = generator(tmp_path, "send", "zoom", "--sample", "endpoint.url_validation", "--build", shown.build)
    assert eventually(lambda: "}\n" in shown.out[before:] and "challenge answered" in shown.out[before:]), shown.out

    [url] = re.findall(ENDPOINT, shown.out[:before])
    assert sent == (0, f"sent    POST user.signed_in to {url}\nanswer  200\n", "")
    assert re.fullmatch(
        rf"sent    POST endpoint\.url_validation to {re.escape(url)}\n"
        r'answer  200 \{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"[0-9a-f]{64}"\}\n',
        challenged[1],
    )
    head, _, settings = shown.out[:before].partition("  export")
    assert re.fullmatch(
        rf""" \\
    AWS_ENDPOINT_URL=http://127\.0\.0\.1:{shown.port} \\
    AWS_REGION=us-west-2 \\
    AWS_ACCESS_KEY_ID=AKIA[0-9A-F]{{16}} \\
    AWS_SECRET_ACCESS_KEY=[\w-]{{40}}""",
        settings.partition("\n\n")[0],
    )
    assert head.startswith("\nzoom runs on this machine; Ctrl-C ends it\n  endpoint  http://127.0.0.1:")
    followed = shown.out[before:]
    assert re.search(r"^\d\d:\d\d:\d\d 200 accepted$", followed, re.MULTILINE)
    assert re.search(r"^\d\d:\d\d:\d\d 200 challenge answered$", followed, re.MULTILINE)
    assert "         INFO zoom: user.signed_in by analyst@example.com\n{\n" in followed
    message, _ = json.JSONDecoder().raw_decode(followed, followed.index("{\n"))
    assert event_of(message) == sample("zoom", "user.signed_in")
    assert shown.err == ""


@pytest.mark.parametrize("body", [b'{"event": "user.created"}\n', b"no JSON"], ids=["lacks", "no JSON"])
def test_a_body_of_ones_own_is_signed_byte_for_byte_and_kept_where_it_is_bad(
    shown: Run, tmp_path: Path, body: bytes
) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(body)
    before = len(shown.out)
    status, out, err = generator(tmp_path, "send", "zoom", "--body", str(file), "--build", shown.build)
    assert (status, out.splitlines()[-1], err) == (0, "answer  200", "")
    assert out.startswith(f"sent    POST {file} to http://127.0.0.1:")
    line = re.compile(r"^\d\d:\d\d:\d\d 200 kept: (missing|not-json): ", re.MULTILINE)
    assert eventually(lambda: "kept rejected/" in shown.out[before:] and line.search(shown.out[before:])), shown.out


@pytest.mark.parametrize("options", [[], ["--iam"]])
def test_the_command_that_is_shown_for_an_operator_acts_on_what_runs(
    build: Path, tmp_path: Path, options: list[str]
) -> None:
    with running(tmp_path, build, "zoom", *options) as run:
        run.wait_until_ready()
        run.wait_until_shown()
        leads = dict(re.findall(r"^    (AWS_[A-Z_]+)=(\S+)", run.out, re.MULTILINE))
        status, out, err = generator(tmp_path, "status", "zoom", **leads)
    assert (status, err) == (0, "")
    assert "MozDef-EF-zoom-dev  CREATE_COMPLETE" in out


def test_okta_is_sent_a_batch_and_its_challenge_under_iam(build: Path, tmp_path: Path) -> None:
    with running(tmp_path, build, "okta", "--iam", "--json") as run:
        run.wait_until_ready()
        sent = generator(tmp_path, "send", "okta", "--build", str(build))
        challenged = generator(tmp_path, "send", "okta", "--sample", "verification", "--build", str(build))
        assert eventually(lambda: run.out.count("\n") == 3), run.err

        [url] = re.findall(ENDPOINT.replace("http", "https"), run.err)
        assert sent == (0, f"sent    POST batch to {url}\nanswer  204\n", "")
        reply = '{"verification":"NsLSpExampleChallenge7uPzV2kq3aWdYx0m5TgRb9JcHf"}'
        assert challenged == (0, f"sent    GET verification to {url}\nanswer  200 {reply}\n", "")
    events = [event_of(json.loads(line))["uuid"] for line in run.out.splitlines()]
    assert events == [event["uuid"] for event in sample("okta", "batch")["data"]["events"]]


def test_the_users_own_settings_change_nothing(build: Path, tmp_path: Path) -> None:
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"), NOWHERE)
    aws = {"AWS_PROFILE": "missing", "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": NOWHERE, "AWS_CA_BUNDLE": "/none"}
    with running(tmp_path, build, "zoom", "--json", **aws, **proxies) as run:
        run.wait_until_ready()
        code, out, err = generator(tmp_path, "send", "zoom", "--build", str(build), **aws, **proxies)
        assert (code, err) == (0, "")
        assert out.endswith("\nanswer  200\n")


@needs_proc
@pytest.mark.parametrize(("ending", "options"), [(signal.SIGINT, ["--iam"]), (signal.SIGTERM, []), (signal.SIGHUP, [])])
def test_run_leaves_nothing_however_it_ends(
    build: Path, tmp_path: Path, ending: signal.Signals, options: list[str]
) -> None:
    with running(tmp_path, build, "zoom", "--json", *options) as run:
        run.wait_until_ready()
        assert generator(tmp_path, "send", "zoom", "--build", str(build))[0] == 0
        assert len(run.family()) >= 3  # it, the emulator, and the worker that took the event in
        assert [name.rpartition("-")[0] for name in run.temporary] == ["mozdef-ef-emulator"]

        run.process.send_signal(ending)
        assert run.process.wait(20) == 0
        assert eventually(lambda: run.family() == [], seconds=2)  # what is killed needs a moment to be gone
        assert run.temporary == []
        assert not (build / ".run").exists()
        assert run.err.endswith("\nstopped; nothing is left behind\n")


@needs_proc
def test_run_ended_while_starting_leaves_nothing(build: Path, tmp_path: Path) -> None:
    with running(tmp_path, build, "zoom") as run:
        assert eventually(run.listens)

        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(20) == 0
        assert eventually(lambda: run.family() == [], seconds=2)  # what is killed needs a moment to be gone
        assert run.temporary == []
        assert run.out == "\nstopped; nothing is left behind\n"


@needs_proc
def test_the_emulator_ends_with_a_run_that_was_killed_and_the_next_removes_what_it_left(
    build: Path, tmp_path: Path
) -> None:
    with running(tmp_path, build, "zoom", "--iam") as run:
        run.wait_until_ready()
        run.process.kill()
        run.process.wait(20)
        assert eventually(lambda: run.family() == [], seconds=5)
        [left] = run.temporary
        assert (tmp_path / "tmp" / left / "certificate.key").exists()
        run.announced.unlink()  # else the next would seem to be ready
    with running(tmp_path, build, "zoom") as run:
        run.wait_until_ready()
        assert left not in run.temporary


@needs_proc
def test_the_keys_are_new_each_time_and_no_other_user_can_read_them(build: Path, tmp_path: Path) -> None:
    seen = set()
    for _ in range(2):
        with running(tmp_path, build, "zoom", "--json") as run:
            run.wait_until_ready()
            keys = json.loads(run.announced.read_bytes())["keys"]
            assert stat.S_IMODE(run.announced.stat().st_mode) == 0o600
            arguments = [Path(f"/proc/{process}/cmdline").read_bytes() for process in run.family()]
            assert arguments
            assert not [line for line in arguments if any(key.encode() in line for key in keys)]
            seen |= set(keys)
    assert len(seen) == 4


def test_a_source_that_runs_already_is_said(shown: Run, tmp_path: Path) -> None:
    outcome = generator(tmp_path, "run", "zoom", "--port", str(free_port()), "--build", shown.build)
    assert outcome == (
        1,
        "",
        f"error: zoom runs already, on port {shown.port}: end it first, with Ctrl-C in its terminal\n",
    )


def test_a_build_that_is_not_what_the_definition_says_now_is_run_with_a_warning(tmp_path: Path) -> None:
    sources, built = tmp_path / "mine", tmp_path / "build"
    shutil.copytree(SOURCES / "zoom", sources / "zoom")
    folders = ["--sources", str(sources), "--build", str(built)]
    assert generator(tmp_path, "zoom", "--lint", "fast", *folders)[0] == 0
    file = sources / "zoom" / "source.yml"
    file.write_text(file.read_text().replace("zoom: {", "changed: {", 1))
    with running(tmp_path, built, "zoom", "--sources", str(sources)) as run:
        run.wait_until_ready()
        copied = f"python -m generator zoom --sources {sources} --build {built}"
        assert run.err.splitlines() == [
            f"note: {file} takes the place of the zoom that is shipped",
            f"warning: {built / 'zoom'}: is not what the definition says now; build it: {copied}",
        ]


ACME = """\
description: Acme
webhook: {auth: {token: {header: x-token}}}
events: {id: id, type: action, time: at}
facts: {summary: "acme: {action} by {actor}"}
dedupe: {window: 24}
"""


def test_with_watch_a_change_arrives_where_the_source_runs_and_a_broken_definition_changes_nothing(
    tmp_path: Path,
) -> None:
    sources, built = tmp_path / "mine", tmp_path / "build"
    file = make_definition(sources, ACME, "acme").folders[0] / "source.yml"
    event = {"id": "1", "action": "login", "at": "2026-03-01T09:00:00Z", "actor": "ann"}
    (file.parent / "samples").mkdir()
    (file.parent / "samples" / "a.json").write_text(json.dumps(event))
    with running(tmp_path, built, "acme", "--sources", str(sources), "--watch", "--accept") as run:
        run.wait_until_ready()
        assert eventually(lambda: "  a        200 INFO acme: login by ann\n" in run.out), run.out + run.err
        announced = run.announced.read_bytes()

        file.write_text(ACME.replace("facts:", "fats:"))
        assert eventually(lambda: f"error: {file}:4: fats: no such key; did you mean facts? " in run.err), run.err
        url = json.loads(announced)["url"]
        unsigned = OutgoingRequest("POST", url, {}, json.dumps(event).encode())
        assert send_request(Endpoint(url, local=True), unsigned).status == 401

        file.write_text(ACME.replace("acme:", "changed:"))
        assert eventually(lambda: "  a        200 INFO changed: login by ann\n" in run.out), run.out + run.err
        assert run.announced.read_bytes() == announced
    assert run.process.returncode == 0
    assert run.out.endswith("\nstopped; nothing is left behind\n")
    assert len(run.err.splitlines()) == 1


def test_a_port_in_use_is_said(build: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = generator(tmp_path, "run", "zoom", "--port", str(port), "--build", str(build))

    assert outcome[:2] == (1, "")
    message = f"error: port {port} is in use: end what listens there, or choose another, such as --port "
    assert re.fullmatch(f"{re.escape(message)}[0-9]+\n", outcome[2])
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_source_that_is_not_built_is_said(tmp_path: Path) -> None:
    outcome = generator(tmp_path, "run", "zoom", "--port", str(free_port()), "--build", str(tmp_path / "build"))

    file = tmp_path / "build" / "zoom" / "event-source.json"
    assert outcome == (
        1,
        "",
        f"error: {file}: is not built yet; build it: python -m generator zoom --build {file.parent.parent}\n",
    )
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("left", [None, "", "{}", json.dumps({"name": "zoom"})])
def test_sending_to_a_source_that_does_not_run_is_an_error(tmp_path: Path, left: str | None) -> None:
    if left is not None:
        (tmp_path / "build" / ".run").mkdir(parents=True)
        (tmp_path / "build" / ".run" / "zoom.json").write_text(left, encoding="utf-8")

    build = tmp_path / "build"
    assert generator(tmp_path, "send", "zoom", "--build", str(build)) == (1, "", NOT_RUNNING.format(build=build))


def test_sending_to_a_killed_run_is_an_error(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left = {"name": "zoom", "port": 1, "ca_bundle": None, "url": "http://127.0.0.1:1/", "process": ended.pid}
    (tmp_path / "build" / ".run").mkdir(parents=True)
    (tmp_path / "build" / ".run" / "zoom.json").write_text(json.dumps(left), encoding="utf-8")

    build = tmp_path / "build"
    assert generator(tmp_path, "send", "zoom", "--build", str(build)) == (1, "", NOT_RUNNING.format(build=build))


@pytest.mark.parametrize("missing", ["ministack", "cryptography"])
def test_an_emulator_that_is_not_installed_is_said(build: Path, tmp_path: Path, missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; from generator.commands import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "run", "zoom", "--build", str(build)],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        check=False,
    )
    message = "error: the local emulator is not installed; install it with: pip install -e '.[local]'\n"
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (1, "", message)
