"""`verify`: what is said about a captured request, and what never is."""

from __future__ import annotations

import base64
import io
import json
import re
import string
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands import main
from generator.definition import secret_names
from generator.definition.read import Definition, load
from generator.errors import GeneratorError
from generator.explain.captured_case import CapturedCase
from generator.explain.explanation import explain
from generator.explain.report import as_plain, lines, title
from generator.samples import files as sample_files
from generator.samples import vendor
from generator.samples.captured import Captured
from generator.samples.sample import Sample
from lambdas.auth_type import OutgoingRequest
from lambdas.model import Source
from lambdas.runtime.times import iso_time
from tests import issuers
from tests.definitions import CASES, ROOT, SOURCES, bundled_source, make_definition, webhook_definitions
from tests.examples import assert_example
from tests.fakes import NOW, SECRET
from tests.fakes import signed_request as signed_by

pytestmark = pytest.mark.slow

AT = iso_time(NOW)
BODY = (SOURCES / "zoom" / "samples" / "user.created.json").read_bytes().strip()
COMPACT = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
URL = "https://hooks.example.com/events"
PUBLISHED: list[dict[str, Any]] = json.loads((ROOT / "tests" / "vectors" / "webhooks.json").read_text(encoding="utf-8"))
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def offline_internet(monkeypatch: pytest.MonkeyPatch) -> issuers.Internet:
    return issuers.Internet().put_before(monkeypatch)


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`verify SOURCE` of a request, with what comes out of a pipe: exit status, output, errors."""
    monkeypatch.chdir(ROOT)

    def command(
        source: str, sent: OutgoingRequest | bytes, *args: str, piped: str | bytes = SECRET
    ) -> tuple[int, str, str]:
        file = tmp_path / "captured"
        file.write_bytes(sent if isinstance(sent, bytes) else http(sent))
        content = piped if isinstance(piped, bytes) else piped.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        at = [] if "--at" in args else ["--at", AT]
        status = main(["verify", source, "--request", str(file), *at, *args])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def http(sent: OutgoingRequest) -> bytes:
    """A request as it goes over the wire."""
    parts = urlsplit(sent.url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    head = [f"{sent.method} {target} HTTP/1.1", *([f"Host: {parts.netloc}"] if parts.netloc else [])]
    head += [f"{name}: {value}" for name, value in sent.headers.items()]
    return "\r\n".join([*head, "", ""]).encode() + sent.body


def texts_labeled(label: str, out: str) -> list[str]:
    """What stands after a label."""
    return re.findall(rf"^  {label} +(.*)$", out, re.MULTILINE)


def zoom(body: bytes = COMPACT, **more: Any) -> OutgoingRequest:
    return signed_by(
        bundled_source("zoom").source.endpoint.auth, body, {"Content-Type": "application/json"}, url=URL, **more
    )


def test_verified_request_is_shown_with_the_message(verify: Run) -> None:
    seen = zoom().headers["x-zm-signature"][:11]
    status, out, err = verify("zoom", zoom())
    assert (status, err) == (0, "")
    assert out == (
        "zoom  POST https://hooks.example.com/events, 412 bytes, as of 2026-01-01T00:00:00Z\n"
        "\n"
        '  hmac      HMAC-SHA256 of "v0:{timestamp}:{body}" in x-zm-signature, at most 300 s old\n'
        "  header    x-zm-signature: 67 characters\n"
        "            x-zm-request-timestamp: 1767225600\n"
        "  time      2026-01-01T00:00:00Z, 0 s old; allowed is 300 s either way\n"
        "  signed    v0:{timestamp}:{body}\n"
        "            {timestamp}  1767225600\n"
        '            {body}       {"event":"user.created","payload":{"account_id":"Exa4mpleAcc0untId9Zz1A" … '
        'event_ts":1772446877940}  (412 bytes)\n'
        f"  expected  {seen}…\n"
        f"  seen      {seen}…\n"
        "  verifies\n"
        "\n"
        "  verdict   verifies\n"
        "  becomes   2026-03-02 10:21:17 INFO zoom: user.created by zoom-admin@example.com: soren.prove@example.com\n"
        "  answer    200\n"
    )


def test_rewritten_body_is_reported_with_advice(verify: Run, update: bool) -> None:
    seen, expected = (zoom(body).headers["x-zm-signature"][:11] for body in (COMPACT, BODY))
    status, out, err = verify("zoom", zoom()._replace(body=BODY))
    assert (status, err) == (1, "")
    assert out.partition("  signed ")[2] == (
        "   v0:{timestamp}:{body}\n"
        "            {timestamp}  1767225600\n"
        '            {body}       {␊  "event": "user.created",␊  "payload": {␊    "account_id": "Exa4mpleA … '
        'ent_ts": 1772446877940␊}  (479 bytes)\n'
        f"  expected  {expected}…\n"
        f"  seen      {seen}…\n"
        "  refused   no signature in x-zm-signature is one of this body with the secret\n"
        "\n"
        "  verdict   does not verify: the endpoint answers 401\n"
        "  why       what was signed is the same JSON without spaces, with \\u escapes\n"
        "  do        pass on what was sent: the body was parsed and written anew, by a proxy, by a framework that "
        "parses it first, or by the tool that captured it\n"
        "  would be  2026-03-02 10:21:17 INFO zoom: user.created by zoom-admin@example.com: soren.prove@example.com\n"
        "  answer    200, once it verifies\n"
    )
    command = f"python -m generator verify zoom --request captured.http --at {AT} < secret.txt"
    assert_example("verify", command, out, update=update)


def test_programs_read_the_same_as_json(verify: Run) -> None:
    seen = zoom().headers["x-zm-signature"][:11]
    status, out, err = verify("zoom", zoom()._replace(body=COMPACT + b" "), "--json")
    assert (status, err) == (1, "")
    explanation = json.loads(out)
    assert explanation["auth"].pop("facts")[-1] == {"label": "seen", "text": f"{seen}…"}
    assert explanation == {
        "source": "zoom",
        "request": {"method": "POST", "url": URL, "bytes": len(COMPACT) + 1},
        "at": "2026-01-01T00:00:00.000+00:00",
        "verifies": False,
        "auth": {
            "type": "hmac",
            "told": 'HMAC-SHA256 of "v0:{timestamp}:{body}" in x-zm-signature, at most 300 s old',
            "verifies": False,
            "why": "no signature in x-zm-signature is one of this body with the secret",
        },
        "findings": [
            {
                "said": "what was signed is the body without the white space around it",
                "todo": "pass on what was sent: an editor, a shell or the tool that captured it "
                "changed the white space",
                "proven": True,
            }
        ],
        "challenge": None,
        "status": 401,
        "onward": {"status": 200, "body": "", "why": None},
        "messages": [
            {
                "timestamp": "2026-03-02T10:21:17.940+00:00",
                "severity": "INFO",
                "summary": "zoom: user.created by zoom-admin@example.com: soren.prove@example.com",
                "tags": ["zoom", explanation["messages"][0]["tags"][1]],
            }
        ],
    }


def raw(sent: OutgoingRequest) -> bytes:
    """A request without Content-Length, so that what ends the file may be of the body."""
    return http(sent)


def test_final_line_break_of_a_file_belongs_to_the_body_where_signed(verify: Run) -> None:
    assert verify("zoom", raw(zoom()) + b"\n")[0] == 0
    assert verify("zoom", raw(zoom(COMPACT + b"\n")))[0] == 0
    assert verify("zoom", raw(zoom(COMPACT + b"\r\n")))[0] == 0


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (str(int(NOW)), 0),
        (str(int(NOW) + 300), 0),
        (str(int(NOW) + 301), 1),
        ("2026-01-01T01:00:00+01:00", 0),
        ("2026-01-02T00:00:00Z", 1),
        ("request", 0),
    ],
)
def test_at_sets_the_clock(verify: Run, at: str, status: int) -> None:
    assert verify("zoom", zoom(), "--at", at)[0] == status


def test_clock_is_now_without_at(verify: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.commands.verify.time.time", lambda: NOW + 400)
    file = Path("nowhere")
    assert main(["verify", "zoom", "--request", str(file)]) == 1
    status, out, _ = verify("zoom", zoom(now=NOW), "--at", "request")
    assert (status, "as of 2026-01-01T00:00:00Z\n" in out) == (0, True)


def test_the_time_of_a_body_or_a_token_is_the_requests_own_too(verify: Run) -> None:
    auth = bundled_source("linear").source.endpoint.auth
    sent = auth.type.sign(auth.settings, OutgoingRequest("POST", URL, {}, b"{}"), lambda _name: (SECRET,), NOW - 9_000)
    assert verify("linear", sent)[0] == 1
    assert verify("linear", sent, "--at", "request")[0] == 0


def test_request_without_a_time_is_verified_as_of_now(verify: Run) -> None:
    sent = signed_by(bundled_source("github").source.endpoint.auth, b"{}", {"X-GitHub-Event": "push"}, url=URL)
    status, _, err = verify("github", sent, "--at", "request")
    assert (status, err) == (
        0,
        "warning: the request has no time that the definition checks; using the current time\n",
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--at", "yesterday"],
            "--at yesterday: must be Unix seconds, a time such as 2026-03-01T09:00:00Z, or request",
        ),
        (["--url", "https://[hooks"], "https://[hooks: is no URL: Invalid IPv6 URL"),
        (["--url", "hooks.example.com"], "--url hooks.example.com: is no URL such as https://hooks.example.com/events"),
        (
            ["--keys", "README.md"],
            "--keys is for what is verified with keys that a vendor publishes; here, a secret is asked",
        ),
        (["--keys", "nowhere"], "nowhere: can't be read: No such file or directory"),
    ],
)
def test_invalid_option_is_reported(verify: Run, args: list[str], message: str) -> None:
    assert verify("zoom", zoom(), *args) == (1, "", f"error: {message}\n")


@pytest.mark.parametrize(
    ("piped", "args", "message"),
    [
        (b"", [], "no secret on standard input"),
        (b"\n", [], "no secret on standard input"),
        (b"\xff", [], "the secret is not UTF-8 text"),
        (b"a\nb\nc\n", ["--previous"], "standard input has 3 lines, for 2 secrets"),
    ],
)
def test_pipe_without_a_secret_is_reported(verify: Run, piped: bytes, args: list[str], message: str) -> None:
    assert verify("zoom", zoom(), *args, piped=piped) == (1, "", f"error: {message}\n")


def test_closed_standard_input_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "captured").write_bytes(http(zoom()))
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["verify", "zoom", "--request", str(tmp_path / "captured"), "--sources", str(SOURCES)]) == 1
    assert capsys.readouterr().err == "error: no secret: standard input is closed\n"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_final_line_break_of_a_pipe_is_not_part_of_the_secret(verify: Run, end: str) -> None:
    assert verify("zoom", zoom(), piped=SECRET + end)[0] == 0


def test_previous_secret_is_prompted_for_with_the_option(verify: Run) -> None:
    status, out, _ = verify("zoom", zoom(), "--previous", piped=f"another-one\n{SECRET}\n")
    assert status == 0
    assert "  why       it was made with the previous secret, not with the current one\n" in out
    assert verify("zoom", zoom(), "--previous", piped=f"{SECRET}\n")[0] == 0


TWO = """\
description: Two secrets
webhook:
  auth:
    all_of:
      - hmac: {signature: {header: X-Signature}}
      - token: {header: X-Token, secret: other}
