"""Secrets: what is stored where and in which order, and that nothing ever tells one."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from generator.aws import Target
from generator.commands import main
from generator.definition.read import load
from generator.deploy import secret_store
from generator.deploy.secret_store import StoredSecret
from lambdas.auth import ecdsa
from lambdas.model_types import Header
from lambdas.runtime.secrets import Secrets, SecretsUnavailable
from lambdas.signatures.keys import key_bytes
from lambdas.signatures.signature_settings import Signature
from tests.definitions import SOURCES, bundled_source, make_definition

pytestmark = pytest.mark.slow

NAME = "/MozDef-EF/zoom/dev/auth_token"
PREVIOUS = f"{NAME}_previous"
A, B, C = "a-secret-long-enough-0", "b-secret-long-enough-1", "c-secret-long-enough-2"
GUIDE = SOURCES / "zoom" / "README.md"
DROP = "python -m generator secret zoom --drop-previous"
NEW = f"""\
stored     {NAME}, encrypted
noticed    by the functions within ten seconds
next       see that the vendor has it too: sources/zoom/README.md
"""
ROTATED = f"""\
stored     {NAME}, encrypted
previous   {PREVIOUS} is valid too
noticed    by the functions within five minutes
next       after that, see that the vendor has it too: sources/zoom/README.md
then       once the vendor uses it, drop the previous one: python -m generator secret zoom --drop-previous
"""
ENDS = f"only one previous secret is kept, and the one in {PREVIOUS} would be refused"
REFUSED = f"error: {ENDS}; no terminal to ask in: use --yes to go on\n"


@dataclass
class Faults:
    """What a call of a name, its how-manieth, is answered instead of asking AWS."""

    answers: dict[tuple[str, int], tuple[int, str, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def watch(self, client: Any) -> Any:
        client.meta.events.register("before-call", self._before)
        return client

    def _before(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        self.calls.append(model.name)
        answer = self.answers.get((model.name, self.calls.count(model.name)))
        if answer is None:
            return None
        status, code, message = answer
        message = message.replace("{sent}", json.loads(params["body"]).get("Value", ""))
        return SimpleNamespace(status_code=status), {"Error": {"Code": code, "Message": message}}


DENIED = (400, "AccessDeniedException", "You may not")


@pytest.fixture(autouse=True)
def account(empty_account: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - what it has set up
    monkeypatch.chdir(SOURCES.parent)


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    lined_up = Faults()
    plain = Target.client
    monkeypatch.setattr(Target, "client", lambda self, service: lined_up.watch(plain(self, service)))
    return lined_up


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`secret zoom`, with what comes out of a pipe: exit status, output, errors."""

    def command(*args: str, piped: str | bytes = b"", source: str = "zoom") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", pipe(piped))
        status = main(["secret", source, *args])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def pipe(sent: str | bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(sent if isinstance(sent, bytes) else sent.encode()))


def ssm() -> Any:
    return boto3.client("ssm", "us-west-2")


def put(name: str, value: str, kind: str = "SecureString") -> None:
    ssm().put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)


def stored() -> dict[str, str]:
    parameters = ssm().get_parameters(Names=[NAME, PREVIOUS], WithDecryption=True)["Parameters"]
    return {parameter["Name"]: parameter["Value"] for parameter in parameters}


def versions() -> dict[str, int]:
    return {
        parameter["Name"]: parameter["Version"]
        for parameter in ssm().get_parameters(Names=[NAME, PREVIOUS])["Parameters"]
    }


def accepted() -> tuple[str, ...]:
    """What a function that starts now verifies with."""
    try:
        return Secrets("/MozDef-EF/zoom/dev", ssm).get("auth_token")
    except SecretsUnavailable:
        return ()


def test_the_first_secret_is_stored_encrypted_described_and_tagged(secret: Run) -> None:
    assert secret(piped=f"{A}\n") == (0, NEW, "")

    assert stored() == {NAME: A}
    [described] = ssm().describe_parameters()["Parameters"]
    assert (described["Type"], described["Tier"]) == ("SecureString", "Standard")
    assert described["Description"] == "The secret with which requests of zoom are verified"
    tags = ssm().list_tags_for_resource(ResourceType="Parameter", ResourceId=NAME)["TagList"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "Project": "MozDef-EF",
        "Service": "zoom",
        "Environment": "dev",
    }


