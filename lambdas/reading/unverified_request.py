"""Read a request whose sender is not verified yet: refuse a compressed body, or what is repeated in query or form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdas.reading.request import Request

from lambdas.auth_type import Unauthenticated

MAX_FORM, MAX_FIELDS = 1_048_576, 1_000
"""Bytes and fields of a form that is taken apart for anyone."""


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


def single_form_field(request: Request, name: str) -> str:
    """Return a text of a form; Unauthenticated unless the form has it exactly once, for the reason above."""
    # An authorizer reads no form, and every import lengthens a cold start.
    from lambdas.reading.body import Rejected
    from lambdas.reading.formats import form_fields

    refuse_compressed_body(request)
    if len(request.body) > MAX_FORM or request.body.count(b"&") >= MAX_FIELDS:
        raise Unauthenticated(f"the form has more than {MAX_FORM:,} bytes or {MAX_FIELDS:,} fields")
    try:
        values = [value for other, value in form_fields(request.body, request.headers) if other == name]
    except (Rejected, UnicodeDecodeError):
        raise Unauthenticated("the body is not a form") from None
    if len(values) != 1 or not isinstance(values[0], str):
        raise Unauthenticated(f"form field {name} is there more than once" if values else f"no form field {name}")
    return values[0]
