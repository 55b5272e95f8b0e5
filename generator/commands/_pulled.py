"""What commands for an endpoint answer of a source that has none."""

from __future__ import annotations

from generator.errors import GeneratorError
from lambdas.model import Source


def refuse_pulled(source: Source, reason: str) -> None:
    """Raise GeneratorError for a source that is pulled."""
    if source.pull:
        raise GeneratorError(
            f"{source.name} is pulled: it asks the vendor's API, and has no endpoint. {reason}: `run {source.name}` "
            f"plays its samples as the vendor; `try {source.name}` asks the vendor from here, and once it is deployed, "
            f"`verify {source.name}` has its puller ask"
        )
