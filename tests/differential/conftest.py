from __future__ import annotations

from hypothesis import settings

# `--hypothesis-profile thorough` looks for what is rare; forty minutes.
settings.register_profile("differential", settings.get_profile("ours"), max_examples=500)
settings.register_profile("thorough", settings.get_profile("ours"), max_examples=20_000)
settings.load_profile("differential")
