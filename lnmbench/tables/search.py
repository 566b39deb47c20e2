"""Search for the tables of a download, by file name or header."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lnmbench.errors import UserError, nearest, reading
from lnmbench.tables.rows import Cells, first_rows

_NEXT_STEP = "give the folder of the table, or the table, as root"


def find_table(root: Path, is_header: Callable[[Cells], bool], *, what: str, expected: str) -> Path:
    """Return the CSV below `root` whose first rows are the header, nearest to the root.

    Parameters
    ----------
    root
        The folder, or the file itself.
    is_header
        Predicate on the first three rows of a file.
    what
        Noun for the table in error messages.
    expected
        The header in words, for error messages.

    Raises
    ------
    UserError
        If no file matches, or more than one at the same depth.
    """
    if root.is_file():
        return root
    for files in files_by_depth(root, ".csv"):
        matches = [file for file in files if is_header(first_rows(file))]
        if len(matches) > 1:
            raise UserError(
                f"{len(matches)} {what}s under {root}",
                got=" and ".join(str(file.relative_to(root)) for file in matches[:2]),
                then="give the path of one of them as root",
            )
        if matches:
            return matches[0]
    raise UserError(f"no {what} under {root}", expected=expected, then=_NEXT_STEP)


def collect_files(
    named_files: Iterable[tuple[str, Path]], root: Path, *, noun: str, what: str, expected: str
) -> dict[str, Path]:
    """Return files by name, in their order.

    Parameters
    ----------
    named_files
        Name and path of each file below `root`.
    root
        The folder that was searched, for error messages.
    noun
        Noun for a name in error messages, such as `cancer`.
    what
        Noun for a file in error messages, such as `clinical file`.
    expected
        The file in words, for error messages.

    Raises
    ------
    UserError
        If there is no file, or two files have one name.
    """
    paths: dict[str, Path] = {}
    for name, path in named_files:
        if name in paths:
            raise UserError(
                f"two files for {noun} {name[:60]!r}",
                where=str(root),
                got=f"{paths[name]} and {path}",
                then="give the path of one of them as root",
            )
        paths[name] = path
    if not paths:
        raise UserError(f"no {what} under {root}", expected=expected, then=_NEXT_STEP)
    return paths


def select_files(names: Sequence[str], files: Mapping[str, Path], *, noun: str) -> dict[str, Path]:
    """Return the files of these names, in the order of the names.

    Parameters
    ----------
    names
        The requested names.
    files
        Files by name.
    noun
        Noun for a name in error messages, such as `cancer`.

    Raises
    ------
    UserError
        For a name without a file and for one that is given twice.
    """
    for name in names:
        if name not in files:
            raise UserError(f"unknown {noun} {name[:60]!r}", then=nearest(name, files))
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise UserError(f"{noun} {repeated[0][:60]!r} is given twice", then="give it once")
    return {name: files[name] for name in names}


def files_by_depth(root: Path, suffix: str) -> Iterator[list[Path]]:
    """Yield the sorted files with this suffix (lower case), depth by depth.

    Raises `UserError` for a folder that does not exist or cannot be read.
    """
    if not root.is_dir():
        raise UserError(f"no folder {root}", then="check the path")
    folders = [root]
    while folders:
        entries = sorted((e for folder in folders for e in _entries(folder)), key=lambda e: e.path)
        files = [Path(entry.path) for entry in entries if entry.name.lower().endswith(suffix)]
        yield [file for file in files if file.is_file()]
        # A link may lead back up, so it is not followed.
        folders = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with reading(folder), os.scandir(folder) as entries:
        return list(entries)
