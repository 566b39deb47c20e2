"""Pathological T stage as an auxiliary task: seven classes, with sets of classes as labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lnmbench import Cohort, Column, Label, UserError
from lnmbench_tnm.editions import CLASSES, EDITIONS, Edition, candidates, find_edition, read_class

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# A data set of another organ uses the second label, so that `auto` need not infer the edition.
_LABELS = ("pt", "pt_names")


class PtStage:
    """Pathological T stage (7 classes of AJCC 8) as an auxiliary task.

    The label of a case is the set of classes that its recorded class can be: one class in a
    cohort staged by AJCC 8, one or more for an older edition.

    Parameters
    ----------
    edition
        Edition of the recorded classes: `8`, `7`, `6` (6 and 7 mixed), `names` (another organ,
        mapped by name) or `auto` (`names` for a column labeled `pt_names`, otherwise inferred from
        the recorded classes).
    """

    kind: Label = "ordinal"

    def __init__(self, edition: str = "auto") -> None:
        if edition != "auto":
            find_edition(edition, ())
        self.edition = edition
        self.title = "pathological T stage"
        self.outputs = len(CLASSES)

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n, 7): 1 for the classes that a case can be, else 0; rows of NaN if unknown.

        Raises `UserError` if no column is labeled `pt` or `pt_names`, or it holds no T classes.
        """
        column = _column(cohort)
        membership = np.array([*map(_row, self._class_sets(column)), [np.nan] * len(CLASSES)])
        codes = np.asarray(cohort.values[column.name], dtype=np.float64)
        # A missing value is NaN in `codes` and gets the last row, which is NaN too.
        positions = np.where(np.isnan(codes), len(membership) - 1, codes)
        targets: NDArray[np.float64] = membership[positions.astype(np.int64)]
        return targets

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return sentences on the mapping of the recorded classes and the cases without a label."""
        column = _column(cohort)
        codes = cohort.values[column.name]
        mapped, masked = [], []
        for code, (category, classes) in enumerate(
            zip(column.categories, self._class_sets(column), strict=True)
        ):
            count = int((codes == code).sum())
            if not count or classes == (f"pT{read_class(category)}",):
                continue
            if classes:
                mapped.append(f"{category} → {' or '.join(classes)} (n = {count})")
            else:
                masked.append(f"{category} (n = {count})")
        missing = int(np.isnan(np.asarray(codes, dtype=np.float64)).sum())
        masked += [f"missing (n = {missing})"] if missing else []
        edition = self._edition(column).title
        mapping = f": {', '.join(mapped)}" if mapped else ""
        return (
            f"aux pt: the classes of column {column.name!r} are {edition}{mapping}",
            *([f"aux pt: excluded from its loss: {', '.join(masked)}"] if masked else []),
        )

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return −log p(set) of each case.

        This is the cross-entropy for a set of one class, and 0 for an empty set. Source: Jin &
        Ghahramani, Learning with Multiple Labels, NIPS 2002; Cour et al., Learning from Partial
        Labels, JMLR 2011.

        Parameters
        ----------
        logits
            (…, n, 7).
        targets
            (…, n, 7), 1 for the classes that a case can be, else 0.

        Returns
        -------
        Tensor
            (…, n).
        """
        inside = targets > 0
        # The loss of an empty set is log 0; that of the set of all classes is 0, with gradient 0.
        inside = inside | ~inside.any(dim=-1, keepdim=True)
        return logits.logsumexp(-1) - logits.masked_fill(~inside, -float("inf")).logsumexp(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each class.

        Parameters
        ----------
        logits
            (…, n, 7).

        Returns
        -------
        Tensor
            (…, n, 7), with sum 1 over the classes of a case.
        """
        return logits.softmax(-1)

    def _class_sets(self, column: Column) -> list[tuple[str, ...]]:
        edition = self._edition(column)
        return [candidates(category, edition) for category in column.categories]

    def _edition(self, column: Column) -> Edition:
        if self.edition == "auto" and column.label == _LABELS[1]:
            return EDITIONS["names"]
        return find_edition(self.edition, column.categories)


def _row(classes: Sequence[str]) -> list[float]:
    return [float(name in classes) if classes else float("nan") for name in CLASSES]


def _column(cohort: Cohort) -> Column:
    column = cohort.require(*_LABELS)
    if column.kind == "continuous":
        raise UserError(
            f"wrong kind of column {column.name!r}, labeled {column.label}",
            expected="kind ordinal, with categories such as T1a, T2b, Tis",
            got=column.kind,
        )
    return column
