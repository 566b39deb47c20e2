from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lnmbench.testing import check_contract, sample_cohort
from lnmbench.testing.network_checks import (
    check_encoder_batch_independence,
    check_encoder_eval_mode,
    check_encoder_output_shape,
    check_search_space,
    check_weighting_model_independence,
    check_weighting_shape,
)

COHORT = sample_cohort()


class Reducing:
    """An auxiliary task whose loss is one number."""

    title, kind, outputs = "reduces its loss", "continuous", 1

    def targets(self, cohort):
        return np.zeros(len(cohort))

    def notes(self, cohort):
        return ()

    def loss(self, logits, targets):
        return (logits[..., 0] - targets).square().mean()

    def probabilities(self, logits):
        return logits


def test_a_reduced_loss_is_found() -> None:
    with pytest.raises(AssertionError, match="do not reduce it"):
        check_contract("aux task", Reducing())


class BatchCentered(nn.Module):
    """Pixels less their maximum over the batch."""

    def forward(self, slices):
        return (slices - slices.max(0).values).flatten(1)[:, :4]


class Wrong:
    """An encoder in train mode whose features depend on the batch."""

    level, out_dim = "slice", 5

    def stages(self):
        return nn.Sequential(BatchCentered())


def test_each_fault_of_an_encoder_is_found_by_its_check() -> None:
    with pytest.raises(AssertionError, match=r"features have the shape \(3, 4\)"):
        check_encoder_output_shape(Wrong(), COHORT)
    with pytest.raises(AssertionError, match="not in eval mode"):
        check_encoder_eval_mode(Wrong(), COHORT)
    with pytest.raises(AssertionError, match="depend on the other slices"):
        check_encoder_batch_independence(Wrong(), COHORT)


class Averaged:
    """A weighting that averages over the models."""

    def initial_scalars(self, tasks):
        return (0.0,)

    def combine(self, losses, scalars):
        return losses.mean().expand(len(losses))

    def space(self):
        return {"alpha": []}


def test_a_weighting_that_mixes_models_is_found() -> None:
    check_weighting_shape(Averaged(), COHORT)
    with pytest.raises(AssertionError, match="depends on the other models"):
        check_weighting_model_independence(Averaged(), COHORT)


def test_an_empty_search_space_is_found() -> None:
    with pytest.raises(AssertionError, match="no values of alpha"):
        check_search_space(Averaged(), COHORT)
    check_search_space(torch.nn.Identity(), COHORT)
