"""Templates and code into `build/`."""
