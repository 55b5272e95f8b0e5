"""Read a request whose sender is not verified yet: refuse a compressed body, or a query parameter that is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdas.reading.request import Request

from lambdas.auth_type import Unauthenticated


def refuse_compressed_body(request: Request) -> None:
    """Raise Unauthenticated where the body is compressed: it would be decompressed for an unknown sender."""
    if "content-encoding" in request.headers:
        raise Unauthenticated("the body is compressed, and has to be read before its sender is known")


def single_query_parameter(request: Request, name: str) -> str:
    """Return a query parameter, decoded; Unauthenticated unless the query has it exactly once.

    Of two, one could be signed and the other be read: `%58=1&X=2` has X twice.
    """
    values = [value for other, value in request.query_parameters if other == name]
    if len(values) != 1:
        raise Unauthenticated(
            f"query parameter {name} is there more than once" if values else f"no query parameter {name}"
        )
    return values[0]
