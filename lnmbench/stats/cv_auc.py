"""Cross-validated AUC within test folds, with the case as the unit.

Scores of different models need not share a scale, so cases are ranked within their own test fold
only. A patient's placement there, averaged over the repeats, is the influence of that patient on
the cross-validated AUC (LeDell, Petersen & van der Laan 2015, Electronic Journal of Statistics 9).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_finite, require_scores, require_two_classes
from lnmbench.stats.delong import AucTest, Components, compare_components, components


def placement_test(
    y: ArrayLike, a: ArrayLike, b: ArrayLike, fold: ArrayLike, *, level: float = 0.95
) -> AucTest:
    """Test the difference between two methods' cross-validated AUCs.

    V is each patient's placement within its own test fold, averaged over repeats; ΔV = V_b − V_a.
    The estimate is the mean of ΔV over the m positive patients, its variance var(ΔV⁺)/m +
    var(ΔV⁻)/n with ddof 1, and z is compared with the normal (LeDell, Petersen & van der Laan
    2015, section 4). Patients have equal weights: if folds hold different numbers of positive
    cases, the AUC is not exactly the mean over folds. With one repeat of one fold this is
    `delong_test`, which also defines the case of zero variance.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    a, b
        Scores of each case by the model that was not trained on it, (repeats, n).
    fold
        Number of each case's test fold, (repeats, n).
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    AucTest
        The two AUCs, the test of their difference b − a, and its interval.

    Raises
    ------
    ValueError
        For fewer than two cases of a class, NaN, shapes that differ, and as `placements` does.

    Examples
    --------
    >>> y, fold = [0, 1, 0, 1, 0, 1, 0, 1], [[0, 0, 0, 0, 1, 1, 1, 1]]
    >>> a = [[0.2, 0.1, 0.3, 0.4, 0.6, 0.5, 0.7, 0.8]]
    >>> test = placement_test(y, a, [[0.2, 0.3, 0.1, 0.4, 0.6, 0.5, 0.7, 0.8]], fold)
    >>> f"{test.auc_a:.3f} {test.auc_b:.3f} {test.statistic:.3f} {test.pvalue:.3f}"
    '0.500 0.750 0.866 0.386'
    """
    first, second = (
        placements(y, score, fold, what=what) for score, what in ((a, "scores a"), (b, "scores b"))
    )
    return compare_placements(y, first, second, level=level)


def placements(
    y: ArrayLike, score: ArrayLike, fold: ArrayLike, *, what: str = "scores"
) -> NDArray[np.float64]:
    """Return each case's placement within its test fold, averaged over repeats, of shape (n,).

    For a positive case the share of the fold's negative cases that score lower, for a negative
    case the share of the positive ones that score higher, ties half: 1 is the best, 0 the worst.
    A repeat in which a case's fold has no case of the other class does not count for it.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores of each case by the model that was not trained on it, (repeats, n).
    fold
        Number of each case's test fold, (repeats, n).
    what
        Noun for the scores in error messages.

    Returns
    -------
    ndarray
        Mean placement of each case, (n,), within [0, 1].

    Raises
    ------
    ValueError
        For one class only, NaN, shapes that differ, and if a case shares no test fold with a case
        of the other class in any repeat.

    Examples
    --------
    >>> placements([0, 1, 0, 1], [[0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4]],
    ...            [[0, 0, 0, 0], [0, 0, 1, 1]]).tolist()
    [1.0, 0.75, 0.75, 1.0]
    """
    labels = require_two_classes(y)
    group, repeats = _groups(fold, labels.size)
    if np.shape(np.atleast_2d(score)) != (repeats, labels.size):
        raise ValueError(f"{what}: expected shape {(repeats, labels.size)}, got {np.shape(score)}")
    scores = require_finite(score, what)
    each = _placements_in_groups(np.tile(labels == 1.0, repeats), scores, group).reshape(
        repeats, labels.size
    )
    defined = np.isfinite(each)
    repeats_defined = defined.sum(axis=0)
    if not repeats_defined.all():
        count = np.count_nonzero(repeats_defined == 0)
        raise ValueError(f"fold: {count} cases share no test fold with a case of the other class")
    total = np.where(defined, each, 0.0).sum(axis=0)
    return np.asarray(total / repeats_defined, dtype=np.float64)


def compare_placements(y: ArrayLike, a: ArrayLike, b: ArrayLike, *, level: float = 0.95) -> AucTest:
    """Test the difference between two methods as `placement_test`, by their placements.

    Many comparisons can share the placements.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    a, b
        `placements` of each case by each method, (n,).
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    AucTest
        The two AUCs, the test of their difference b − a, and its interval.
    """
    return compare_components(placement_components(y, a), placement_components(y, b), level=level)


def placement_components(y: ArrayLike, placed: ArrayLike) -> Components:
    """Return the placements of one method by class, for `components_interval`.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    placed
        `placements` of each case, (n,).

    Returns
    -------
    Components
        Placements of the positive and of the negative cases.

    Raises
    ------
    ValueError
        For fewer than two cases of a class, NaN, or lengths that differ.
    """
    labels = require_two_classes(y)
    values = require_scores(placed, labels, "placements")
    return components(v10=values[labels == 1.0], v01=values[labels == 0.0])


def _groups(fold: ArrayLike, cases: int) -> tuple[NDArray[np.intp], int]:
    """Return the number of each entry's repeat and fold, (repeats · cases,), and the repeats."""
    numbers = np.atleast_2d(np.asarray(fold))
    if numbers.ndim != 2 or numbers.shape[1] != cases or numbers.shape[0] == 0:
        raise ValueError(f"fold: expected shape (repeats, {cases}), got {np.shape(fold)}")
    if not np.issubdtype(numbers.dtype, np.integer):
        raise ValueError(f"fold: expected whole numbers, got {numbers.dtype}")
    names, index = np.unique(numbers, return_inverse=True)
    repeat = np.arange(numbers.shape[0], dtype=np.intp)[:, None]
    return (index.reshape(numbers.shape) + names.size * repeat).ravel(), numbers.shape[0]


def _placements_in_groups(
    positive: NDArray[np.bool_], score: NDArray[np.float64], group: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return each entry's placement in its group, NaN without an entry of the other class.

    One sort serves all groups: an entry's lower and equal scores lie between the first entry of
    its group and the first and last entries of equal score.
    """
    order = np.lexsort((score, group))
    score, group, positive = score[order], group[order], positive[order]
    new_group = np.r_[True, group[1:] != group[:-1], True]
    new_score = new_group | np.r_[True, score[1:] != score[:-1], True]
    # entries before each that belong to the other class
    passed = {kind: np.r_[0, np.cumsum(positive == kind)] for kind in (True, False)}
    ends = np.flatnonzero(new_score)
    block = np.cumsum(new_score[:-1]) - 1
    span_ends = np.flatnonzero(new_group)
    span = np.cumsum(new_group[:-1]) - 1

    def others(index: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.asarray(np.where(positive, passed[False][index], passed[True][index]), np.float64)

    first, last = others(span_ends[span]), others(span_ends[span + 1])
    before, after = others(ends[block]), others(ends[block + 1])
    beaten = np.where(positive, before - first, last - after) + 0.5 * (after - before)
    placed = np.full(score.size, np.nan)
    np.divide(beaten, last - first, out=placed, where=last > first)
    result = np.empty_like(placed)
    result[order] = placed
    return result
