"""Paths of a manifest: as they are written, and as the disk has them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote, urlsplit

from lnmbench.text import plural

# A drive, or the name of a server, after the folder of the manifest
_WINDOWS = re.compile(r"(^|/)([A-Za-z]:[\\/]|\\\\)")
_QUOTES = ('"', "'")
_BACKSLASHES = "backslashes"
_SPELLING = "case or accents"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathFinder:
    """Finds the files of a manifest below its folder, and counts what it had to interpret."""

    folder: Path
    _counts: Counter[str] = field(default_factory=Counter)
    _listings: dict[Path, list[str]] = field(default_factory=dict)

    def find(self, cell: str) -> Path | None:
        """Return the path of a cell, None for an empty one.

        A path that exists as it is written is taken literally. Otherwise backslashes separate
        folders, and a name that differs from exactly one name on the disk in its Unicode form or
        its case is that name. A path that does not exist is returned as it is written.
        """
        text = _unquote(cell)
        if not text:
            return None
        path = self.folder / _expand(text)
        if does_exist(path):
            return path
        written = [path]
        if "\\" in text and not PureWindowsPath(text).anchor:
            written.append(self.folder / Path(*PureWindowsPath(text).parts))
        for candidate in written:
            spelled = candidate if does_exist(candidate) else self._find_spelling(candidate)
            if spelled is not None:
                self._counts[_BACKSLASHES] += candidate is not path
                self._counts[_SPELLING] += spelled != candidate
                return spelled
        return path

    @property
    def notes(self) -> Iterator[str]:
        """Sentences on the paths that were not read literally."""
        if count := self._counts[_BACKSLASHES]:
            yield f"{plural(count, 'path')} of the manifest read with / instead of \\"
        if count := self._counts[_SPELLING]:
            noun = plural(count, "path differs", "paths differ")
            yield f"{noun} from the disk in case or in the form of accents: read as on the disk"

    def _find_spelling(self, path: Path) -> Path | None:
        """Return the path with the names of the disk, None if a part has none or several."""
        spelled = Path(path.anchor) if path.anchor else Path()
        for part in path.parts[1:] if path.anchor else path.parts:
            if not does_exist(spelled / part):
                names = self._list(spelled)
                same = [name for name in names if _compose(name) == _compose(part)]
                same = same or [name for name in names if _fold(name) == _fold(part)]
                if len(same) != 1:
                    return None
                (part,) = same
            spelled /= part
        return spelled

    def _list(self, folder: Path) -> list[str]:
        if folder not in self._listings:
            try:
                self._listings[folder] = [file.name for file in folder.iterdir()]
            except OSError:
                self._listings[folder] = []
        return self._listings[folder]


def does_exist(path: Path) -> bool:
    """Return whether a file or folder exists; a path that no system can have does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def explain_missing(path: Path) -> str:
    """Return the next step for a path that does not exist.

    Examples
    --------
    >>> explain_missing(Path("cases/D:\\\\ct\\\\a.nii.gz"))
    'a path of a Windows computer: write it relative to the folder of the manifest'
    """
    if _WINDOWS.search(str(path)):
        return "a path of a Windows computer: write it relative to the folder of the manifest"
    if "\\" in path.name:
        return "it has the backslashes of Windows: check the path, and write / between folders"
    if path.name != path.name.strip():
        return "its name begins or ends with a blank: check the path"
    return "check the path"


def _unquote(cell: str) -> str:
    """Return a path without blanks, the quotes of a copied path, and `file://`."""
    text = cell.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES:
        text = text[1:-1].strip()
    url = urlsplit(text) if text.lower().startswith("file:") else None
    if url is not None and url.netloc.lower() in ("", "localhost"):
        return unquote(url.path)
    return text


def _expand(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # the home of an unknown user
        return Path(text)


def _compose(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
