"""The table of a file of predictions: its columns, and the cells of one reader by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.lexicon.vocabulary import has_role
from lnmbench.tables import decode_text, read_content
from lnmbench.tables.dialect import Row, find_separator, parse_text, skip_titles
from lnmbench.text import join_first, parse_number, plural, quote

REPEAT, FOLD = "repeat", "fold"
CASE_NAMES = ("case", "case id", "id")
MOST_NAMES = 12
_SPREADSHEET = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """The cell of one case; `repeat` and `fold` are None if the file does not state them."""

    id: str
    cell: str
    repeat: int | None = None
    fold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionTable:
    """The rows of one column of predictions, with notes for the user."""

    column: str
    rows: tuple[CaseRow, ...]
    separator: str
    notes: tuple[str, ...] = ()


def read_prediction_table(path: Path, *, id_column: str, column: str) -> PredictionTable:
    """Read a text table of predictions.

    Parameters
    ----------
    path
        The file.
    id_column
        The name of the column of ids; empty if one column alone can be it.
    column
        The name of the column of predictions; empty if it is the only one.

    Raises
    ------
    UserError
        For a file that cannot be read, columns that are not certain, and ids that are empty or
        occur twice.
    """
    content = read_content(path)
    if content.startswith(_SPREADSHEET):
        raise UserError(f"{path} is a spreadsheet", expected="a text table", then="save it as CSV")
    text, notes = decode_text(content, path)
    separator = find_separator(text)
    parsed, more = parse_text(text, path, separator)
    rows, titles = skip_titles(parsed, path)
    if len(rows) < 2:
        raise UserError(f"{path} has no predictions", expected="a header and a row for each case")
    header = rows[0].cells
    for row in rows[1:]:
        if len(row.cells) != len(header):
            raise UserError(
                f"{path} is broken",
                where=f"row {row.number}",
                expected=plural(len(header), "cell"),
                got=str(len(row.cells)),
                then="quote cells that contain the separator",
            )
    _refuse_repeated_names(header, path)
    ids = _find_id_column(header, id_column, path)
    values = _find_value_column(header, ids, column, path)
    repeats, folds = _find(header, REPEAT), _find(header, FOLD)
    case_rows = [
        CaseRow(
            id=row.cells[ids],
            cell=row.cells[values],
            repeat=None if repeats is None else _parse_count(row, repeats, REPEAT, path),
            fold=None if folds is None else _parse_count(row, folds, FOLD, path),
        )
        for row in rows[1:]
    ]
    _refuse_repeated_cases(case_rows, path)
    return PredictionTable(
        column=header[values],
        rows=tuple(case_rows),
        separator=separator,
        notes=(*notes, *more, *titles),
    )


def _refuse_repeated_names(header: Sequence[str], path: Path) -> None:
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise UserError(
            f"two columns of {path} are called {quote(repeated[0])}", then="rename one of them"
        )


def _find_id_column(header: Sequence[str], name: str, path: Path) -> int:
    if name:
        return _require_column(header, name, path, parameter="id")
    for is_id in (_is_case_name, lambda each: has_role(each, "id")):
        matches = [index for index, each in enumerate(header) if is_id(each)]
        if len(matches) == 1:
            return matches[0]
    raise UserError(
        f"the column of ids of {path} is not certain",
        got=_list_names(header),
        then="set id=COLUMN",
    )


def _is_case_name(name: str) -> bool:
    return " ".join(name.casefold().replace("_", " ").split()) in CASE_NAMES


def _find_value_column(header: Sequence[str], ids: int, name: str, path: Path) -> int:
    if name:
        index = _require_column(header, name, path, parameter="column")
        if index == ids:
            raise UserError(
                f"column {quote(name)} of {path} holds the ids",
                then="set column=COLUMN to one of predictions",
            )
        return index
    used = {ids, _find(header, REPEAT), _find(header, FOLD)}
    others = [index for index, each in enumerate(header) if each and index not in used]
    if len(others) != 1:
        raise UserError(
            f"{path} has {plural(len(others), 'column')} of predictions",
            expected="one, or the parameter column",
            got=_list_names([header[index] for index in others]),
            then="name a method for each reader: predictions:path=…,column=COLUMN",
        )
    return others[0]


def _require_column(header: Sequence[str], name: str, path: Path, *, parameter: str) -> int:
    if name not in header:
        raise UserError(
            f"no column {quote(name)} in {path}",
            got=_list_names(header),
            then=f"set {parameter}=COLUMN to one of them",
        )
    return header.index(name)


def _find(header: Sequence[str], name: str) -> int | None:
    matches = [index for index, each in enumerate(header) if each.casefold() == name]
    return matches[0] if len(matches) == 1 else None


def _list_names(names: Sequence[str]) -> str:
    return join_first([quote(name) for name in names], MOST_NAMES) or "none"


def _parse_count(row: Row, index: int, name: str, path: Path) -> int:
    cell = row.cells[index]
    value = parse_number(cell)
    if value is None or value < 0 or value != int(value):
        raise UserError(
            f"wrong {name} in {path}",
            where=f"row {row.number}",
            expected="a whole number from 0, as in splits.csv of lnmbench export",
            got=repr(cell[:20]),
        )
    return int(value)


def _refuse_repeated_cases(rows: Sequence[CaseRow], path: Path) -> None:
    empty = sum(not row.id for row in rows)
    if empty:
        raise UserError(
            f"{plural(empty, 'row')} of {path} without an id", expected="the id of a case in each"
        )
    keys = [(row.repeat, row.id) for row in rows]
    repeated = len(keys) - len(set(keys))
    if repeated:
        raise UserError(
            f"{plural(repeated, 'row')} of {path} for a case that an earlier row predicts",
            expected="one row for each case, or for each case and repeat",
            then="keep one row of each case",
        )