def test_project_and_environment_name_the_parameter(secret: Run) -> None:
    status, out, _ = secret("--project", "Sec-Ops", "--env", "prod", piped=A)

    assert (status, out.splitlines()[0]) == (0, "stored     /Sec-Ops/zoom/prod/auth_token, encrypted")
    [described] = ssm().describe_parameters()["Parameters"]
    assert described["Name"] == "/Sec-Ops/zoom/prod/auth_token"
    tags = ssm().list_tags_for_resource(ResourceType="Parameter", ResourceId=described["Name"])["TagList"]
    assert {"Key": "Environment", "Value": "prod"} in tags
    _, out, _ = secret("--project", "Sec-Ops", "--env", "prod", piped=B)
    assert out.splitlines()[-1].endswith(
        ": python -m generator secret zoom --drop-previous --project Sec-Ops --env prod"
    )


def test_a_new_secret_keeps_the_previous_secret_valid(secret: Run) -> None:
    secret(piped=A)

    assert secret(piped=B) == (0, ROTATED, "")

    assert stored() == {NAME: B, PREVIOUS: A}
    assert accepted() == (B, A)
    tags = ssm().list_tags_for_resource(ResourceType="Parameter", ResourceId=PREVIOUS)["TagList"]
    assert {tag["Key"] for tag in tags} == {"Project", "Service", "Environment"}
    described = {parameter["Name"]: parameter for parameter in ssm().describe_parameters()["Parameters"]}
    assert described[PREVIOUS]["Type"] == "SecureString"
    assert described[PREVIOUS]["Description"] == "The previous secret with which requests of zoom are verified"


def test_the_same_secret_again_changes_nothing(secret: Run, faults: Faults) -> None:
    secret(piped=A)
    secret(piped=B)
    before = versions()
    faults.calls.clear()

    assert secret(piped=B) == (
        0,
        f"unchanged  {NAME} holds this secret already\n"
        f"previous   {PREVIOUS} is valid too\n"
        f"then       once the vendor uses it, drop the previous one: {DROP}\n",
        "",
    )

    assert versions() == before
    assert faults.calls == ["GetParameters"]


def test_nothing_is_refused_between_the_two_steps_of_a_rotation(secret: Run, faults: Faults) -> None:
    secret(piped=A)
    faults.calls.clear()

    faults.answers = {("PutParameter", 1): DENIED}
    assert secret(piped=B) == (1, "", "error: AWS: PutParameter: AccessDeniedException: You may not\n")
    assert accepted() == (A,)

    faults.calls.clear()
    faults.answers = {("PutParameter", 2): DENIED}
    assert secret(piped=B)[0] == 1
    assert stored() == {NAME: A, PREVIOUS: A}
    assert A in accepted()
    assert B not in accepted()

    # The next time it is finished, and nobody is asked: nothing that is valid ends.
    faults.answers = {}
    assert secret(piped=B) == (0, ROTATED, "")
    assert accepted() == (B, A)


@pytest.mark.parametrize(
    ("call", "problem"),
    [("GetParameters", f"does not say what is in {NAME}"), ("PutParameter", f"does not say that {NAME} was stored")],
)
def test_an_incomplete_answer_of_aws_is_no_success(secret: Run, faults: Faults, call: str, problem: str) -> None:
    faults.answers = {(call, 1): (200, "", "")}
    why = f"error: AWS: {call}: its answer {problem}: does a proxy answer in place of AWS? Try again\n"
    assert secret(piped=A) == (1, "", why)
    assert stored() == {}


def test_a_return_to_the_previous_secret_never_refuses_that_secret(secret: Run, faults: Faults) -> None:
    secret(piped=A)
    secret(piped=B)
    faults.calls.clear()
    faults.answers = {("PutParameter", 2): DENIED}
    assert secret(piped=A)[0] == 1
    assert accepted()[0] == A

    put(NAME, B)
    faults.answers = {}
    status, out, err = secret(piped=A)
    assert (status, err) == (0, "")
    assert out.splitlines()[:3] == [
        f"stored     {NAME}, encrypted",
        "           it was the previous secret until now",
        f"previous   {PREVIOUS} is valid too",
    ]
    assert accepted() == (A, B)


