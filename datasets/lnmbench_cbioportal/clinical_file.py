"""One clinical file of cBioPortal: staging format with its `#` rows, or the portal's download."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.lexicon.normal_form import split_words
from lnmbench.tables import read_rows
from lnmbench.text import plural
from lnmbench_cbioportal.file_cells import (
    drop_unnamed,
    read_cell,
    require_numbers,
    require_width,
)

PATIENT = "PATIENT_ID"
SAMPLE = "SAMPLE_ID"
# Names, descriptions, types and priorities; older files have a row PATIENT or SAMPLE, too.
_COMMENTS = (0, 4, 5)
_TYPES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A column: its id (empty in a download), its display name, and its type, if stated."""

    id: str
    title: str
    type: str = ""

    @property
    def name(self) -> str:
        """Return the name by which messages call it."""
        return self.id or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalFile:
    """The rows of a file, with cells in the order of `attributes`; missing values are empty."""

    path: Path
    attributes: tuple[Attribute, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def column(self, index: int) -> list[str]:
        """Return the cells of a column."""
        return [row[index] for row in self.rows]

    def require_column(self, name: str) -> list[str]:
        """Return the cells of a column. Raises `UserError` if the file lacks it."""
        index = find_attribute(self.attributes, name)
        if index is None:
            raise UserError(f"no column {name}", where=str(self.path))
        return self.column(index)


def find_attribute(attributes: Sequence[Attribute], *names: str) -> int | None:
    """Return the position of the first name that there is, as id or else as display name.

    Case and the signs between words do not matter.
    """
    ids = [split_words(attribute.id) for attribute in attributes]
    titles = [split_words(attribute.title) for attribute in attributes]
    for name in names:
        words = split_words(name)
        for spellings in (ids, titles):
            if words in spellings:
                return spellings.index(words)
    return None


def read_clinical_file(path: Path) -> ClinicalFile:
    """Read a file of patients or samples, or a download.

    Raises `UserError` for a broken file: rows of `#` other than 0, 4 or 5, a column that occurs
    twice, a row with another number of cells than the header (shifted columns), and text in a
    column that the file declares as numbers.
    """
    table = read_rows(path, delimiter="\t", quoted=False)
    count = _count_comments(table.cells)
    if count not in _COMMENTS or len(table.cells) <= count:
        raise UserError(
            f"{path} is no clinical file of cBioPortal",
            expected="no row or 4 rows that begin with #, then the ids of the columns",
            got=plural(count, "row with #", "rows with #"),
        )
    numbered = [
        (number, row)
        for number, row in enumerate(table.cells, start=1)
        if number > count and any(row)
    ]
    require_width(numbered, len(table.cells[count]), path)
    if len(numbered) < 2:
        raise UserError(f"{path} is empty", expected="at least one patient")
    rows = drop_unnamed([*table.cells[:count], *(row for _, row in numbered)], count, path)
    attributes = _read_attributes(rows[:count], rows[count], path)
    require_numbers(
        [(number, row) for (number, _), row in zip(numbered[1:], rows[count + 1 :], strict=True)],
        {i: attribute.name for i, attribute in enumerate(attributes) if attribute.type == "NUMBER"},
        path,
    )
    return ClinicalFile(
        path=path,
        attributes=attributes,
        rows=tuple(tuple(map(read_cell, row)) for row in rows[count + 1 :]),
        notes=table.notes,
    )


def _count_comments(rows: Sequence[Sequence[str]]) -> int:
    for count, row in enumerate(rows):
        if not row or not row[0].startswith("#"):
            return count
    return len(rows)


def _read_attributes(
    comments: Sequence[Sequence[str]], header: Sequence[str], path: Path
) -> tuple[Attribute, ...]:
    for number, row in enumerate(comments, start=1):
        if len(row) != len(header):
            raise UserError(
                f"{path} is broken",
                where=f"row {number}",
                expected=f"{len(header)} cells, as in the row of the ids",
                got=str(len(row)),
            )
    if split_words(PATIENT) not in map(split_words, header):
        raise UserError(
            f"{path} is no clinical file of cBioPortal",
            expected="columns separated by tabs, with PATIENT_ID (staging files) or Patient ID "
            "(download)",
            got=plural(len(header), "column"),
        )
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        raise UserError(
            f"column {repeated[0][:60]!r} occurs more than once",
            where=str(path),
            then="delete all but one",
        )
    if not comments:
        if PATIENT in header:
            return tuple(Attribute(id=name, title="") for name in header)
        return tuple(Attribute(id="", title=name) for name in header)
    titles, types = ([cell.lstrip("#") for cell in comments[i]] for i in (0, _TYPES))
    return tuple(
        Attribute(id=name, title=title, type=type_)
        for name, title, type_ in zip(header, titles, types, strict=True)
    )