"""


def test_each_of_several_secrets_is_asked_for(verify: Run, tmp_path: Path) -> None:
    auth = make_definition(tmp_path / "s", TWO).source.endpoint.auth
    values = {"auth_token": SECRET, "other": "another-secret"}
    sent = auth.type.sign(auth.settings, OutgoingRequest("POST", URL, {}, b"{}"), lambda name: (values[name],), NOW)
    folder = ["--sources", str(tmp_path / "s")]
    assert verify("made", sent, *folder, piped=f"{SECRET}\nanother-secret\n")[0] == 0
    status, out, _ = verify("made", sent, *folder, piped=f"another-secret\n{SECRET}\n")
    assert status == 1
    assert texts_labeled("why", out) == [
        "hmac: it was made with the secret other",
        "token: it was made with the secret auth_token",
    ]
    status, out, _ = verify("made", sent, *folder, piped=f"{SECRET}\n")
    assert (status, texts_labeled("verdict", out)) == (1, ["can't be known: no secret other was given"])


def test_in_a_terminal_the_secrets_are_typed_and_not_shown(verify: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: list[tuple[str, Any]] = []

    def prompt(text: str, **options: Any) -> str:
        prompts.append((text, options))
        return ["another-one", SECRET][len(prompts) - 1]

    monkeypatch.setattr("generator.commands._console.is_interactive", lambda: True)
    monkeypatch.setattr(click, "prompt", prompt)
    assert verify("zoom", zoom(), "--previous")[0] == 0
    hidden = {"hide_input": True, "err": True, "show_default": False}
    assert prompts == [
        ("Secret of zoom (it is not shown)", {**hidden, "default": None}),
        ("The one before it (Enter: there is none)", {**hidden, "default": ""}),
    ]


def challenge(name: str, sample: str) -> OutgoingRequest:
    (candidate,) = [
        candidate for candidate in sample_files.load_samples(bundled_source(name))[0] if candidate.name == sample
    ]
    sent = vendor.sign_sample(bundled_source(name).source, candidate, URL, lambda _name: (SECRET,), NOW)
    assert sent
    return sent


def test_handshake_is_shown_with_the_reply_except_signed_parts(verify: Run) -> None:
    assert verify("zoom", challenge("zoom", "endpoint.url_validation"), piped="") == (
        0,
        f"zoom  POST {URL}, 132 bytes, as of 2026-01-01T00:00:00Z\n"
        "\n"
        "  verdict    none is needed: a challenge that carries no credential is answered to anyone\n"
        "  challenge  POST where event == 'endpoint.url_validation', answered before its sender is verified\n"
        '  answer     200 {"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"[made with the secret]"}\n',
        "",
    )


def test_secret_handed_over_in_a_handshake_is_hidden(verify: Run) -> None:
    handed = "b537207f20cbfa02357cf448134da559"
    status, out, _ = verify("asana", OutgoingRequest("POST", URL, {"X-Hook-Secret": handed}, b""), piped="")
    assert status == 0
    assert handed not in out
    assert "  answer     200 x-hook-secret: [hidden]\n" in out
    assert "; what header('x-hook-secret') finds becomes the secret, if there is none yet\n" in out


def test_verified_handshake_says_who_is_answered(verify: Run) -> None:
    body = b'{"type":"url_verification","challenge":"3eZbrw1aB10FEMAGAZd4FyFQ"}'
    sent = signed_by(bundled_source("slack").source.endpoint.auth, body, url=URL)
    status, out, _ = verify("slack", sent)
    assert status == 0
    assert "  challenge  POST where type == 'url_verification', answered once its sender is verified\n" in out
    assert '  answer     200 {"challenge":"3eZbrw1aB10FEMAGAZd4FyFQ"}\n' in out
    status, out, _ = verify("slack", sent, piped="another-secret")
    assert status == 1
    assert '  answer     200 {"challenge":"3eZbrw1aB10FEMAGAZd4FyFQ"}, once it verifies\n' in out


SNS = f"""\
description: Made-up topic
webhook:
  auth:
    sns: {{topics: ["{issuers.TOPIC}"]}}
  challenges:
    - when: Type == 'SubscriptionConfirmation'
      confirm: {{url: SubscribeURL, hosts: ["sns.*.amazonaws.com"]}}
      reply: {{status: 200}}
