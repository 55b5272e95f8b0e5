"""The streams of a pulled source as people name them."""

from __future__ import annotations

from generator.errors import GeneratorError, existing
from lambdas.model_pull import Pull, Stream
from lambdas.pulling.parts import StreamKey
from lambdas.pulling.runner import stream_keys


def choose_streams(pull: Pull, name: str | None = None) -> list[tuple[StreamKey, Stream]]:
    """Return the streams, or those of a name, such as `logins` or `logins[staff]`; GeneratorError for none."""
    known = list(stream_keys(pull))
    chosen = [(key, stream) for key, stream in known if name in (None, key.name, str(key))]
    if not chosen:
        raise GeneratorError(f"no stream {name}; {existing([str(key) for key, _ in known])}")
    return chosen
