"""Signs that a variable contains the target: separation, certain values, missing values.

Single variables known before surgery (size, SUV, CEA, clinical N) reach AUCs of about .6 to .85 for
nodal metastasis in published cohorts. An AUC of .90 whose 95 % interval excludes .85 is therefore
implausible. A value that only positive cases have is a sign too: a variable such as "station 7
involved" determines the target where it is positive, with a low AUC.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import LeakSigns
from lnmbench.stats.categories import shares
from lnmbench.stats.delong import delong_interval
from lnmbench.stats.discrimination import auc

FEWEST = 8
"""Cases of either class that must have a value: chance separates fewer too easily."""
EXACT = 1.0 - 1e-9
IMPLAUSIBLE = 0.90
IMPLAUSIBLE_LOW = 0.85
CHANCE = 1e-4
"""Probability below which it is no chance that all cases with a value are positive."""
MOST_PAIRED = 40
"""Variables whose differences are examined; more would take long."""

_FOLDS = 5
_FLOOR = 0.3


def find_signs(
    values: NDArray[np.float64], labels: NDArray[np.float64], *, nominal: bool
) -> LeakSigns:
    """Return how well a variable alone tells positive from negative cases.

    Parameters
    ----------
    values
        The variable, (n,), NaN if missing; for a nominal variable the index of the category.
    labels
        Labels of 0 and 1, (n,).
    nominal
        Whether categories have no order. They are scored by their share of positive cases in
        the other four fifths of the cases.

    Returns
    -------
    LeakSigns
        None and 0 where a class has too few cases.

    Examples
    --------
    >>> labels = np.repeat([0.0, 1.0], 10)
    >>> find_signs(labels * 3, labels, nominal=False).auc
    1.0
    """
    known = ~np.isnan(values)
    score, truth = values[known], labels[known]
    area, low, missing_area, missing_low = None, None, None, None
    if _has_both(truth):
        area, low = _separate(_encode(score, truth, nominal=nominal), truth)
    if _has_both(labels) and min(known.sum(), (~known).sum()) >= FEWEST:
        missing_area, missing_low = _separate(known.astype(float), labels)
    groups = _list_groups(score, nominal=nominal) if _has_both(truth) else []
    certain = [_count_certain(truth[group], truth) for group in groups]
    return LeakSigns(
        auc=area,
        low=low,
        missing_auc=missing_area,
        missing_low=missing_low,
        certain=max(certain, default=0),
        certain_known=_count_certain(labels[known], labels) if len(labels) > known.sum() else 0,
    )


def describe_signs(signs: LeakSigns) -> list[str]:
    """Return sentences on what is implausible for a variable that is known before surgery."""
    return [*describe_exact_signs(signs), *describe_implausible_signs(signs)]


def is_exact(signs: LeakSigns) -> bool:
    """Return whether the variable alone separates the classes without error."""
    return _is_exact(signs.auc)


def describe_exact_signs(signs: LeakSigns) -> list[str]:
    """Return sentences on a variable that determines the class, by its values or by having one."""
    sentences = []
    if is_exact(signs):
        sentences.append("alone separates all positive from all negative cases (AUC 1)")
    if _is_exact(signs.missing_auc):
        sentences.append("is known in one class and missing in the other")
    return sentences


def describe_implausible_signs(signs: LeakSigns) -> list[str]:
    """Return sentences on a variable that predicts the class better than is plausible."""
    sentences = []
    if signs.auc is not None and _is_implausible(signs.auc, signs.low):
        sentences.append(f"alone has an AUC of {_format(signs.auc)}")
    if signs.certain and not is_exact(signs):
        sentences.append(f"has a value with which all {signs.certain} cases are positive")
    if signs.missing_auc is not None and _is_implausible(signs.missing_auc, signs.missing_low):
        area = _format(signs.missing_auc)
        sentences.append(f"is missing by class: the AUC of having a value is {area}")
    elif signs.certain_known and not _is_exact(signs.missing_auc):
        sentences.append(f"is known in {signs.certain_known} cases, all of them positive")
    return sentences


def find_separating_pairs(
    variables: Mapping[str, NDArray[np.float64]], labels: NDArray[np.float64]
) -> list[tuple[str, str]]:
    """Return pairs of numbers whose difference separates the classes without error.

    Such are the numbers of examined and of negative nodes. At most `MOST_PAIRED` variables are
    examined.

    Parameters
    ----------
    variables
        Numbers by name, each (n,), NaN if missing; none that separates the classes alone.
    labels
        Labels of 0 and 1, (n,).
    """
    pairs = []
    names = list(variables)[:MOST_PAIRED]
    for first, second in combinations(names, 2):
        difference = variables[first] - variables[second]
        known = ~np.isnan(difference)
        negative, positive = (difference[known & (labels == label)] for label in (0, 1))
        if min(len(negative), len(positive)) < FEWEST:
            continue
        if negative.max() < positive.min() or positive.max() < negative.min():
            pairs.append((first, second))
    return pairs


def _has_both(labels: NDArray[np.float64]) -> bool:
    return min(int((labels == 0).sum()), int((labels == 1).sum())) >= FEWEST


def _separate(
    score: NDArray[np.float64], labels: NDArray[np.float64]
) -> tuple[float, float | None]:
    """Return the AUC in whichever direction, and for a high one the lower limit of its interval."""
    area = auc(labels, score)
    if area < 0.5:
        score, area = -score, 1.0 - area
    # the interval takes ten times as long as the AUC, and decides about high AUCs alone
    return area, delong_interval(labels, score).low if area >= IMPLAUSIBLE else None


def _encode(
    score: NDArray[np.float64], labels: NDArray[np.float64], *, nominal: bool
) -> NDArray[np.float64]:
    """Return a nominal variable as shares of positive cases, each from the other folds."""
    if not nominal:
        return score
    if auc(labels, shares(score, labels)) >= EXACT:
        return shares(score, labels)
    fold = np.zeros(len(labels), dtype=np.int64)
    for label in (0, 1):
        cases = np.flatnonzero(labels == label)
        fold[cases] = np.arange(len(cases)) % _FOLDS
    encoded = np.empty(len(labels))
    for number in range(_FOLDS):
        inside = fold == number
        for category in np.unique(score[inside]):
            others = labels[~inside & (score == category)]
            encoded[inside & (score == category)] = (others.sum() + labels.mean()) / (
                len(others) + 1
            )
    return encoded


def _list_groups(score: NDArray[np.float64], *, nominal: bool) -> list[NDArray[np.bool_]]:
    """Return the cases of each category; of numbers, those above a frequent lowest value."""
    if nominal:
        return [score == category for category in np.unique(score)]
    lowest, highest = score == score.min(), score == score.max()
    groups = [~lowest] if lowest.mean() >= _FLOOR else []
    return [*groups, ~highest] if highest.mean() >= _FLOOR else groups


def _count_certain(group: NDArray[np.float64], labels: NDArray[np.float64]) -> int:
    """Return the number of cases of a group if all are positive and this is no chance, else 0."""
    if not len(group) or group.min() == 0 or labels.min() == 1:
        return 0
    return len(group) if len(group) * math.log(labels.mean()) < math.log(CHANCE) else 0


def _is_exact(area: float | None) -> bool:
    return area is not None and area >= EXACT


def _is_implausible(area: float, low: float | None) -> bool:
    return IMPLAUSIBLE <= area < EXACT and low is not None and low >= IMPLAUSIBLE_LOW


def _format(number: float) -> str:
    return f"{number:.3f}".removeprefix("0")