events:
  mask: [Token, SubscribeURL]
"""


def sns(**fields: str) -> OutgoingRequest:
    return OutgoingRequest("POST", URL, {}, json.dumps(issuers.signed_message(issuers.message(**fields))).encode())


def test_a_message_of_sns_is_verified_with_a_certificate_from_a_file(
    verify: Run, tmp_path: Path, offline_internet: issuers.Internet
) -> None:
    make_definition(tmp_path / "s", SNS)
    (tmp_path / "cert.pem").write_bytes(issuers.certificate())
    options = ["--sources", str(tmp_path / "s"), "--keys", str(tmp_path / "cert.pem")]
    status, out, err = verify("made", sns(), *options, piped="")
    assert (status, err) == (0, "")
    assert "  becomes   2026-01-01 00:00:00 INFO made_event\n" in out
    about = {
        "Type": "SubscriptionConfirmation",
        "Token": "2336412f37fb687f",
        "SubscribeURL": f"{URL}?Token=2336412f37fb687f",
    }
    status, out, _ = verify("made", sns(**about), *options, piped="")
    assert (status, "2336412f37fb687f" in out) == (0, False)
    assert "answered once its sender is verified; the URL in SubscribeURL is called\n" in out
    status, out, _ = verify("made", sns(TopicArn="arn:aws:sns:us-west-2:123456789012:Other"), *options, piped="")
    assert status == 1
    assert "  why       its topic is arn:aws:sns:us-west-2:123456789012:Other\n" in out
    raw_message = OutgoingRequest("POST", URL, {"x-amz-sns-rawdelivery": "true"}, b'{"a": 1}')
    out = verify("made", raw_message, *options, piped="")[1]
    assert "  do        switch raw message delivery off: what is delivered so has no signature\n" in out
    assert offline_internet.requested_urls == []


def test_without_a_key_file_asking_the_vendor_is_announced(
    verify: Run, tmp_path: Path, offline_internet: issuers.Internet
) -> None:
    make_definition(tmp_path / "s", SNS)
    offline_internet.pages[issuers.CERTIFICATE_URL] = issuers.certificate()
    status, _, err = verify("made", sns(), "--sources", str(tmp_path / "s"), piped="")
    announcement = "asks the SigningCertURL of the message for keys; with --keys FILE, nothing is fetched\n"
    assert (status, err) == (0, announcement)


JWT = """\
description: Made-up issuer
webhook:
  auth:
    jwt: {issuer: "https://issuer.example.com", audience: [me], claims: {email: a@example.com, email_verified: "true"}}
