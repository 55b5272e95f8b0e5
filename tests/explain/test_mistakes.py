"""Each common mistake, made on purpose: the explanation names it, and says what to do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from generator.definition.auth_types import auth_types
from generator.explain.captured_case import CapturedCase
from generator.explain.explanation import explain
from generator.explain.report import lines
from generator.explain.time_findings import Finding
from generator.samples.captured import Captured
from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model import Auth, Source
from lambdas.model_types import Header, SecretName
from lambdas.reading.request import Request
from tests.definitions import bundled_source, make_definition
from tests.fakes import NOW, SECRET

URL = "https://hooks.example.com/prod/events?a=1&b=x%20y"
VALUE = {"event": "user.created", "path": "/a", "name": "Zürich", "ratio": 1.0, "a": [1, 2]}
BODY = json.dumps(VALUE, separators=(",", ":"), ensure_ascii=False).encode()
JSON_TYPE = {"Content-Type": "application/json"}
REWRITTEN = (
    "pass on what was sent: the body was parsed and written anew, by a proxy, by a framework that parses it first, or "
    "by the tool that captured it"
)
LINES = "pass on what was sent: an editor, a shell or the tool that captured it changed the line breaks"
PLAIN = "signature: {header: X-Signature}"


def make_source(tmp_path: Path, auth: str) -> Source:
    """A source with this auth, as it stands in a definition in flow style."""
    return make_definition(tmp_path, f"description: Made\nwebhook:\n  auth:\n    {auth}\n").source


def signed(auth: Auth, body: bytes = BODY, secret: str = SECRET, url: str = URL) -> OutgoingRequest:
    signed_request = auth.type.sign(
        auth.settings, OutgoingRequest("POST", url, JSON_TYPE, body), lambda _name: (secret,), NOW
    )
    assert signed_request
    return signed_request


def signed_at(auth: Auth, at: float) -> OutgoingRequest:
    """A request as it was signed at another time."""
    sent = auth.type.sign(auth.settings, OutgoingRequest("POST", URL, {}, BODY), lambda _name: (SECRET,), at)
    assert sent
    return sent


def findings(
    source: Source, sent: OutgoingRequest, secrets: Mapping[str, tuple[str, ...]] | str = SECRET, **more: Any
) -> list[Finding]:
    """What is found of a request as it was captured."""
    captured = Captured(sent.method, sent.url, tuple(sent.headers.items()), sent.body, **more.pop("about", {}))
    stored = {"auth_token": (secrets,)} if isinstance(secrets, str) else secrets
    explained = explain(CapturedCase(source, captured, stored, NOW, **more))
    assert explained.verifies == (not explained.findings or explained.status < 300)
    return list(explained.findings)


Change = Callable[[bytes], bytes]


def rewritten_json(**options: Any) -> Change:
    return lambda body: json.dumps(json.loads(body), **options).encode()


@pytest.mark.parametrize(
    ("was", "diagnosis", "advice"),
    [
        (rewritten_json(ensure_ascii=False), "the same JSON with a space after each comma and colon", REWRITTEN),
        (
            rewritten_json(),
            "the same JSON with a space after each comma and colon, with \\u escapes",
            REWRITTEN,
        ),
        (rewritten_json(separators=(",", ":")), "the same JSON without spaces, with \\u escapes", REWRITTEN),
        (
            rewritten_json(separators=(",", ":"), ensure_ascii=False, sort_keys=True),
            "the same JSON without spaces, keys sorted",
            REWRITTEN,
        ),
        (rewritten_json(indent=2), "the same JSON indented by 2, with \\u escapes", REWRITTEN),
        (
            lambda body: json.dumps(json.loads(body), separators=(",", ":")).replace("/", "\\/").encode(),
            "the same JSON without spaces, with \\u escapes, with \\/ as PHP writes it",
            REWRITTEN,
        ),
        (rewritten_json(indent="\t", ensure_ascii=False), "the same JSON indented by a tab", REWRITTEN),
        (
            lambda body: json.dumps(json.loads(body), separators=(",", ":")).replace("00fc", "00FC").encode(),
            "the same JSON without spaces, with \\u escapes in capitals",
            REWRITTEN,
        ),
        (
            lambda body: json.dumps(body.decode()).encode(),
            "the body as a JSON text: encoded twice",
            "have the sender sign what it sends: it signs its JSON encoded as a JSON text once more",
        ),
        (
            lambda body: body.replace(b"1.0", b"1"),
            "the same JSON without spaces, numbers as JavaScript writes them",
            REWRITTEN,
        ),
        (lambda body: body + b"\n", "the body with a line break (LF) at its end", LINES),
        (lambda body: body + b"\r\n", "the body with a line break (CRLF) at its end", LINES),
        (
            lambda body: b"\xef\xbb\xbf" + body,
            "the body with a byte order mark",
            "pass on what was sent: an editor or the tool that captured it took away a byte order mark",
        ),
        (
            lambda body: body.decode().encode("latin-1"),
            "the body in latin-1",
            "pass on what was sent: the body was read in one character set, and written in another",
        ),
        (
            lambda _: b"",
            "an empty body",
            "the sender must sign the body that it sends: whoever gets hold of it can change it",
        ),
    ],
)
def test_body_differs_from_the_signed_body(tmp_path: Path, was: Change, diagnosis: str, advice: str) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(source.endpoint.auth, was(BODY))._replace(body=BODY)
    assert findings(source, sent) == [Finding(f"what was signed is {diagnosis}", advice)]


MARKS = b'{"a":"<b> & c"}'
ESCAPED = [
    (
        MARKS.replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026"),
        MARKS,
        "the same JSON without spaces, with \\u003c for < as Go writes it",
    ),
    (
        MARKS.replace(b"<", b"\\u003C").replace(b">", b"\\u003E").replace(b"&", b"\\u0026"),
        MARKS,
        "the same JSON without spaces in capitals, and \\u003C for < as .NET writes it",
    ),
    (MARKS, b'{"a":"&lt;b&gt; &amp; c"}', "the body before it was escaped for HTML"),
    (b"[1]", "[1]".encode("utf-16"), "the body in UTF-8"),
    (b"[1, 2, 3, 4]?", base64.urlsafe_b64encode(b"[1, 2, 3, 4]?").rstrip(b"="), "the body decoded from base64"),
]


@pytest.mark.parametrize(("was", "became", "diagnosis"), ESCAPED)
def test_a_body_that_was_escaped_or_encoded(tmp_path: Path, was: bytes, became: bytes, diagnosis: str) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    [finding] = findings(source, signed(source.endpoint.auth, was)._replace(body=became))
    assert finding.diagnosis == f"what was signed is {diagnosis}"


@pytest.mark.parametrize(
    ("was", "became", "diagnosis"),
    [
        (b"[1]", b"[1]\n", "the body without the line break (LF) at its end"),
        (b"[1]", b"[1]\r\n", "the body without the line break (CRLF) at its end"),
        (b"[1,\r\n2]", b"[1,\n2]", "the body with CRLF for every LF"),
        (b"[1,\n2]", b"[1,\r\n2]", "the body with LF for every CRLF"),
    ],
)
def test_changed_line_breaks(tmp_path: Path, was: bytes, became: bytes, diagnosis: str) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(source.endpoint.auth, was)._replace(body=became)
    assert findings(source, sent) == [Finding(f"what was signed is {diagnosis}", LINES)]


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


LINES_OF_JSON = [VALUE, {"event": "user.deleted", "a": []}, {"event": "user.moved", "ratio": 0.5}]


@pytest.mark.parametrize("values", [[VALUE], LINES_OF_JSON])
@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("captured_with", ["", "\n"])
@pytest.mark.parametrize("anew", [json.dumps, compact])
def test_rewritten_lines_and_final_line_breaks(
    tmp_path: Path, values: list[Any], ended: bool, captured_with: str, anew: Callable[[Any], str]
) -> None:
    was = compact if anew is json.dumps else json.dumps
    before, after = ("\n".join(map(dump, values)) for dump in (was, anew))
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(source.endpoint.auth, f"{before}{chr(10) * ended}".encode())
    content = "the same JSON" if len(values) == 1 else "the same lines of JSON"
    style = "without spaces" if was is compact else "with a space after each comma and colon, with \\u escapes"
    end = ", with a line break (LF) at its end" if ended else ""
    assert findings(source, sent._replace(body=f"{after}{captured_with}".encode())) == [
        Finding(f"what was signed is {content} {style}{end}", REWRITTEN)
    ]


UNNAMED = Finding(
    "the body is gzip by its first bytes, and no content-encoding header says so",
    "capture the header too; if it was never sent, have the vendor, or a proxy before the endpoint, send it",
)


def test_undeclared_gzip_is_reported_whether_the_request_verifies_or_not(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    packed = gzip.compress(BODY, mtime=0)
    sent = signed(source.endpoint.auth, packed)
    assert findings(source, sent) == [UNNAMED]
    assert findings(source, sent, "another-secret-of-the-vendor")[0] == UNNAMED
    named = sent._replace(headers={**sent.headers, "Content-Encoding": "gzip"})
    assert findings(source, named) == []
    decompressed = findings(source, signed(source.endpoint.auth)._replace(body=packed))
    assert [finding.diagnosis for finding in decompressed] == [
        UNNAMED.diagnosis,
        "what was signed is the body decompressed",
    ]


def test_body_compressed_or_decompressed_after_signing(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    advice = "let what stands before the endpoint neither compress nor decompress, and capture what arrives there"
    packed = gzip.compress(BODY, mtime=0)
    plain = signed(source.endpoint.auth)
    sent = plain._replace(body=packed, headers={**plain.headers, "Content-Encoding": "gzip"})
    assert findings(source, sent) == [Finding("what was signed is the body decompressed", advice)]
    sent = signed(source.endpoint.auth, gzip.compress(BODY, 6, mtime=0))._replace(body=BODY)
    assert findings(source, sent) == [Finding("what was signed is the body compressed with gzip", advice)]


def test_decompressed_body_that_cannot_be_compressed_again_is_suspected(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(source.endpoint.auth, gzip.compress(BODY, 3, mtime=7))
    sent = sent._replace(body=BODY, headers={**sent.headers, "Content-Encoding": "gzip"})
    assert findings(source, sent)[0] == Finding(
        "content-encoding says gzip, and the body is not compressed so: it was decompressed on its way",
        "what is signed may be the compressed body: capture what arrives, and let nothing decompress it",
        proven=False,
    )


def test_body_still_in_base64(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(source.endpoint.auth)._replace(body=base64.b64encode(BODY))
    assert findings(source, sent) == [
        Finding(
            "what was signed is the body decoded from base64",
            "the body is still in base64: say so with isBase64Encoded: true",
        )
    ]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_rewritten_form(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(source.endpoint.auth, b"a=x%20y&b=%2F")
    sent = sent._replace(body=b"a=x+y&b=/", headers={**sent.headers, **FORM})
    assert findings(source, sent) == [Finding("what was signed is the same form with %20 for a space", REWRITTEN)]


NO_HEX = Finding("the secret is not written in hex, as `key` says", "copy it once more, or change `key`")
KEY = base64.b64encode(bytes(range(24))).decode()
ALONE = "store the secret alone: it was copied with what stands around it"


@pytest.mark.parametrize(
    ("auth", "theirs", "ours", "diagnosis", "advice"),
    [
        ("", SECRET, f'"{SECRET}"', "the key is the secret without the quotes around it", ALONE),
        (
            "",
            f"{SECRET}\n",
            SECRET,
            "the key is the secret with a line break at its end",
            "give the vendor the secret once more, alone: there, a line break is part of it",
        ),
        ("", "w0rd-5f2c9e8b", "w0rd- 5f2c9e8b", "the key is the secret without the white space in it", ALONE),
        (
            "",
            "w0rd-5f2c9e8b",
            "WEBHOOK_SECRET=w0rd-5f2c9e8b",
            "the key is the secret without the name before it",
            ALONE,
        ),
        ("", KEY, KEY + KEY, "the key is the secret once, and it is stored twice in a row", "store the secret once"),
        (
            "",
            base64.b64encode(SECRET.encode()).decode(),
            SECRET,
            "the key is the secret written in base64",
            "store the secret in base64, as its sender takes it",
        ),
        (
            "",
            SECRET.encode().hex(),
            SECRET,
            "the key is the secret written in hex",
            "store the secret in hex, as its sender takes it",
        ),
        (
            "",
            f"whsec_{KEY}",
            KEY,
            "the key is the secret with whsec_ before it",
            "store the secret as the vendor shows it, with whsec_",
        ),
        (
            ", key: {encoding: base64, strip: whsec_}",
            f"whsec_{KEY}",
            f"whsec_{KEY}",
            "the key is the secret as it is, not decoded",
            "in the definition, no `key`",
        ),
        (
            ", key: {encoding: hex}",
            "ab" * 20,
            "ab" * 20,
            "the key is the secret as it is, not decoded",
            "in the definition, no `key`",
        ),
    ],
)
def test_another_key(tmp_path: Path, auth: str, theirs: str, ours: str, diagnosis: str, advice: str) -> None:
    sender = make_source(tmp_path, f"hmac: {{{PLAIN}}}").webhook.auth
    source = make_source(tmp_path, f"hmac: {{{PLAIN}{auth}}}")
    assert findings(source, signed(sender, secret=theirs), ours) == [Finding(diagnosis, advice)]


@pytest.mark.parametrize(
    ("key", "secret", "diagnosis"),
    [
        ("{encoding: base64}", KEY, "the key is the secret decoded from base64"),
        (
            "{encoding: base64, strip: whsec_}",
            f"whsec_{KEY}",
            "the key is the secret without whsec_ decoded from base64",
        ),
        ("{encoding: hex}", "ab" * 20, "the key is the secret decoded from hex"),
        ("{hash: sha256}", KEY, "the key is the SHA256 of the secret"),
        (
            "{encoding: utf8, strip: whsec_}",
            f"whsec_{KEY}",
            "the key is the secret without whsec_ as it is, not decoded",
        ),
    ],
)
def test_key_in_another_encoding(tmp_path: Path, key: str, secret: str, diagnosis: str) -> None:
    sender = make_source(tmp_path, f"hmac: {{{PLAIN}, key: {key}}}").webhook.auth
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    assert findings(source, signed(sender, secret=secret), secret) == [
        Finding(diagnosis, f"in the definition, `key: {key}`")
    ]


STAMP = "timestamp: {header: X-Time}"
OTHERWISE = [
    (f"{PLAIN}, algorithm: sha1", PLAIN, "the signature is made with SHA1, not with SHA256", "`algorithm: sha1`"),
    (
        "signature: {header: X-Signature, encoding: base64}",
        PLAIN,
        "the signature is written in base64, not in hex",
        "`signature: {encoding: base64}`",
    ),
    (
        'signature: {header: X-Signature, prefix: "sha256="}',
        PLAIN,
        "the signature has sha256= before it, not nothing",
        '`prefix: "sha256="`',
    ),
    (
        PLAIN,
        'signature: {header: X-Signature, prefix: "sha256="}',
        "the signature has nothing before it, not sha256=",
        "no `prefix`",
    ),
    (
        "signature: {header: X-Other}",
        PLAIN,
        "the signature is in x-other, not in x-signature",
        "`signature: {header: x-other}`",
    ),
    (
        f'{PLAIN}, {STAMP}, signed: "{{timestamp}}.{{body}}"',
        f'{PLAIN}, {STAMP}, signed: "{{timestamp}}{{body}}"',
        'what is signed is "{timestamp}.{body}", not "{timestamp}{body}"',
        '`signed: "{timestamp}.{body}"`',
    ),
    (
        f'{PLAIN}, {STAMP}, signed: "{{body}}{{timestamp}}"',
        f'{PLAIN}, {STAMP}, signed: "v0:{{timestamp}}:{{body}}"',
        'what is signed is "{body}{timestamp}", not "v0:{timestamp}:{body}"',
        '`signed: "{body}{timestamp}"`',
    ),
    (
        f'{PLAIN}, {STAMP}, id: {{header: X-Id}}, signed: "{{id}}.{{timestamp}}.{{body}}"',
        PLAIN,
        'what is signed is "{id}.{timestamp}.{body}", not "{body}"',
        '`signed: "{id}.{timestamp}.{body}"` and `timestamp: {header: x-time, format: unix}` and `id: {header: x-id}`',
    ),
    (
        PLAIN,
        f'{PLAIN}, {STAMP}, signed: "{{timestamp}}.{{body}}"',
        'what is signed is "{body}", not "{timestamp}.{body}"',
        '`signed: "{body}"` and no `timestamp`',
    ),
    (
        f'{PLAIN}, signed: "{{url}}{{body}}"',
        PLAIN,
        'what is signed is "{url}{body}", not "{body}"',
        '`signed: "{url}{body}"`',
    ),
]


@pytest.mark.parametrize(("theirs", "ours", "diagnosis", "advice"), OTHERWISE)
def test_another_scheme(tmp_path: Path, theirs: str, ours: str, diagnosis: str, advice: str) -> None:
    sent = signed(make_source(tmp_path, f"hmac: {{{theirs}}}").webhook.auth)
    sent = sent._replace(headers={"X-Time": str(int(NOW)), **sent.headers})
    source = make_source(tmp_path, f"hmac: {{{ours}}}")
    assert findings(source, sent) == [Finding(diagnosis, f"in the definition, {advice}")]


HASHED = 'signed: "{secret}{body}"'


def test_a_plain_hash_is_told_from_an_hmac(tmp_path: Path) -> None:
    keyed, plain = (make_source(tmp_path, text) for text in (f"hmac: {{{PLAIN}}}", f"digest: {{{PLAIN}, {HASHED}}}"))
    assert findings(keyed, signed(plain.endpoint.auth)) == [
        Finding(
            'the signature is a plain hash of "{secret}{body}", and no HMAC',
            'in the definition, `digest` in the place of `hmac`, with `signed: "{secret}{body}"`',
        )
    ]
    assert findings(plain, signed(keyed.endpoint.auth)) == [
        Finding(
            'the signature is an HMAC of "{body}", and no plain hash',
            'in the definition, `hmac` in the place of `digest`, with `signed: "{body}"`',
        )
    ]


def test_a_hash_without_any_secret_is_no_signature(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = OutgoingRequest("POST", URL, {"x-signature": hashlib.sha256(BODY).hexdigest()}, BODY)
    assert findings(source, sent) == [
        Finding(
            "the signature is a plain hash of the body, without any secret",
            "have the vendor sign with a secret: anyone can make this hash",
        )
    ]


def test_a_signature_in_hex_that_is_in_base64_too(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    signature = hmac.new(SECRET.encode(), BODY, "sha256").hexdigest()
    twice = OutgoingRequest("POST", URL, {"x-signature": base64.b64encode(signature.encode()).decode()}, BODY)
    advice = "have the vendor write the bytes in hex or in base64: no `encoding` stands for both"
    assert findings(source, twice) == [Finding("the signature is written in hex, and that in base64", advice)]


def test_a_signature_in_the_query_or_in_a_header_instead(tmp_path: Path) -> None:
    header, query = (make_source(tmp_path, f"hmac: {{{text}}}") for text in (PLAIN, "signature: {query: sig}"))
    assert findings(header, signed(query.endpoint.auth)) == [
        Finding(
            "the signature is in sig in the query, not in x-signature",
            "in the definition, `signature: {query: sig}`",
        )
    ]
    assert findings(query, signed(header.endpoint.auth)) == [
        Finding(
            "the signature is in x-signature, not in query parameter sig",
            "in the definition, `signature: {header: x-signature}`",
        )
    ]


def test_another_method_than_was_signed(tmp_path: Path) -> None:
    source = make_source(tmp_path, f'hmac: {{{PLAIN}, signed: "{{method}}{{body}}"}}')
    signature = hmac.new(SECRET.encode(), b"PUT" + BODY, "sha256").hexdigest()
    [finding] = findings(source, OutgoingRequest("POST", URL, {"x-signature": signature}, BODY))
    assert finding.diagnosis == "the method that was signed is PUT, not POST"


@pytest.mark.parametrize("signed_text", ["{path}:{event}", "{path}{event}", "{event}|{path}"])
def test_another_order_of_the_fields_that_are_signed(tmp_path: Path, signed_text: str) -> None:
    scheme = "body_hmac: {signature: {path: sig}, uncovered: the rest, signed: '%s'}"
    source = make_source(tmp_path, scheme % "{event}:{path}")
    sent = signed(make_source(tmp_path, scheme % signed_text).endpoint.auth)
    assert findings(source, sent) == [
        Finding(
            f'what is signed is "{signed_text}", not "{{event}}:{{path}}"',
            f'in the definition, `signed: "{signed_text}"`',
        )
    ]


CHANGED = [
    (json.dumps(dict(sorted(VALUE.items()))).encode(), "the keys of the body are in the order of the alphabet"),
    (BODY[:-1], "the body is not JSON, as content-type says it is"),
    (b"\x1b\x0f\x00\xf8", "the body is no text in UTF-8"),
]


@pytest.mark.parametrize(("body", "diagnosis"), CHANGED)
def test_a_body_that_no_search_restores_is_suspected(tmp_path: Path, body: bytes, diagnosis: str) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    suspected, unexplained = findings(source, signed(source.endpoint.auth, b"another")._replace(body=body))
    assert (suspected.diagnosis, suspected.proven) == (diagnosis, False)
    assert unexplained.diagnosis.startswith("the secret is another one, or the body is")


def test_two_mistakes_at_once_are_both_named(tmp_path: Path) -> None:
    sender = make_source(tmp_path, f"hmac: {{{PLAIN}, key: {{encoding: base64}}}}").webhook.auth
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(sender, BODY + b"\n", KEY)._replace(body=BODY)
    assert findings(source, sent, KEY) == [
        Finding("what was signed is the body with a line break (LF) at its end", LINES),
        Finding("the key is the secret decoded from base64", "in the definition, `key: {encoding: base64}`"),
    ]


def test_signature_twice_in_the_request(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(source.endpoint.auth)
    pairs = (("X-Signature", "0" * 64), *sent.headers.items())
    explained = explain(CapturedCase(source, Captured("POST", URL, pairs, BODY), {"auth_token": (SECRET,)}, NOW))
    advice = "let what stands before the endpoint leave the header alone: what it adds is joined with a comma"
    assert explained.findings == (Finding("x-signature stands 2 times, and one of them is good", advice),)


URLS = f'{PLAIN}, signed: "{{url}}{{body}}"'
PUBLIC = "https://hooks.example.com/prod/events"


OWN_URL = "tell the vendor the endpoint's own URL"
NO_SETTING = f"{OWN_URL}: no `url` in a definition stands for the one that was signed"


def setting(written: str) -> str:
    return f"in the definition, `url: {{{written}}}`, or {OWN_URL}"


@pytest.mark.parametrize(
    ("registered_url", "diagnosis", "advice"),
    [
        (f"http{URL[5:]}", "with http", NO_SETTING),
        (URL.replace("example.com", "example.com:8443"), "with the port 8443", None),
        (URL.replace("/events", "/events/"), "with a slash at its end", None),
        (URL.replace("/prod", ""), "without /prod, as without a stage", None),
        (URL.replace("%20", "+"), "with its query written anew", NO_SETTING),
        (URL.replace("%20", " "), "with a query that is not escaped", NO_SETTING),
        (URL.partition("?")[0], "without its query", NO_SETTING),
        (URL.removeprefix("https://hooks.example.com"), "without scheme and host", NO_SETTING),
        (f"http{URL[5:].replace('/events', '/events/')}", "with http and with a slash at its end", NO_SETTING),
    ],
)
def test_url_differs_from_the_signed_url(
    tmp_path: Path, registered_url: str, diagnosis: str, advice: str | None
) -> None:
    source = make_source(tmp_path, f"hmac: {{{URLS}}}")
    sent = signed(source.endpoint.auth, url=registered_url)._replace(url=URL)
    base = registered_url.partition("?")[0]
    [finding] = findings(source, sent)
    expected = advice or setting(f'base: "{base}"')
    assert finding == Finding(f"the URL that was signed is {diagnosis}: {registered_url}", expected)
    advice_holds(tmp_path, finding, sent)


def advice_holds(tmp_path: Path, finding: Finding, sent: OutgoingRequest) -> None:
    """Assert that a build takes the setting that is advised, and that the request verifies with it."""
    if written := re.search(r"`(url: .*?)`", finding.advice):
        advised = make_source(tmp_path / "advised", f"hmac: {{{URLS}, {written[1]}}}")
        assert findings(advised, sent) == []


@pytest.mark.parametrize(
    ("end", "differences", "written"),
    [
        ("?a=(1)", "with a query that is not escaped", "variants: [unquoted]"),
        (
            "/?a=(1)",
            "with a slash at its end and with a query that is not escaped",
            f'base: "{PUBLIC}/", variants: [unquoted]',
        ),
    ],
)
def test_a_variant_of_the_url_is_advised(tmp_path: Path, end: str, differences: str, written: str) -> None:
    source = make_source(tmp_path, f"hmac: {{{URLS}}}")
    sent = signed(source.endpoint.auth, url=f"{PUBLIC}{end}")._replace(url=f"{PUBLIC}?a=%281%29")
    [finding] = findings(source, sent)
    assert finding == Finding(f"the URL that was signed is {differences}: {PUBLIC}{end}", setting(written))
    advice_holds(tmp_path, finding, sent)


def test_url_missing_from_the_file_is_asked_for(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{URLS}}}")
    sent = signed(source.endpoint.auth, url=PUBLIC)._replace(url="/prod/events")
    finding = Finding(
        "the URL is signed, and the file has only its path",
        "--url names the URL that the vendor was told",
        proven=False,
    )
    assert finding in findings(source, sent)
    assert findings(source, sent, url=PUBLIC) == []


def test_query_of_the_file_is_added_to_the_registered_url(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{URLS}}}")
    sent = signed(source.endpoint.auth)._replace(url=URL.removeprefix("https://hooks.example.com"))
    assert findings(source, sent, url=PUBLIC) == []


@pytest.mark.parametrize(
    ("auth", "header", "diagnosis", "advice"),
    [
        (
            'token: {header: Authorization, prefix: "Bearer "}',
            {"Authorization": SECRET},
            "the token has nothing before it, not 'Bearer '",
            "in the definition, no `prefix`",
        ),
        (
            "token: {header: Authorization}",
            {"Authorization": f"Bearer {SECRET}"},
            "the token has 'Bearer ' before it, not nothing",
            'in the definition, `prefix: "Bearer "`',
        ),
        (
            'token: {header: Authorization, prefix: "Bearer "}',
            {"Authorization": f"bearer {SECRET}"},
            "the token has 'bearer ' before it, not 'Bearer '",
            'in the definition, `prefix: "bearer "`',
        ),
        (
            "token: {header: Authorization}",
            {"X-Token": SECRET},
            "the token is in x-token, not in authorization",
            "in the definition, `header: x-token`",
        ),
        (
            "token: {header: X-Token}",
            {"X-Token": "Basic " + base64.b64encode(f"user:{SECRET}".encode()).decode()},
            "the token is sent in HTTP Basic",
            "in the definition, `basic: {}`",
        ),
        (
            "basic: {}",
            {"Authorization": "Basic " + base64.b64encode(f"ann:{SECRET}".encode()).decode()},
            "the secret is the password alone",
            "store `user:password` as the secret",
        ),
    ],
)
def test_token_in_another_form(tmp_path: Path, auth: str, header: dict[str, str], diagnosis: str, advice: str) -> None:
    source = make_source(tmp_path, auth)
    assert findings(source, OutgoingRequest("POST", URL, {**JSON_TYPE, **header}, BODY)) == [Finding(diagnosis, advice)]


@pytest.mark.parametrize(
    ("token", "diagnosis", "advice"),
    [
        (f"{SECRET}-2f", "the secret is only the beginning of the token", "copy the secret once more, whole"),
        (SECRET[:-2], "the token is only the beginning of the secret", "give the vendor the whole secret"),
        (SECRET[2:], "the token is only the end of the secret", "give the vendor the whole secret"),
    ],
)
def test_a_part_of_a_token(tmp_path: Path, token: str, diagnosis: str, advice: str) -> None:
    source = make_source(tmp_path, "token: {header: X-Token}")
    assert findings(source, OutgoingRequest("POST", URL, {"x-token": token}, BODY)) == [Finding(diagnosis, advice)]


@pytest.mark.parametrize(
    ("auth", "header", "diagnosis"),
    [
        (
            "basic: {}",
            {"authorization": f"Bearer {SECRET}"},
            "authorization has Bearer before the credential, not Basic",
        ),
        (
            "basic: {}",
            {"authorization": "ann:word second"},
            "authorization has no known scheme before the credential, not Basic",
        ),
        ("basic: {}", {"authorization": "Basic ann:word"}, "what authorization has after Basic is no base64"),
        ("token: {header: X-Token}", {"x-token": " "}, "x-token is empty"),
    ],
)
def test_a_credential_of_another_scheme(tmp_path: Path, auth: str, header: dict[str, str], diagnosis: str) -> None:
    [finding] = findings(make_source(tmp_path, auth), OutgoingRequest("POST", URL, header, BODY))
    assert finding.diagnosis == diagnosis


def test_token_in_another_query_parameter_or_field(tmp_path: Path) -> None:
    source = make_source(tmp_path, "token: {query: token}")
    url = f"{PUBLIC}?key={SECRET.replace(' ', '%20')}"
    assert findings(source, OutgoingRequest("POST", url, JSON_TYPE, BODY)) == [
        Finding("the token is in the query, as key", "in the definition, `query: key`")
    ]
    source = make_source(tmp_path, "body_token: {each: value, field: clientState}")
    body = json.dumps({"value": [{"state": {"token": SECRET}}]}).encode()
    assert findings(source, OutgoingRequest("POST", URL, JSON_TYPE, body)) == [
        Finding("the token is in value[].state.token", "in the definition, `each: value, field: state.token`")
    ]


@pytest.mark.parametrize(
    "auth",
    [
        "token: {query: key}",
        f"hmac: {{{PLAIN}, signed: \"{{body}}{{query('key')}}\"}}",
        f"hmac: {{{PLAIN}, signed: '{{url}}', body_hash: {{query: key}}}}",
    ],
)
def test_repeated_query_parameter(tmp_path: Path, auth: str) -> None:
    url = f"{PUBLIC}?key={SECRET.replace(' ', '+')}&k%65y=2"
    finding = Finding("key is in the query more than once", "have it sent once: of two, nobody knows which is meant")
    sent = OutgoingRequest("POST", url, {**JSON_TYPE, "X-Signature": "00"}, BODY)
    assert findings(make_source(tmp_path, auth), sent) == [finding]


def test_basic_secret_already_in_base64(tmp_path: Path) -> None:
    source = make_source(tmp_path, "basic: {}")
    pair = base64.b64encode(b"ann:correct horse").decode()
    sent = OutgoingRequest("POST", URL, {"Authorization": f"Basic {pair}"}, BODY)
    advice = "store `user:password` as the secret"
    assert findings(source, sent, pair) == [Finding("the secret is in base64 already", advice)]
    assert findings(source, sent, "bob:correct horse") == [
        Finding("the user is another one, and the password is right", advice)
    ]


def late_case(seconds: int) -> CapturedCase:
    auth = bundled_source("zoom").source.endpoint.auth
    sent = auth.type.sign(auth.settings, OutgoingRequest("POST", URL, {}, BODY), lambda _name: (SECRET,), NOW)
    assert sent
    captured = Captured("POST", URL, tuple(sent.headers.items()), BODY)
    return CapturedCase(bundled_source("zoom").source, captured, {"auth_token": (SECRET,)}, NOW + seconds)


def test_request_only_too_old_or_too_new_is_reported_so() -> None:
    name = "x-zm-request-timestamp"
    assert explain(late_case(3_000)).findings == (
        Finding(
            f"{name} is 3,000 s (50 minutes) old, and 300 s are allowed; its signature is right",
            "--at request verifies it as of its own time; if it was that old when it came, see what held it up",
        ),
    )
    clocks = (
        "compare the clocks; a delivery that was held up, or is sent again with its old time, needs a wider `tolerance`"
    )
    assert explain(late_case(-301)).findings == (
        Finding(f"{name} is 301 s in the future, and 300 s are allowed; its signature is right", clocks),
    )
    assert explain(replace(late_case(3_000), as_of_now=False)).findings[0].advice == clocks
    assert explain(late_case(300)).findings == ()


@pytest.mark.parametrize(
    ("theirs", "ours"), [("unix_ms", "unix"), ("unix", "unix_ms"), ("rfc3339", "unix"), ("unix", "rfc3339")]
)
def test_a_time_in_another_unit(tmp_path: Path, theirs: str, ours: str) -> None:
    scheme = f'{PLAIN}, timestamp: {{header: X-Time, format: %s}}, signed: "{{timestamp}}.{{body}}"'
    sent = signed(make_source(tmp_path, f"hmac: {{{scheme % theirs}}}").webhook.auth)
    source = make_source(tmp_path, f"hmac: {{{scheme % ours}}}")
    assert findings(source, sent) == [
        Finding(
            f"x-time is written as {theirs}, and the definition says {ours}; its signature is right",
            f"in the definition, `timestamp: {{format: {theirs}}}`",
        )
    ]


def test_other_version_of_the_scheme() -> None:
    source = bundled_source("box").source
    sent = signed(source.endpoint.auth)
    sent = sent._replace(headers={**sent.headers, "Box-Signature-Version": "2"})
    assert findings(source, sent) == [
        Finding(
            "box-signature-version must be 1, and is not: another version of the scheme",
            "if the vendor has a new version of its scheme, the definition needs it",
        )
    ]


def test_previous_secret_is_recognized_where_the_request_verifies_with_it(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    sent = signed(source.endpoint.auth)
    diagnosis = Finding(
        "it was made with the previous secret, not with the current one",
        "have the vendor use the current one before `secret made --drop-previous`",
    )
    assert findings(source, sent, {"auth_token": ("another-secret", SECRET)}, has_previous_secret=True) == [diagnosis]
    assert findings(source, sent, {"auth_token": (SECRET, "another-secret")}, has_previous_secret=True) == []


def test_two_exchanged_secrets(tmp_path: Path) -> None:
    source = make_source(
        tmp_path, f"any_of: [{{hmac: {{{PLAIN}, secret: one}}}}, {{token: {{header: X-T, secret: two}}}}]"
    )
    sent = signed(source.endpoint.auth)
    assert findings(source, sent, {"one": ("another-secret",), "two": (SECRET,)}) == [
        Finding("hmac: it was made with the secret two", "exchange the two secrets")
    ]


def test_of_several_ways_only_those_in_use_are_explained() -> None:
    source = bundled_source("gitlab").source
    sent = OutgoingRequest("POST", URL, {"X-Gitlab-Token": f'"{SECRET}"'}, BODY)
    assert findings(source, sent) == [
        Finding("token: the token has quotes around it", "have the vendor send the token alone")
    ]


def test_hash_of_another_body_is_distinguished_from_another_signature(tmp_path: Path) -> None:
    source = make_source(tmp_path, f'hmac: {{{PLAIN}, signed: "{{url}}", body_hash: {{query: sha}}}}')
    sent = signed(source.endpoint.auth)
    assert findings(source, sent._replace(body=b"[0]")) == [
        Finding("the signature is right, and what is signed is the hash of another body", REWRITTEN)
    ]
    assert findings(source, sent._replace(body=BODY + b"\n")) == [
        Finding("what was signed is the body without the line break (LF) at its end", LINES)
    ]


def test_unexplained_request_lists_suspicions(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}, key: {{encoding: hex}}}}")
    headers = {"X-Signature": "not hex", "X-Hub-Signature": "sha1=" + "ab" * 20}
    diagnoses = findings(
        source, OutgoingRequest("POST", URL, headers, BODY), "short", about={"warnings": ("the body was cut",)}
    )
    assert diagnoses == [
        NO_HEX,
        Finding("the body was cut", "capture the body byte for byte", proven=False),
        Finding(
            "nothing in the header is written in hex", "compare it with `signature` in the definition", proven=False
        ),
        Finding("the secret has fewer than 8 characters: it can be guessed", "copy it once more", proven=False),
    ]


def test_signature_that_lost_a_digit_is_said_to_be_cut(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    request = signed(source.endpoint.auth)
    cut = request._replace(headers={"X-Signature": request.headers["X-Signature"][:-1]})
    diagnosis = "the signature has 63 digits of hex, an odd number: it was cut"
    assert Finding(diagnosis, "copy the whole header", proven=False) in findings(source, cut)


def test_unusable_secret_is_the_first_finding(tmp_path: Path) -> None:
    sender = make_source(tmp_path, f"hmac: {{{PLAIN}}}").webhook.auth
    source = make_source(tmp_path, f"hmac: {{{PLAIN}, key: {{encoding: hex}}}}")
    plain = "not hex, but the vendor's own"
    assert findings(source, signed(sender, secret=plain), plain) == [
        NO_HEX,
        Finding("the key is the secret as it is, not decoded", "in the definition, no `key`"),
    ]
    old = {"auth_token": (plain, "ab" * 20)}
    assert NO_HEX not in findings(source, signed(source.endpoint.auth, secret="cd" * 20), old, has_previous_secret=True)


@pytest.mark.parametrize(
    ("auth", "secret", "diagnosis", "advice"),
    [
        (
            f"ed25519: {{{PLAIN}}}",
            "ab" * 64,
            "the public key has 64 bytes in hex, and must have 32",
            "copy it once more, or change `key`",
        ),
        (
            f"ed25519: {{{PLAIN}}}",
            KEY,
            "the secret is not written in hex, as `key` says",
            "copy it once more, or change `key`",
        ),
        *(
            (
                f"ecdsa: {{{PLAIN}}}",
                secret,
                "the public key is neither PEM nor DER in base64",
                "copy it once more, as the vendor shows it",
            )
            for secret in ("no key", KEY)
        ),
    ],
)
def test_invalid_public_key_is_the_first_reason(
    tmp_path: Path, auth: str, secret: str, diagnosis: str, advice: str
) -> None:
    source = make_source(tmp_path, auth)
    pair: Any = source.endpoint.auth.type
    sent = signed(source.endpoint.auth, secret=pair.key_pair(source.endpoint.auth.settings)[1])
    assert findings(source, sent, secret)[0] == Finding(diagnosis, advice)


@pytest.mark.parametrize("text", ["{body}", "{url}{body}"])
def test_url_is_suspected_before_the_secret_only_where_the_url_is_signed(tmp_path: Path, text: str) -> None:
    source = make_source(tmp_path, f'hmac: {{{PLAIN}, signed: "{text}"}}')
    first = findings(source, signed(source.endpoint.auth), "another-secret-of-the-vendor")[0].diagnosis
    assert first.startswith("the URL is signed too" if "{url}" in text else "the secret is another one")


def test_credential_missing_from_the_file_is_the_reason(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    assert findings(source, OutgoingRequest("POST", URL, {"X-Hub-Signature": "sha1=" + "ab" * 20}, BODY)) == [
        Finding(
            "there is no x-signature; x-hub-signature may be a signature",
            "a proxy, or the tool that captured it, may have taken it away; or the vendor is set up without a secret",
        )
    ]
    for masked in ("[redacted]", "sha256=****", "<hidden>"):
        assert findings(source, OutgoingRequest("POST", URL, {"X-Signature": masked}, BODY)) == [
            Finding("x-signature was masked by whatever captured it", "capture the header too")
        ]


def test_items_with_another_token_are_counted() -> None:
    source = bundled_source("ms-graph").source
    body = json.dumps({"value": [{"clientState": SECRET}, {"clientState": "another"}, {}]}).encode()
    assert findings(source, OutgoingRequest("POST", URL, JSON_TYPE, body))[0] == Finding(
        "2 of 3 items have another token, or none",
        "every item must carry the secret: another subscription may have been made with another one",
        proven=False,
    )


def test_signature_of_another_length_is_reported(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"hmac: {{{PLAIN}}}")
    diagnoses = findings(source, OutgoingRequest("POST", URL, {"X-Signature": "ab" * 20}, BODY))
    diagnosis = "the signature has 20 bytes, as SHA1 makes them, not 32"
    assert diagnoses[0] == Finding(diagnosis, "compare `algorithm` and `encoding`", proven=False)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa", "digest"])
def test_other_signatures_over_a_changed_body(tmp_path: Path, kind: str) -> None:
    text = ', signed: "{secret}{body}"' if kind == "digest" else ""
    source = make_source(tmp_path, f"{kind}: {{{PLAIN}{text}}}")
    auth = source.endpoint.auth
    pair: Any = getattr(auth.type, "key_pair", lambda _settings: (SECRET, SECRET))
    stored, held = pair(auth.settings)
    sent = signed(auth, BODY + b"\r\n", held)._replace(body=BODY)
    diagnosis = "what was signed is the body with a line break (CRLF) at its end"
    assert findings(source, sent, stored) == [Finding(diagnosis, LINES)]
    assert findings(source, signed(auth, secret=held), stored) == []


@pytest.mark.parametrize(
    ("theirs", "ours", "diagnosis", "advice"),
    [
        ("padding: pss", "", "the signature has the padding pss, not pkcs1", "`padding: pss`"),
        ("algorithm: sha384", "", "the signature is made with SHA384, not with SHA256", "`algorithm: sha384`"),
    ],
)
def test_another_form_of_rsa(tmp_path: Path, theirs: str, ours: str, diagnosis: str, advice: str) -> None:
    auth = make_source(tmp_path, f"rsa: {{{PLAIN}, {theirs}}}").endpoint.auth
    pair: Any = auth.type
    stored, held = pair.key_pair(auth.settings)
    source = make_source(tmp_path, f"rsa: {{{PLAIN}{ours}}}")
    assert findings(source, signed(auth, secret=held), stored) == [Finding(diagnosis, f"in the definition, {advice}")]
    _, strangers = pair.key_pair(auth.settings)
    # The length of a signature is that of the key, and says nothing.
    [unexplained] = findings(source, signed(auth, secret=strangers), stored)
    assert unexplained.diagnosis.startswith("the secret is another one")


KEYED_TOKEN = 'jwt: {secret: auth_token, algorithms: HS256, claims: {h: "{body_sha256}"}, prefix: ""'


def test_a_token_under_a_secret_over_a_changed_body_or_with_another_key(tmp_path: Path) -> None:
    source = make_source(tmp_path, f"{KEYED_TOKEN}}}")
    sent = signed(source.endpoint.auth, BODY + b"\r\n")._replace(body=BODY)
    diagnosis = "what was signed is the body with a line break (CRLF) at its end"
    assert findings(source, sent) == [Finding(diagnosis, LINES)]
    in_hex = make_source(tmp_path, f"{KEYED_TOKEN}, key: {{encoding: hex}}}}").endpoint.auth
    assert findings(source, signed(in_hex, secret="ab" * 20), "ab" * 20) == [
        Finding("the key is the secret decoded from hex", "in the definition, `key: {encoding: hex}`")
    ]
    [other_body] = findings(source, signed(source.endpoint.auth)._replace(body=b"[]"))
    expected = "{body_sha256} of this body is 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    assert expected in other_body.diagnosis
    [other_secret] = findings(source, signed(source.endpoint.auth, secret="another"))
    assert other_secret.diagnosis.startswith("the secret is another one")


OTHER_PLACES = {
    "in the query": "{signature: {query: sig}}",
    "in a list by number": "{signature: {header: X-Sig, split: ',', part: 2}, "
    "timestamp: {header: X-Sig, split: ',', part: 1}, signed: '{timestamp}.{body}'}",
    "after a key's id": "{signature: {header: X-Sig, prefix: '*|', split: '&'}}",
    "over headers that it names": "{signature: {header: X-Sig}, signed_headers: {header: X-Names}, "
    "signed: '{header_names}{headers}{body}'}",
    "under a key of two": "{signature: {header: X-Sig}, key: {text: \"{secret('other')}&{secret}\"}}",
}


@pytest.mark.parametrize("settings", OTHER_PLACES.values(), ids=OTHER_PLACES)
def test_a_signature_elsewhere_over_a_changed_body_or_with_another_secret(tmp_path: Path, settings: str) -> None:
    source = make_source(tmp_path, f"hmac: {settings}")
    auth, stored = source.endpoint.auth, {"auth_token": (SECRET,), "other": (SECRET,)}
    diagnosis = "what was signed is the body with a line break (CRLF) at its end"
    sent = signed(auth, BODY + b"\r\n")._replace(body=BODY)
    assert findings(source, sent, stored) == [Finding(diagnosis, LINES)]
    assert findings(source, signed(auth), stored) == []
    [unexplained] = findings(source, signed(auth, secret="another"), stored)[-1:]
    assert unexplained.diagnosis.startswith("the secret is another one")


def test_a_time_in_a_body_outside_its_window(tmp_path: Path) -> None:
    scheme = 'body_hmac: {signature: {path: sig}, signed: "{at}", uncovered: the rest, timestamp: {path: at}}'
    source = make_source(tmp_path, scheme)
    sent = signed(source.endpoint.auth)
    assert findings(source, sent) == []
    [old] = findings(source, signed_at(source.endpoint.auth, NOW - 301))
    assert old.diagnosis == "at is 301 s old, and 300 s are allowed; its signature is right"
    forged = json.dumps({**json.loads(sent.body), "sig": "00" * 32}).encode()
    [other] = findings(source, sent._replace(body=forged))[-1:]
    assert other.diagnosis.startswith("the secret is another one")


def test_a_signature_in_the_body_with_another_key(tmp_path: Path) -> None:
    scheme = 'body_hmac: {signature: {path: sig}, signed: "{event}:{path}", uncovered: the rest'
    sender = make_source(tmp_path, f"{scheme}}}").webhook.auth
    source = make_source(tmp_path, f"{scheme}, key: {{encoding: hex}}}}")
    assert findings(source, signed(sender, secret="ab" * 20), "ab" * 20) == [
        Finding("the key is the secret as it is, not decoded", "in the definition, no `key`")
    ]


class Odd:
    """A type of which nothing here knows, as a module has it."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """A token, the other way round."""

        header: Header = Header("X-Odd")
        """The header that carries it."""
        secret: SecretName = SecretName("auth_token")
        """Name of the parameter that holds it."""

    @staticmethod
    def verified_by(_settings: Settings) -> str:
        return "handler"

    @staticmethod
    def headers(settings: Settings) -> tuple[str, ...]:
        return (settings.header.lower(),)

    @staticmethod
    def verify(settings: Settings, request: Request, keys: SecretLookup, _now: float) -> None:
        if request.headers.get(settings.header.lower()) not in [key[::-1] for key in keys(settings.secret)]:
            raise Unauthenticated("it is not the secret backwards")

    @staticmethod
    def describe(settings: Settings) -> str:
        return f"the secret backwards in {settings.header}"

    @staticmethod
    def problems(_settings: Settings) -> tuple[tuple[str, str], ...]:
        return ()


def test_unknown_type_is_explained_by_the_type_description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("lambdas.auth.odd")
    vars(module).update({name: member for name, member in vars(Odd).items() if not name.startswith("__")})
    for name in ("verified_by", "headers", "verify", "describe", "problems"):
        setattr(module, name, getattr(Odd, name))
    monkeypatch.setitem(auth_types(), "odd", module)
    source = make_source(tmp_path, "odd: {}")
    sent = OutgoingRequest("POST", URL, {**JSON_TYPE, "X-Odd": "nothing like it"}, BODY)
    case = CapturedCase(source, Captured(*sent[:2], tuple(sent.headers.items()), BODY), {"auth_token": (SECRET,)}, NOW)
    assert [line[:2] for line in lines(explain(case))][:9] == [
        ("odd", "the secret backwards in X-Odd"),
        ("header", "x-odd: 15 characters"),
        ("refused", "it is not the secret backwards"),
        ("", ""),
        ("verdict", "does not verify: the endpoint answers 401"),
        ("perhaps", "it is not the secret backwards"),
        ("do", "compare what was read with the definition"),
        ("would be", "2026-01-01 00:00:00 INFO made_event"),
        ("answer", "200, once it verifies"),
    ]
    assert findings(source, sent._replace(headers={"X-Odd": SECRET[::-1]})) == []
    assert findings(source, sent._replace(headers={"X-Odd": SECRET[::-1]}), f" {SECRET}") == [
        Finding("the key is the secret without the white space around it", ALONE)
    ]
    assert findings(source, sent._replace(headers={}))[0].diagnosis == "there is no x-odd"
