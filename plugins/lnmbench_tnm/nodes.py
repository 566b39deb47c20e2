"""Nodal targets: any metastasis (`n1`), or pN2 and higher (`n2`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lnmbench import Cohort, Column, UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CLASS = re.compile(
    r"(y?p)?(N(?P<word>[X+])|N?(?P<digit>[0-3])(mi|[abc][12]?)?)( ?\((i|mol|sn)[+-]?\))?",
    re.IGNORECASE,
)


def n1() -> NodalTarget:
    """Predict any lymph node metastasis (pN1 or higher against pN0)."""
    return NodalTarget("n1", 1, "any lymph node metastasis (pN1 or higher)")


def n2() -> NodalTarget:
    """Predict pN2 or higher against pN0 and pN1 (in lung cancer: mediastinal nodes)."""
    return NodalTarget("n2", 2, "lymph node metastasis pN2 or higher")


class NodalTarget:
    """Whether a case's pathological N class reaches `lowest`.

    A binary column labeled with the target's own name is taken as it is; else the labels are
    made of the column labeled `pn`. NX and missing values are unknown.
    """

    def __init__(self, name: str, lowest: int, title: str) -> None:
        self.name = name
        self.lowest = lowest
        self.title = title

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 reached, 0 not reached, NaN unknown.

        Raises `UserError` where the cohort has neither column, or the column cannot be read.
        """
        column = self._column(cohort)
        meaning = np.array([*self._meaning(column), np.nan])
        codes = np.asarray(cohort.values[column.name], dtype=np.float64)
        # A missing value is NaN in `codes` and takes the last meaning, which is NaN too.
        places = np.where(np.isnan(codes), len(meaning) - 1, codes)
        labels: NDArray[np.float64] = meaning[places.astype(np.int64)]
        return labels

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Say which column the labels are made of, and how many cases are positive."""
        column, labels = self._column(cohort), self.labels(cohort)
        positive, known = int(np.nansum(labels)), int(np.count_nonzero(~np.isnan(labels)))
        made = (
            f"is column {column.name!r}"
            if column.label == self.name
            else f"is pN{self.lowest} or higher in column {column.name!r} ({self._told(column)})"
        )
        return (f"target {self.name} {made}: {positive} of {known} cases are positive",)

    def _column(self, cohort: Cohort) -> Column:
        column = cohort.require(self.name, "pn")
        if column.label == self.name and column.kind != "binary":
            raise UserError(
                f"column {column.name!r} is labeled {self.name}",
                expected="kind binary, with the categories (negative, positive)",
                got=column.kind,
            )
        if column.kind == "continuous":
            raise UserError(
                f"column {column.name!r} is labeled pn",
                expected="kind ordinal, with categories as N0, N1, N2, N3",
                got=column.kind,
            )
        return column

    def _meaning(self, column: Column) -> list[float]:
        if column.label == self.name:
            return [0.0, 1.0]
        return [self._reached(*_range(category, column)) for category in column.categories]

    def _reached(self, low: int, high: int) -> float:
        if low >= self.lowest:
            return 1.0
        return 0.0 if high < self.lowest else float("nan")

    def _told(self, column: Column) -> str:
        words = {1.0: "positive", 0.0: "negative"}
        return ", ".join(
            f"{category} {words.get(value, 'unknown')}"
            for category, value in zip(column.categories, self._meaning(column), strict=True)
        )


def _range(category: str, column: Column) -> tuple[int, int]:
    """Return the lowest and highest N that a category can mean: N+ is N1 to N3, NX anything."""
    match = _CLASS.fullmatch(category.strip())
    if match is None:
        raise UserError(
            f"column {column.name!r} has the category {category[:40]!r}",
            expected="pathological N classes as N0, pN1, N2a, NX, N+",
            then="change its categories, or label it otherwise than pn",
        )
    if match["word"]:
        return (1 if match["word"] == "+" else 0), 3
    return int(match["digit"]), int(match["digit"])