"""
CLAIMS = {
    "iss": "https://issuer.example.com",
    "aud": "me",
    "email": "a@example.com",
    "email_verified": True,
    "iat": NOW - 10,
    "exp": NOW + 3_590,
}


@pytest.mark.parametrize(
    ("change", "args", "why"),
    [
        ({}, [], None),
        ({}, ["--at", str(int(NOW) + 9_000)], "its time is over: exp is 5,410 s (90 minutes) old"),
        ({}, ["--at", "request"], None),
        ({"aud": "you"}, [], "aud is you, and must be me"),
        (
            {"iss": "https://other.example.com"},
            [],
            "iss is https://other.example.com, and must be https://issuer.example.com",
        ),
        ({"email_verified": False}, [], "email_verified is False, and must be true"),
        ({"exp": "soon"}, [], "exp is soon"),
        ({"nbf": NOW + 100}, [], "its time has not begun: nbf is 100 s in the future"),
    ],
)
def test_a_token_of_an_issuer_is_verified_with_keys_from_a_file(
    verify: Run, tmp_path: Path, change: Mapping[str, Any], args: list[str], why: str | None
) -> None:
    make_definition(tmp_path / "s", JWT)
    (tmp_path / "keys.json").write_bytes(issuers.key_set(issuers.Issuer()))
    token = issuers.Issuer().token({**CLAIMS, **change})
    sent = OutgoingRequest("POST", URL, {"Authorization": f"Bearer {token}"}, b"{}")
    options = ["--sources", str(tmp_path / "s"), "--keys", str(tmp_path / "keys.json")]
    status, out, err = verify("made", sent, *options, *args, piped="")
    assert (status, err) == (1 if why else 0, "")
    assert texts_labeled("why", out) == ([why] if why else [])
    assert all(part not in out for part in token.split("."))


JWT_OF_A_DEPLOYMENT = """\
description: d
parameters:
  Host: {description: Host of the issuer, pattern: "[a-z0-9.-]+", example: login.example.net}
