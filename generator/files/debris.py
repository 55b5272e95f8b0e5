"""Files that systems, editors and Python leave behind: nobody's sample, and nothing to pack."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePath

SYSTEM_FILES = (".DS_Store", "._*", "Thumbs.db", "desktop.ini", "__pycache__", "*.pyc")
"""What nobody has put there, and nobody misses."""
BACKUPS = ("*~", "*.bak", "*.orig", "*.rej", "*.sw[a-p]", ".#*", "#*#")
DEBRIS = SYSTEM_FILES + BACKUPS


def is_debris(name: str | PurePath, patterns: tuple[str, ...] = DEBRIS) -> bool:
    """Whether a part of this relative name fits one of the patterns."""
    return any(fnmatchcase(part, pattern) for part in PurePath(name).parts for pattern in patterns)
