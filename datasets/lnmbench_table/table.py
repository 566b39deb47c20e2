"""A cohort from a table of your own: CSV, TSV or Excel, with a dictionary of its columns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lnmbench import Card, Case, Column, UserError
from lnmbench.errors import nearest
from lnmbench.records import UNCODED_ROLES
from lnmbench.text import plural
from lnmbench_table.dictionary import Dictionary, read_dictionary
from lnmbench_table.known import refuse_known_after
from lnmbench_table.proposal import propose_dictionary
from lnmbench_table.sections import CardSection
from lnmbench_table.sheet import Sheet, read_sheet, shown


class Table:
    """A clinical table with a TOML dictionary that says what each column is.

    Every cell is read as text and checked when the data set is opened, so that a wrong cell
    is found before anything is written. The column of ids becomes `Case.id` and nothing else.

    Parameters
    ----------
    path
        CSV, TSV or Excel (.xlsx, first sheet).
    columns
        TOML with a section `[columns.NAME]` for each column to use, and optionally `[card]`.

    Raises
    ------
    UserError
        For anything in either file that cannot be used, with file, row and column.
    """

    def __init__(self, path: Path, columns: Path) -> None:
        table, dictionary_path = Path(path).expanduser(), Path(columns).expanduser()
        sheet, dictionary = read_sheet(table), read_dictionary(dictionary_path)
        _check_headers(sheet, dictionary, dictionary_path)
        refuse_known_after(dictionary.undated, sheet, dictionary_path)
        self._ids = _case_ids(sheet, dictionary.id)
        self._cells = {column.name: sheet.column(column.name) for column in dictionary.columns}
        _check_cells(sheet, dictionary.columns)
        self.columns: Sequence[Column] = dictionary.columns
        self.card = _card(dictionary.card, table)
        self.sources: Sequence[Path] = (table, dictionary_path)
        self.notes: Sequence[str] = (*sheet.notes, *_notes(sheet, dictionary))

    def cases(self) -> Iterator[Case]:
        """Yield the rows in the order of the file."""
        for place, id_ in enumerate(self._ids):
            yield Case(id=id_, values={name: cells[place] for name, cells in self._cells.items()})

    @staticmethod
    def propose(path: Path) -> str:
        """Return a dictionary (TOML) for a bare table, to be read and corrected by its owner."""
        return propose_dictionary(Path(path).expanduser())


def _check_headers(sheet: Sheet, dictionary: Dictionary, path: Path) -> None:
    counts = Counter(sheet.header)
    for name in (dictionary.id, *(column.name for column in dictionary.columns)):
        if counts[name] == 0:
            raise UserError(
                f"there is no column {name!r}",
                where=f"{sheet.path}, named in {path}",
                then=nearest(name, [shown(header) for header in sheet.header if header]),
            )
        if counts[name] > 1:
            raise UserError(
                f"the header {name!r} stands {counts[name]} times",
                where=str(sheet.path),
                then="rename all but one of these columns",
            )


def _case_ids(sheet: Sheet, name: str) -> tuple[str, ...]:
    ids = sheet.column(name)
    for row, id_ in zip(sheet.rows, ids, strict=True):
        if not id_:
            raise UserError(f"no id in column {name!r}", where=f"{sheet.path}, row {row.number}")
    repeated = [id_ for id_, count in Counter(ids).items() if count > 1]
    if repeated:
        rows = [r.number for r, id_ in zip(sheet.rows, ids, strict=True) if id_ == repeated[0]]
        raise UserError(
            f"{plural(len(repeated), 'id occurs', 'ids occur')} more than once in column {name!r}",
            where=str(sheet.path),
            got=f"{shown(repeated[0])} in rows {', '.join(map(str, rows[:5]))}",
            then='a patient with several cases needs a column with role = "patient" beside the id',
        )
    return ids


def _check_cells(sheet: Sheet, columns: Sequence[Column]) -> None:
    for column in columns:
        for row, cell in zip(sheet.rows, sheet.column(column.name), strict=True):
            where = f"{sheet.path}, row {row.number}"
            if column.role not in UNCODED_ROLES:
                column.encode(cell, where=where)
            elif column.role == "patient" and not cell:
                raise UserError(f"no patient in column {column.name!r}", where=where)


def _card(section: CardSection, path: Path) -> Card:
    return Card(
        title=section.title or path.stem,
        license=section.license,
        source=section.source,
        citation=section.citation,
        labels=section.labels,
    )


def _notes(sheet: Sheet, dictionary: Dictionary) -> Iterator[str]:
    used = {dictionary.id, *(column.name for column in dictionary.columns)}
    left_out = [shown(header) for header in sheet.header if header not in used]
    if left_out:
        yield (
            f"{len(left_out)} columns that the dictionary does not name are left out: "
            f"{', '.join(left_out)}"
        )
    for column in dictionary.columns:
        if column.role in UNCODED_ROLES:
            continue
        if all(math.isnan(column.encode(cell)) for cell in sheet.column(column.name)):
            yield f"column {column.name!r} has no value at all"
