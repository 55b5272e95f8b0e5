"""Put into the wheel what lies beside the packages in the repository; pyproject.toml says all the rest."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

# The catalogue of sources, the versions that a project begins with, and what a build in the cloud needs.
BESIDE_PACKAGES = (
    *(".gitattributes", "LICENSE", "README.md", "constraints.txt", "pyproject.toml", "requirements.txt"),
    "sources",
)
FOLDER = "generator/repository"


class BuildWithRepository(build_py):
    """Copies these files and folders into a folder of the package `generator`."""

    def run(self) -> None:
        """Build the packages; an editable installation finds these files where they are."""
        super().run()
        if self.editable_mode:
            return
        paths = [Path(name) for name in BESIDE_PACKAGES]
        for file in sorted(file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))):
            if file.is_file() and "__pycache__" not in file.parts:
                target = Path(self.build_lib, FOLDER, file)
                self.mkpath(str(target.parent))
                self.copy_file(str(file), str(target))


setup(cmdclass={"build_py": BuildWithRepository})
