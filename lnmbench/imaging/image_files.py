"""Files below a folder of images, without those that an operating system puts there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from lnmbench.errors import UserError

_SYSTEM_FILES = {"thumbs.db", "desktop.ini", "icon\r"}
_SYSTEM_FOLDERS = {"__macosx", "$recycle.bin", "system volume information"}


def is_system_file(name: str) -> bool:
    """Return whether a file is hidden or a companion that macOS or Windows writes.

    Examples
    --------
    >>> [is_system_file(name) for name in ("._IM0001.dcm", ".DS_Store", "Thumbs.db", "IM0001")]
    [True, True, True, False]
    """
    return name.startswith(".") or name.lower() in _SYSTEM_FILES


def list_image_files(root: Path) -> list[Path]:
    """Return the files in a folder and below, sorted; `root` itself if it is a file.

    Links are followed, but each file and folder counts once, so that a link to a folder above
    itself ends. Hidden files and folders are passed over.

    Raises `UserError` for a folder that does not exist or cannot be read.
    """
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise UserError(f"no folder {root}", then="check the path")
    return sorted(_walk(root))


def _walk(root: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UserError(f"cannot read {error.filename}", got=error.strerror or str(error))

    visited: set[tuple[int, int]] = set()

    def visit(status: os.stat_result) -> bool:
        before = len(visited)
        visited.add((status.st_dev, status.st_ino))
        return len(visited) > before

    for folder, folders, names in os.walk(root, onerror=refuse, followlinks=True):
        if not visit(Path(folder).stat()):
            folders.clear()
            continue
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name.lower() not in _SYSTEM_FOLDERS
        )
        for path in (Path(folder, name) for name in sorted(names) if not is_system_file(name)):
            if path.is_file() and visit(path.stat()):
                yield path
