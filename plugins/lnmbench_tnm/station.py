"""One lymph node station or level as the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lnmbench import Cohort, Column, UserError
from lnmbench.errors import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PREFIX = "station_"


class Station:
    """Predict whether one lymph node station is involved, of a column labeled `station_NAME`.

    Cases in which the station was not examined are unknown, never negative.

    Parameters
    ----------
    name
        The station as the data set labels it: `ipsi_II` for the label `station_ipsi_II`.
    """

    def __init__(self, name: str) -> None:
        self.name = name.strip().removeprefix(_PREFIX)
        self.title = f"metastasis in the lymph node station {self.name}"

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 involved, 0 free, NaN not examined.

        Raises `UserError` where the cohort has no such station, or its column is not binary.
        """
        return np.asarray(cohort.values[self._column(cohort).name], dtype=np.float64)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Say which column the labels are, and how many cases are positive."""
        column, labels = self._column(cohort), self.labels(cohort)
        positive, known = int(np.nansum(labels)), int(np.count_nonzero(~np.isnan(labels)))
        return (
            f"target station {self.name} is column {column.name!r}: {positive} of {known} cases "
            "in which it was examined are positive",
        )

    def _column(self, cohort: Cohort) -> Column:
        column = cohort.labeled(f"{_PREFIX}{self.name}")
        if column is None:
            labels = (c.label for c in cohort.columns if c.label and c.role in ("target", "aux"))
            there = [label.removeprefix(_PREFIX) for label in labels if label.startswith(_PREFIX)]
            raise UserError(
                f"cohort {cohort.name!r} has no station {self.name[:40]!r}",
                expected=f"a column labeled {_PREFIX}{self.name[:40]}",
                then=nearest(self.name, there),
            )
        if column.kind != "binary":
            raise UserError(
                f"column {column.name!r} is labeled {column.label}",
                expected="kind binary, with the categories (negative, positive)",
                got=column.kind,
            )
        return column
