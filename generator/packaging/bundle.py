"""The zips of code for Lambda, lambdas.zip and merge.zip: the same bytes wherever they are made."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from generator.definition.read import Definition
from generator.definition.secret_names import stored_names
from generator.definition.third_party import FIRST_IMPORT, third_party_packages
from generator.files import regular_file
from generator.packaging import module_closure, wheels
from generator.packaging.source_module import source_module_text
from lambdas.auth import jwt, leaves
from lambdas.model import Pipeline, Source, Throttle, Webhook, auths, verified_by
from lambdas.signatures.signature_settings import PIECE, SignatureSettings
from lambdas.signatures.signed_text import OF_URL

_WEBHOOK_ENTRIES = ("lambdas.webhook", "lambdas.authorizer", "lambdas.redrive")
_PULL_ENTRIES = ("lambdas.puller", "lambdas.redrive")
# The earliest time that a zip can hold: https://docs.python.org/3/library/zipfile.html#zipfile.ZipInfo
_EARLIEST_TIME = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE, _UNIX = 0o100000, 3


def lambdas_zip(definition: Definition) -> bytes:
    """Return the zip of a source's functions: the framework's modules that they import, and the definition as Python.

    It has third-party packages where an auth type needs them; GeneratorError where one can't be fetched.
    """
    packages = third_party_packages(definition.source)
    # Without what the functions never read, so that a change of it is no change of the code.
    webhook = replace(definition.source.webhook, throttle=Throttle()) if definition.source.webhook else None
    shipped_source = replace(definition.source, webhook=webhook, pipeline=Pipeline(), vendor=None)
    entries = _PULL_ENTRIES if definition.source.pull else _WEBHOOK_ENTRIES
    source_module = source_module_text(shipped_source, [FIRST_IMPORT[package] for package in packages]).encode()
    own_code = {}
    if transform := definition.find("transform.py"):
        own_code["lambdas/transform.py"] = regular_file.read(transform)
    if definition.schema_code:
        own_code["lambdas/schemas.py"] = definition.schema_code.encode()
    import_block = source_module.partition(b"\nSOURCE")[0]
    own_imports = {name for content in own_code.values() for name in module_closure.imported_modules(content)}
    entries = (*entries, f"lambdas.shaping.outputs.{definition.source.output}")
    names = frozenset((*entries, *own_imports, *module_closure.imported_modules(import_block)))
    optional = frozenset(unused_late_modules(definition.source)) - own_imports
    framework = {**module_closure.module_files(names, optional), "lambdas/source.py": source_module}
    return make_zip({**wheels.wheel_files(packages), **framework, **own_code})


def unused_late_modules(source: Source) -> Iterator[str]:
    """Yield modules that are imported lazily and that this source never reaches; they are left out of its zip."""
    yield from _unused_by_any_kind(source)
    if source.webhook is None:
        yield "lambdas.signatures.keys"
    else:
        yield from _unused_by_webhook(source, source.webhook)


def _unused_by_any_kind(source: Source) -> Iterator[str]:
    if source.archive is None:
        yield from ("lambdas.delivering.archive", "lambdas.delivering.replay")
    if source.delivery.s3 is None:
        yield "lambdas.delivering.stream_outbox"
    if not source.mozdef.whole:
        yield "lambdas.shaping.whole_details"
    if not source.events.schemas:
        yield "lambdas.reading.validation"


_FOR_BUILDS = ("signature_make", "form_make", "token_make", "signature_problems", "token_problems")
"""What builds alone do with an auth type: sign as the vendor, describe it, and look for mistakes."""


def _unused_by_webhook(source: Source, webhook: Webhook) -> Iterator[str]:
    yield "lambdas.pulling.page_delivery"
    yield from _unused_by_auth(source, webhook)
    if verified_by(webhook) != "authorizer":
        yield "lambdas.authorizer"
    if not any(challenge.store_secret or challenge.confirm for challenge in webhook.challenges):
        yield "lambdas.receiving.effects"
    if not any(challenge.confirm for challenge in webhook.challenges):
        yield "lambdas.runtime.vendor_fetch"
    if source.dedupe is None:
        yield "lambdas.delivering.dedupe"
    if not stored_names(webhook):
        yield "lambdas.signatures.keys"
    if not signs_url(webhook):
        yield "lambdas.signatures.public_url"


def _unused_by_auth(source: Source, webhook: Webhook) -> Iterator[str]:
    yield from (f"lambdas.signatures.{name}" for name in _FOR_BUILDS)
    settings = [leaf.settings for auth in auths(webhook) for leaf in leaves(auth)]
    if "form" not in source.events.format:
        yield "lambdas.reading.multipart"
    if not any(getattr(each, "signed_headers", None) for each in settings):
        yield "lambdas.signatures.signed_headers"
    keyed = {bool(each.secret) for each in settings if isinstance(each, jwt.Settings)}
    if False not in keyed:
        yield "lambdas.signatures.issuer_keys"
    if True not in keyed:
        yield "lambdas.signatures.hmac_tokens"
    if not any(_signed_texts(webhook)):
        yield from ("lambdas.signatures.signed_text", "lambdas.signatures.signature_settings")


@cache
def merge_zip() -> bytes:
    """Return the zip of the pipeline's merge function, the same for every source."""
    return make_zip(module_closure.module_files(frozenset(["lambdas.merge"])))


def signs_url(webhook: Webhook) -> bool:
    """Return whether a sender signs the URL, too, or a part of it."""
    return any(name in OF_URL for text in _signed_texts(webhook) for name, _ in PIECE.findall(text))


def _signed_texts(webhook: Webhook) -> Iterator[str]:
    """Yield the texts with pieces of the request: what is signed, and claims of tokens."""
    for settings in (leaf.settings for auth in auths(webhook) for leaf in leaves(auth)):
        if isinstance(settings, SignatureSettings):
            yield settings.signed
        elif isinstance(settings, jwt.Settings):
            yield from (text for text in (settings.claims or {}).values() if "{" in text)


def make_zip(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by name; stored, not deflated, since versions of zlib pack the same bytes differently."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _EARLIEST_TIME)
            info.create_system = _UNIX
            info.external_attr = (_REGULAR_FILE | (0o755 if name.endswith(".sh") else 0o644)) << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def zip_key(content: bytes) -> str:
    """Return a zip's key in the helper bucket: a hash of its content, so that no stack's code changes under it."""
    return f"code/{hashlib.sha256(content).hexdigest()}.zip"
