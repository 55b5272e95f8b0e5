"""The section of a page on what exactly is approved: the version, the hashes, and what the code consists of."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from generator.definition.third_party import third_party_packages
from generator.definition.words import counted
from generator.packaging.product import CODE, TEMPLATE
from generator.packaging.wheels import pinned_wheels
from generator.page.built_source import BuiltSource
from generator.page.html import Child, code, facts, marked, prose, section

_OWN = "lambdas/transform.py"
_CHECK = (
    "The template's parameter `LambdaKey` has the hash of the code as its default: another code has another name in "
    "the helper bucket. The same definition, built with the same version of the framework, gives the same bytes "
    "wherever it is built. To compare, run `sha256sum` on both files, or `python -m generator {} --check`, which "
    "builds them again."
)


def fingerprints_section(built: BuiltSource) -> ET.Element:
    """Return the version and the hashes of a build, and what its code consists of."""
    name = built.source.name
    pairs: list[tuple[str, Sequence[Child]]] = [
        ("Framework", [f"version {version(built)}"]),
        ("Code", [code(f"{name}/{CODE}"), ", SHA-256 ", code(hash_of(built.code))]),
        ("Template", [code(f"{name}/{TEMPLATE}"), ", SHA-256 ", code(hash_of(built.template_file))]),
        *_contents(built),
    ]
    return section("fingerprints", "What exactly is approved", facts(pairs), prose(_CHECK.format(name)))


def version(built: BuiltSource) -> str:
    """Return the version of the framework that made the template."""
    return str(built.template["Metadata"]["MozDefEventFramework"]["Version"])


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def _contents(built: BuiltSource) -> Iterator[tuple[str, Sequence[Child]]]:
    with zipfile.ZipFile(io.BytesIO(built.code)) as archive:
        names = archive.namelist()
        own = hash_of(archive.read(_OWN)) if _OWN in names else None
    framework = sum(name.startswith("lambdas/") and name != _OWN for name in names)
    yield "In the code", [f"{counted(framework, 'file')} of the framework, the definition among them"]
    yield "Code of the source's own", marked(f"`{_OWN}`, SHA-256 `{own}`") if own else ["none"]
    pinned = {package.lower(): release for package, (release, _) in pinned_wheels().items()}
    packages = [f"{package} {pinned[package.lower()]}" for package in third_party_packages(built.definition.source)]
    yield "Packages of others", [", ".join(packages) or "none but what AWS Lambda brings"]
