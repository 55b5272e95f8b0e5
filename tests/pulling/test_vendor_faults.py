"""What the stand-ins of vendors have found, each as a test of its own."""

from __future__ import annotations

from lambdas.runtime.http_types import HttpAnswer
from tests.pulling.apis.api import Api, Call
from tests.pulling.apis.duo import Duo
from tests.pulling.apis.google_workspace import GoogleWorkspace
from tests.pulling.apis.okta import Okta
from tests.pulling.apis.salesforce import Salesforce
from tests.pulling.vendor import SECONDS, Puller


def puller_of(api_type: type[Api]) -> tuple[Puller, Api]:
    puller = Puller.__new__(Puller)
    puller.begin(api_type.source(), api_type)
    api: Api = puller.vendor
    puller.store.values = api.stored
    return puller, api


def test_runs_that_wait_for_the_rate_do_not_wait_for_ever() -> None:
    puller, api = puller_of(Salesforce)
    for number in range(320):
        api.happen("setup", 30_000 + number)
    while not (report := puller.run()).ended:
        pass
    assert report.ended == "the vendor's rate is used up"
    # A run every five minutes, of which each is still within the time of the requests before.
    for _ in range(3):
        puller.clock.now += 300
        report = puller.run()
    assert report.requests > 0


def test_requests_of_many_short_runs_count_for_as_long_as_the_vendor_counts_them() -> None:
    puller, _ = puller_of(Okta)
    # Twelve in a minute: never as many as are allowed, however long.
    for _ in range(100):
        puller.clock.now += 5
        assert puller.run().requests == 1


def test_an_assertion_is_signed_when_there_is_room_for_its_request() -> None:
    puller, api = puller_of(GoogleWorkspace)
    # A run that died may have sent as much as is allowed, up to its end.
    puller.table.items["lease"] = {"held_by": {"S": "died"}, "held_until": {"N": str(int(puller.clock.now) - 1)}}
    began = puller.clock.now
    api.happen("admin", 1_000)
    report = puller.run()
    assert (report.outcome, report.failures) == ("asked", {})
    assert 45 < puller.clock.now - began < SECONDS
    assert len(puller.queue.messages) == 1


def test_a_request_is_signed_when_there_is_room_for_it() -> None:
    puller, api = puller_of(Duo)
    dates = []
    answer = api.answer

    def watched(call: Call) -> HttpAnswer:
        dates.append((call.request.headers["Date"], api.now))
        return answer(call)

    api.answer = watched  # type: ignore[method-assign]
    for _ in range(2):
        puller.run()
    assert len({date for date, _ in dates}) == 2
    assert dates[5][1] - dates[4][1] >= 60
