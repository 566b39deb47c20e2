"""Intercepts of the target's head, fitted exactly at the end of training.

At the small learning rate that the heads need, the bias of the target's head does not arrive at the
prevalence within a training, so that probabilities would be too high or too low on average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from lnmbench.nets.objective import StackedObjective
    from lnmbench.nets.stacked.active_fits import StackState

_STEPS = 60
_MARGIN = 16.0
"""Logits beyond all others that the search includes: a prevalence of 1e-7 either way."""


@torch.no_grad()
def fit_intercepts(objective: StackedObjective, state: StackState) -> None:
    """Fit the intercepts of the target's head to each fit's labeled training cases, in place.

    Parameters
    ----------
    objective
        The fits, with their labels.
    state
        The parameters of all K fits at the end of training.
    """
    model = objective.model
    logits, labels, counted = [], [], []
    for batch in model.evaluation_batches(objective.training_cases):
        logits.append(model.target_logits(state, batch))  # (K, B, m)
        truth, is_counted = objective.target_labels(batch)
        truth = truth.view_as(logits[-1])
        labels.append(torch.nan_to_num(truth))
        counted.append(is_counted.unsqueeze(2) & ~torch.isnan(truth))
    bias = state.values["target.bias"]  # (K, m)
    # each outcome as a fit of its own; on the CPU: some devices have no float64
    parts = (torch.cat(x, 1).mT.flatten(0, 1).cpu() for x in (logits, labels, counted))
    fitted = bias.cpu().double() + fit_intercept_shifts(*parts).view_as(bias)
    bias.copy_(fitted.to(bias.dtype))


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
