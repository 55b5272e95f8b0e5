"""Holes that a way of verifying, or a handshake, would have: a build says each, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition.read import load
from generator.errors import DefinitionError
from tests.definitions import make_definition

TOPIC = "arn:aws:sns:us-west-2:123456789012:alarms"
HMAC = "hmac: {signature: {header: x-sig}}"


@pytest.fixture
def problems_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is said of a webhook with this auth, and more of the definition."""
    monkeypatch.chdir(tmp_path)

    def problems(auth: str, more: str = "") -> list[str]:
        with pytest.raises(DefinitionError) as raised:
            make_definition(Path.cwd(), f"description: made\nwebhook:\n  auth: {{{auth}}}\n{more}")
        return [line.partition(": ")[2] for line in str(raised.value).splitlines()]

    return problems


def signed(kind: str, settings: str, signature: str = "header: x-sig") -> str:
    return f"{kind}: {{signature: {{{signature}}}, {settings}}}"


NO_STAMP_PIECE = (
    "timestamp: is not part of what is signed, so its window stops no replay; "
    "take it out, or add {timestamp} to `signed`"
)
SHARED = "timestamp: is in the signature's header: both need `prefix`, or both `part`, and the same `split`"
NOT_COVERED = "signed: does not cover the body, so anyone could change it; it must have {body}"
SIGNATURES = {
    "nothing of the body": ("signed: '{method}{url}'", NOT_COVERED),
    "a checksum of the body": ("signed: '{body_crc32}'", NOT_COVERED),
    "a header with a hash that nothing compares": ("signed: \"{header('digest')}\"", NOT_COVERED),
    "an id without its header": (
        "signed: '{id}{body}'",
        "signed: has {id}, but no key `id` says which header that is",
    ),
    "an id that is not signed": (
        "id: {header: x-id}",
        "id: is not part of what is signed; take it out, or add {id} to `signed`",
    ),
    "a time without its header": (
        "signed: '{timestamp}{body}'",
        "signed: has {timestamp}, but no key `timestamp` says which header that is",
    ),
    "a time that is not signed": ("timestamp: {header: x-time}", NO_STAMP_PIECE),
    "a time of nowhere": ("timestamp: {tolerance: 5}", "timestamp: must have either `header` or `path`"),
    "a time of two places": (
        "timestamp: {header: x-time, path: at}, signed: '{timestamp}{body}'",
        "timestamp: must have either `header` or `path`",
    ),
    "a time in a body that is not signed as a whole": (
        "timestamp: {path: at}, signed: '{body_sha256}'",
        "timestamp.path: is in the body, and `signed` does not have {body}, so anyone could change it",
    ),
    "a time that is some part of its header": (
        "timestamp: {header: x-time, split: ','}, signed: '{timestamp}{body}'",
        "timestamp.split: needs `prefix` or `part`, which says which part is the time",
    ),
    "a time that may be any": (
        "timestamp: {header: x-time, tolerance: 0}, signed: '{timestamp}{body}'",
        "timestamp.tolerance: must be 1 to 86400 seconds",
    ),
    "a window of more than a day": (
        "timestamp: {header: x-time, tolerance: 86401}, signed: '{timestamp}{body}'",
        "timestamp.tolerance: must be 1 to 86400 seconds",
    ),
    "a window into the future of more than a day": (
        "timestamp: {header: x-time, future: 86401}, signed: '{timestamp}{body}'",
        "timestamp.future: must be 0 to 86400 seconds",
    ),
    "a window that begins after now": (
        "timestamp: {header: x-time, future: -1}, signed: '{timestamp}{body}'",
        "timestamp.future: must be 0 to 86400 seconds",
    ),
    "a URL that is not signed": (
        "url: {base: https://hooks.example.com/x}",
        "url: says how {url} is made, and `signed` has none",
    ),
    "a hash in a query that is not signed": (
        "body_hash: {query: sha}, signed: '{timestamp}', timestamp: {header: x-time}",
        "body_hash.query: is not part of what is signed; `signed` must have {url}",
    ),
    "a hash in another query parameter than is signed": (
        "body_hash: {query: sha}, signed: \"{query('other')}\"",
        "body_hash.query: is not part of what is signed; `signed` must have {url}",
    ),
    "a hash in a header that is not signed": (
        "body_hash: {header: X-Digest}, signed: '{url}'",
        "body_hash.header: is not part of what is signed; `signed` must have {header('X-Digest')}",
    ),
    "a hash of nowhere": ("body_hash: {}, signed: '{url}'", "body_hash: must have either `query` or `header`"),
    "a hash of two places": (
        "body_hash: {query: sha, header: X-Digest}, signed: '{url}'",
        "body_hash: must have either `query` or `header`",
    ),
}


