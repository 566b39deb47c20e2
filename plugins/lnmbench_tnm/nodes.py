"""Nodal targets: any metastasis (`n1`), and pN2 or higher (`n2`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort, Column, UserError
from lnmbench.text import clean, plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TREATED = re.compile(r"\s*y[pc]? ?N", re.IGNORECASE)
_CLINICAL = re.compile(r"[yr]?c ?N", re.IGNORECASE)
_CLASS = re.compile(
    r"(y?p)?(N(?P<word>[X+])|N?(?P<digit>[0-3])(mi|[abc][12]?)?)( ?\((i|mol|mi|sn)[+-]?\))*",
    re.IGNORECASE,
)


def n1() -> NodalTarget:
    """Any lymph node metastasis (pN1 or higher against pN0)."""
    return NodalTarget("n1", 1, "pN1 or higher")


def n2() -> NodalTarget:
    """pN2 or higher against pN0 and pN1 (in lung cancer: mediastinal nodes)."""
    return NodalTarget("n2", 2, "pN2 or higher")


class NodalTarget:
    """A binary target: the pathological N class is `lowest` or higher.

    A binary column labeled with the name of the target is used as it is. Without one, the labels
    are derived from the column labeled `pn`. NX and missing values are unknown.

    Parameters
    ----------
    name
        Name of the target, and label of the column that holds it.
    lowest
        Lowest positive N class.
    title
        Description of a positive case.
    """

    def __init__(self, name: str, lowest: int, title: str) -> None:
        self.name = name
        self.lowest = lowest
        self.title = title

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 positive, 0 negative, NaN unknown.

        Raises `UserError` if the cohort has neither column or a category is not an N class.
        """
        import numpy as np

        column = self._column(cohort)
        label_of_category = np.array([*self._category_labels(column), np.nan])
        codes = np.asarray(cohort.values[column.name], dtype=np.float64)
        # A missing value is NaN in `codes` and gets the last label, which is NaN too.
        positions = np.where(np.isnan(codes), len(label_of_category) - 1, codes)
        labels: NDArray[np.float64] = label_of_category[positions.astype(np.int64)]
        return labels

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return the positive classes, and a sentence on the source of the labels."""
        import numpy as np

        column, labels = self._column(cohort), self.labels(cohort)
        positive, known = int(np.nansum(labels)), int(np.count_nonzero(~np.isnan(labels)))
        source = f"is column {column.name!r}"
        if column.label != self.name:
            categories = self._describe_categories(column)
            source = f"is pN{self.lowest} or higher in column {column.name!r} ({categories})"
        classes = [
            category
            for category, label in zip(
                column.categories, self._category_labels(column), strict=True
            )
            if label == 1
        ]
        return (
            f"positive: {', '.join(map(clean, classes))} (n = {positive} of {known}); "
            f"target {self.name} {source}: {positive} of {known} cases are positive",
            *describe_treated(column, cohort),
        )

    def _column(self, cohort: Cohort) -> Column:
        column = cohort.require(self.name, "pn")
        if column.label == self.name and column.kind != "binary":
            raise UserError(
                f"wrong kind of column {column.name!r}, labeled {self.name}",
                expected="kind binary, with the categories (negative, positive)",
                got=column.kind,
            )
        if column.kind == "continuous":
            raise UserError(
                f"wrong kind of column {column.name!r}, labeled pn",
                expected="kind ordinal, with categories such as N0, N1, N2, N3",
                got=column.kind,
            )
        return column

    def _category_labels(self, column: Column) -> list[float]:
        if column.label == self.name:
            return [0.0, 1.0]
        return [self._label(*find_range(category, column)) for category in column.categories]

    def _label(self, low: int, high: int) -> float:
        if low >= self.lowest:
            return 1.0
        return 0.0 if high < self.lowest else float("nan")

    def _describe_categories(self, column: Column) -> str:
        names = {1.0: "positive", 0.0: "negative"}
        return ", ".join(
            f"{category} {names.get(value, 'unknown')}"
            for category, value in zip(
                column.categories, self._category_labels(column), strict=True
            )
        )


def find_range(category: str, column: Column) -> tuple[int, int]:
    """Return the lowest and highest N of a category: N+ is N1 to N3, NX is N0 to N3."""
    match = _CLASS.fullmatch(category.strip())
    if match is None:
        raise UserError(
            f"unknown category {category[:40]!r} of column {column.name!r}",
            expected="pathological N classes such as N0, pN1, N2a, NX or N+",
            then="a clinical class is no pathological one: list it as missing"
            if _CLINICAL.match(category.strip())
            else "change its categories, or do not label it pn",
        )
    if match["word"]:
        return (1 if match["word"] == "+" else 0), 3
    return int(match["digit"]), int(match["digit"])


def describe_treated(column: Column, cohort: Cohort) -> tuple[str, ...]:
    """Return a notice on the cases whose N class was assessed after neoadjuvant therapy (ypN)."""
    import numpy as np

    treated = [i for i, category in enumerate(column.categories) if _TREATED.match(category)]
    count = int(np.isin(cohort.values[column.name], treated).sum())
    if not count:
        return ()
    return (
        f"{plural(count, 'case has', 'cases have')} an N class after neoadjuvant therapy (ypN) in "
        f"column {column.name!r}, which can differ from that before the therapy: list them as "
        "missing in the dictionary to leave the cases out",
    )
