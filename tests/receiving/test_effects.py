"""What a handshake does beside being answered: a secret is learned once, a subscription confirmed where it may be."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.templates import event_source
from generator.templates.text import template_text
from generator.testing import event_of
from lambdas.model import Source
from lambdas.runtime import https_url
from lambdas.runtime.http_types import FetchFailed, FetchRefused
from lambdas.runtime.secrets import PREVIOUS_SUFFIX, TTL
from tests import issuers
from tests.definitions import SOURCES, make_definition, webhook_definitions
from tests.fakes import DOWN, SECRET, THROTTLED, Endpoint
from tests.issuers import Internet

A, B = "a-secret-of-the-vendor-0", "b-secret-of-the-vendor-1"
PARAMETER = "/MozDef-EF/made/dev/auth_token"
REFUSED = {"statusCode": 401, "headers": {}, "body": ""}
LATER = {"statusCode": 503, "headers": {}, "body": ""}
ANOTHER = "there is a secret already, and it is another one: delete that parameter first"


def source_with(folder: Path, challenge: str) -> Source:
    auth = "auth: {hmac: {signature: {header: x-signature}}}"
    return make_definition(folder, f"description: made\nwebhook:\n  {auth}\n  challenges: [{challenge}]\n").source


# A secret that the vendor hands over.

IN_A_HEADER = """{when: header('x-hook-secret'), unauthenticated: true, store_secret: header('x-hook-secret'),
  reply: {headers: {X-Hook-Secret: "{header('x-hook-secret')}"}}}"""
IN_THE_BODY = "{when: event == 'verify', unauthenticated: true, store_secret: token, reply: {text: thanks}}"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return source_with(tmp_path, IN_A_HEADER)


def hands_over(endpoint: Endpoint, secret: str) -> dict[str, Any]:
    return endpoint.post(b"", {"X-Hook-Secret": secret})


def answered(secret: str) -> dict[str, Any]:
    return {"statusCode": 200, "headers": {"x-hook-secret": secret}, "body": ""}


def test_secret_is_learned_from_the_first_handshake_and_verifies_later_events(source: Source) -> None:
    endpoint = Endpoint(source, secret=None)
    assert endpoint.post_signed({"a": 1}, secret=A) == LATER
    assert hands_over(endpoint, A) == answered(A)
    assert endpoint.store.values == {PARAMETER: A}
    assert endpoint.post_signed({"a": 1}, secret=A)["statusCode"] == 200
    assert endpoint.post_signed({"a": 1}, secret=B) == REFUSED
    assert [event_of(message) for message in endpoint.queue.messages] == [{"a": 1}]
    assert [line["message"] for line in endpoint.log][1] == "challenge answered"
    assert A not in json.dumps(endpoint.log)


def test_another_secret_is_refused_and_overwrites_nothing(source: Source) -> None:
    endpoint = Endpoint(source, secret=None)
    hands_over(endpoint, A)
    calls = endpoint.store.faults.calls
    assert hands_over(endpoint, B) == REFUSED
    assert (endpoint.store.values, endpoint.log[-1]["why"]) == ({PARAMETER: A}, ANOTHER)
    # One that everybody may send does not make a call for each.
    assert [hands_over(endpoint, B) for _ in range(20)] == [REFUSED] * 20
    assert endpoint.store.faults.calls <= calls + 1
    assert endpoint.post_signed({"a": 1}, secret=B) == REFUSED


def test_the_same_secret_again_is_answered_again_and_stored_once(source: Source) -> None:
    endpoint = Endpoint(source, secret=None)
    assert [hands_over(endpoint, A) for _ in range(3)] == [answered(A)] * 3
    # The first reads that there is none, looks for a previous one, and stores it; the second reads it.
    assert (endpoint.store.values, endpoint.store.faults.calls) == ({PARAMETER: A}, 4)


def test_secret_stored_by_an_operator_stays(source: Source) -> None:
    endpoint = Endpoint(source, secret=B)
    assert hands_over(endpoint, A) == REFUSED
    assert hands_over(endpoint, B) == answered(B)
    assert (endpoint.store.values, endpoint.store.faults.calls) == ({PARAMETER: B}, 1)


def test_the_previous_secret_is_known_too(source: Source) -> None:
    endpoint = Endpoint(source, secret=B)
    endpoint.store.values[PARAMETER + PREVIOUS_SUFFIX] = A
    assert hands_over(endpoint, A) == answered(A)
    assert endpoint.store.values == {PARAMETER: B, PARAMETER + PREVIOUS_SUFFIX: A}


@pytest.mark.parametrize(("handed_over", "answer"), [(A, answered(A)), (B, REFUSED)], ids=["same", "another"])
def test_secret_learned_by_another_instance_is_not_overwritten(
    source: Source, handed_over: str, answer: dict[str, Any]
) -> None:
    endpoint = Endpoint(source, secret=None)
    assert endpoint.post_signed({"a": 1}, secret=A) == LATER
    endpoint.store.values[PARAMETER] = A
    # This one remembers still that there is none, and asks the store to make one.
    assert hands_over(endpoint, handed_over) == answer
    assert endpoint.store.values == {PARAMETER: A}


BAD = {
    "empty": "",
    "short": "x" * 15,
    "long": "x" * 513,
    "a space": "a secret of the vendor",
    "a line break": "a-secret-of-the-vendor\n",
    "a control character": "a-secret-of-the\x00-vendor",
    "not ASCII": "ä-secret-of-the-vendor",
    "a lone surrogate": "a-secret-of-the-vendor\ud800",
    "a reference to another parameter": "{{ssm:/MozDef-EF/zoom/dev/auth_token}}",
    "a number": 1_234_567_890_123_456,
    "a list": [A],
    "an object": {A: A},
    "nothing": None,
}


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_invalid_secret_is_not_stored(tmp_path: Path, value: object) -> None:
    endpoint = Endpoint(source_with(tmp_path, IN_THE_BODY), secret=None)
    assert endpoint.post(json.dumps({"event": "verify", "token": value}).encode()) == REFUSED
    assert (endpoint.store.values, endpoint.store.faults.calls) == ({}, 0)
    assert endpoint.log[-1]["why"] == "what it hands over can't be a secret"


def test_a_secret_in_the_body_is_learned_too(tmp_path: Path) -> None:
    endpoint = Endpoint(source_with(tmp_path, IN_THE_BODY), secret=None)
    assert endpoint.post(json.dumps({"event": "verify", "token": A}).encode())["body"] == "thanks"
    assert endpoint.store.values == {PARAMETER: A}


@pytest.mark.parametrize("fault", [DOWN, THROTTLED])
@pytest.mark.parametrize("before", [[], [None]], ids=["reading", "storing"])
def test_unstored_secret_is_not_answered(source: Source, fault: Exception, before: list[Any]) -> None:
    endpoint = Endpoint(source, secret=None)
    endpoint.store.faults.lined_up = [*before, fault]
    assert hands_over(endpoint, A) == LATER
    assert endpoint.store.values == {}
    assert hands_over(endpoint, A) == answered(A)
    assert endpoint.store.values == {PARAMETER: A}


def test_once_the_parameter_is_deleted_the_next_handshake_is_believed(source: Source) -> None:
    endpoint = Endpoint(source, secret=B)
    assert hands_over(endpoint, A) == REFUSED
    endpoint.store.values.clear()
    assert hands_over(endpoint, A) == REFUSED
    endpoint.clock += TTL
    assert hands_over(endpoint, A) == answered(A)
    assert endpoint.post_signed({"a": 1}, secret=A)["statusCode"] == 200


def statements_storing_a_parameter(source: Source) -> list[tuple[str, dict[str, Any]]]:
    """Who may store a parameter, and how."""
    resources = json.loads(template_text(event_source.build(source, "code/0.zip")))["Resources"]
    return [
        (name, statement)
        for name, resource in resources.items()
        for policy in resource["Properties"].get("Policies", ())
        for statement in policy.get("Fn::If", [None, policy])[1]["PolicyDocument"]["Statement"]
        if any(action.lower() in ("ssm:putparameter", "ssm:*", "*") for action in statement["Action"])
    ]


def test_only_a_learning_handler_may_store_a_single_parameter_and_never_overwrite(source: Source) -> None:
    ((role, statement),) = statements_storing_a_parameter(source)
    assert role == "WebhookRole"
    assert statement == {
        "Effect": "Allow",
        "Action": ["ssm:PutParameter"],
        "Resource": [
            {
                "Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:"
                "parameter/${ProjectName}/made/${Environment}/auth_token"
            }
        ],
        "Condition": {"StringNotEqualsIgnoreCase": {"ssm:Overwrite": "true"}},
    }
    for definition in webhook_definitions():
        learns = any(challenge.store_secret for challenge in definition.source.endpoint.challenges)
        assert bool(statements_storing_a_parameter(definition.source)) == learns, definition.source.name


# A subscription that is confirmed.

CONFIRMS = """{when: Type == 'SubscriptionConfirmation',
  confirm: {url: SubscribeURL, hosts: ["sns.*.amazonaws.com", "*.example.com"]}, reply: {text: done}}"""
HOST = "sns.us-west-2.amazonaws.com"
URL = f"https://{HOST}/?Action=ConfirmSubscription&Token=1"
NOWHERE = "SubscribeURL can't be called: its host is not in the list of allowed hosts"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    return Internet({URL: b"<ConfirmSubscriptionResponse/>"}).put_before(monkeypatch)


@pytest.fixture
def confirming(tmp_path: Path, internet: Internet) -> Endpoint:
    assert internet.requested_urls == []
    return Endpoint(source_with(tmp_path, CONFIRMS))


def confirmation(url: object) -> dict[str, object]:
    return {"Type": "SubscriptionConfirmation", "SubscribeURL": url}


def test_subscription_is_confirmed_once_the_sender_is_verified(confirming: Endpoint, internet: Internet) -> None:
    assert confirming.post(json.dumps(confirmation(URL)).encode()) == REFUSED
    assert confirming.post_signed(confirmation(URL), secret="forged") == REFUSED
    assert internet.requested_urls == []
    assert confirming.post_signed(confirmation(URL))["body"] == "done"
    assert internet.requested_urls == [URL]
    assert (confirming.queue.bodies, confirming.bucket.objects) == ([], {})
    assert URL not in json.dumps(confirming.log)


def test_an_event_confirms_nothing(confirming: Endpoint, internet: Internet) -> None:
    assert confirming.post_signed({"Type": "Notification", "SubscribeURL": URL})["statusCode"] == 200
    assert internet.requested_urls == []


WIDE_DOT = "\u3002"
WIDE = "\uff53\uff4e\uff53"  # the same letters, as wide as those of Chinese
TRICKS = {
    "another host": "https://example.org/",
    "its end": f"https://evil-{HOST}/",
    "its beginning": f"https://{HOST}.example.org/",
    "more parts": "https://sns.us-west-2.evil.amazonaws.com/",
    "fewer parts": "https://sns.amazonaws.com/",
    "an empty part": "https://sns..amazonaws.com/",
    "a dot at the end": f"https://{HOST}./",
    "no part for *": "https://example.com/",
    "user": f"https://{HOST}@example.org/",
    "user and password": f"https://{HOST}:443@example.org/",
    "a user of its own": f"https://user@{HOST}/",
    "an empty user": f"https://@{HOST}/",
    "another port": f"https://{HOST}:444/",
    "the port of ssh": f"https://{HOST}:22/",
    "a port that is none": f"https://{HOST}:x/",
    "an empty port": f"https://{HOST}:/",
    "no TLS": f"http://{HOST}/",
    "no scheme": f"//{HOST}/",
    "a file": "file:///etc/passwd",
    "a file of the host": f"file://{HOST}/etc/passwd",
    "ftp": f"ftp://{HOST}/",
    "data": f"data:text/plain,{HOST}",
    "a backslash": f"https://example.org\\@{HOST}/",
    "a backslash after it": f"https://{HOST}\\.example.org/",
    "a fragment": f"https://example.org#{HOST}/",
    "a fragment with a user": f"https://example.org#@{HOST}/",
    "a query": f"https://example.org?{HOST}/",
    "a tab": f"https://{HOST}\t.example.org/",
    "a line break": f"https://{HOST}/\r\nX-More: 1",
    "a space": f"https://{HOST}/ HTTP/1.1",
    "a space before it": f" https://{HOST}/",
    "a null byte": f"https://{HOST}\x00.example.org/",
    "an address": "https://169.254.169.254/latest/meta-data/",
    "an address of IPv6": "https://[::1]/",
    "half an address": "https://[::1",
    "wide letters": f"https://{HOST.replace('sns', WIDE)}/",
    "a wide dot": f"https://{HOST.replace('.', WIDE_DOT)}/",
    "a percent escape": "https://sns%2eus-west-2%2eamazonaws.com/",
    "nothing": None,
    "a number": 5,
    "a list": [URL],
    "empty": "",
}


@pytest.mark.parametrize("url", TRICKS.values(), ids=TRICKS)
def test_url_at_another_host_is_not_called(confirming: Endpoint, internet: Internet, url: object) -> None:
    assert confirming.post_signed(confirmation(url)) == REFUSED
    assert (internet.requested_urls, confirming.log[-1]["why"]) == ([], NOWHERE)


@pytest.mark.parametrize("url", [URL, URL.replace(HOST, HOST.upper()), URL.replace(HOST, f"{HOST}:443")])
def test_host_matches_in_any_case_and_with_port_443(confirming: Endpoint, internet: Internet, url: str) -> None:
    internet.pages[url] = b"done"
    assert confirming.post_signed(confirmation(url))["statusCode"] == 200
    assert internet.requested_urls == [url]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        *((status, f"{HOST} answers {status}") for status in (301, 302, 303, 307, 308, 400, 403, 404)),
        (FetchRefused(f"{HOST} sends more than 65,536 bytes"), f"{HOST} sends more than 65,536 bytes"),
    ],
    ids=str,
)
def test_handshake_is_refused_where_the_host_answers_with_an_error(
    confirming: Endpoint, internet: Internet, page: int | Exception, why: str
) -> None:
    internet.pages[URL] = page
    assert confirming.post_signed(confirmation(URL)) == REFUSED
    assert (internet.requested_urls, confirming.log[-1]["why"]) == ([URL], f"SubscribeURL can't be called: {why}")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        *((status, f"{HOST} answers {status}") for status in (429, 500, 503)),
        (FetchFailed(f"{HOST} sends no complete answer within 2 s"), f"{HOST} sends no complete answer within 2 s"),
    ],
    ids=str,
)
def test_unanswering_host_makes_the_vendor_come_back(
    confirming: Endpoint, internet: Internet, page: int | Exception, why: str
) -> None:
    internet.pages[URL] = page
    assert confirming.post_signed(confirmation(URL)) == LATER
    assert confirming.log[-1]["why"] == f"SecretsUnavailable: {why}"


@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("us-west-2", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("cn-northwest-1", "amazonaws.com.cn"),
        ("eusc-de-east-1", "amazonaws.eu"),
    ],
)
def test_sns_subscription_is_confirmed_in_every_partition(
    internet: Internet, tmp_path: Path, region: str, domain: str
) -> None:
    topic, host = f"arn:aws-any:sns:{region}:123456789012:alerts", f"https://sns.{region}.{domain}"
    (tmp_path / "aws-sns").symlink_to(SOURCES / "aws-sns")
    of_region = f"extends: aws-sns\ndescription: made\nwebhook: {{auth: {{sns: {{topics: ['{topic}']}}}}}}\n"
    url = f"{host}/?Action=ConfirmSubscription&TopicArn={topic}&Token=2336412f37"
    unsigned = issuers.message(
        Type="SubscriptionConfirmation",
        TopicArn=topic,
        SubscribeURL=url,
        Token="2336412f37",
        SigningCertURL=f"{host}/SimpleNotificationService-0a1b.pem",
    )
    internet.pages = {unsigned["SigningCertURL"]: issuers.certificate(), url: b"<ConfirmSubscriptionResponse/>"}
    endpoint = Endpoint(make_definition(tmp_path, of_region).source)
    assert endpoint.post(json.dumps(issuers.signed_message(unsigned)).encode())["statusCode"] == 200
    assert internet.requested_urls == [unsigned["SigningCertURL"], url]


PARTS = st.sampled_from(
    [
        *(HOST, HOST.upper(), "example.org", "a.example.com", "https:", "http:", "//", "/", "\\", "@", ":443", ":80"),
        *(":", "#", "?", ".", "[", "]", "%2e", "\t", "\n", " ", "\x00", WIDE_DOT, "ß", "user", ";", "*"),
    ]
)


@given(st.lists(PARTS, max_size=8).map("".join), st.booleans())
def test_allowed_url_is_called_only_at_an_allowed_host(written: str, begun: bool) -> None:
    """Two readers of a URL may see two hosts in it: what asks is to see the one that was looked at."""
    url = f"https://{written}" if begun else written
    if https_url.is_allowed(url, ["sns.*.amazonaws.com", "*.example.com"]):
        asking = urllib.request.Request(url)  # noqa: S310 - it is not called
        host = asking.host.lower().removesuffix(":443")
        assert asking.type == "https"
        assert host in (HOST, "a.example.com")


def test_confirmation_by_another_account_learns_nothing(confirming: Endpoint, internet: Internet) -> None:
    """The answer to a handshake is the same whatever the host said."""
    internet.pages[URL] = SECRET.encode()
    answer = confirming.post_signed(confirmation(URL))
    assert SECRET not in json.dumps([answer, confirming.log])
