"""How well scores tell cases with the event from cases without it."""

from __future__ import annotations

from numpy.typing import ArrayLike

from lnmbench.stats.arrays import finite, two_classes


def auc(y: ArrayLike, score: ArrayLike) -> float:
    """Return the area under the ROC curve.

    The probability that a positive case scores higher than a negative one, ties counted half
    (Hanley & McNeil 1982). `y` is (n,) of 0 and 1, `score` is (n,). Raises `ValueError` for one
    class only, NaN, or shapes that differ.

    Examples
    --------
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(two_classes(y), finite(score, "scores")))


def average_precision(y: ArrayLike, score: ArrayLike) -> float:
    """Return the average precision, Σ (R_n − R_{n−1}) · P_n over descending thresholds.

    Tied scores make up one threshold; nothing is interpolated (Davis & Goadrich 2006). Scores
    that know nothing reach the prevalence. `y` is (n,) of 0 and 1, `score` is (n,). Raises
    `ValueError` for one class only, NaN, or shapes that differ.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(two_classes(y), finite(score, "scores")))
