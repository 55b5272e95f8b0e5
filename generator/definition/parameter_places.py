"""Check where in a text a parameter stands: no value may change what a URL or a path leads to beyond its own part."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from generator.definition.filled_text import Pieces, Token
from generator.definition.parameter_patterns import pattern_characters
from lambdas import model_request_types, model_types
from lambdas.reading.text_templates import template_parts, template_paths

_HOST = frozenset(string.ascii_letters + string.digits + ".-")
_REST_OF_URL = _HOST | frozenset("_~")
_URL_TYPES = (model_types.ServiceUrl, model_types.UrlBase, model_request_types.UrlOrigin)
_TEMPLATES = (model_request_types.RequestPath, model_request_types.RequestUrl, model_request_types.RequestText)
_PATHS = (model_request_types.UrlOrigin, model_request_types.RequestPath, model_request_types.RequestUrl)
_MARK = "\0"
"""Stands for a value in a text that is looked at: no definition has it."""


@dataclass(frozen=True)
class Declared:
    """A parameter as far as it can be used: its example and its pattern; None where the declaration is wrong."""

    node: yaml.Node
    example: str | None = None
    pattern: str = ""

    @property
    def characters(self) -> frozenset[str]:
        """All characters that a value may have."""
        return pattern_characters(self.pattern)

    def matches(self, *values: str) -> bool:
        """Return whether its pattern matches one of these values."""
        return any(re.fullmatch(self.pattern, value) for value in values)


def place_problem(hint: Any, pieces: Pieces, declared: Mapping[str, Declared]) -> str | None:
    """Return what is wrong with where a parameter stands in a text of this type; None if nothing is."""
    problem = None
    if hint in _URL_TYPES or hint is model_types.HostPattern:
        problem = _url_problem(hint, pieces, declared)
    if hint in _TEMPLATES:
        problem = _template_problem(pieces)
    return problem or (_dots_problem(hint, pieces, declared) if hint in _PATHS else None)


def _url_problem(hint: Any, pieces: Pieces, declared: Mapping[str, Declared]) -> str | None:
    """Return which parameter could change what a URL leads to, but for its host or a part of its path."""
    before = ""
    for piece in pieces:
        if isinstance(piece, str):
            before += piece
            continue
        if hint in _URL_TYPES and not before.startswith("https://"):
            return f"must begin with https://, and {piece} stands before the host is there"
        in_host = hint is model_types.HostPattern or "/" not in before[len("https://") :]
        if in_host and (more := declared[piece.name].characters - _HOST):
            return f"has {piece} in a host, which has letters, digits, dots and dashes alone; {_allows(more)}"
        if more := declared[piece.name].characters - _REST_OF_URL:
            return f"has {piece} in a URL, where it has letters, digits and . _ ~ - alone; {_allows(more)}"
        before += "x"
    return None


def _template_problem(pieces: Pieces) -> str | None:
    """Return which parameter stands in a path between braces, where its value would be read as a part of that."""
    for token in _tokens(pieces):
        try:
            paths = template_paths(_marked(pieces, (token,)))
        except ValueError as error:
            return str(error)
        if any(_MARK in path for path in paths):
            return f"has {token} within the braces of a path; a parameter stands outside of them"
    return None


def _dots_problem(hint: Any, pieces: Pieces, declared: Mapping[str, Declared]) -> str | None:
    """Return which parameter could be a part of a path that leads to the part above."""
    may_be_dots = [token for token in _tokens(pieces) if declared[token.name].matches(".", "..")]
    text = _marked(pieces, may_be_dots)
    if hint is not model_request_types.UrlOrigin:
        text = "".join(part for kind, part in template_parts(text) if kind == "literal")
    parts = text.partition("?")[0].split("/")[3 if text.startswith("https://") else 0 :]
    if any(_MARK in part and not part.strip(f".{_MARK}") for part in parts):
        return (
            f"has {may_be_dots[0]} as a part of a path, and its pattern allows . or .., which lead elsewhere; write a "
            "pattern that begins with a letter or a digit"
        )
    return None


def _tokens(pieces: Pieces) -> list[Token]:
    return [piece for piece in pieces if isinstance(piece, Token)]


def _marked(pieces: Pieces, marked: Collection[Token]) -> str:
    """Return a text with a mark in the place of some of its parameters, and a letter in the place of others."""
    return "".join(piece if isinstance(piece, str) else _MARK if piece in marked else "x" for piece in pieces)


def _allows(characters: frozenset[str]) -> str:
    shown = " ".join("a space" if char == " " else char for char in sorted(characters))
    return f"its pattern allows {shown if len(characters) < 8 else 'more'}"
