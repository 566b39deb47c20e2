"""The table of a cohort: each column with its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lnmbench import Column
from lnmbench_lydata.columns import (
    CENTER,
    N1,
    VARIABLES,
    make_feature,
    make_level_feature,
    make_station,
    make_tumor_stage,
)
from lnmbench_lydata.labels import CLINICAL, PATHOLOGICAL, read_any_level, read_stage
from lnmbench_lydata.levels import LEVELS, PATHOLOGY, SIDES, Row, iterate_levels, read_level

_INSTITUTION = ("patient", "core", "institution")


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortTable:
    """Columns, and the values of each by its name, in the order of the patients."""

    columns: tuple[Column, ...]
    values: Mapping[str, Sequence[str]]

    def count_known(self, name: str) -> int:
        """Return the number of known values of a column."""
        return sum(value != "" for value in self.values[name])


def make_table(
    rows: Sequence[Row],
    ids: Sequence[str],
    cohorts: Sequence[tuple[int, int]],
    examinations: Sequence[str],
    *,
    enbloc: bool,
) -> CohortTable:
    """Return the table of the patients; constant features and unknown targets are left out.

    Parameters
    ----------
    rows
        The patients.
    ids
        Their ids, for error messages.
    cohorts
        The range of rows of each file.
    examinations
        The examinations before surgery whose levels are features.
    enbloc
        Whether unassigned positive nodes make a patient positive.
    """
    candidates = [
        (CENTER, [row.get(_INSTITUTION, "") for row in rows]),
        *_iterate_features(rows),
        *(
            (
                make_level_feature(source, side, level),
                _read_level(rows, cohorts, source, side, level),
            )
            for source in examinations
            for side in SIDES
            for level in LEVELS
        ),
        (
            N1,
            [
                read_any_level(r, f"case {i!r}", enbloc=enbloc)
                for r, i in zip(rows, ids, strict=True)
            ],
        ),
        *(
            (make_station(side, level), _read_level(rows, cohorts, PATHOLOGY, side, level))
            for side in SIDES
            for level in iterate_levels()
        ),
        *_iterate_stage(rows, ids),
    ]
    useful = [(column, values) for column, values in candidates if _is_useful(column, values)]
    return CohortTable(
        columns=tuple(column for column, _ in useful),
        values={column.name: values for column, values in useful},
    )


def _iterate_features(rows: Sequence[Row]) -> Iterator[tuple[Column, list[str]]]:
    for variable in VARIABLES:
        cells = [row.get(variable.key, "")[: variable.characters or None] for row in rows]
        if variable.kind == "binary":
            cells = [c.capitalize() if c.casefold() in ("true", "false") else c for c in cells]
        if len(set(cells) - {""}) > 1:
            yield make_feature(variable, cells), cells


def _iterate_stage(rows: Sequence[Row], ids: Sequence[str]) -> Iterator[tuple[Column, list[str]]]:
    for kind in (PATHOLOGICAL, CLINICAL):
        cells = [read_stage(row, f"case {id_!r}", kind) for row, id_ in zip(rows, ids, strict=True)]
        if len(set(cells) - {""}) > 1:
            yield make_tumor_stage(cells, kind), cells


def _read_level(
    rows: Sequence[Row], cohorts: Sequence[tuple[int, int]], source: str, side: str, level: str
) -> list[str]:
    return [
        cell for first, end in cohorts for cell in read_level(rows[first:end], source, side, level)
    ]


def _is_useful(column: Column, values: Sequence[str]) -> bool:
    """Return whether a feature has different values, or another column has any."""
    known = set(values) - {""}
    return len(known) > 1 if column.role == "feature" else bool(known)
