"""The table of all sources in docs/sources.md, made from their definitions."""

from __future__ import annotations

from collections.abc import Iterable

from generator.definition.parameter_values import as_written
from generator.definition.read import Definition
from generator.definition.third_party import third_party_packages
from lambdas.model import Source, verified_by

_HEAD = ("source", "what it brings", "verified by", "where", "handshakes", "answer within", "the vendor sends again")
_WHERE = {"handler": "handler", "authorizer": "authorizer", "api": "the API"}


def source_table(definitions: Iterable[Definition], folder: str) -> str:
    """Return the table in Markdown; `folder` is the path from the page to the folder of the sources."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(definition, folder) for definition in definitions)]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)


def _row(definition: Definition, folder: str) -> tuple[str, ...]:
    source = as_written(definition.source)
    auth, vendor = source.webhook.auth, source.vendor
    packages = third_party_packages(source)
    needs = f" (with {' and '.join(packages)})" if packages else ""
    link = f"[{source.name}]({folder}/{source.name}/README.md)"
    return (
        f"{link} †" if source.parameters else link,
        source.description,
        f"{auth.type.describe(auth.settings)}{needs}",
        _WHERE[verified_by(source.webhook)],
        _handshakes(source) or "none",
        f"{vendor.deadline} s" if vendor and vendor.deadline else "not known",
        vendor.retries if vendor else "not known",
    )


def _handshakes(source: Source) -> str:
    effects = []
    for challenge in source.webhook.challenges:
        effect = "learns the secret" if challenge.store_secret else "confirms" if challenge.confirm else "answers"
        effects.append(f"{challenge.method}: {effect}{', unsigned' if challenge.unauthenticated else ''}")
    return "; ".join(dict.fromkeys(effects))
