"""Losses of each fit over its own cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.nets.losses import (
    aux_losses,
    divide_by_counts,
    split_known_labels,
    target_losses,
)


class Regression:
    """An auxiliary task with the squared error; `wrong` returns a mean instead."""

    title, outputs = "size", 1

    def __init__(self, *, wrong: bool = False) -> None:
        self.wrong = wrong

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        losses = (logits.squeeze(-1) - targets).square()
        return losses.mean() if self.wrong else losses


def test_target_losses_are_summed_over_the_cases_of_each_fit() -> None:
    logits = torch.tensor([[[1.0], [-2.0], [9.0]], [[0.5], [9.0], [9.0]]])
    target = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    mask = torch.tensor([[True, True, False], [True, False, False]])
    expected = [
        functional.binary_cross_entropy_with_logits(
            logits[k, mask[k], 0], target[k, mask[k]], reduction="sum"
        )
        for k in range(2)
    ]
    torch.testing.assert_close(target_losses(logits, target, mask), torch.stack(expected))


def test_the_loss_of_several_outcomes_is_the_mean_over_those_that_are_known() -> None:
    generator = np.random.default_rng(1)
    logits, labels = generator.normal(size=(2, 5, 3)), generator.integers(0, 2, (2, 5, 3)) * 1.0
    labels[generator.random(labels.shape) < 0.3] = np.nan
    counted = generator.random((2, 5)) < 0.7
    losses = target_losses(*map(torch.as_tensor, (logits, labels, counted)))
    p = 1 / (1 + np.exp(-logits))
    by_outcome = np.where(labels == 1, -np.log(p), -np.log(1 - p))
    for fit in range(2):
        cases = [
            by_outcome[fit, case][~np.isnan(labels[fit, case])].mean()
            for case in np.flatnonzero(counted[fit])
            if not np.isnan(labels[fit, case]).all()
        ]
        assert float(losses[fit]) == pytest.approx(sum(cases))


def test_a_case_is_known_if_all_its_labels_are() -> None:
    labels, known = split_known_labels(torch.tensor([[1.0, 2.0], [math.nan, 3.0]]))
    assert labels.tolist() == [[1.0, 2.0], [0.0, 3.0]]
    assert known.tolist() == [True, False]


def test_of_several_labels_one_known_element_makes_a_case_known() -> None:
    targets = torch.tensor([[1.0, math.nan], [math.nan, math.nan], [0.0, 1.0]])
    labels, known = split_known_labels(targets, partial=True)
    assert known.tolist() == [True, False, True]
    assert labels[1:].tolist() == [[0.0, 0.0], [0.0, 1.0]]
    assert labels[0, 0] == 1.0
    assert bool(torch.isnan(labels[0, 1])), "the task's loss masks it"


def test_auxiliary_losses_are_means_over_counted_cases() -> None:
    logits = torch.tensor([[[1.0], [4.0]], [[7.0], [8.0]]])
    labels = torch.tensor([[3.0, 0.0], [0.0, 0.0]])
    counted = torch.tensor([[True, False], [False, False]])
    assert aux_losses(Regression(), logits, labels, counted).tolist() == [4.0, 0.0]
    with pytest.raises(ValueError, match="'size' returns losses of shape"):
        aux_losses(Regression(wrong=True), logits, labels, counted)


def test_a_fit_without_cases_has_a_mean_of_zero() -> None:
    assert divide_by_counts(torch.tensor([6.0, 0.0]), torch.tensor([3, 0])).tolist() == [2.0, 0.0]
