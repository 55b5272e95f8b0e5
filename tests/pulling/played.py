"""A stream of a shipped source whose vendor answers what a test says, with AWS in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import jmespath

from generator.definition.read import Definition
from generator.samples.files import load_samples
from generator.samples.pulled_files import PullSample
from lambdas.credentials import bearer
from lambdas.model import Source
from lambdas.model_pull import Credentials, Stream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.definitions import SOURCES, pulled_definitions
from tests.pulling.vendor import Clock, Puller

_MARK = "@@events@@"


@dataclass(frozen=True)
class Played:
    """The last page of a sample of a stream, of which a test takes the events away and puts others."""

    source: Source
    sample: PullSample

    @property
    def stream(self) -> Stream:
        assert self.source.pull
        return self.source.pull.streams[self.sample.key.name]

    @property
    def list_path(self) -> str:
        """Where a page has its list of events, whatever a split makes of each, as in `[].{data: @}`."""
        return (self.stream.events.split or "@").partition(" ")[0].partition("[]")[0] or "@"

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of all pages, as the vendor has them."""
        event_lists = [jmespath.search(self.list_path, json.loads(page.body)) for page in self.sample.pages]
        return [event for events in event_lists for event in events or []]

    @property
    def leads_on(self) -> bool:
        """Whether only an empty page ends the list, so that a page with events never is the last."""
        return not jmespath.search(self.list_path, json.loads(self.sample.pages[-1].body))

    def page(self, events: str) -> HttpAnswer:
        """Return the page with a list of events, as JSON."""
        last = self.sample.pages[-1]
        root = json.loads(last.body)
        if self.list_path == "@":
            root = _MARK
        else:
            *path, name = self.list_path.split(".")
            parent = root
            for part in path:
                parent = parent[part]
            parent[name] = _MARK
        text = json.dumps(root).replace(json.dumps(_MARK), events)
        return last._replace(body=text.encode("utf-8", "surrogatepass"))

    def event_text(self, event: dict[str, Any], number: int, more: dict[str, str]) -> str:
        """Return an event as JSON with further members, and an id of its own."""
        members = {name: json.dumps(value) for name, value in event.items()}
        own = ""
        if (path := self.stream.events.id) and path != "hash()":
            # An id may be made of several members: the first makes it the event's own.
            name = next(word for word in re.findall(r"\w+", path) if word in event)
            value = event[name]
            named = {**value, "uniqueQualifier": f"{number}"} if isinstance(value, dict) else f"e{number}"
            own = json.dumps(number if isinstance(value, int) else named)
            members.pop(name)
            own = f",{json.dumps(name)}:{own}"
        members |= {name: value for name, value in more.items() if not own or json.dumps(name) not in own}
        inner = ",".join(f"{json.dumps(name)}:{value}" for name, value in members.items())
        return "{" + (inner + own).lstrip(",") + "}"

    def puller(self, *answers: HttpAnswer) -> Puller:
        """Return the puller of the stream alone, whose vendor answers so, and at last always the same."""
        assert self.source.pull
        stream, key = self.stream, self.sample.key
        if stream.for_:
            stream = replace(stream, for_=dict.fromkeys(stream.for_, (key.value,)))
        credentials = Credentials(bearer, bearer.Settings())
        pull = replace(self.source.pull, streams={key.name: stream}, credentials=credentials)
        puller = Puller.__new__(Puller)
        puller.begin(replace(self.source, pull=pull), lambda _clock: Answers(list(answers)))
        puller.clock = Clock()
        return puller


@dataclass
class Answers:
    """A vendor that answers in an order, and in the end always the same."""

    answers: list[HttpAnswer]

    def send(self, _request: HttpRequest, _seconds: float) -> HttpAnswer:
        return deepcopy(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


def played_streams() -> list[Played]:
    """Return each stream of the shipped sources whose pages are JSON that has the events themselves."""
    return [played for definition in pulled_definitions(SOURCES) for played in _streams(definition)]


def _streams(definition: Definition) -> Iterator[Played]:
    for sample in load_samples(definition)[0]:
        assert isinstance(sample, PullSample)
        played = Played(definition.source, sample)
        if played.stream.each is None and not played.leads_on:
            yield played
