"""The credentials of a pulled source: each is asked for, checked by its type, and stored; none is ever shown."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import click
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from generator.commands import _console, main
from tests.commands.pulled_source import DEFINITION, write_source

pytestmark = pytest.mark.slow
TOKEN, PATH = "a-token-of-the-vendors-1", "/MozDef-EF/acme/dev"
CLIENT = DEFINITION.replace("{bearer: {}}", "{oauth2: {url: 'https://api.acme.example/token'}}")
KEY = CLIENT.replace("token'}", "token', send: private_key_jwt}")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def secret(
    empty_account: None,  # noqa: ARG001 - what it has set up
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """`secret acme` with what is piped, or typed: exit status, output, errors."""
    monkeypatch.chdir(tmp_path)

    def command(
        *args: str,
        definition: str = DEFINITION,
        piped: bytes = b"",
        typed: list[str] | None = None,
        days: list[str] | None = None,
    ) -> tuple[int, str, str]:
        if not Path("sources/acme").exists():
            write_source(Path("sources"), definition=definition)
        answers = list(typed or ())
        days = [""] if days is None else days

        def answer(prompt: str) -> str:
            return days.pop(0) if prompt.startswith("On which day does it expire?") else answers.pop(0)

        monkeypatch.setattr(_console, "is_interactive", lambda: typed is not None)
        monkeypatch.setattr(click.termui, "hidden_prompt_func", answer)
        monkeypatch.setattr(click.termui, "visible_prompt_func", answer)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
        status = main(["secret", "acme", *args])
        printed = capsys.readouterr()
        assert answers == []
        return status, printed.out, printed.err

    return command


def stored() -> dict[str, str]:
    pages: Any = boto3.client("ssm", "us-west-2").get_parameters_by_path(Path=PATH, WithDecryption=True)
    return {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in pages["Parameters"]}


def private_key() -> str:
    key = rsa.generate_private_key(65_537, 2_048)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*form).decode()


def test_a_token_from_a_pipe_is_stored_encrypted_and_tagged(secret: Run) -> None:
    assert secret(piped=f"{TOKEN}\n".encode()) == (
        0,
        f"  stored   {PATH}/token, encrypted\n"
        "  noticed  by its next run\n"
        "  try      once it is deployed: python -m generator pull acme run\n",
        "",
    )
    ssm = boto3.client("ssm", "us-west-2")
    (described,) = ssm.describe_parameters()["Parameters"]
    assert (described["Type"], described["Description"]) == ("SecureString", "With it acme asks its vendor")
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=f"{PATH}/token")["TagList"]
    assert {"Key": "Service", "Value": "acme"} in tags
    assert stored() == {"token": TOKEN}


def test_a_new_token_takes_the_place_of_the_old_of_which_nothing_is_kept(secret: Run) -> None:
    secret(piped=TOKEN.encode())
    _, out, _ = secret(piped=b"another-token-of-theirs")
    assert "  noticed  by the puller within five minutes\n" in out
    assert stored() == {"token": "another-token-of-theirs"}


def test_each_credential_is_asked_for_and_enter_keeps_what_is_stored(secret: Run) -> None:
    assert secret(definition=CLIENT, typed=["the-client", "its-secret"])[::2] == (0, "")
    assert stored() == {"client_id": "the-client", "client_secret": "its-secret"}
    status, out, _ = secret(typed=["", "its-new-secret"])
    assert (status, stored()) == (0, {"client_id": "the-client", "client_secret": "its-new-secret"})
    assert f"  unchanged  {PATH}/client_id\n".split() == next(
        line.split() for line in out.splitlines() if "unchanged" in line
    )
    assert secret("--name", "client_id", typed=["the-next-client"])[0] == 0
    assert stored() == {"client_id": "the-next-client", "client_secret": "its-new-secret"}


def test_a_pipe_has_a_line_for_each(secret: Run) -> None:
    assert secret(definition=CLIENT, piped=b"the-client\nits-secret\n")[0] == 0
    assert stored() == {"client_id": "the-client", "client_secret": "its-secret"}
    assert secret(piped=b"only-one\n")[::2] == (
        1,
        "error: standard input has 1 line, and must have one for each of client_id, client_secret; --name stores one "
        "of them alone, such as a key of several lines\n",
    )


def test_a_private_key_is_read_from_the_file_that_has_it(secret: Run, tmp_path: Path) -> None:
    key = private_key()
    (tmp_path / "key.pem").write_text(key)
    assert secret(definition=KEY, typed=["the-client", "key.pem"])[0] == 0
    assert stored() == {"client_id": "the-client", "private_key": key}
    assert secret("--name", "private_key", piped=key.encode())[0] == 0
    assert stored()["private_key"].strip() == key.strip()
    _, _, err = secret(typed=["the-client", "nowhere.pem"])
    assert err == "error: nowhere.pem: can't be read (No such file or directory); nothing was stored\n"


@pytest.mark.parametrize(
    ("piped", "message"),
    [
        (b"", "no secret on standard input"),
        (b"\xff", "the secret is not UTF-8 text"),
        (b"Bearer a-token-of-theirs", "token begins with 'Bearer', which is put before it anyway: leave that out"),
        (
            b"a token\nof two lines",
            "token has a character in it that is not seen, such as a line break; was it copied ",
        ),
        (b"<your token>", "token looks like a placeholder, not like a secret"),
        (b"x{{y", "token has {{ in it, which Parameter Store does not take"),
        (b"x" * 5_000, "token has more than the 4,096 bytes that Parameter Store takes"),
    ],
)
def test_what_can_be_no_credential_is_not_stored_and_not_shown(secret: Run, piped: bytes, message: str) -> None:
    status, out, err = secret(piped=piped)
    assert (status, out, stored()) == (1, "", {})
    assert err.startswith(f"error: {message}")
    assert "of-theirs" not in err


def test_one_that_is_wrong_keeps_the_others_from_being_stored(secret: Run) -> None:
    assert secret(definition=CLIENT, piped=b"the-client\n   \n")[::2] == (
        1,
        "error: client_secret is empty\nerror: nothing was stored\n",
    )
    assert stored() == {}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--generate", "acme asks its vendor, who makes the credentials: copy them from there"),
        ("--drop-previous", "acme has no previous secret: its puller uses the current one alone"),
        ("--name=password", "acme has no secret password; it has token"),
    ],
)
def test_options_that_make_no_sense_are_refused(secret: Run, option: str, message: str) -> None:
    assert secret(option) == (1, "", f"error: {message}\n")


def expiry(name: str = "token") -> str | None:
    ssm = boto3.client("ssm", "us-west-2")
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=f"{PATH}/{name}")["TagList"]
    return next((tag["Value"] for tag in tags if tag["Key"] == "Expires"), None)


def test_the_day_on_which_it_ends_is_asked_for_and_stored_as_a_tag(secret: Run) -> None:
    status, out, err = secret(typed=[TOKEN], days=["31.3.2999", "2001-01-01", "2999-03-31"])
    assert status == 0
    assert "  expires  on 2999-03-31; an alarm warns 21 days before\n" in out
    assert "Error: 31.3.2999: is not a day such as 2027-03-31\nError: 2001-01-01: is in the past\n" in err
    assert expiry() == "2999-03-31"
    assert "expires" not in secret(typed=[TOKEN])[1]
    assert expiry() is None  # what was said of the last one holds no more


def test_the_day_can_be_given_with_a_pipe(secret: Run) -> None:
    assert secret("--expires", "2999-03-31", piped=TOKEN.encode())[0] == 0
    assert expiry() == "2999-03-31"
    assert secret("--expires", "soon", piped=TOKEN.encode())[::2] == (
        2,
        "Usage: python -m generator secret [OPTIONS] SOURCE\n"
        "Try 'python -m generator secret --help' for help.\n\n"
        "error: soon: is not a day such as 2027-03-31\n",
    )


def test_each_credential_that_is_stored_gets_the_day(secret: Run) -> None:
    assert secret(definition=CLIENT, typed=["the-clients-id", "the-clients-secret"], days=["2999-03-31"])[0] == 0
    assert (expiry("client_id"), expiry("client_secret")) == ("2999-03-31", "2999-03-31")


def test_the_day_of_a_new_secret_holds_for_the_id_that_was_stored_with_the_last(secret: Run) -> None:
    secret(definition=CLIENT, typed=["the-clients-id", "the-clients-secret"], days=["2999-03-31"])
    assert secret("--name", "client_secret", typed=["the-next-secret"], days=["2999-09-30"])[0] == 0
    assert (expiry("client_id"), expiry("client_secret")) == ("2999-09-30", "2999-09-30")


def test_a_day_that_was_stored_alone_stays(secret: Run) -> None:
    secret("--name", "client_id", definition=CLIENT, typed=["the-clients-id"], days=["2999-01-01"])
    secret("--name", "client_secret", typed=["the-clients-secret"], days=["2999-03-31"])
    assert secret("--name", "client_secret", typed=["the-next-secret"], days=[""])[0] == 0
    assert (expiry("client_id"), expiry("client_secret")) == ("2999-01-01", None)
