"""Choice of the labels that an auxiliary task keeps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Label

STRATA = 5
"""Groups of about equal size in which the labels of a number are kept."""


def choose_stratified(
    targets: NDArray[np.float64], kind: Label, share: float, seed: int
) -> NDArray[np.bool_]:
    """Return which of some labels are kept, the same share in each stratum.

    A stratum is a class, a set of classes or of signs, or a fifth of the numbers. Each label has a
    random place in its stratum, and those with the first places are kept, so that a smaller share
    of one seed is part of a larger one.

    Parameters
    ----------
    targets
        Known labels, (n, …).
    kind
        The kind of the label.
    share
        The share to keep; at least one label is kept.
    seed
        The seed of the places.

    Returns
    -------
    array
        bool (n,), of which round(share · n) are true.
    """
    n = len(targets)
    if share >= 1.0 or not n:
        return np.ones(n, dtype=np.bool_)
    strata = _find_strata(targets, kind)
    random = np.random.default_rng(seed)
    places = np.empty(n)
    for stratum in np.unique(strata):
        members = random.permutation(np.flatnonzero(strata == stratum))
        places[members] = (np.arange(len(members)) + random.random()) / len(members)
    chosen = np.zeros(n, dtype=np.bool_)
    chosen[np.argsort(places, kind="stable")[: max(1, round(share * n))]] = True
    return chosen


def _find_strata(targets: NDArray[np.float64], kind: Label) -> NDArray[np.int64]:
    rows = targets.reshape(len(targets), -1)
    if kind == "mask":
        return np.zeros(len(rows), dtype=np.int64)
    if kind == "continuous":
        ranks = np.argsort(np.argsort(rows[:, 0], kind="stable"), kind="stable")
        return ranks * STRATA // len(rows)
    _, strata = np.unique(np.nan_to_num(rows, nan=-1.0), axis=0, return_inverse=True)
    return strata.reshape(-1)
