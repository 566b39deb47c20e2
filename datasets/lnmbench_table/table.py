"""The data set `table`: a clinical table (CSV, TSV or Excel) with a dictionary of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lnmbench import Card, Case, Column, UserError
from lnmbench.errors import nearest
from lnmbench.lexicon.timing import judge_column, judge_name
from lnmbench.records import UNCODED_ROLES
from lnmbench.text import plural
from lnmbench_table.conversion import Conversion
from lnmbench_table.dictionary import Dictionary, read_dictionary
from lnmbench_table.proposal import propose_dictionary
from lnmbench_table.sections import CardSection, format_section_header
from lnmbench_table.sheet import Sheet, quote_text, read_sheet


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
        If a file is invalid, with file, row and column.
    """

    def __init__(self, path: Path, columns: Path) -> None:
        table, dictionary_path = Path(path).expanduser(), Path(columns).expanduser()
        dictionary = read_dictionary(dictionary_path)
        sheet = read_sheet(table, dictionary.layout)
        _check_headers(sheet, dictionary, dictionary_path)
        _refuse_known_after(dictionary.undated, sheet, dictionary_path)
        self._ids = _read_case_ids(sheet, dictionary.id)
        self._cells = {c.column.name: _convert_cells(sheet, c) for c in dictionary.conversions}
        self.columns: Sequence[Column] = dictionary.columns
        self.card = _make_card(dictionary.card, table)
        self.sources: Sequence[Path] = (table, dictionary_path)
        self.notes: Sequence[str] = (
            *sheet.notes,
            *_describe_columns(sheet, dictionary, self._cells),
        )

    def cases(self) -> Iterator[Case]:
        """Yield the rows in the order of the file."""
        for index, id_ in enumerate(self._ids):
            yield Case(id=id_, values={name: cells[index] for name, cells in self._cells.items()})

    @staticmethod
    def propose(path: Path) -> str:
        """Return a proposed dictionary (TOML) for a table, to be corrected by its owner."""
        return propose_dictionary(Path(path).expanduser())


def _check_headers(sheet: Sheet, dictionary: Dictionary, path: Path) -> None:
    counts = Counter(sheet.header)
    for name in (dictionary.id, *(column.name for column in dictionary.columns)):
        if counts[name] == 0:
            raise UserError(
                f"no column {name!r}",
                where=f"{sheet.path}, required by {path}",
                then=nearest(name, [quote_text(header) for header in sheet.header if header]),
            )
        if counts[name] > 1:
            raise UserError(
                f"header {name!r} occurs {counts[name]} times",
                where=str(sheet.path),
                then="rename all but one of these columns",
            )


def _read_case_ids(sheet: Sheet, name: str) -> tuple[str, ...]:
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
            got=f"{quote_text(repeated[0])} in rows {', '.join(map(str, rows[:5]))}",
            then='if a patient has several cases, add a column with role = "patient"',
        )
    return ids


def _convert_cells(sheet: Sheet, conversion: Conversion) -> tuple[str, ...]:
    column = conversion.column
    cells = []
    for row, cell in zip(sheet.rows, sheet.column(column.name), strict=True):
        where = f"{sheet.path}, row {row.number}"
        cells.append(conversion.convert(cell, where=where))
        if column.role == "patient" and not cells[-1]:
            raise UserError(f"no patient in column {column.name!r}", where=where)
    return tuple(cells)


def _refuse_known_after(features: Sequence[Column], sheet: Sheet, dictionary: Path) -> None:
    """Raise `UserError` for features that seem to be known only after surgery.

    Parameters
    ----------
    features
        The features without the key `known`. They are judged by their names, and by cells that are
        T, N or stage classes, outcomes or operations.
    sheet
        The table.
    dictionary
        The dictionary, for error messages.
    """
    late = []
    for column in features:
        verdict = judge_column(column.name, sheet.column(column.name))
        if verdict.time == "after":
            late.append((column.name, verdict.reason))
    if not late:
        return
    name, reason = late[0]
    others = ", ".join(quote_text(other) for other, _ in late[1:])
    if judge_name(name).time == "after":
        problem, got = "seems, by its name, to be", f"a name for {reason}"
    else:
        problem = f"seems to hold {reason}, which are"
        got = f"e.g. {quote_text(next(filter(None, sheet.column(name))))}"
    raise UserError(
        f"column {quote_text(name)} {problem} known only after surgery",
        where=f"{dictionary}, {format_section_header('columns', name)}",
        got=f"{got}; also columns {others}" if others else got,
        then='set role = "aux", or known = "before" if it is known before surgery',
    )


def _make_card(section: CardSection, path: Path) -> Card:
    return Card(
        title=section.title or path.stem,
        license=section.license,
        source=section.source,
        citation=section.citation,
        labels=section.labels,
    )


def _describe_columns(
    sheet: Sheet, dictionary: Dictionary, cells: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    used = {dictionary.id, *(column.name for column in dictionary.columns)}
    left_out = [quote_text(header) for header in sheet.header if header not in used]
    if left_out:
        yield (
            f"{plural(len(left_out), 'column is', 'columns are')} not in the dictionary and not "
            f"used: {', '.join(left_out)}"
        )
    for column in dictionary.columns:
        if column.role in UNCODED_ROLES:
            continue
        if all(map(column.is_missing, cells[column.name])):
            yield f"column {column.name!r} has no values"
    for conversion in dictionary.conversions:
        name = conversion.column.name
        unused = conversion.find_unused_values(sheet.column(name))
        if unused:
            yield (
                f"column {name!r}: no cell has {', '.join(map(quote_text, unused[:5]))}, which the "
                "key values maps"
            )
