"""Files that the previous build wrote into a source's `config/`: its config.zip has them, byte for byte."""

from __future__ import annotations

import zipfile
from pathlib import Path

CONFIG_ZIP, CONFIG_FOLDER = "config.zip", "config"


def previous_config_files(folder: Path) -> dict[str, bytes]:
    """Return the files of `config/` as the existing build made them, by their names below the source's folder."""
    try:
        with zipfile.ZipFile(folder / CONFIG_ZIP) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
    except (OSError, zipfile.BadZipFile):
        return {}
    # In a zip with the framework, they are in its folder `config`.
    in_folder = {name: content for name, content in files.items() if name.startswith(f"{CONFIG_FOLDER}/")}
    return in_folder or {f"{CONFIG_FOLDER}/{name}": content for name, content in files.items()}
