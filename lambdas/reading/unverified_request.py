"""Ways to verify a sender, one module each; the file's name is the type's name in a definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdas.reading.request import Request

from lambdas.auth_type import Unauthenticated


def refuse_compressed_body(request: Request) -> None:
    """Unauthenticated where a body would have to be decompressed for somebody whom nobody knows yet."""
    if "content-encoding" in request.headers:
        raise Unauthenticated("the body is compressed, and has to be read before its sender is known")


def single_query_parameter(request: Request, name: str) -> str:
    """The query parameter of this name, decoded; Unauthenticated unless it is there once.

    Of two, one could be what was signed and the other what is read: `%58=1&X=2` is X twice.
    """
    values = [value for each, value in request.query_parameters if each == name]
    if len(values) != 1:
        raise Unauthenticated(
            f"query parameter {name} is there more than once" if values else f"no query parameter {name}"
        )
    return values[0]