webhook: {auth: {jwt: {issuer: "https://${Host}", audience: [me]}}}
"""


def test_a_parameter_has_the_value_of_the_deployment(
    verify: Run, tmp_path: Path, offline_internet: issuers.Internet
) -> None:
    make_definition(tmp_path / "s", JWT_OF_A_DEPLOYMENT)
    (tmp_path / "keys.json").write_bytes(issuers.key_set(issuers.Issuer()))
    sent = OutgoingRequest("POST", URL, {"Authorization": f"Bearer {issuers.Issuer().token(CLAIMS)}"}, b"{}")
    options = ["--sources", str(tmp_path / "s"), "--keys", str(tmp_path / "keys.json")]
    assert verify("made", sent, *options, "--parameter", "Host=issuer.example.com", piped="")[0] == 0
    assert verify("made", sent, *options, "--parameter", "Host=other.example.com", piped="")[0] == 1
    missing = "error: --parameter Host=VALUE is missing: Host of the issuer\n"
    assert verify("made", sent, *options, piped="") == (1, "", missing)
    assert offline_internet.requested_urls == []


def test_method_without_a_route_is_answered_by_the_api(verify: Run) -> None:
    sent = zoom()._replace(method="PUT")
    for piped, why in ((SECRET, []), ("another-secret", ["the secret is another one"])):
        status, out, _ = verify("zoom", sent, piped=piped)
        assert status == 1
        assert texts_labeled("verdict", out) == ["is not looked at: the endpoint answers 404"]
        assert texts_labeled("why", out) == ["PUT has no route: there is one for POST"]
        assert [text.partition(",")[0] for text in texts_labeled("perhaps", out)] == why
        assert texts_labeled("do", out)[0] == "have the vendor send events as POST"
        assert texts_labeled("becomes", out) == ["no message"]
        assert texts_labeled("because", out) == ["the API itself answers where it has no route: nothing else sees it"]
        assert texts_labeled("answer", out) == ['404 {"message":"Not Found"}']
    explanation = json.loads(verify("zoom", sent, "--json")[1])
    assert (explanation["verifies"], explanation["auth"]["verifies"], explanation["status"]) == (False, True, 404)


def test_keys_of_another_kind_are_reported(verify: Run, tmp_path: Path) -> None:
    make_definition(tmp_path / "s", JWT)
    make_definition(tmp_path / "s", SNS, "made-sns")
    folder = ["--sources", str(tmp_path / "s")]
    file = tmp_path / "keys"
    file.write_text("{}")
    message = f"error: {file}: is no set of keys (JWKS), as the issuer's jwks_uri leads to\n"
    assert verify("made", zoom(), *folder, "--keys", str(file)) == (1, "", message)
    message = f"error: {file}: is no certificate in PEM, as SigningCertURL leads to\n"
    assert verify("made-sns", zoom(), *folder, "--keys", str(file)) == (1, "", message)


SHIPPED = {
    "github": "github",
    "slack": "slack",
    "pagerduty": "pagerduty",
    "shopify": "shopify",
    "gitlab-token": "gitlab",
    "twilio-form": "twilio",
    "twilio-json": "twilio",
    "sendgrid": "sendgrid",
    "standard-webhooks": "standard-webhooks",
    "svix": "svix",
}
VECTORS = [vector for vector in PUBLISHED if vector["scheme"] in SHIPPED and vector["secret"]]


def case_of(source: Source, sent: OutgoingRequest, secret: str, now: float = NOW) -> CapturedCase:
    names = secret_names.stored_names(source.endpoint)
    captured = Captured(sent.method, sent.url, tuple(sent.headers.items()), sent.body)
    return CapturedCase(source, captured, dict.fromkeys(names, (secret,)), now)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{PUBLISHED.index(vector)}-{vector['scheme']}")
def test_published_vectors_verify_as_published(vector: dict[str, Any]) -> None:
    source = bundled_source(SHIPPED[vector["scheme"]]).source
    now = float(vector["now"] or (1_600_112_502 if vector["scheme"] == "sendgrid" else NOW))
    sent = OutgoingRequest(vector["method"], vector["url"], vector["headers"], vector["body"].encode())
    explanation = explain(case_of(source, sent, vector["secret"], now))
    assert explanation.auth
    assert explanation.auth.verifies == vector["valid"]
    assert bool(explanation.findings) == (not vector["valid"])


def printed_text(case: CapturedCase) -> str:
    """All that is ever printed of a request."""
    explanation = explain(case)
    texts = [title(explanation, case), *(f"{line.label} {line.text}" for line in lines(explanation))]
    return "\n".join([*texts, json.dumps(as_plain(explanation, case), ensure_ascii=False)])


DEFINITIONS: list[Definition] = webhook_definitions(SOURCES)
SAMPLES = [(definition, sample) for definition in DEFINITIONS for sample in sample_files.load_samples(definition)[0]]
in_base64 = st.binary(min_size=12, max_size=30).map(lambda key: base64.b64encode(key).decode())
secrets = in_base64 | in_base64.map("whsec_".__add__) | st.text(string.printable[:95], min_size=12, max_size=40)


@given(st.sampled_from(SAMPLES), secrets, st.booleans(), st.sampled_from([b"", b"\n", b" "]))
def test_output_never_has_a_secret_or_a_whole_signature(
    pair: tuple[Definition, Sample], secret: str, same: bool, more: bytes
) -> None:
    source, sample = pair[0].source, pair[1]
    try:
        sent = vendor.sign_sample(source, sample, URL, lambda _name: (secret,), NOW)
    except GeneratorError:
        return  # a secret that is none to this vendor
    if sent is None:
        return
    printed = printed_text(case_of(source, sent._replace(body=sent.body + more), secret if same else f"{secret}x"))
    auth = vendor.auth_of_sample(source, sample)
    own_headers = dict(sent.headers.items() - sample.headers.items())
    names = auth.type.headers(auth.settings) if auth else ()
    carried = [word for name, value in own_headers.items() if name.lower() in names for word in words(value)]
    assert [text for text in parts([secret.strip(), *carried]) if text in printed] == []


def words(value: str) -> list[str]:
    """The long words of a header: a signature or a token, without the prefix and the time beside it."""
    return [word for word in re.split(r"[,;=\s]+", value) if len(word) >= 16]


def parts(values: list[str]) -> set[str]:
    """Of each value every part that is long enough to be of use to somebody."""
    return {value[at : at + 16] for value in values if value for at in range(max(len(value) - 15, 1))}


def test_masked_fields_are_not_printed() -> None:
    body = b'{"event":"recording.completed","download_token":"eyJhbGciOi-abc","payload":{},"event_ts":1}'
    assert "eyJhbGciOi" not in printed_text(case_of(bundled_source("zoom").source, zoom(body), SECRET))
    assert "[hidden]" in printed_text(case_of(bundled_source("zoom").source, zoom(body), SECRET))


def test_a_token_in_the_query_is_not_printed(tmp_path: Path) -> None:
    source = make_definition(tmp_path, "description: d\nwebhook: {auth: {token: {query: key}}}\n").source
    sent = OutgoingRequest("POST", f"{URL}?key=s%2fcret-s%2fcret&a=1", {}, b"{}")
    for secret in ("s/cret-s/cret", "another-secret"):
        printed = printed_text(case_of(source, sent, secret))
        assert f"{URL}?key=[hidden]&a=1" in printed
        assert "cret-s" not in printed


@pytest.mark.parametrize(
    ("auth", "seen"),
    [
        (
            "body_token: {each: the-value, field: '@odata.client-state'}",
            "@odata.client-state: in 1 of 1, the secret in 0",
        ),
        (
            "body_hmac: {each: the-value, signature: {path: '@odata.client-state'}, signed: '{id}', uncovered: rest}",
            "seen",
        ),
    ],
)
def test_a_field_whose_name_is_no_path_is_found_and_hidden(tmp_path: Path, auth: str, seen: str) -> None:
    """JMESPath would take `client-state` for a mistake, and `@` for the whole."""
    events = "events: {split: '\"the-value\"'}"
    source = make_definition(tmp_path, f"description: d\nwebhook: {{auth: {{{auth}}}}}\n{events}\n").source
    body = b'{"the-value":[{"id":"e1","@odata":{"client-state":"f00dfeedf00dfeedf00dfeed"}}]}'
    case = case_of(source, OutgoingRequest("POST", URL, {}, body), SECRET)
    assert seen in printed_text(case)
    assert "f00dfeedf00dfeedf00dfeed" not in printed_text(case)
    assert explain(case).status == 401


def test_control_characters_of_a_request_do_not_reach_the_terminal() -> None:
    body = b'{"event":"\x1b[2J","a":"\xe2\x80\xae\r\n"}'
    sent = zoom(body)
    sent = sent._replace(headers={**sent.headers, "x-zm-request-timestamp": "1\x1b[31m"})
    printed = printed_text(case_of(bundled_source("zoom").source, sent, SECRET))
    assert {char for char in printed if not char.isprintable()} == {"\n"}
    assert '{"event":"␛[2J","a":"<U+202E>␍␊"}' in printed


def test_binary_body_is_shown_in_hex() -> None:
    printed = printed_text(case_of(bundled_source("zoom").source, zoom(b"\x1f\x8b\x08" + bytes(40)), SECRET))
    assert "1f 8b 08 00 00 00" in printed
    assert "(not UTF-8)" in printed


def test_authorizer_refusal_is_answered_as_the_authorizer_does() -> None:
    source = bundled_source("auth0").source
    assert (
        explain(case_of(source, OutgoingRequest("POST", URL, {"Authorization": "wrong"}, b"{}"), SECRET)).status == 403
    )
    assert explain(case_of(source, OutgoingRequest("POST", URL, {}, b"{}"), SECRET)).status == 401


def test_authentic_request_without_a_message_is_shown_with_the_reason(verify: Run) -> None:
    status, out, _ = verify("zoom", zoom(b'{"event":"user.created"}'))
    assert status == 0
    assert "  becomes   no message\n  kept      missing: no payload\n  answer    200\n" in out
    status, out, _ = verify("zoom", zoom(b""))
    assert "  becomes   no message\n  because   empty\n  answer    400\n" in out


def test_missing_package_is_reported(verify: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.explain.key_file.find_spec", lambda _name: None)
    message = "error: discord is verified with cryptography; install it with: pip install -e '.[local]'\n"
    assert verify("discord", zoom()) == (1, "", message)


CASES_OF_ALL = [definition.source for definition in webhook_definitions()]
HEADERS = sorted(
    {name for source in CASES_OF_ALL for name in source.endpoint.auth.type.headers(source.endpoint.auth.settings)}
)
values = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=80) | st.sampled_from(
    ["v0=", "sha256=zz", "Bearer a.b.c", "Basic !", "t=1,v1=ab,v1=cd", "1767225600", "2026-01-01T00:00:00Z", "gzip"]
)
names = st.sampled_from([*HEADERS, "host", "content-type", "content-encoding", "x-zm-request-timestamp"])
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "Type", "a"]), inner),
    max_leaves=9,
)


@given(
    st.sampled_from(CASES_OF_ALL),
    st.lists(st.tuples(names, values), max_size=6),
    st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["/events", "/events?a=%zz&b", "https://x.example.com:8443/a//b?x=1", "*"]),
    secrets,
)
def test_whatever_was_captured_is_explained(
    source: Source, headers: list[tuple[str, str]], body: bytes, url: str, secret: str
) -> None:
    stored = dict.fromkeys(secret_names.stored_names(source.endpoint), (secret,))
    case = CapturedCase(source, Captured("POST", url, tuple(headers), body, trailing_newline=b"\n"), stored, NOW)
    explanation = explain(case)
    assert [line for line in lines(explanation) if line.label == "verdict"]
    assert json.dumps(as_plain(explanation, case))


@pytest.mark.parametrize(
    ("auth", "secret", "why"),
    [
        (
            "body_hmac: {signature: {path: s}, signed: '{id}', uncovered: rest, key: {encoding: hex}}",
            "no-hex",
            "auth_token is no key written in hex, which the definition says that it is",
        ),
        ("basic: {}", "a-password-alone", "auth_token is not `user:password`: it has no colon"),
        ("ecdsa: {signature: {header: x-sig}}", "no key", "auth_token is no public key of P-256 or P-384, neither"),
    ],
)
def test_unusable_secret_is_explained_as_503(tmp_path: Path, auth: str, secret: str, why: str) -> None:
    source = make_definition(tmp_path, f"description: d\nwebhook: {{auth: {{{auth}}}}}\n").source
    sent = OutgoingRequest("POST", URL, {"Authorization": "Basic YTpi", "x-sig": "00"}, b'{"id":"1","s":"00"}')
    explained = explain(case_of(source, sent, secret))
    assert (explained.status, explained.verifies) == (503, False)
    assert why in printed_text(case_of(source, sent, secret))
    assert "does not verify: the endpoint answers 503" in printed_text(case_of(source, sent, secret))


@pytest.mark.parametrize("auth", ["hmac: {signature: {header: x-sig}}", "body_token: {field: s}"])
def test_white_space_around_a_secret_is_no_reason(tmp_path: Path, auth: str) -> None:
    source = make_definition(tmp_path, f"description: d\nwebhook: {{auth: {{{auth}}}}}\n").source
    text = printed_text(case_of(source, signed_by(source.endpoint.auth, b'{"id":"1","s":""}'), f"{SECRET}\n"))
    assert "verifies" in text
    glimpses = re.findall(r"(?:expected|seen) +(\S+)", text)
    assert len(set(glimpses)) <= 1
    assert "the secret in 0" not in text


def test_a_signature_in_a_form_is_not_printed() -> None:
    for name, body in (("transloadit", "transloadit=%7B%7D"), ("braintree", "bt_payload=x&more=1")):
        source = load(CASES, [name])[0].source
        auth, headers = source.endpoint.auth, {"Content-Type": "application/x-www-form-urlencoded"}
        sent = auth.type.sign(
            auth.settings, OutgoingRequest("POST", URL, headers, body.encode()), lambda _: ("k",), NOW
        )
        assert sent
        value = next(text for key, text in parse_qsl(sent.body.decode()) if key in ("signature", "bt_signature"))
        signature = re.split("[|:]", value)[-1]
        for secret in ("k", "another"):
            assert signature not in printed_text(case_of(source, sent, secret))
