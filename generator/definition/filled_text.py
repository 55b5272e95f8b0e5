"""A text of a definition in which parameters stand: it reads as the text with their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

from lambdas import model_request_types
from lambdas.runtime.parameters import path_part

TOKEN = re.compile(r"\$\{([A-Za-z0-9]+)\}")
_STRAY = re.compile(r"\$\{[^{}]*\}?")


class Token(NamedTuple):
    """A parameter in a text: `${Name}`."""

    name: str

    def __str__(self) -> str:
        return f"${{{self.name}}}"


Pieces = tuple[str | Token, ...]
ENCODED: Mapping[Any, Callable[[str], str]] = {
    model_request_types.RequestPath: path_part,
    model_request_types.RequestUrl: path_part,
}
"""What writes a value into a text of a type, here and where a function of the source starts."""


class FilledText(str):
    """A text with the values of its parameters; `pieces` are what was written, `hint` is the type of the value.

    The text is split at its tokens once, and values are put between the pieces, so no value is ever read as a token.
    """

    __slots__ = ("hint", "pieces")
    pieces: Pieces
    hint: Any

    def __new__(cls, pieces: Pieces, hint: Any, values: Mapping[str, str]) -> Self:
        """Return the text with these values."""
        encode = ENCODED.get(hint, str)
        text = super().__new__(cls, "".join(encode(values[p.name]) if isinstance(p, Token) else p for p in pieces))
        text.pieces, text.hint = pieces, hint
        return text

    @property
    def names(self) -> list[str]:
        """The names of the parameters in the text."""
        return [piece.name for piece in self.pieces if isinstance(piece, Token)]

    @property
    def written(self) -> str:
        """The text as the definition has it, with tokens."""
        return "".join(map(str, self.pieces))


def split_text(text: str) -> Pieces:
    """Return the pieces of a text, without empty ones; ValueError for a `${` that begins no token."""
    pieces: list[str | Token] = []
    # With a group in the pattern, every second part is the name of a token.
    for number, part in enumerate(TOKEN.split(text)):
        if number % 2:
            pieces.append(Token(part))
        elif "${" in part:
            raise ValueError(_STRAY.findall(part)[0])
        elif part:
            pieces.append(part)
    return tuple(pieces)
