"""The table of the sources, made from their definitions."""

from __future__ import annotations

from collections.abc import Iterable

from generator.definition.placeholders import placeholder_keys
from generator.definition.read import Definition
from generator.definition.third_party import third_party_packages
from lambdas.model import Source, verified_by

_HEAD = ("source", "what it brings", "verified by", "where", "handshakes", "answer within", "the vendor sends again")
_WHERE = {"handler": "handler", "authorizer": "authorizer", "api": "the API"}


def source_table(definitions: Iterable[Definition], below: str) -> str:
    """The table in Markdown; `below` leads from the page to the folder of the sources."""
    rows = [_row(one, below) for one in definitions]
    lines = [_HEAD, ("---",) * len(_HEAD), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _row(definition: Definition, below: str) -> tuple[str, ...]:
    source = definition.source
    auth, vendor = source.webhook.auth, source.vendor
    needs = f" (with {' and '.join(third_party_packages(source))})" if third_party_packages(source) else ""
    link = f"[{source.name}]({below}/{source.name}/README.md)"
    return (
        f"{link} †" if list(placeholder_keys(source)) else link,
        source.description,
        f"{auth.type.describe(auth.settings)}{needs}",
        _WHERE[verified_by(source.webhook)],
        _handshakes(source) or "none",
        f"{vendor.deadline} s" if vendor and vendor.deadline else "not known",
        vendor.retries if vendor else "not known",
    )


def _handshakes(source: Source) -> str:
    effects = []
    for one in source.webhook.challenges:
        does = "learns the secret" if one.store_secret else "confirms" if one.confirm else "answers"
        effects.append(f"{one.method}: {does}{', unsigned' if one.unauthenticated else ''}")
    return "; ".join(dict.fromkeys(effects))
