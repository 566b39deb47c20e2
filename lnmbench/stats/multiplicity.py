"""Correction of p values for multiple tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_finite


def holm(pvalues: ArrayLike) -> NDArray[np.float64]:
    """Return p values adjusted by Holm's method, which controls the family-wise error rate.

    The i-th smallest of m becomes max over j ≤ i of min(1, (m − j + 1) · p_(j)), valid under any
    dependence (Holm 1979).

    Parameters
    ----------
    pvalues
        P values of a family, (m,), in any order.

    Returns
    -------
    ndarray
        Adjusted p values in the same order, (m,).

    Raises
    ------
    ValueError
        For NaN and for values outside [0, 1].

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    from statsmodels.stats.multitest import multipletests

    p = require_finite(pvalues, "p values", at_least=0)
    if p.size == 0:
        return p
    if p.min() < 0.0 or p.max() > 1.0:
        raise ValueError(f"p values: expected within [0, 1], got {p.min()} to {p.max()}")
    return np.asarray(multipletests(p, method="holm")[1], dtype=np.float64)
