"""Zips that are the same bytes wherever they are made."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from generator.definition.read import Definition
from generator.definition.third_party import FIRST_IMPORT, third_party_packages
from generator.files import regular_file
from generator.packaging import module_closure, wheels
from generator.packaging.source_module import source_module_text
from lambdas.auth import leaves
from lambdas.model import Pipeline, Source, Throttle, Webhook, auths, verified_by

_ENTRIES = ("lambdas.webhook", "lambdas.authorizer", "lambdas.redrive")
# The first time that a zip can hold: https://docs.python.org/3/library/zipfile.html#zipfile.ZipInfo
_TIME = (1980, 1, 1, 0, 0, 0)
_REGULAR, _UNIX = 0o100000, 3


def lambdas_zip(definition: Definition) -> bytes:
    """The code of a source's functions: what they import of this framework's, and the definition as Python.

    Third-party packages too, where its way of verifying needs one; GeneratorError where that can't be had.
    """
    # How it is deployed, and what people are told, is nothing to the functions: a change of it is none of theirs.
    needed = third_party_packages(definition.source)
    webhook = replace(definition.source.webhook, throttle=Throttle())
    told = replace(definition.source, webhook=webhook, pipeline=Pipeline(), vendor=None)
    python = source_module_text(told, [FIRST_IMPORT[one] for one in needed]).encode()
    files = {}
    if transform := definition.find("transform.py"):
        files["lambdas/transform.py"] = regular_file.read(transform)
    if definition.schema_code:
        files["lambdas/schemas.py"] = definition.schema_code.encode()
    above = python.partition(b"\nSOURCE")[0]  # what the definition imports, without all of it
    own = {name for content in files.values() for name in module_closure.imported_modules(content)}
    late = frozenset(unused_late_modules(definition.source)) - own
    names = frozenset((*_ENTRIES, *own, *module_closure.imported_modules(above)))
    ours = {**module_closure.module_files(names, late), "lambdas/source.py": python}
    return make_zip({**wheels.wheel_files(needed), **ours, **files})


def unused_late_modules(source: Source) -> Iterator[str]:
    """What our code imports late, and not for this source: each would be a part of every zip."""
    challenges = source.webhook.challenges
    if verified_by(source.webhook) != "authorizer":
        yield "lambdas.authorizer"
    if not any(challenge.store_secret or challenge.confirm for challenge in challenges):
        yield "lambdas.receiving.effects"
    if not any(challenge.confirm for challenge in challenges):
        yield "lambdas.runtime.fetch"
    if source.dedupe is None:
        yield "lambdas.delivering.dedupe"
    if not source.events.schemas:
        yield "lambdas.reading.validation"
    if not signs_url(source.webhook):
        yield "lambdas.signatures.public_url"


@cache
def merge_zip() -> bytes:
    """The code of the pipeline's merge function, the same for every source."""
    return make_zip(module_closure.module_files(frozenset(["lambdas.merge"])))


def signs_url(webhook: Webhook) -> bool:
    """Whether the URL is part of what some sender signs."""
    return any("{url}" in getattr(leaf.settings, "signed", "") for auth in auths(webhook) for leaf in leaves(auth))


def make_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files by name. Stored, not deflated: two versions of zlib pack the same bytes differently."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = _UNIX
            info.external_attr = (_REGULAR | (0o755 if name.endswith(".sh") else 0o644)) << 16
            made.writestr(info, files[name])
    return buffer.getvalue()


def zip_key(content: bytes) -> str:
    """Where the zip goes in the helper bucket: named by its content, so that it never changes under a stack."""
    return f"code/{hashlib.sha256(content).hexdigest()}.zip"
