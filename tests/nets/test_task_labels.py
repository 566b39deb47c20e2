"""Labels of auxiliary tasks count where they are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional

from lnmbench.nets.inputs import AuxInput
from lnmbench.nets.parallel import train

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Cohort, Label, Training


class Elements:
    """Two labels, each with unknown cases."""

    title, outputs = "two labels", 2
    kind: Label = "multilabel"

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        raise NotImplementedError

    def notes(self, cohort: Cohort) -> Sequence[str]:
        return ()

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        known = ~torch.isnan(targets)
        losses = functional.binary_cross_entropy_with_logits(
            logits, torch.where(known, targets, 0.0), reduction="none"
        )
        return (losses * known).sum(-1) / known.sum(-1).clamp(min=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        return logits.sigmoid()


def test_an_element_is_learned_from_the_cases_in_which_it_is_known(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(), replace(make_fits(range(4)), loss_weights=None)
    targets = torch.stack([inputs.target, torch.ones_like(inputs.target)], dim=1)  # (n, 2)
    targets[::3, 0] = torch.nan
    targets[1::3, 1] = torch.nan  # the second label is positive wherever it is known
    several = AuxInput(name="several", task=Elements(), targets=targets)
    results = train(replace(inputs, aux=(several,)), fits, settings, sum_losses())
    probabilities = results.probabilities["several"]
    predicted = fits.predicted.numpy()
    assert np.isfinite(probabilities[predicted]).all()
    assert (probabilities[predicted][:, 1] > 0.5).mean() > 0.9
    truth = inputs.target.expand(len(fits), -1).numpy()[predicted]
    assert roc_auc_score(truth, probabilities[predicted][:, 0]) > 0.75
