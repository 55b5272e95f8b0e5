"""The tables of docs/reference/sources.md, made from the definitions: the vendors, those that call us, the pulled."""

from __future__ import annotations

from collections.abc import Iterable

from generator.definition.parameter_values import as_written
from generator.definition.pull_words import counted_span, span_text
from generator.definition.read import Definition
from generator.definition.secret_origin import NOT_KNOWN, secret_origin
from generator.definition.third_party import third_party_packages
from generator.files import regular_file
from generator.reference.markdown import table
from lambdas.model import Source, verified_by
from lambdas.model_pull import Pull

_HEAD = ("source", "what it brings", "verified by", "the secret", "the vendor waits, and sends again")
_PULLED_HEAD = ("source", "what it brings", "credential, and who makes it", "times and limits")
_WHERE = {"handler": "the handler", "authorizer": "the authorizer", "api": "the API"}


def vendor_table(definitions: Iterable[Definition], folder: str) -> str:
    """Return the table of vendors: for each, its sources that call us and those that are pulled."""
    by_name = {definition.source.name: definition for definition in definitions}
    vendors: dict[str, list[Source]] = {}
    for name, definition in by_name.items():
        vendor = next((other for other in by_name if name.startswith(f"{other}-")), name)
        vendors.setdefault(vendor, []).append(definition.source)
    rows = [
        (
            _title(by_name[vendor]),
            ", ".join(_page(source.name, folder) for source in sources if source.webhook),
            ", ".join(_page(source.name, folder) for source in sources if source.pull),
        )
        for vendor, sources in vendors.items()
    ]
    return table(("vendor", "by webhook", "pulled"), sorted(rows, key=lambda row: row[0].casefold()))


def _title(definition: Definition) -> str:
    """Return the title of a source's README; its name where it has none."""
    file = definition.find("README.md")
    title = regular_file.read(file).decode().partition("\n")[0] if file else ""
    return title.removeprefix("# ") if title.startswith("# ") else definition.source.name


def _page(name: str, folder: str) -> str:
    return f"[{name}]({folder}/{name}/README.md)"


def source_table(definitions: Iterable[Definition], folder: str) -> str:
    """Return the table in Markdown; `folder` is the path from the page to the folder of the sources."""
    return table(_HEAD, [_row(definition, folder) for definition in definitions if definition.source.webhook])


def pulled_table(definitions: Iterable[Definition], folder: str) -> str:
    """Return the table of pulled sources in Markdown; empty where there is none."""
    rows = [
        _pulled_row(definition, pull, folder)
        for definition in definitions
        if (pull := as_written(definition.source).pull) is not None
    ]
    return table(_PULLED_HEAD, rows) if rows else ""


def _link(definition: Definition, folder: str) -> str:
    source = definition.source
    link = _page(source.name, folder)
    return f"{link} †" if source.parameters else link


def _pulled_row(definition: Definition, pull: Pull, folder: str) -> tuple[str, ...]:
    vendor, windows = definition.source.vendor, [stream.window for stream in pull.streams.values()]
    kept = {_years(window.retention) if window.retention else NOT_KNOWN for window in windows}
    return (
        _link(definition, folder),
        definition.source.description,
        vendor.credential if vendor else NOT_KNOWN,
        f"asked every {span_text(pull.every)}<br>late: {vendor.lateness if vendor else NOT_KNOWN}<br>"
        f"kept: {', '.join(sorted(kept))}<br>limit: {vendor.limit if vendor else NOT_KNOWN}",
    )


def _years(seconds: int) -> str:
    years, rest = divmod(seconds, 365 * 86_400)
    return counted_span(seconds) if rest or not years else "1 year" if years == 1 else f"{years} years"


def _row(definition: Definition, folder: str) -> tuple[str, ...]:
    source = as_written(definition.source)
    auth, vendor = source.endpoint.auth, source.vendor
    packages = third_party_packages(source)
    waits = f"{vendor.deadline} s" if vendor and vendor.deadline else NOT_KNOWN
    verifier = f"by {_WHERE[verified_by(source.endpoint)]}"
    needs = f" (with {' and '.join(packages)})" if packages else ""
    return (
        _link(definition, folder),
        source.description,
        "<br>".join([f"{auth.type.describe(auth.settings)}{needs}", verifier, *_handshakes(source)]),
        secret_origin(source),
        f"{waits}<br>{vendor.retries if vendor else NOT_KNOWN}",
    )


def _handshakes(source: Source) -> list[str]:
    effects = []
    for challenge in source.endpoint.challenges:
        effect = "learns the secret" if challenge.store_secret else "confirms" if challenge.confirm else "answers"
        effects.append(f"handshake by {challenge.method}: {effect}{', unsigned' if challenge.unauthenticated else ''}")
    return list(dict.fromkeys(effects))
