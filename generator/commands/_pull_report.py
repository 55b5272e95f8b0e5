"""What a build report and `run` say of a source that is pulled: what is asked, how often, and how far back."""

from __future__ import annotations

from collections.abc import Iterator

from generator.definition.pull_words import credential_text, rate_text, span_text
from generator.definition.secret_names import ssm_names
from generator.definition.stream_words import resume_text
from lambdas.model import Source
from lambdas.model_pull import Pull, Stream


def pull_facts(source: Source, pull: Pull) -> Iterator[tuple[str, str]]:
    """Yield label and text of each line about a pulled source, from its definition."""
    yield "asks", f"{pull.url} every {span_text(pull.every)}"
    yield "rate", f"{rate_text(pull.rate)}, over all streams"
    yield "with", credential_text(pull)
    for name in ssm_names(source).values():
        yield "secret", f"{name} in Parameter Store"
    for name, stream in pull.streams.items():
        yield "stream", stream_line(name, stream)
        yield "", resume_text(stream)


def stream_line(name: str, stream: Stream) -> str:
    """Return a stream's request in a line."""
    method, path = ("GET", stream.get) if stream.get else ("POST", stream.post)
    values = next(iter((stream.for_ or {}).items()), None)
    for_each = f", for each of {', '.join(values[1])}" if values else ""
    return f"{name}: {method} {path}{for_each}"
