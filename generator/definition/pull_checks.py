"""Check `pull` for mistakes that show only between its keys."""

from __future__ import annotations

from generator.definition.path_checks import Mistakes
from lambdas.model import Source
from lambdas.model_pull import Pull


def pull_mistakes(source: Source, pull: Pull) -> Mistakes:
    """Yield what would ask wrongly, lose events, or never end."""
    if source.dedupe:
        yield "dedupe", "is always on for a source that is pulled; leave it out"
    for name, stream in pull.streams.items():
        if (stream.get is None) == (stream.post is None) and stream.graphql is None:
            yield f"pull.streams.{name}.get", "must have either `get` or `post`"
