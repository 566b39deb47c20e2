"""Intercepts of the target's head, fitted exactly at the end of training.

At the small learning rate that the heads need, the bias of the target's head does not arrive at the
prevalence within a training, so that probabilities would be too high or too low on average.
"""

from __future__ import annotations

import torch
from torch import Tensor

_STEPS = 60
_MARGIN = 16.0
"""Logits beyond all others that the search includes: a prevalence of 1e-7 either way."""


def fit_intercept_shifts(logits: Tensor, labels: Tensor, counted: Tensor) -> Tensor:
    """Return the change of each fit's intercept that makes its mean probability the prevalence.

    It is the maximum-likelihood estimate of the intercept with all other weights fixed, as in the
    recalibration of a logistic model (Steyerberg 2019, chapter 15). Where all labels are equal,
    half a case counts as the other class. Computed by bisection in float64.

    Parameters
    ----------
    logits
        Logits of the target, (K, B).
    labels
        Labels 0 and 1, (K, B).
    counted
        Whether a case counts, bool (K, B).

    Returns
    -------
    Tensor
        (K,), float64; 0 for a fit without cases or with logits that are not finite.
    """
    counts = counted.sum(1).double()  # (K,)
    positives = (labels.double() * counted).sum(1)  # (K,)
    positives = torch.minimum(positives.clamp(min=0.5), counts - 0.5)
    values = torch.where(counted, logits.double(), 0.0)  # (K, B)
    high = values.abs().amax(1) + _MARGIN  # (K,)
    low = -high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        expected = (torch.sigmoid(values + middle[:, None]) * counted).sum(1)  # (K,)
        too_high = expected > positives
        low, high = torch.where(too_high, low, middle), torch.where(too_high, middle, high)
    defined = (counts > 0) & values.isfinite().all(1)
    return torch.where(defined, (low + high) / 2, 0.0)
