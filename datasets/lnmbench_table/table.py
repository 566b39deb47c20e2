"""The data set `table`: a clinical table (CSV, TSV or Excel) with a dictionary of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench import Card, Case, Column
from lnmbench.errors import raise_all
from lnmbench.text import clean

# What reads tables is imported where it is used: `lnmbench list` reads the parameters alone.
if TYPE_CHECKING:
    from lnmbench_table.sections import CardSection

_LONGEST_TEXT = 1000


class Table:
    """A clinical table with a data dictionary (TOML) of its columns.

    Opening the data set reads every cell as text and checks it, so an invalid cell is reported
    before anything is written. The id column is used only for `Case.id`.

    Parameters
    ----------
    path
        The table: CSV, TSV or Excel (.xlsx, first sheet).
    columns
        The dictionary: TOML with a section `[columns.NAME]` for each column to use, and optionally
        `[card]`.

    Raises
    ------
    UserError
        If a file is invalid, with file, row and column, for all of its errors at once.
    """

    def __init__(self, path: Path, columns: Path) -> None:
        from lnmbench_table.dictionary import read_dictionary
        from lnmbench_table.sheet import read_sheet
        from lnmbench_table.table_checks import (
            check_headers,
            check_ids,
            convert_column,
            describe_late_features,
            find_late_features,
        )
        from lnmbench_table.table_notes import describe_columns

        table, dictionary_path = Path(path).expanduser(), Path(columns).expanduser()
        dictionary = read_dictionary(dictionary_path)
        names = [dictionary.id, *(column.name for column in dictionary.columns)]
        sheet = read_sheet(table, dictionary.layout).rename(names)
        errors = [*check_headers(sheet, names, dictionary_path), *check_ids(sheet, dictionary.id)]
        late = find_late_features(sheet, dictionary.undated)
        errors += describe_late_features(sheet, late, dictionary_path)
        self._cells = {}
        for conversion in dictionary.conversions:
            name = conversion.column.name
            if sheet.header.count(name) == 1 and name not in late:
                self._cells[name], wrong = convert_column(sheet, conversion)
                errors += wrong
        raise_all(errors, str(table))
        self._ids = sheet.column(dictionary.id)
        self.columns: Sequence[Column] = dictionary.columns
        self.card = _make_card(dictionary.card, table)
        self.sources: Sequence[Path] = (table, dictionary_path)
        self.notes: Sequence[str] = (
            *sheet.notes,
            *describe_columns(sheet, dictionary, self._cells),
        )

    def cases(self) -> Iterator[Case]:
        """Yield the rows in the order of the file."""
        for index, id_ in enumerate(self._ids):
            yield Case(id=id_, values={name: cells[index] for name, cells in self._cells.items()})

    @staticmethod
    def propose(path: Path) -> str:
        """Return a proposed dictionary (TOML) for a table, to be corrected by its owner."""
        from lnmbench_table.proposal import propose_dictionary

        return propose_dictionary(Path(path).expanduser())


def _make_card(section: CardSection, path: Path) -> Card:
    return Card(
        title=clean(section.title or "")[:_LONGEST_TEXT] or path.stem,
        license=clean(section.license)[:_LONGEST_TEXT],
        source=clean(section.source)[:_LONGEST_TEXT],
        citation=clean(section.citation)[:_LONGEST_TEXT],
        labels=clean(section.labels)[:_LONGEST_TEXT],
    )
