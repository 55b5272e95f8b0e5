"""`python -m generator`."""

from generator.commands import main

if __name__ == "__main__":
    raise SystemExit(main())
