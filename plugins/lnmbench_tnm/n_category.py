"""Pathological N category as the target: ordered classes with three cut points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from lnmbench import Cohort, Column, UserError
from lnmbench.records import mark_positive
from lnmbench.text import clean
from lnmbench_tnm.nodes import describe_treated, find_range

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CUT_POINTS = (1, 2, 3)


class NCategory:
    """Pathological N category (N0 < N1 < N2 < N3), from the column labeled `pn`.

    The outcomes are its cut points: N1 or higher, N2 or higher, N3. Of N+, the first is positive
    and the others are unknown; of NX, all are unknown.
    """

    title = "pathological N category"
    kind: Literal["ordinal"] = "ordinal"

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 for pN1 or higher, 0 for pN0, NaN unknown."""
        import numpy as np

        return mark_positive(np.stack(list(self.outcomes(cohort).values()), axis=1))

    def outcomes(self, cohort: Cohort) -> Mapping[str, NDArray[np.float64]]:
        """Return the labels of each cut point, (n,).

        Raises `UserError` if the cohort has no column labeled `pn`, or a category is not an N
        class.
        """
        import numpy as np

        column = _find_column(cohort)
        low, high = np.transpose([find_range(category, column) for category in column.categories])
        codes = np.asarray(cohort.values[column.name], dtype=np.float64)
        known = ~np.isnan(codes)
        positions = np.where(known, codes, 0).astype(np.int64)
        outcomes = {}
        for cut in _CUT_POINTS:
            of_category = np.where(low >= cut, 1.0, np.where(high < cut, 0.0, np.nan))
            name = f"N{cut} or higher" if cut < _CUT_POINTS[-1] else f"N{cut}"
            outcomes[name] = np.where(known, of_category[positions], np.nan)
        return outcomes

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a sentence on the source of the labels, with the counts of the cut points."""
        import numpy as np

        column = _find_column(cohort)
        counts = ", ".join(
            f"{name}: {int(np.nansum(labels))} of {int((~np.isnan(labels)).sum())}"
            for name, labels in self.outcomes(cohort).items()
        )
        categories = ", ".join(map(clean, column.categories))
        return (
            f"target n_category is column {column.name!r} ({categories}); {counts}",
            *describe_treated(column, cohort),
        )


def _find_column(cohort: Cohort) -> Column:
    column = cohort.require("pn")
    if column.kind == "continuous":
        raise UserError(
            f"wrong kind of column {column.name!r}, labeled pn",
            expected="kind ordinal, with categories such as N0, N1, N2, N3",
            got=column.kind,
        )
    return column
