"""Requests and samples of pulled sources, held against the vendors' own descriptions of their APIs.

A description is a file `<source>.json` or `<source>.yaml` in the folder DESCRIPTIONS, or that of a pinned package.
"""

from __future__ import annotations

import pytest

from tests.definitions import bundled_source, pulled_names
from tests.descriptions.documents import FOLDER, own_file, package_file, read_document
from tests.descriptions.exceptions import PACKAGED, PUBLISHED
from tests.descriptions.findings import findings
from tests.descriptions.operations import Operations
from tests.descriptions.vendors import VENDORS


@pytest.mark.parametrize("name", pulled_names())
def test_a_source_is_as_its_vendor_describes_the_api(name: str) -> None:
    vendor = VENDORS[name]
    file = own_file(name)
    if file is None and vendor.package is None:
        pytest.skip(f"no package describes this API; put {name}.json into {FOLDER}. Published: {vendor.published}")
    if file:
        document = read_document(file)
    elif isinstance(vendor.package, str):
        document = read_document(package_file(vendor.package))
    else:
        assert vendor.package is not None
        document = vendor.package.document()
    known = (PUBLISHED if file else PACKAGED).get(name, {})
    problems = findings(bundled_source(name), Operations(document))
    assert [finding for finding in problems if not finding.startswith(tuple(known))] == []
    if not file:
        assert [
            beginning for beginning in known if not any(finding.startswith(beginning) for finding in problems)
        ] == []


def test_each_source_says_where_its_vendor_publishes_a_description() -> None:
    assert set(VENDORS) == set(pulled_names())
    assert set(PACKAGED) | set(PUBLISHED) <= set(VENDORS)
