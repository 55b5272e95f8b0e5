"""What vendors without a source here, or of schemes that theirs has not, have published: each scheme as YAML says it.

A vector brings its own `auth`. It runs through the handler in memory, and needs neither a case nor the emulator.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.samples import gateway
from tests.definitions import make_definition
from tests.fakes import NOW, Endpoint

Vector = dict[str, Any]

VECTORS: list[Vector] = json.loads(
    (Path(__file__).parent.parent / "vectors" / "other_vendors.json").read_text(encoding="utf-8")
)
VALID = [vector for vector in VECTORS if vector["valid"]]


def names(vectors: list[Vector]) -> list[str]:
    return [f"{vector['vendor']}-{vector['note'] or VECTORS.index(vector)}" for vector in vectors]


def outcome(folder: Path, vector: Vector, more: bytes = b"") -> tuple[int, bool]:
    """Return the answer's status, and whether anything of the request is on the queue or kept."""
    definition = {"description": vector["vendor"], "webhook": {"auth": vector["auth"]}}
    # JSON is YAML.
    source = make_definition(folder, json.dumps(definition | {"events": vector.get("events", {})})).source
    endpoint = Endpoint(source, secret=vector["secret"], now=float(vector["now"] or NOW))
    body = vector["body"].encode() + more
    answer = endpoint.call(gateway.event(vector["method"], vector["headers"], body, url=vector["url"]))
    return answer["statusCode"], bool(endpoint.queue.bodies or endpoint.bucket.objects)


@pytest.mark.parametrize("vector", VECTORS, ids=names(VECTORS))
def test_a_published_request_comes_to_what_its_vendor_says(tmp_path: Path, vector: Vector) -> None:
    assert outcome(tmp_path, vector) == ((200, True) if vector["valid"] else (401, False))


@pytest.mark.parametrize("vector", VALID, ids=names(VALID))
def test_its_signature_is_good_for_no_longer_body(tmp_path: Path, vector: Vector) -> None:
    assert outcome(tmp_path, vector, b"x") == (401, False)
