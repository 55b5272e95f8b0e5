"""AWS on this machine: the emulator, `run`, and the rehearsal of a pipeline."""
