"""One clinical file of cBioPortal: staging format with its `#` rows, or the portal's download."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.lexicon.normal_form import split_words
from lnmbench.tables import read_rows
from lnmbench.text import parse_number, plural

PATIENT = "PATIENT_ID"
SAMPLE = "SAMPLE_ID"
# Names, descriptions, types and priorities; older files have a row PATIENT or SAMPLE, too.
_COMMENTS = (0, 4, 5)
_TYPES = 2
# Not those of the lexicon: NC, NK and KA are codes of hospitals here.
_MISSING = re.compile(
    r"|na|n/a|nan|null|none recorded|unk|unknown|not (available|applicable|evaluated|reported|"
    r"assessed|performed|known|specified)|\[[^\]]*\]",
    re.IGNORECASE,
)


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
    _require_width(numbered, len(table.cells[count]), path)
    if len(numbered) < 2:
        raise UserError(f"{path} is empty", expected="at least one patient")
    rows = _drop_unnamed([*table.cells[:count], *(row for _, row in numbered)], count, path)
    attributes = _read_attributes(rows[:count], rows[count], path)
    _require_numbers(
        [(number, row) for (number, _), row in zip(numbered[1:], rows[count + 1 :], strict=True)],
        attributes,
        path,
    )
    return ClinicalFile(
        path=path,
        attributes=attributes,
        rows=tuple(tuple(map(_read_cell, row)) for row in rows[count + 1 :]),
        notes=table.notes,
    )


def _drop_unnamed(rows: Sequence[Sequence[str]], count: int, path: Path) -> list[Sequence[str]]:
    """Return the rows without empty columns that have no name, as tabs at the end of rows make.

    The first `count` rows are those of `#`.
    """
    unnamed = {i for i, name in enumerate(rows[count]) if not name}
    filled = sum(any(row[i] for row in rows[count:]) for i in unnamed)
    if filled:
        raise UserError(
            f"{plural(filled, 'column has', 'columns have')} values, but no id",
            where=f"{path}, row {count + 1}",
            then="write the id of the column",
        )
    named = [i for i in range(len(rows[count])) if i not in unnamed]
    return [[row[i] for i in named if i < len(row)] for row in rows] if unnamed else [*rows]


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


def _require_width(rows: Sequence[tuple[int, Sequence[str]]], width: int, path: Path) -> None:
    wrong = [(number, len(row)) for number, row in rows if len(row) != width]
    if wrong:
        number, cells = wrong[0]
        more = f"; {plural(len(wrong) - 1, 'more row is', 'more rows are')} wrong"
        raise UserError(
            f"the columns of {path} are shifted",
            where=f"row {number}",
            expected=f"{width} cells, as in the header",
            got=f"{cells}{more if len(wrong) > 1 else ''}",
            then="download the file again",
        )


def _require_numbers(
    rows: Sequence[tuple[int, Sequence[str]]], attributes: Sequence[Attribute], path: Path
) -> None:
    """Raise `UserError` for text in columns of numbers: their cells moved to another column."""
    wrong = list(_find_texts(rows, attributes))
    if wrong:
        number, name, cell = wrong[0]
        others = len({row for row, _, _ in wrong}) - 1
        more = f"; so in {plural(others, 'more row')}" if others else ""
        raise UserError(
            f"column {name[:60]!r} of {path} holds {cell[:40]!r}",
            where=f"row {number}",
            expected=f"a number, as its type says{more}",
            then="if the columns are shifted, download the file again",
        )


def _find_texts(
    rows: Sequence[tuple[int, Sequence[str]]], attributes: Sequence[Attribute]
) -> Iterator[tuple[int, str, str]]:
    positions = [i for i, attribute in enumerate(attributes) if attribute.type == "NUMBER"]
    for number, row in rows:
        for position in positions:
            cell = row[position]
            text = _read_cell(cell).lstrip("<>=≤≥ ")
            if text and parse_number(text) is None:
                yield number, attributes[position].name, cell


def _read_cell(cell: str) -> str:
    """Return the text of a cell without quotes around it, empty if missing."""
    text = cell[1:-1].strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
    return "" if is_missing(text) else text


def is_missing(cell: str) -> bool:
    """Return whether a cell has no value.

    Examples
    --------
    >>> [is_missing(cell) for cell in ("", "NA", "[Not Available]", "Unknown", "NC", "No")]
    [True, True, True, True, False, False]
    """
    return bool(_MISSING.fullmatch(cell))
