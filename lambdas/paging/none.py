"""No paging: an answer has everything that was asked for, as Tailscale's has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lambdas.paging_style import Page


@dataclass(frozen=True, slots=True)
class Settings:
    """A single answer has all events that were asked for."""


def next_token(_settings: Settings, _page: Page) -> str | None:
    return None


def kept_token(_settings: Settings, _page: Page) -> str | None:
    return None


def fields(_settings: Settings, _token: str | None) -> Mapping[str, str]:
    return {}


def is_url(_settings: Settings) -> bool:
    return False


def problems(_settings: Settings) -> Iterator[tuple[str, str]]:
    return iter(())
