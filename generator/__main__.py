"""`python -m generator`, and the console script `mozdef-ef`."""

from __future__ import annotations

import sys


def run() -> int:
    """Run the command line; return its exit status."""
    try:
        from generator.commands import main
    except ModuleNotFoundError as error:
        # A second terminal, in which nobody has activated the virtual environment.
        if (error.name or "").startswith(("generator", "lambdas")):
            raise
        raise SystemExit(
            f"error: the framework is not installed for {sys.executable} (no {error.name}): . .venv/bin/activate"
        ) from None
    return main()


if __name__ == "__main__":
    raise SystemExit(run())
