"""Predictions of a file as a method: a value for each case, or for each case and repeat."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lnmbench import Cohort, UserError
from lnmbench.records import CasePredictions
from lnmbench.text import join_spelling, plural, quote
from lnmbench_outside_predictions.predicted_values import Scale, Values, read_values
from lnmbench_outside_predictions.prediction_table import (
    CaseRow,
    PredictionTable,
    read_prediction_table,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Predictions:
    """Predictions of a reader, of other software or of a language model, from a CSV file.

    Parameters
    ----------
    path
        Text table with a row for each case: its id and one column for each reader. Columns
        `repeat` and `fold`, from 0, make them predictions by split.
    column
        Column of the reader; by default the only one.
    id
        Column of the ids; by default the only one whose name says so.
    scale
        `probability`, `call` (0 and 1, or two words such as yes and no), or `rating` for numbers
        that only order the cases; by default, calls or probabilities, as the values are.
    coverage
        `all`: each case needs a prediction; `partial`: the method is compared on its cases alone.
    """

    def __init__(
        self,
        path: Path,
        column: str = "",
        id: str = "",  # the name that users write
        scale: Scale = "auto",
        coverage: Literal["all", "partial"] = "all",
    ) -> None:
        self._path, self._column, self._id = path, column, id
        self._scale, self._is_partial = scale, coverage == "partial"

    def predict_cases(
        self, cohort: Cohort, find_case: Callable[[str], int | None]
    ) -> CasePredictions:
        """Return the predictions of the file for a cohort.

        Parameters
        ----------
        cohort
            The cohort.
        find_case
            Returns the position of the case with an id.
        """
        import numpy as np

        table = read_prediction_table(self._path, id_column=self._id, column=self._column)
        where = f"column {quote(table.column)} of {self._path.name}"
        positions = [find_case(row.id) for row in table.rows]
        pairs = list(zip(table.rows, positions, strict=True))
        matched = [row for row, position in pairs if position is not None]
        notes = _describe_unknown(table, positions, cohort, where)
        cells = [row.cell for row in matched]
        values = read_values(cells, scale=self._scale, separator=table.separator, where=where)
        cases = np.array([each for each in positions if each is not None], dtype=np.int64)
        array, folds = _arrange(matched, cases, values, len(cohort), where)
        return CasePredictions(
            values=array,
            folds=folds,
            scale=values.scale,
            rating_range=values.rating_range,
            partial=self._is_partial,
            label=f"{table.column} ({self._path.name})",
            notes=(*table.notes, *notes, *values.notes),
            missing=notes[0] if notes else "",
        )


def _describe_unknown(
    table: PredictionTable, positions: Sequence[int | None], cohort: Cohort, where: str
) -> list[str]:
    """Return a note on rows of no case; `UserError` if no row is of a case."""
    pairs = zip(table.rows, positions, strict=True)
    unknown = [row.id for row, position in pairs if position is None]
    if not unknown:
        return []
    spellings = {join_spelling(id_).lstrip("0") for id_ in cohort.ids}
    alike = sum(join_spelling(id_).lstrip("0") in spellings for id_ in unknown)
    hint = f", {alike} of them but for capitals, blanks or leading zeros" if alike else ""
    if len(unknown) == len(table.rows):
        raise UserError(
            f"no row is of a case of the cohort{hint}",
            where=where,
            expected="ids as in the data set, before pseudonyms replace them",
            got=plural(len(unknown), "other id"),
            then="write the ids as in the data set, or set id=COLUMN",
        )
    rows = plural(len(unknown), "row is", "rows are")
    return [f"{where}: {rows} of no case of the cohort{hint}, and not used"]


def _arrange(
    rows: Sequence[CaseRow], cases: NDArray[np.int64], values: Values, n: int, where: str
) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    """Return predictions (n,), or (repeats, n) with their folds if the rows state splits."""
    import numpy as np

    numbers = np.array(values.numbers, dtype=np.float64)
    keys = {(row.repeat, case) for row, case in zip(rows, cases.tolist(), strict=True)}
    if len(keys) < len(rows):
        raise UserError(
            f"{plural(len(rows) - len(keys), 'case')} under the id and under the pseudonym",
            where=where,
            expected="one row for each case",
        )
    if all(row.repeat is None and row.fold is None for row in rows):
        fixed = np.full(n, math.nan)
        fixed[cases] = numbers
        return fixed, None
    repeats = np.array([row.repeat or 0 for row in rows], dtype=np.int64)
    count = int(repeats.max()) + 1
    missing = sorted(set(range(count)) - set(repeats.tolist()))
    if missing:
        raise UserError(
            f"repeat {missing[0]} has no predictions",
            where=where,
            expected="repeats from 0, as in splits.csv of lnmbench export",
        )
    by_repeat, folds = np.full((count, n), math.nan), np.full((count, n), -1, dtype=np.int64)
    by_repeat[repeats, cases] = numbers
    folds[repeats, cases] = [-1 if row.fold is None else row.fold for row in rows]
    return by_repeat, folds
