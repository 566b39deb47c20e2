"""Two header rows: groups of columns above the names of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lnmbench.tables.dialect import Row
from lnmbench.text import fold_spelling, parse_number

_SAMPLE_ROWS = 50


def skip_groups(rows: Sequence[Row], path: Path) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows from the names of the columns on, and notes for the user.

    A row of groups (`Staging` above `cT` and `cN`) has fewer different texts than the row below,
    which has no number, but names columns of numbers that the groups leave without a name. A column
    without a second name keeps its first one.

    Parameters
    ----------
    rows
        The rows of a table without titles.
    path
        The file, for messages.
    """
    if len(rows) < 4 or not _is_group_row(rows[0], rows[1], rows[2 : 2 + _SAMPLE_ROWS]):
        return list(rows), ()
    groups, names = rows[0], rows[1]
    header = Row(number=names.number, cells=_join(groups, names))
    return [header, *rows[2:]], (
        f"{path.name}: row {groups.number} names groups of columns and was skipped; the header is "
        f"row {names.number}",
    )


def _join(groups: Row, names: Row) -> tuple[str, ...]:
    """Return the names; a column without a name has that of its group."""
    above = (*groups.cells, *[""] * (len(names.cells) - len(groups.cells)))
    below = (*names.cells, *[""] * (len(groups.cells) - len(names.cells)))
    return tuple(name or group for group, name in zip(above, below, strict=True))


def _is_group_row(groups: Row, names: Row, data: Sequence[Row]) -> bool:
    if any(_is_number(cell) for row in (groups, names) for cell in row.cells):
        return False
    if _count_different(_join(groups, names)) <= _count_different(groups.cells):
        return False
    unnamed = [
        index
        for index, name in enumerate(names.cells)
        if name and _is_unnamed(groups.cells, index) and _holds_numbers(data, index, name)
    ]
    return bool(unnamed)


def _is_unnamed(groups: Sequence[str], index: int) -> bool:
    """Return whether the group of a column is empty or that of several columns."""
    group = groups[index] if index < len(groups) else ""
    return not group or groups.count(group) > 1


def _holds_numbers(data: Sequence[Row], index: int, name: str) -> bool:
    """Return whether most cells below a name are numbers, and none is the name again."""
    cells = [row.cells[index] for row in data if index < len(row.cells) and row.cells[index]]
    return name not in cells and sum(map(_is_number, cells)) > len(cells) / 2


def _count_different(cells: Sequence[str]) -> int:
    return len({fold_spelling(cell) for cell in cells if cell})


def _is_number(cell: str) -> bool:
    return parse_number(cell.replace(",", ".")) is not None
