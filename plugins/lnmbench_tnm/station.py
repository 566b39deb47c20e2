"""Metastasis in one lymph node station as the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort, Column, UserError
from lnmbench.errors import nearest
from lnmbench.text import clean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PREFIX = "station_"


class Station:
    """Metastasis in one lymph node station, from the column labeled `station_NAME`.

    Cases in which the station was not examined are unknown, not negative.

    Parameters
    ----------
    name
        Name of the station in the data set: `ipsi_II` for the label `station_ipsi_II`.
    """

    def __init__(self, name: str) -> None:
        self.name = name.strip().removeprefix(PREFIX)
        self.title = f"metastasis in the lymph node station {self.name}"

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 involved, 0 not involved, NaN not examined.

        Raises `UserError` if the cohort has no such station or its column is not binary.
        """
        import numpy as np

        return np.asarray(cohort.values[self._column(cohort).name], dtype=np.float64)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return the positive class, and a sentence on the source of the labels."""
        import numpy as np

        column, labels = self._column(cohort), self.labels(cohort)
        positive, known = int(np.nansum(labels)), int(np.count_nonzero(~np.isnan(labels)))
        return (
            f"positive: {clean(column.categories[1])} (n = {positive} of {known}); "
            f"target station {self.name} is column {column.name!r}: {positive} of {known} cases "
            "with an examination of it are positive",
        )

    def _column(self, cohort: Cohort) -> Column:
        column = cohort.find_column(f"{PREFIX}{self.name}")
        if column is None:
            raise UserError(
                f"cohort {cohort.name!r} has no station {self.name[:40]!r}",
                expected=f"a column labeled {PREFIX}{self.name[:40]}",
                then=nearest(self.name, list_stations(cohort)),
            )
        if column.kind != "binary":
            raise UserError(
                f"wrong kind of column {column.name!r}, labeled {column.label}",
                expected="kind binary, with the categories (negative, positive)",
                got=column.kind,
            )
        return column


def list_stations(cohort: Cohort) -> list[str]:
    """Return the names of a cohort's stations, in the order of its columns."""
    labels = (c.label for c in cohort.columns if c.label and c.role in ("target", "aux"))
    return [label.removeprefix(PREFIX) for label in labels if label.startswith(PREFIX)]
