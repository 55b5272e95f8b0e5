"""Which secrets are stored, and since when, for whoever may not read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any


def times_stored(ssm: Any, parameters: Sequence[str]) -> dict[str, datetime]:
    """Return when each of the parameters that exist was stored last; the permission for it does not let one read them.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
    """
    by_name = [{"Key": "Name", "Option": "Equals", "Values": list(parameters)}]
    page_size = {"PageSize": 50}  # the most
    pages = ssm.get_paginator("describe_parameters").paginate(ParameterFilters=by_name, PaginationConfig=page_size)
    return {parameter["Name"]: parameter["LastModifiedDate"] for page in pages for parameter in page["Parameters"]}
