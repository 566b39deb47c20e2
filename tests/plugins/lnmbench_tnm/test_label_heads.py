from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from lnmbench_tnm.label_heads import (
    BinaryElements,
    BinaryLabel,
    Classes,
    LabelHead,
    Measurement,
    OrderedClasses,
)
from scipy.special import expit
from torch.nn import functional

LOGITS = torch.randn(40, 5, generator=torch.Generator().manual_seed(0))
SETS = torch.eye(5)[torch.arange(40) % 5]


def test_ordered_classes_are_a_cumulative_link_model() -> None:
    p = OrderedClasses(5).probabilities(LOGITS).numpy()
    z = LOGITS.numpy().astype(float)
    thresholds = np.cumsum(np.log1p(np.exp(z[:, 1:-1])) + 1e-3, axis=1)
    thresholds = np.concatenate([np.zeros((40, 1)), thresholds], axis=1)
    thresholds -= thresholds.mean(axis=1, keepdims=True)
    at_most = expit(thresholds - z[:, :1])  # P(class <= k)
    expected = np.diff(np.concatenate([np.zeros((40, 1)), at_most, np.ones((40, 1))], axis=1))
    np.testing.assert_allclose(p, expected, atol=2e-6)
    assert (np.diff(np.cumsum(p, axis=1)) > 0).all(), "ranks are consistent"


def test_a_greater_score_means_a_higher_class() -> None:
    scores = torch.linspace(-4, 4, 9)
    logits = torch.zeros(9, 5)
    logits[:, 0] = scores
    mean_class = (OrderedClasses(5).probabilities(logits) * torch.arange(5)).sum(-1)
    assert (mean_class.diff() > 0).all()
    assert mean_class[4] == pytest.approx(2.0, abs=1e-5), "at 0 the classes are symmetric"


@pytest.mark.parametrize("head", [Classes(5), OrderedClasses(5)])
def test_the_loss_of_a_set_is_minus_log_of_its_probability(head: LabelHead) -> None:
    sets = SETS.clone()
    sets[::3] = torch.tensor([0.0, 1, 1, 0, 0])
    chance = (head.probabilities(LOGITS) * sets).sum(-1)
    torch.testing.assert_close(head.loss(LOGITS, sets), -chance.log())


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_losses_of_ordered_classes_stay_finite(scale: float) -> None:
    logits = (scale * LOGITS).requires_grad_()
    targets = SETS.clone()
    targets[0] = 0.0
    losses = OrderedClasses(5).loss(logits, targets)
    losses.sum().backward()
    assert torch.isfinite(losses).all()
    assert losses[0].abs() < 1e-3 * scale
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_smoothed_labels_are_soft_labels_of_the_neighbors() -> None:
    soft = torch.zeros(5, 5)
    for k in range(5):
        neighbors = [j for j in (k - 1, k + 1) if 0 <= j < 5]
        soft[k, k] = 0.8
        soft[k, neighbors] = 0.2 / len(neighbors)
    expected = functional.cross_entropy(LOGITS, soft[torch.arange(40) % 5], reduction="none")
    losses = Classes(5, smoothing=0.2).loss(LOGITS, SETS)
    torch.testing.assert_close(losses, expected)
    everything = torch.ones(40, 5)
    torch.testing.assert_close(
        Classes(5, smoothing=0.2).loss(LOGITS, everything), torch.zeros(40), atol=1e-5, rtol=0
    )


def test_elements_are_averaged_over_those_that_are_known() -> None:
    targets = torch.randint(0, 2, (40, 5), generator=torch.Generator().manual_seed(1)).float()
    targets[::2, 1:4] = math.nan
    targets[5] = math.nan
    logits = LOGITS.clone().requires_grad_()
    losses = BinaryElements(5).loss(logits, targets)
    losses.sum().backward()
    for case in range(40):
        known = ~torch.isnan(targets[case])
        expected = functional.binary_cross_entropy_with_logits(
            LOGITS[case, known], targets[case, known]
        )
        assert losses[case].item() == pytest.approx(expected.item() if known.any() else 0.0)
    assert logits.grad is not None
    assert (logits.grad[torch.isnan(targets)] == 0).all(), "an unknown element has no gradient"
    assert (logits.grad[~torch.isnan(targets)] != 0).all()


def test_one_logit_for_a_binary_label_and_for_a_number() -> None:
    values = (torch.arange(40) % 2).float()
    logits = 3 * LOGITS[:, :1]
    expected = functional.binary_cross_entropy_with_logits(logits[:, 0], values, reduction="none")
    torch.testing.assert_close(BinaryLabel().loss(logits, values), expected)
    errors = (logits[:, 0] - values).abs()
    huber = torch.where(errors < 1, errors.square() / 2, errors - 0.5)
    torch.testing.assert_close(Measurement().loss(logits, values), huber)
    torch.testing.assert_close(Measurement().probabilities(logits), logits)
