"""What tests of a source import of this framework: these names stay where they are, whatever else moves.

The tests in a configuration's repository begin with them:

    from generator.testing import Sample, load_samples, summary_of

    for sample in load_samples("zoom"):
        assert all(summary_of(message) for message in sample.messages())

    made_up = Sample("zoom", {"event": "user.created", "payload": {…}})
    (message,) = made_up.messages()
    assert message["severity"] == "INFO"  # a message is what the source's output makes: here, MozDef's
    assert event_of(message)["event"] == "user.created"

Of a source that is pulled, a sample is the answers of a stream:

    made_up = Sample("duo", {"response": […]}, stream="administrator")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from json import dumps
from pathlib import Path
from typing import Any

from generator.definition.read import Definition, load
from generator.errors import DefinitionError
from generator.samples import files, run, sample
from generator.samples.message_view import event_of, shown
from generator.samples.pulled_files import PullSample, made_up_answer
from lambdas.reading.formats import body_reader
from lambdas.runtime.http_types import HttpAnswer

__all__ = ["Refused", "Sample", "event_of", "load_samples", "summary_of"]
SOURCES = Path("sources")


class Refused(Exception):  # noqa: N818 - it names the outcome
    """The request, or an event in it, becomes no message. The text is the reason, as in a build."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A request that the vendor of `source` sends, or an answer: one from `samples/`, or one that a test makes up."""

    source: str
    """The source's name, which is its folder's."""
    body: Any
    """Bytes that are sent as they are, or any other value, which is sent as JSON."""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Without the credential: the request is signed as the vendor would sign it."""
    query: Mapping[str, str] = field(default_factory=dict)
    name: str = "made-up"
    """The file's name in `samples/`, without `.json`."""
    sources: Path = SOURCES
    """The folder with the definitions. A pipeline has them in `sources`, below the folder in which tests run."""
    stream: str = ""
    """Of a source that is pulled: the stream of which `body` is the answer, such as `audit` or `logins[staff]`."""
    stored: PullSample | None = field(default=None, repr=False)
    """All pages of a stream, where it is from `samples/`."""

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages of the sample as the source's output makes them; Refused where an event becomes none.

        A challenge has no message, and neither has an event that `transform()` drops.
        """
        definition = _definition(self.sources.resolve(), self.source)
        shaped = run.shape(definition.source, self.stored or self._request(definition))
        if shaped.problems:
            raise Refused("; ".join(problem.message for problem in shaped.problems))
        return shaped.messages

    def _request(self, definition: Definition) -> sample.Sample:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.body
        if not isinstance(body, bytes):
            headers = {"content-type": "application/json", **headers}
            body = dumps(body).encode()
        folder, read = definition.folders[0] / "samples", body_reader(definition.source.events)
        if definition.source.pull:
            return made_up_answer(definition.source.pull, folder, self.stream, HttpAnswer(200, headers, body))
        return sample.Sample(self.name, folder, self.method, headers, self.query, body, read)


def load_samples(source: str, sources: Path = SOURCES) -> list[Sample]:
    """Return the events in the `samples/` of a source, in the order of their names, without challenges.

    GeneratorError with every mistake in the definition, or in a sample.
    """
    loaded, problems = files.load_samples(_definition(sources.resolve(), source))
    if errors := [problem for problem in problems if not problem.warning]:
        raise DefinitionError(errors)
    return [
        _of_stream(source, sources, loaded_sample)
        if isinstance(loaded_sample, PullSample)
        else Sample(
            source,
            loaded_sample.body,
            loaded_sample.method,
            loaded_sample.headers,
            loaded_sample.query,
            loaded_sample.name,
            sources,
        )
        for loaded_sample in loaded
        if not loaded_sample.file("reply").exists()
    ]


def summary_of(message: Mapping[str, Any]) -> str:
    """Return the line for the analyst in a message of any output; of `raw`, the event's type, or its id."""
    return shown(message).summary


def _of_stream(source: str, sources: Path, stored: PullSample) -> Sample:
    return Sample(source, stored.body, name=stored.name, sources=sources, stream=str(stored.key), stored=stored)


@cache
def _definition(sources: Path, source: str) -> Definition:
    return load(sources, [source])[0]
