"""What the build before has put into a source's folder: its config.zip lists it, byte for byte."""

from __future__ import annotations

import zipfile
from pathlib import Path

CONFIG_ZIP, CONFIG_FOLDER = "config.zip", "config"


def previous_config_files(folder: Path) -> dict[str, bytes]:
    """The files of `config/` by their names below the source's folder, as the build that is there has made them."""
    try:
        with zipfile.ZipFile(folder / CONFIG_ZIP) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
    except (OSError, zipfile.BadZipFile):
        return {}
    # In a repository that has the framework too, they are in its folder `config`.
    beside = {name: content for name, content in files.items() if name.startswith(f"{CONFIG_FOLDER}/")}
    return beside or {f"{CONFIG_FOLDER}/{name}": content for name, content in files.items()}
