"""Files that systems, editors and Python leave behind: they are no samples, and are not packed."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePath

SYSTEM_FILES = (".DS_Store", "._*", "Thumbs.db", "desktop.ini", "__pycache__", "*.pyc")
"""Files that no person puts there; a build may delete them with the folder that holds them."""
BACKUPS = ("*~", "*.bak", "*.orig", "*.rej", "*.sw[a-p]", ".#*", "#*#")
DEBRIS = SYSTEM_FILES + BACKUPS


def is_debris(path: str | PurePath, patterns: tuple[str, ...] = DEBRIS) -> bool:
    """Return whether a part of a relative path matches one of the patterns."""
    return any(fnmatchcase(part, pattern) for part in PurePath(path).parts for pattern in patterns)
