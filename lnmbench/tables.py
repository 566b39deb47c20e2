"""Text tables of a download: search by file name or header, decoding, checks of rows."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lnmbench.errors import UserError, nearest, reading
from lnmbench.records import UNCODED_ROLES, Column
from lnmbench.text import plural

Cells = Sequence[Sequence[str]]

_HEADER_ROWS = 3
_HEADER_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows of a file, headers included, cells stripped. `notes` are for the user."""

    path: Path
    cells: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def rows_below(self, headers: int = 1) -> list[tuple[str, ...]]:
        """Return the rows below so many headers; rows without any value are left out.

        Raises `UserError` if none is left, or if one is not as wide as the first header.
        """
        width = len(self.cells[0]) if self.cells else 0
        numbered = list(enumerate(self.cells, start=1))[headers:]
        filled = [(number, row) for number, row in numbered if any(row)]
        if not filled:
            raise UserError(f"{self.path} is empty", expected="at least one patient")
        for number, row in filled:
            if len(row) != width:
                raise UserError(
                    f"{self.path} is broken",
                    where=f"row {number}",
                    expected=f"{width} cells",
                    got=str(len(row)),
                )
        return [row for _, row in filled]


def read_rows(path: Path, *, delimiter: str = ",", quoted: bool = True) -> Rows:
    """Read a text table.

    The text is UTF-8 (or UTF-16 with its byte order mark), else latin-1, which a note says.

    Parameters
    ----------
    path
        The file.
    delimiter
        The character between two cells.
    quoted
        Whether double quotes enclose cells; otherwise a quote is an ordinary character.

    Raises
    ------
    UserError
        For a file that cannot be read, is not text, or is broken.
    """
    with reading(path):
        content = path.read_bytes()
    text, notes = decode_text(content, path)
    cells: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(
            io.StringIO(text, newline=""),
            delimiter=delimiter,
            quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            strict=True,
        ):
            cells.append(tuple(cell.strip() for cell in row))
    except csv.Error as error:
        where = f"row {len(cells) + 1}"
        raise UserError(f"{path} is broken", where=where, got=str(error)) from None
    return Rows(path=path, cells=tuple(cells), notes=notes)


def decode_text(
    content: bytes, path: Path, encoding: str | None = None
) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and a note if its encoding was guessed.

    Raises `UserError` for NUL characters, which no text table has, and for bytes that are not of
    the stated encoding.
    """
    notes: tuple[str, ...] = ()
    if encoding is not None:
        try:
            return content.decode(encoding), notes
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise UserError(
                f"{path} is not {encoding}",
                where=f"line {line}",
                then="set another encoding, or save it as UTF-8",
            ) from error
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError:
        text = content.decode("latin-1")
        notes = (f"{path.name} is not UTF-8 and was read as latin-1: check accented letters",)
    if "\0" in text:
        raise UserError(f"{path} is not a text table", got="NUL characters")
    return text, notes


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
    raise UserError(f"no {what} under {root}", expected=expected)


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
        raise UserError(f"no {what} under {root}", expected=expected)
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


def first_rows(path: Path) -> list[list[str]]:
    """Return at most three rows of a CSV, cells stripped, or none for another file.

    Raises `UserError` for a file that cannot be read.
    """
    with reading(path), path.open("rb") as file:
        content = file.read(_HEADER_BYTES)
    text = content.decode(_encoding(content), errors="replace")
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline="")), _HEADER_ROWS))
    except csv.Error:
        return []
    return [[cell.strip() for cell in row] for row in rows]


def require_unique_ids(ids: Iterable[str], *, where: str, noun: str = "patient id") -> None:
    """Raise `UserError` if an id is missing or occurs twice.

    Parameters
    ----------
    ids
        Ids of the rows.
    where
        The file in error messages.
    noun
        Noun for an id in error messages.
    """
    counts = Counter(ids)
    missing = counts.pop("", 0)
    repeated = sum(count > 1 for count in counts.values())
    if repeated or missing:
        problem = plural(missing, f"{noun} is", f"{noun}s are") + " empty"
        if repeated:
            problem = plural(repeated, f"{noun} occurs", f"{noun}s occur") + " more than once"
        raise UserError(problem, where=where, expected="one row per patient, each with an id")


def require_cells(
    columns: Iterable[Column],
    ids: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    *,
    where: str = "case",
) -> None:
    """Raise `UserError` for the first cell that its column cannot encode.

    Parameters
    ----------
    columns
        The columns; those that are not encoded are skipped.
    ids
        The id of each case, for the message.
    rows
        The cells of each case, by names of columns.
    where
        Noun for a case in the message.
    """
    coded = [column for column in columns if column.role not in UNCODED_ROLES]
    for id_, row in zip(ids, rows, strict=True):
        for column in coded:
            column.encode(row[column.name], where=f"{where} {id_[:40]!r}")


def _encoding(content: bytes) -> str:
    return "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with reading(folder), os.scandir(folder) as entries:
        return list(entries)