def test_a_third_secret_needs_a_confirmation_because_a_valid_secret_ends(secret: Run) -> None:
    secret(piped=A)
    secret(piped=B)

    assert secret(piped=C) == (1, "", REFUSED)
    assert accepted() == (B, A)

    assert secret("--yes", piped=C) == (0, ROTATED, "")
    assert accepted() == (C, B)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def answer_prompt(prompt: str, answer: str) -> str:
    sys.stderr.write(prompt)
    return answer


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on a terminal, with what is typed unseen, and seen."""

    def command(*args: str, unseen: tuple[str, ...] = (), seen: str = "") -> tuple[int, str, str]:
        answers = iter(unseen)
        monkeypatch.setattr(sys, "stdin", Terminal())
        monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda prompt: answer_prompt(prompt, next(answers)))
        monkeypatch.setattr(click.termui, "visible_prompt_func", lambda prompt: answer_prompt(prompt, seen))
        status = main(["secret", "zoom", *args])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def test_a_secret_on_a_terminal_is_typed_twice_and_not_shown(typed: Run) -> None:
    status, out, err = typed(unseen=(A, B, A, A))

    assert status == 0
    assert stored() == {NAME: A}
    assert out == NEW
    prompts = "Secret of zoom (it is not shown; they issue it): The same again: "
    assert err == f"{prompts}Error: The two entered values do not match.\n{prompts}"


@pytest.mark.parametrize(("answer", "valid"), [("n", (B, A)), ("y", (C, B))])
def test_a_terminal_asks_before_a_valid_secret_ends(typed: Run, answer: str, valid: tuple[str, ...]) -> None:
    put(NAME, B)
    put(PREVIOUS, A)

    status, _, err = typed(unseen=(C, C), seen=answer)

    assert status == (1 if answer == "n" else 0)
    assert f"{ENDS}. Go on? [y/N]: " in err
    assert accepted() == valid


def test_a_generated_secret_is_all_that_stdout_has(secret: Run) -> None:
    status, out, err = secret("--generate")

    assert status == 0
    assert out == f"{stored()[NAME]}\n"
    assert len(out.strip()) == 43  # 32 bytes
    assert err.splitlines() == [
        f"stored     {NAME}, encrypted",
        "noticed    by the functions within ten seconds",
        "next       give it to the vendor: sources/zoom/README.md",
    ]
    first = stored()[NAME]
    _, out, err = secret("--generate")
    assert accepted() == (out.strip(), first)
    assert out.strip() not in err
    assert first not in out + err


def test_a_stored_generated_secret_is_printed_even_if_a_later_call_fails(secret: Run, faults: Faults) -> None:
    faults.answers = {("AddTagsToResource", 1): DENIED}

    status, out, err = secret("--generate")

    assert (status, out) == (1, f"{stored()[NAME]}\n")
    assert err.splitlines()[0] == f"stored     {NAME}, encrypted"
    assert err.splitlines()[-1] == "error: AWS: AddTagsToResource: AccessDeniedException: You may not"


def test_a_generated_secret_is_printed_before_it_is_valid(secret: Run, faults: Faults) -> None:
    faults.answers = {("PutParameter", 1): DENIED}

    status, out, err = secret("--generate")
    assert (status, err) == (1, "error: AWS: PutParameter: AccessDeniedException: You may not\n")
    assert len(out.strip()) == 43


def test_a_generated_secret_that_can_not_be_printed_is_not_stored(secret: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    status, _, err = secret("--generate")
    assert (status, err) == (1, "error: nothing was stored: the secret can't be printed (it is closed)\n")
    assert stored() == {}


def test_the_previous_secret_is_dropped(secret: Run) -> None:
    put(NAME, B)
    put(PREVIOUS, A)

    assert secret("--drop-previous") == (
        1,
        "",
        f"error: senders that still use the secret in {PREVIOUS} would be refused; "
        "no terminal to ask in: use --yes to go on\n",
    )
    assert accepted() == (B, A)
    assert secret("--drop-previous", "--yes", piped=C) == (
        0,
        f"dropped    {PREVIOUS}\nrefused    within five minutes, for which it may be in memory\n",
        "",
    )
    assert stored() == {NAME: B}
    assert secret("--drop-previous") == (0, f"{NAME} has no previous secret; nothing to drop\n", "")


@pytest.mark.parametrize(("answer", "valid"), [("n", (B, A)), ("y", (B,))])
def test_a_terminal_asks_before_the_previous_secret_is_dropped(typed: Run, answer: str, valid: tuple[str, ...]) -> None:
    put(NAME, B)
    put(PREVIOUS, A)

    status, _, err = typed("--drop-previous", seen=answer)

    assert status == (1 if answer == "n" else 0)
    question = f"senders that still use the secret in {PREVIOUS} would be refused. Go on? [y/N]: "
    assert err == question + ("\nstopped; nothing was changed\n" if answer == "n" else "")
    assert accepted() == valid


def test_the_only_secret_is_not_dropped(secret: Run) -> None:
    put(PREVIOUS, A)

    assert secret("--drop-previous", "--yes") == (
        1,
        "",
        f"error: {NAME} does not exist, so only the previous secret is valid; "
        f"first store one: python -m generator secret zoom\n",
    )
    assert stored() == {PREVIOUS: A}


def test_a_previous_secret_that_was_left_becomes_valid_with_a_current_secret_and_is_reported(secret: Run) -> None:
    put(PREVIOUS, A)
    assert accepted() == ()

    status, out, _ = secret(piped=B)

    assert status == 0
    assert f"previous   {PREVIOUS} is valid too\n" in out
    assert accepted() == (B, A)


def test_a_secret_behind_an_authorizer_takes_effect_a_minute_later(secret: Run) -> None:
    secret(piped=A, source="okta")
    assert "noticed    by the functions within six minutes\n" in secret(piped=B, source="okta")[1]
    assert "refused    within six minutes" in secret("--drop-previous", "--yes", source="okta")[1]


@pytest.mark.parametrize("value", [A, B])
def test_an_unencrypted_parameter_is_encrypted_from_now_on(secret: Run, value: str) -> None:
    put(NAME, A, "String")

    status, _, err = secret(piped=value)

    assert (status, err) == (
        0,
        f"warning: {NAME} was a String until now, which is not encrypted, and its old versions still are: "
        "replace the secret that it held soon\n",
    )
    assert accepted() == ((A,) if value == A else (B, A))
    assert {parameter["Type"] for parameter in ssm().describe_parameters()["Parameters"]} == {"SecureString"}


def test_a_parameter_whose_type_aws_does_not_change_is_said_and_stays_valid(secret: Run, faults: Faults) -> None:
    put(NAME, A, "String")
    faults.answers = {("PutParameter", 2): (400, "HierarchyTypeMismatchException", "no: {sent}")}

    assert secret(piped=B) == (
        1,
        "",
        f"error: {NAME} is a String, which is not encrypted, and AWS does not make a SecureString of it: "
        f"aws ssm delete-parameter --name {NAME}, and store the secret again\n",
    )
    assert A in accepted()


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_line_ending_of_a_pipe_is_no_part_of_the_secret(secret: Run, ending: str) -> None:
    assert secret(piped=f"{A}{ending}")[0] == 0
    assert stored() == {NAME: A}


@pytest.mark.parametrize("value", ["Zürich, 東京, and so on", "with some  spaces inside", "0123456789abcdef" * 256])
def test_a_key_of_an_hmac_may_be_any_text_that_is_seen(secret: Run, value: str) -> None:
    assert secret(piped=value) == (0, NEW, "")
    assert stored() == {NAME: value}


UNSEEN = "has a character in it that is not seen: was it copied from a formatted page?"
SPACE = "begins or ends with white space: was it copied alone?"
FEW = "has fewer than 8 characters: it can be guessed"
PLACEHOLDER = "looks like a placeholder, not like a secret"
LONG = "has more than the 4,096 bytes that Parameter Store takes"
LINES = "has a line break in it: a secret is one line"


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("", ["is empty"]),
        ("\n", ["is empty"]),
        (" \t ", ["is empty"]),
        (f" {A}", [SPACE]),
        (f"{A}\n\n", [SPACE]),
        (f"{A}\u00a0", [SPACE]),
        (f"{A}\n{B}", [LINES]),
        (f"{A}\r{B}", [LINES]),
        (f"{A}\t{B}", [UNSEEN]),
        (f"{A}\0{B}", [UNSEEN]),
        (f"\ufeff{A}", [UNSEEN]),
        (f"{A}\u200b{B}", [UNSEEN]),
        (f"{A}\u2028{B}", [UNSEEN]),
        (A.encode("utf-16"), ["is not UTF-8 text"]),
        ("0123456789abcdef" * 256 + "0", [LONG]),
        ("01234567é" * 500, [LONG]),
        ("0123456789abcdef" * 9_000, [LONG]),
        ("0123456789abcdef" * 256 + "\r\n" + A, [LONG]),
        ("{{ssm:/other/parameter}}", ["has {{ in it, which Parameter Store does not take"]),
        ("a1b2c3d", [FEW]),
        (" a1b2 ", [SPACE, FEW]),
        *(
            (value, [PLACEHOLDER])
            for value in (
                "changeme",
                "CHANGE_ME",
                "<your token here>",
                "secret",
                "Your-Secret",
                "password",
                "xxxxxxxxxxxxxxxxxxxx",
                "********************",
                "${ZOOM_SECRET_TOKEN}",
                "TODO",
            )
        ),
    ],
)
def test_an_unusable_secret_is_reported_and_not_stored(secret: Run, value: str | bytes, wrong: list[str]) -> None:
    assert secret(piped=value) == (1, "", "".join(f"error: the secret {problem}\n" for problem in wrong))
    assert stored() == {}


def test_a_token_is_sent_in_a_header_so_it_is_ascii(secret: Run) -> None:
    message = "error: the secret has a character in it that is not ASCII, and the vendor sends it in a header\n"
    assert secret(piped="Zürich, 東京, and so on", source="okta") == (1, "", message)
    assert secret(piped="Basic dXNlcjpwYXNz and a ~", source="okta")[0] == 0


def test_a_likely_mistake_in_a_secret_is_a_warning(secret: Run, tmp_path: Path) -> None:
    short = "warning: the secret has fewer than 16 characters: a longer one is harder to guess\n"
    assert secret(piped="8-charac", source="okta")[::2] == (0, short)
    assert secret(piped="fifteen-charact") == (0, NEW, short)
    assert secret("--env", "test", piped="sixteen-characte")[::2] == (0, "")

    make_definition(
        tmp_path,
        """
        description: Made up
        webhook: {auth: {token: {header: Authorization, prefix: "Bearer "}}}
        """,
        "acme",
    )
    status, out, err = secret("--sources", str(tmp_path), piped=f"Bearer {A}", source="acme")
    twice = "begins with 'Bearer ', which the definition puts before it: it belongs there only once"
    assert (status, err) == (0, f"warning: the secret {twice}\n")
    assert out.splitlines()[-1] == "next       see that the vendor has it too"


def test_an_auth_type_says_whether_the_secret_itself_is_sent(tmp_path: Path) -> None:
    def auth(text: str) -> Any:
        return make_definition(tmp_path, f"description: x\nwebhook: {{auth: {text}}}\n").source.endpoint.auth

    assert secret_store.header_prefix(bundled_source("okta").source.endpoint.auth, "auth_token") == ""
    assert secret_store.header_prefix(bundled_source("okta").source.endpoint.auth, "other") is None
    assert secret_store.header_prefix(bundled_source("zoom").source.endpoint.auth, "auth_token") is None
    assert secret_store.header_prefix(auth('{token: {header: x-a, prefix: "Bearer "}}'), "auth_token") == "Bearer "
    assert secret_store.header_prefix(auth("{token: {query: a}}"), "auth_token") is None
    assert (
        secret_store.header_prefix(auth('{hmac: {signature: {header: x-a, prefix: "sha256="}}}'), "auth_token") is None
    )
    two = auth('{any_of: [{hmac: {signature: {header: x-a}}}, {token: {header: x-b, prefix: "Key ", secret: other}}]}')
    assert [secret_store.header_prefix(two, name) for name in ("auth_token", "other")] == [None, "Key "]


def make_source_of_two_secrets(folder: Path) -> str:
    text = "{any_of: [{hmac: {signature: {header: x-a}}}, {token: {header: x-b, secret: other}}]}"
    make_definition(folder, f"description: x\nwebhook: {{auth: {text}}}\n", "acme")
    return str(folder)


def test_each_of_several_secrets_is_stored_under_its_name(secret: Run, tmp_path: Path) -> None:
    sources = make_source_of_two_secrets(tmp_path)
    path, again = "/MozDef-EF/acme/dev", "python -m generator secret acme"
    status, out, err = secret("--sources", sources, piped=A, source="acme")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        f"stored     {path}/auth_token, encrypted",
        "noticed    by the functions within ten seconds",
        "next       see that the vendor has it too",
        f"also       the source needs another secret: {again} --name other --sources {sources}",
    ]
    secret("--sources", sources, "--name", "other", piped=B, source="acme")
    status, out, err = secret("--sources", sources, "--name", "other", piped=C, source="acme")
    assert (status, err) == (0, "")
    assert out.splitlines()[-2:] == [
        f"also       the source needs another secret: {again} --sources {sources}",
        "then       once the vendor uses it, drop the previous one: "
        f"{again} --name other --drop-previous --sources {sources}",
    ]
    assert secret("--sources", sources, "--name", "other", "--drop-previous", "--yes", source="acme")[0] == 0
    parameters = ssm().get_parameters_by_path(Path=path, WithDecryption=True)["Parameters"]
    assert {parameter["Name"]: parameter["Value"] for parameter in parameters} == {
        f"{path}/auth_token": A,
        f"{path}/other": C,
    }


def test_an_unknown_name_of_a_secret_is_reported(secret: Run, faults: Faults, tmp_path: Path) -> None:
    message = "error: acme has no secret othre; it has auth_token, other\n"
    assert secret("--sources", make_source_of_two_secrets(tmp_path), "--name", "othre", piped=A, source="acme") == (
        1,
        "",
        message,
    )
    assert faults.calls == []


KEYS = {
    "hex": ("hmac: {signature: {header: x-a}, key: {encoding: hex}}", "deadbeef" * 4, "no-hex-" * 4),
    "base64": (
        "hmac: {signature: {header: x-a}, key: {encoding: base64}}",
        "AAECAwQFBgcICQoLDA0ODw==",
        "no base64! " * 3,
    ),
    "base64 after whsec_": (
        "hmac: {signature: {header: x-a}, key: {encoding: base64, strip: whsec_}}",
        "whsec_AAECAwQFBgcICQoLDA0ODw==",
        "whsec_!" * 4,
    ),
    "a public key": ("ed25519: {signature: {header: x-a}}", "0a" * 32, "no-hex-" * 4),
}


@pytest.mark.parametrize(("auth", "right", "wrong"), KEYS.values(), ids=KEYS)
def test_a_secret_that_is_no_key_in_the_encoding_of_the_definition_is_not_stored(
    secret: Run, tmp_path: Path, auth: str, right: str, wrong: str
) -> None:
    make_definition(tmp_path, f"description: x\nwebhook: {{auth: {{{auth}}}}}\n", "acme")
    encoding = "base64" if "base64" in auth else "hex"
    message = f"error: the secret is no key written in {encoding}, which the definition says that it is\n"
    assert secret("--sources", str(tmp_path), piped=wrong.strip(), source="acme") == (1, "", message)
    assert secret("--sources", str(tmp_path), piped=right, source="acme")[::2] == (0, "")


@pytest.mark.parametrize(
    ("auth", "right", "wrong", "why"),
    [
        ("basic: {}", f"user:{A}", A, "is not `user:password`: it has no colon"),
        (
            "any_of: [{basic: {}}, {all_of: [{basic: {}}, {basic: {}}]}]",
            f"user:{A}",
            A,
            "is not `user:password`: it has no colon",
        ),
        (
            "ed25519: {signature: {header: x-a}}",
            "0a" * 32,
            "0a" * 16,
            "is a public key of 16 bytes, and must have 32",
        ),
        (
            "ecdsa: {signature: {header: x-a}}",
            ecdsa.key_pair(ecdsa.Settings(Signature((Header("x-a"),))))[0],
            "AAECAwQFBgcICQoLDA0ODw==",
            "is no public key of P-256 or P-384, neither in PEM nor as DER in base64",
        ),
    ],
)
def test_a_secret_that_its_auth_type_cannot_use_is_not_stored(
    secret: Run, tmp_path: Path, auth: str, right: str, wrong: str, why: str
) -> None:
    make_definition(tmp_path, f"description: x\nwebhook: {{auth: {{{auth}}}}}\n", "acme")
    assert secret("--sources", str(tmp_path), piped=wrong, source="acme") == (1, "", f"error: the secret {why}\n")
    assert secret("--sources", str(tmp_path), piped=right, source="acme")[::2] == (0, "")


def test_a_generated_user_and_password_are_both(secret: Run, tmp_path: Path) -> None:
    make_definition(tmp_path, "description: x\nwebhook: {auth: {basic: {}}}\n", "acme")
    status, out, _ = secret("--sources", str(tmp_path), "--generate", source="acme")
    assert (status, re.fullmatch(r"mozdef:[A-Za-z0-9_-]{43}\n", out) is not None) == (0, True)


@pytest.mark.parametrize("auth", [auth for name, (auth, *_) in KEYS.items() if name != "a public key"])
def test_a_generated_secret_is_a_key_in_the_encoding_of_the_definition(secret: Run, tmp_path: Path, auth: str) -> None:
    make_definition(tmp_path, f"description: x\nwebhook: {{auth: {{{auth}}}}}\n", "acme")
    status, out, _ = secret("--sources", str(tmp_path), "--generate", source="acme")
    settings = load(tmp_path, ["acme"])[0].source.endpoint.auth.settings
    key = key_bytes(settings.key, out.strip())
    assert (status, key and len(key)) == (0, 32)


def test_a_public_key_is_the_vendors_to_make(secret: Run, faults: Faults, tmp_path: Path) -> None:
    make_definition(tmp_path, "description: x\nwebhook: {auth: {ecdsa: {signature: {header: x-a}}}}\n", "acme")
    message = "error: what is stored is the vendor's public key, which the vendor alone can make: copy it\n"
    assert secret("--sources", str(tmp_path), "--generate", source="acme") == (1, "", message)
    assert faults.calls == ["GetParameters"]


def test_a_source_whose_vendor_publishes_its_keys_needs_no_secret(secret: Run, faults: Faults, tmp_path: Path) -> None:
    auth = "{sns: {topics: ['arn:aws:sns:us-west-2:123456789012:alarms']}}"
    make_definition(tmp_path, f"description: x\nwebhook: {{auth: {auth}}}\n", "acme")
    message = "error: acme needs no secret: it verifies with public keys, which it fetches\n"
    assert secret("--sources", str(tmp_path), piped=A, source="acme") == (1, "", message)
    assert faults.calls == []


@pytest.mark.parametrize(
    ("args", "status", "wrong"),
    [
        (
            ["zoom", "--generate", "--drop-previous"],
            2,
            "use either --generate or --drop-previous",
        ),
        (["zoom", "--env", "Prod"], 2, "--env Prod: must be one of"),
        (["zoom", A], 2, "Got unexpected extra argument"),
        ([], 2, "Missing argument 'SOURCE'"),
        (["zooom"], 1, "no source zooom in sources; did you mean zoom or zoom-log?"),
    ],
)
def test_wrong_usage_is_said_before_aws_or_anybody_is_asked(
    faults: Faults, capsys: pytest.CaptureFixture[str], args: list[str], status: int, wrong: str
) -> None:
    assert main(["secret", *args]) == status
    assert wrong in capsys.readouterr().err
    assert faults.calls == []


def test_a_secret_is_asked_for_only_once_the_store_answers(secret: Run, faults: Faults) -> None:
    faults.answers = {("GetParameters", 1): DENIED}
    assert secret(piped="") == (1, "", "error: AWS: GetParameters: AccessDeniedException: You may not\n")


MARK = "Q7zX-mark-9fK"
TEXTS = st.one_of(
    st.just(""), st.text(max_size=20), st.sampled_from(["\n", "{{", "<", " ", "\u200b", "x" * 5_000]), st.just("'\"\\%")
)
ANSWERS = st.sampled_from(
    [
        None,
        DENIED,
        (400, "ValidationException", "Parameter value: {sent} can't be nested"),
        (400, "ParameterPatternMismatchException", "{sent}, cannot be validated"),
        (400, "HierarchyTypeMismatchException", "{sent}"),
        (500, "InternalServerError", "on {sent}"),
    ]
)


@settings(max_examples=40)
@given(
    before=TEXTS,
    after=TEXTS,
    broken=st.booleans(),
    current=st.sampled_from([None, f"{MARK}-current", "value"]),
    previous=st.sampled_from([None, f"{MARK}-previous", "value"]),
    kind=st.sampled_from(["String", "SecureString"]),
    source=st.sampled_from(["zoom", "okta"]),
    fault=ANSWERS,
    call=st.sampled_from([("PutParameter", 1), ("PutParameter", 2), ("GetParameters", 1), ("AddTagsToResource", 1)]),
    yes=st.booleans(),
)
def test_no_message_ever_tells_a_secret(
    before: str,
    after: str,
    broken: bool,
    current: str | None,
    previous: str | None,
    kind: Any,
    source: str,
    fault: tuple[int, str, str] | None,
    call: tuple[str, int],
    yes: bool,
) -> None:
    value = f"{before}{MARK}{after}"
    sent = value.encode(errors="surrogatepass") + (b"\xff" if broken else b"")
    faults = Faults({call: fault} if fault else {})
    plain = Target.client
    out, err = io.StringIO(), io.StringIO()
    name = f"/MozDef-EF/{source}/dev/auth_token"
    with pytest.MonkeyPatch.context() as patched, mock_aws(), redirect_stdout(out), redirect_stderr(err):
        for parameter, content in ((name, current), (f"{name}_previous", previous)):
            if content is not None:
                put(parameter, f"{MARK}-{content}" if content == "value" else content, kind)
        patched.setattr(Target, "client", lambda self, service: faults.watch(plain(self, service)))
        patched.setattr(sys, "stdin", pipe(sent))
        status = main(["secret", source, *(["--yes"] if yes else [])])

    # An exception that is no message would have left main, and failed here.
    assert status in (0, 1)
    assert MARK not in out.getvalue() + err.getvalue()
    assert "Traceback" not in err.getvalue()
    assert status == 0 or err.getvalue().startswith(("error: ", "warning: ", "stored"))


@given(value=st.text().filter(lambda text: MARK not in text))
def test_the_problems_of_a_secret_are_reported_without_the_secret(value: str) -> None:
    marked = f"{value}{MARK}{value}"
    problems = [*secret_store.secret_problems(marked, in_header=True), *secret_store.secret_warnings(marked, "")]
    assert MARK not in repr(problems)
    assert MARK not in repr(StoredSecret("name", marked, marked))


SOME = st.sampled_from(["a", "b", "c"])


@given(current=st.none() | SOME, previous=st.none() | SOME, clear=st.booleans(), value=SOME)
def test_every_step_keeps_each_secret_that_is_valid_before_and_after(
    current: str | None, previous: str | None, clear: bool, value: str
) -> None:
    parameters = {"n": current, "n_previous": previous}
    before = StoredSecret("n", current, previous, clear and current is not None)

    def valid() -> set[str | None]:
        return {parameters["n"], parameters["n_previous"]} - {None} if parameters["n"] else set()

    seen = [valid()]
    for name, text in secret_store.write_steps(before, value):
        parameters[name] = text
        seen.append(valid())

    assert parameters["n"] == value
    assert current is None or current in seen[-1]
    lost = seen[0] - seen[-1]
    assert lost == ({previous} if secret_store.ends_valid_previous(before, value) else set())
    assert (secret_store.still_valid_parameter(before, value) is not None) == (len(seen[-1]) == 2)
    exchanged = value == previous != current is not None
    for during in seen[1:-1]:
        assert during >= ({value} if exchanged else seen[0] & seen[-1])
    if current == value:
        assert len(seen) == 1 + before.unencrypted
