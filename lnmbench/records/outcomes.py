"""Outcomes of a target: the binary endpoints that a target of several labels consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TargetKind = Literal["binary", "multilabel", "ordinal"]
"""Kinds of target: one outcome, several outcomes, or the cut points of ordered classes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcomes:
    """The outcomes of a target with more than one.

    `values` is (n, m) of 0, 1 and NaN where unknown, one column for each name. Those of an
    `ordinal` target are its cut points, the lowest first: class ≥ 1, class ≥ 2, …
    """

    kind: Literal["multilabel", "ordinal"]
    names: tuple[str, ...]
    values: NDArray[np.float64]

    @property
    def labels(self) -> NDArray[np.float64]:
        """The labels by which predictions are scored.

        (n, m) of a `multilabel`; the class of each case (n,) of an `ordinal` target, NaN if a cut
        point is unknown.
        """
        return self.values if self.kind == "multilabel" else self.values.sum(axis=1)


def mark_positive(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n,): 1 if an outcome of a case is positive, 0 if none is, NaN if none is known.

    Parameters
    ----------
    values
        Outcomes (n, m) of 0, 1 and NaN.

    Examples
    --------
    >>> import numpy as np
    >>> mark_positive(np.array([[0, 1], [0, np.nan], [np.nan, np.nan]])).tolist()
    [1.0, 0.0, nan]
    """
    import numpy as np

    known = ~np.isnan(values)
    positive = ((values == 1) & known).any(axis=1).astype(np.float64)
    return np.where(known.any(axis=1), positive, np.nan)


def find_strata(truth: NDArray[np.float64], outcomes: Outcomes | None) -> NDArray[np.int64]:
    """Return the stratum of each case by which folds are drawn: 0 for a negative one, (n,).

    A binary target has the stratum 1 of its positive cases. With several outcomes, the stratum is
    the rarest outcome for which the case is positive: of ordered classes, this is the class.

    Parameters
    ----------
    truth
        Labels of the target, (n,) of 0 and 1.
    outcomes
        The outcomes of the n cases; None for a binary target.
    """
    import numpy as np

    if outcomes is None:
        return truth.astype(np.int64)
    positive = outcomes.values == 1
    order = np.argsort(-positive.sum(axis=0), kind="stable")  # the most frequent first
    numbers = np.arange(1, len(order) + 1)
    strata: NDArray[np.int64] = np.where(positive[:, order], numbers, 0).max(axis=1)
    return strata


def class_probabilities(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of each class (…, m + 1) from those of the cut points (…, m).

    Examples
    --------
    >>> import numpy as np
    >>> class_probabilities(np.array([0.75, 0.25])).tolist()
    [0.25, 0.5, 0.25]
    """
    import numpy as np

    shape = (*cumulative.shape[:-1], 1)
    edges = np.concatenate([np.ones(shape), cumulative, np.zeros(shape)], axis=-1)
    return np.asarray(-np.diff(edges, axis=-1))
