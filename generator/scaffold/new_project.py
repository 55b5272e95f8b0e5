"""The files of a user's own project: what `init` makes, beside what is there already or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import REPOSITORY, GeneratorError, display_path
from generator.files import regular_file
from generator.files.debris import is_debris
from generator.reference.json_schema import defaults_schema, json_schema
from lambdas import VERSION

_TEMPLATES = Path(__file__).parent / "project_files"
_DISTRIBUTION = "mozdef-event-framework"
_USER = re.compile(r"(?<=^https://)(?!\$\{[\w-]+\}(:\$\{[\w-]+\})?@)[^/?#]*@")
"""The user and the password of a URL, unless they are names of environment variables."""
_VERSIONS_HEAD = "# The versions with which the framework is tested; pip takes them of what it installs.\n"


def project_files() -> dict[str, bytes]:
    """Return the files of a new project by name."""
    placeholders = {"FRAMEWORK_REQUIREMENT": framework_requirement(), "FRAMEWORK_VERSION": VERSION}
    files = {}
    for file in sorted(_TEMPLATES.rglob("*")):
        if file.is_file() and not is_debris(file.relative_to(_TEMPLATES)):
            text = file.read_text(encoding="utf-8")
            for placeholder, value in placeholders.items():
                text = text.replace(placeholder, value)
            files[file.relative_to(_TEMPLATES).as_posix()] = text.encode()
    versions = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").partition("\n")[2]
    files["constraints.txt"] = (_VERSIONS_HEAD + versions).encode()
    for name, schema in (("schema.json", json_schema()), ("defaults.schema.json", defaults_schema())):
        files[f"sources/{name}"] = (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
    return files


def framework_requirement() -> str:
    """Return the line with which pip installs this version of the framework, from where it was installed here."""
    name, version = f"{_DISTRIBUTION}[local]", f"=={VERSION}"
    try:
        origin = json.loads(metadata.distribution(_DISTRIBUTION).read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        origin = {}
    # Installers should leave a password out already: https://peps.python.org/pep-0610/#specification
    url = _USER.sub("", str(origin.get("url", "")))
    if urlsplit(url).scheme not in ("https", "ssh"):  # an index, or a folder of this machine
        return name + version
    if revision := origin.get("vcs_info"):
        return f"{name} @ {revision['vcs']}+{url}@{revision['commit_id']}"
    hashes = origin.get("archive_info", {}).get("hashes", {})
    return f"{name} @ {url}" + (f"#sha256={hashes['sha256']}" if "sha256" in hashes else "")


def write_project(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a project into a folder; GeneratorError, and no file, where any of them exists already."""
    if obstacles := list(_obstacles(folder, files)):
        lines = [f"{display_path(obstacle)}: exists already" for obstacle in obstacles]
        raise GeneratorError("\n".join([*lines, "nothing was written; move what exists away, or name another folder"]))
    written: list[Path] = []
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            regular_file.write(folder / name, content)
            written.append(folder / name)
    except OSError as error:
        for file in written:
            with suppress(OSError):
                file.unlink()
        message = f"{error.filename or folder}: can't be written ({error.strerror}); nothing was written"
        raise GeneratorError(message) from error


def _obstacles(folder: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Yield what is in the way: files that exist, and whatever is no folder where one has to be."""
    if os.path.lexists(folder) and not folder.is_dir():
        yield folder
        return
    folders = {parent for name in files for parent in Path(name).parents} - {Path()}
    for path in sorted({*(folder / name for name in files), *(folder / parent for parent in folders)}):
        is_folder = path.relative_to(folder) in folders and path.is_dir() and not path.is_symlink()
        if os.path.lexists(path) and not is_folder:
            yield path
