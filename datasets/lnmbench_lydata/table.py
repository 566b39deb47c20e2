"""Makes the table of a cohort: each column with its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lnmbench import Column
from lnmbench_lydata.labels import any_level, pathological_stage
from lnmbench_lydata.levels import LEVELS, PATHOLOGY, SIDES, Row, all_levels, level_cells
from lnmbench_lydata.variables import (
    CENTER,
    N1,
    VARIABLES,
    feature,
    level_feature,
    station,
    tumor_stage,
)

_INSTITUTION = ("patient", "core", "institution")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns, and the cells of each by its name, in the order of the patients."""

    columns: tuple[Column, ...]
    cells: Mapping[str, Sequence[str]]

    def known(self, name: str) -> int:
        """Return how many cells of a column are known."""
        return sum(cell != "" for cell in self.cells[name])


def make_table(
    rows: Sequence[Row],
    ids: Sequence[str],
    cohorts: Sequence[tuple[int, int]],
    examinations: Sequence[str],
    *,
    enbloc: bool,
) -> Table:
    """Return the table of the rows; `cohorts` are the ranges of rows that are of one file.

    Columns that say the same of every patient, or nothing, are left out.
    """
    made = [
        (CENTER, [row.get(_INSTITUTION, "") for row in rows]),
        *_features(rows),
        *(
            (level_feature(source, side, level), _level(rows, cohorts, source, side, level))
            for source in examinations
            for side in SIDES
            for level in LEVELS
        ),
        (N1, [any_level(r, f"case {i!r}", enbloc=enbloc) for r, i in zip(rows, ids, strict=True)]),
        *(
            (station(side, level), _level(rows, cohorts, PATHOLOGY, side, level))
            for side in SIDES
            for level in all_levels()
        ),
        *_stage(rows, ids),
    ]
    kept = [(column, cells) for column, cells in made if _tells(column, cells)]
    return Table(
        columns=tuple(column for column, _ in kept),
        cells={column.name: cells for column, cells in kept},
    )


def _features(rows: Sequence[Row]) -> Iterator[tuple[Column, list[str]]]:
    for variable in VARIABLES:
        cells = [row.get(variable.key, "")[: variable.characters or None] for row in rows]
        if variable.kind == "binary":
            cells = [c.capitalize() if c.casefold() in ("true", "false") else c for c in cells]
        if len(set(cells) - {""}) > 1:
            yield feature(variable, cells), cells


def _stage(rows: Sequence[Row], ids: Sequence[str]) -> Iterator[tuple[Column, list[str]]]:
    cells = [pathological_stage(row, f"case {id_!r}") for row, id_ in zip(rows, ids, strict=True)]
    if len(set(cells) - {""}) > 1:
        yield tumor_stage(cells), cells


def _level(
    rows: Sequence[Row], cohorts: Sequence[tuple[int, int]], source: str, side: str, level: str
) -> list[str]:
    return [
        cell for first, end in cohorts for cell in level_cells(rows[first:end], source, side, level)
    ]


def _tells(column: Column, cells: Sequence[str]) -> bool:
    """Whether a column is of use: a feature must differ, a target must be known for someone."""
    values = set(cells) - {""}
    return len(values) > 1 if column.role == "feature" else bool(values)
