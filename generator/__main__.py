"""`python -m generator`."""

import sys

if __name__ == "__main__":
    try:
        from generator.commands import main
    except ModuleNotFoundError as error:
        # A second terminal, in which nobody has activated the virtual environment.
        if (error.name or "").startswith(("generator", "lambdas")):
            raise
        raise SystemExit(
            f"error: the framework is not installed for {sys.executable} (no {error.name}): . .venv/bin/activate"
        ) from None
    raise SystemExit(main())