@pytest.mark.parametrize("kind", ["hmac", "ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize(("settings", "line"), SIGNATURES.values(), ids=SIGNATURES)
def test_signature_covers_the_required_parts(problems_of, kind: str, settings: str, line: str) -> None:
    assert problems_of(signed(kind, settings)) == [f"webhook.auth.{kind}.{line}"]


@pytest.mark.parametrize(
    ("signature", "settings", "line"),
    [
        (
            "header: []",
            "signed: '{body}'",
            "signature.header: names no header, and neither `query` nor `form` says where the signature is",
        ),
        ("header: x-a, query: a", "signed: '{body}'", "signature.query: is another place than `header`; take one out"),
        ("header: x-a, split: ',', part: 0", "signed: '{body}'", "signature.part: must be 1 to 20"),
        (
            "header: x-a, split: ',', prefix: v1=, part: 2",
            "signed: '{body}'",
            "signature.part: counts parts without a prefix, with `split` between them",
        ),
        (
            "header: x-a, part: 2",
            "signed: '{body}'",
            "signature.part: counts parts without a prefix, with `split` between them",
        ),
        (
            "header: x-a, prefix: '*'",
            "signed: '{body}'",
            "signature.prefix: has * for any text, once, and needs what stands after that text",
        ),
        (
            "header: x-a, prefix: '*|*='",
            "signed: '{body}'",
            "signature.prefix: has * for any text, once, and needs what stands after that text",
        ),
        (
            "header: x-sig, split: ',', part: 1",
            "timestamp: {header: X-Sig, split: ',', part: 2}, signed: '{timestamp}{body}'",
            "timestamp.part: is one of the signatures: these are all parts from `signature.part` on",
        ),
        (
            "header: x-sig",
            "timestamp: {header: x-time, part: 2}, signed: '{timestamp}{body}'",
            "timestamp.part: counts parts without a prefix, with `split` between them",
        ),
        (
            "form: sig",
            "signed: '{body}'",
            "signature.form: is a field of a form, and `events.format` has no form",
        ),
        (
            "header: x-sig",
            "signed: \"{form('a')}\"",
            "signed: covers a field of a form alone; `events: {format: form, payload: …}` must name it, and nothing "
            "else is read",
        ),
        (
            "header: x-sig",
            "signed: '{headers}{body}'",
            "signed: has {headers}, but no key `signed_headers` says which those are",
        ),
        (
            "header: x-sig",
            "signed: '{header_names}{body}'",
            "signed: has {header_names}, but no key `signed_headers` says which those are",
        ),
        (
            "header: x-sig",
            "signed_headers: {header: x-names}, signed: '{header_names}{body}'",
            "signed_headers: says which headers are signed, and `signed` has no {headers}",
        ),
        (
            "header: x-sig",
            "signed: '{body}', key: {text: \"a{secret('other')}\"}",
            "key.text: must have {secret}, or the key would be known",
        ),
        (
            "header: x-sig, split: ','",
            "signed: '{body}'",
            "signature.split: needs `prefix` or `part`, or parts of other kinds would be taken for signatures",
        ),
        ("header: x-sig", "timestamp: {header: X-Sig}, signed: '{timestamp}{body}'", SHARED),
        (
            "header: x-sig, prefix: v1=, split: ','",
            "timestamp: {header: X-Sig, prefix: t=, split: ';'}, signed: '{timestamp}{body}'",
            SHARED,
        ),
        (
            "header: [x-other, x-sig], prefix: v1=, split: ','",
            "timestamp: {header: X-Sig}, signed: '{timestamp}{body}'",
            SHARED,
        ),
    ],
)
def test_signature_is_taken_from_the_header_only(problems_of, signature: str, settings: str, line: str) -> None:
    assert problems_of(signed("hmac", settings, signature)) == [f"webhook.auth.hmac.{line}"]


PIECES = "{body}, {timestamp}, {id}, {method}, {url}, {endpoint}, {path}, {query_sorted}, {query_sorted('.')}, {secret}"
PIECES += ", {headers}, {header_names}, {form_sorted}, {body_sha256}, {body_sha256_base64}, {body_sha256_base64url}"
PIECES += ", {body_crc32}, {url_sha256}, {header('x')}, {query('x')}, {form('x')}"


@pytest.mark.parametrize("piece", ["{bdy}", "{body('x')}", "{header}", "{query}", "{header(x)}", "{}", "}"])
def test_unknown_placeholder_can_not_be_signed(problems_of, piece: str) -> None:
    (line,) = problems_of(signed("hmac", f'signed: "{{body}} {piece}"'))
    assert line.startswith("webhook.auth.hmac.signed: ")
    assert line.endswith(f" is not a piece of a request; there are {PIECES}")


@pytest.mark.parametrize(
    ("auth", "line"),
    [
        ("digest: {signature: {header: x-sig}}", "digest.signed: must have {secret}, or anyone could make the hash"),
        (signed("hmac", "signed: '{secret}{body}'"), "hmac.signed: has {secret}, which is the key; only `digest` has"),
        (signed("ed25519", "signed: '{secret}{body}'"), "ed25519.signed: has {secret}, which only `digest` has in its"),
        (
            signed("ecdsa", "signed: '{secret}{body}'"),
            "ecdsa.signed: has {secret}, which only `digest` has in its text",
        ),
        (signed("rsa", "signed: '{secret}{body}'"), "rsa.signed: has {secret}, which only `digest` has in its text"),
        (
            signed("ed25519", "key: {encoding: hex, hash: sha1}"),
            "ed25519.key: is that of the vendor, as it is: it has neither `text` nor",
        ),
        (
            "body_hmac: {signature: {path: s}, signed: '{id}', uncovered: rest, timestamp: {path: at}}",
            "body_hmac.timestamp.path: is not part of what is signed; take it out, or add {at} to `signed`",
        ),
        (
            "body_hmac: {signature: {path: s}, signed: '{at}', uncovered: rest, timestamp: {path: at, tolerance: 0}}",
            "body_hmac.timestamp.tolerance: must be 1 to 86400 seconds",
        ),
        (
            "body_hmac: {signature: {path: s, split: '&'}, signed: '{at}', uncovered: rest}",
            "body_hmac.signature.split: needs `prefix` or `part`, or parts of other kinds would be taken for",
        ),
        (signed("ed25519", "key: {encoding: utf8}"), "ed25519.key.encoding: must be hex or base64: a public key is 32"),
        ("token: {}", "token.header: must have either `header` or `query`"),
        ("token: {header: x-a, query: a}", "token.header: must have either `header` or `query`"),
        ("sns: {topics: []}", "sns.topics: names no topic: anyone could have SNS sign a message of his own"),
        ("sns: {topics: [alarms]}", "sns.topics[0]: must be the ARN of a topic, such as arn:aws:sns:us-west-2:1234567"),
        ("jwt: {issuer: 'https://a.example.com', audience: []}", "jwt.audience: names nobody: a token that the issuer"),
        (
            "jwt: {issuer: 'https://a.example.com', audience: [a], algorithms: []}",
            "jwt.algorithms: names none",
        ),
        (
            "jwt: {issuer: 'https://a.example.com', audience: [a], algorithms: [HS256]}",
            "jwt.algorithms: has HS256, which needs `secret`: with a public key for a secret, anyone could sign",
        ),
        (
            "jwt: {issuer: 'https://a.example.com', audience: [a], algorithms: [XS256]}",
            "jwt.algorithms[0]: must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, "
            "HS256, HS384, HS512",
        ),
        (
            "jwt: {audience: [a]}",
            "jwt.issuer: is missing; without `secret`, the token is verified with the public keys",
        ),
        (
            "jwt: {jwks_url: 'https://a.example.com/k', audience: [a]}",
            "jwt.issuer: is missing; a token that names no hash of the body is good for whatever its issuer signs",
        ),
        (
            "jwt: {secret: a}",
            "jwt.algorithms: must be HS256, HS384 or HS512, which are what a stored secret signs with",
        ),
        (
            "jwt: {secret: a, algorithms: [HS256, RS256]}",
            "jwt.algorithms: must be HS256, HS384 or HS512, which are what a stored secret signs with",
        ),
        (
            "jwt: {secret: a, algorithms: HS256, jwks_url: 'https://a.example.com/k'}",
            "jwt.jwks_url: is where public keys are, and `secret` is what the token is verified with; take one out",
        ),
        (
            "jwt: {issuer: 'https://a.example.com', audience: [a], key: {encoding: hex}}",
            "jwt.key: says how a secret is written, and `secret` names none",
        ),
        ("jwt: {secret: a, algorithms: HS256, tolerance: 0}", "jwt.tolerance: must be 1 to 86400 seconds"),
        (
            "jwt: {secret: a, algorithms: HS256, url: {base: 'https://a.example.com'}}",
            "jwt.url: says how the URL is made, and no claim has it",
        ),
        (
            "jwt: {secret: a, algorithms: HS256, claims: {h: '{body}'}}",
            "jwt.claims.h: {body} is not a piece of a request; there are {body_sha256}, {body_sha256_base64}, ",
        ),
        (
            "jwt: {issuer: 'https://accounts.google.com', audience: [a], claims: {email_verified: 'true'}}",
            "jwt.claims: must have `email`, the service account of your subscription: anyone can have Google sign a "
            "token for any audience",
        ),
        ("jwt: {issuer: 'http://a.example.com', audience: [a]}", "jwt.issuer: must be a URL that begins with https://"),
        (
            "body_hmac: {signature: {path: s}, signed: id, uncovered: the rest}",
            "body_hmac.signed: has no field of the body, so one signature would be good for every event",
        ),
        (
            "body_hmac: {signature: {path: s}, signed: '{id}', uncovered: ' '}",
            "body_hmac.uncovered: says what of the body the signature does not cover",
        ),
        ("body_token: {field: 'a b'}", "body_token.field: must be names with dots between them, and [] for every item"),
        ("body_token: {field: 'value[].token'}", "body_token.field: is one field, without []; `each` says of which"),
        ("body_token: {each: 'value[]', field: t}", "body_token.each: is where the list is, without []: what is verif"),
        ("body_token: {each: 'a[].b', field: t}", "body_token.each: is where the list is, without []: what is verifie"),
        (
            "body_hmac: {signature: {path: 'a[].s'}, signed: '{id}', uncovered: the rest}",
            "body_hmac.signature.path: is one field, without []; `each` finds the items, each with a signature of its",
        ),
        ("any_of: []", "any_of: must be a list of two types, or more"),
        ("any_of: [{basic: {}}]", "any_of: must be a list of two types, or more"),
        ("all_of: [{basic: {}}]", "all_of: must be a list of two types, or more"),
        (f"any_of: {{{HMAC}}}", "any_of: must be a list, such as [a, b], and is a mapping"),
        ("any_of: [{basic: {}}, {token: {}}]", "any_of[1].token.header: must have either `header` or `query`"),
        (
            f"all_of: [{{basic: {{}}}}, {{any_of: [{{{HMAC}}}, {{sns: {{topics: []}}}}]}}]",
            "all_of[1].any_of[1].sns.topics: names no topic: anyone could have SNS sign a message of his own",
        ),
        ("any_of: [{basic: {}}, {basik: {}}]", "any_of[1].basik: no such auth type; did you mean basic?"),
    ],
)
def test_type_reports_missing_settings(problems_of, auth: str, line: str) -> None:
    (problem,) = problems_of(auth)
    assert problem.startswith(f"webhook.auth.{line}")


# Handshakes.


def challenge(settings: str) -> str:
    return f"  challenges: [{{{settings}}}]\n"


OVER_A_HASH = signed("hmac", "signed: '{body_sha256}'")
SIGNS = "when: c, reply: {text: '{hmac_hex(c)}'}"
LEARNS = "when: c, unauthenticated: true, store_secret: c, reply: {}"


@pytest.mark.parametrize(
    ("auth", "settings", "line"),
    [
        (
            f"sns: {{topics: ['{TOPIC}']}}",
            SIGNS,
            "reply: signs with the source's secret, and events are verified without one",
        ),
        (
            f"sns: {{topics: ['{TOPIC}']}}",
            "when: c, reply: {text: '{keyed_sha256_hex(c)}'}",
            "reply: signs with the source's secret, and events are verified without one",
        ),
        (
            "digest: {signature: {header: x}, signed: '{secret}{body}'}",
            SIGNS,
            "reply: signs, and no signature of the whole body verifies events, so an answer could be the "
            "signature of an event",
        ),
        (
            "body_hmac: {signature: {path: s}, signed: '{id}', uncovered: the rest}",
            SIGNS,
            "reply: signs, and no signature of the whole body verifies events, so an answer could be the "
            "signature of an event",
        ),
        (
            signed("hmac", "signed: '{url}{body_sha256}'"),
            SIGNS,
            "reply: signs, and `signed` does not have {body}, so an answer could be the signature of an event",
        ),
        (
            f"any_of: [{{{HMAC}}}, {{{OVER_A_HASH}}}]",
            SIGNS,
            "reply: signs, and `signed` does not have {body}, so an answer could be the signature of an event",
        ),
        (
            f"sns: {{topics: ['{TOPIC}']}}",
            LEARNS,
            "store_secret: stores a secret, and events are verified without one; leave it out",
        ),
        (
            HMAC,
            LEARNS.replace("unauthenticated: true, ", ""),
            "store_secret: needs `unauthenticated: true`, since the request comes before there is a secret to "
            "verify it with",
        ),
        (
            HMAC,
            "when: c, unauthenticated: true, confirm: {url: u, hosts: [a.example.com]}, reply: {}",
            "confirm: calls a URL for anyone; leave `unauthenticated` out, so that it does so for the vendor alone",
        ),
        (HMAC, "when: c, confirm: {url: u, hosts: []}, reply: {}", "confirm.hosts: names no host"),
        (
            HMAC,
            "when: c, unauthenticated: true, auth: {basic: {}}, reply: {}",
            "auth: contradicts `unauthenticated: true`; leave one of them out",
        ),
        (
            HMAC,
            "when: c, auth: {token: {}}, reply: {}",
            "auth.token.header: must have either `header` or `query`",
        ),
        (
            HMAC,
            "when: '`true`', unauthenticated: true, reply: {}",
            "when: matches every request, so none would become",
        ),
        (
            HMAC,
            "when: c, store_secret: hmac_hex(c), unauthenticated: true, reply: {}",
            "store_secret: hmac_hex() works",
        ),
        (
            HMAC,
            "when: c, confirm: {url: 'not_null(hmac_hex(c), u)', hosts: [a.example.com]}, reply: {}",
            "confirm.url: hmac_hex() works in replies only",
        ),
    ],
)
def test_a_handshake_gives_nothing_away(problems_of, auth: str, settings: str, line: str) -> None:
    (problem,) = problems_of(auth, challenge(settings))
    assert problem.startswith(f"webhook.challenges[0].{line}")


@pytest.mark.parametrize(
    "host", ["*", "*.com", "example.*", "a.*.com.*", "*.*", "https://a.example.com", "a b.com", ""]
)
def test_the_hosts_of_a_confirmation_are_somebodys(problems_of, host: str) -> None:
    (problem,) = problems_of(HMAC, challenge(f"when: c, confirm: {{url: u, hosts: ['{host}']}}, reply: {{}}"))
    assert problem.startswith("webhook.challenges[0].confirm.hosts[0]: must be the name of a host, such as sns.*.am")


def test_get_may_be_a_handshake_with_any_content(tmp_path: Path) -> None:
    text = (
        f"description: made\nwebhook:\n  auth: {{{HMAC}}}\n  challenges: [{{method: GET, when: '`true`', reply: {{}}}}]"
    )
    assert make_definition(tmp_path, text).source.endpoint.challenges[0].method == "GET"


# What stands beside them.


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("  answer: {status: 302}\n", "webhook.answer.status: must be 200 to 299"),
        ("  answer: {status: 204, text: x}\n", "webhook.answer.status: 204 has no body; use 200"),
        (
            "  answer: {json: {}, text: x}\n",
            "webhook.answer.text: can't stand beside `json`, since a reply has one body; leave one out",
        ),
        ("  answer: {text: '{hmac_hex(a)}'}\n", "webhook.answer: hmac_hex() works in replies only"),
        (
            "  answer: {text: \"{header('X-Sig')}\"}\n",
            "webhook.answer: would show the credential, which is in x-sig; remove it from the path",
        ),
        (
            "  refusal_headers: {'a b': x}\n",
            "webhook.refusal_headers.a b: must be the name of a header, such as x-signature",
        ),
        ("events: {format: xml}\n", "events.format: must be one of json, ndjson, form"),
        ("events: {format: []}\n", "events.format: must be json, ndjson or form, or some of them, each once"),
        ("events: {format: [json, json]}\n", "events.format: must be json, ndjson or form, or some of them, each once"),
        (
            "events: {payload: p}\n",
            "events.payload: is a field of a form, and `format` has no form; add form, or leave `payload` out",
        ),
        (
            "events: {format: ndjson}\n",
            'events.format: ndjson is a list of events; add `split`, such as "[]"',
        ),
        (
            "events: {mask: ['a[0]']}\n",
            "events.mask[0]: must be names with dots between them, and [] for every item of a list, such as "
            "payload.items[].token",
        ),
        ("vendor: {deadline: 3}\n", "vendor.docs: is missing"),
        ("vendor: {docs: 'http://a.example.com'}\n", "vendor.docs: must be a URL that begins with https://"),
        ("vendor: {docs: 'https://a.example.com', deadline: 61}\n", "vendor.deadline: must be 1 to 60 seconds"),
        (
            "vendor: {docs: 'https://a.example.com', limit: 60 a minute}\n",
            "vendor.limit: is of a source that is pulled; leave it out",
        ),
    ],
)
def test_settings_beside_the_auth_type_fit(problems_of, more: str, line: str) -> None:
    assert problems_of(HMAC, more) == [line]


def test_a_credential_in_the_query_goes_into_no_message(problems_of) -> None:
    assert problems_of("token: {query: key}", "facts: {summary: \"{query('key')}\"}\n") == [
        "facts.summary: would show the credential, which is the query parameter key; remove it from the path"
    ]


def test_the_credential_of_a_handshake_goes_into_no_answer(problems_of) -> None:
    settings = (
        "method: GET, when: query('c'), auth: {token: {query: key, secret: other}}, reply: {text: \"{query('key')}\"}"
    )
    assert problems_of(HMAC, challenge(settings)) == [
        "webhook.challenges[0].reply: would show the credential, which is the query parameter key; "
        "remove it from the path"
    ]


def test_a_type_without_anything_to_say_needs_no_braces(tmp_path: Path) -> None:
    make_definition(tmp_path, "description: made\nwebhook:\n  auth:\n    basic:\n")
    settings = load(tmp_path, ["made"])[0].source.endpoint.auth.settings
    assert settings.secret == "auth_token"
