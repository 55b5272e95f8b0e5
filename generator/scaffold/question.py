"""A question of `new`."""

from __future__ import annotations

from dataclasses import dataclass

EXAMPLE = "X-Example"


@dataclass(frozen=True)
class Question:
    """A question: `name` is the option that answers it; a `required` one needs the option where nobody can be asked."""

    name: str
    text: str
    default: str | None = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    restart_from: str = ""
    """The name of the question to start from again, where an answer contradicts that question's."""
    example: str = EXAMPLE
    """An answer that a build takes, for a question without a default."""

    @property
    def option(self) -> str:
        """Return the option that answers the question."""
        return f"--{self.name.replace('_', '-')}"
