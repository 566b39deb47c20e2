"""The target itself as an auxiliary label: of one outcome, of several, of classes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from lnmbench_controls.oracle import Oracle

from lnmbench.testing import sample_cohort

COHORT = sample_cohort(4)
NAN = float("nan")


def test_without_a_target_no_label_is_known() -> None:
    assert np.isnan(Oracle().targets(COHORT)).all()


def test_a_binary_target_is_learned_by_its_cross_entropy() -> None:
    labels = np.array([1.0, 0.0, NAN, 1.0])
    oracle = Oracle().bind_target(labels, "binary")
    np.testing.assert_array_equal(oracle.targets(COHORT), labels)
    logits = torch.tensor([[0.3], [-1.0], [5.0], [2.0]])
    losses = oracle.loss(logits.expand(2, 4, 1), torch.tensor([1.0, 0.0, 0.0, 1.0]))
    assert losses.shape == (2, 4)
    expected = [np.log1p(np.exp(-0.3)), np.log1p(np.exp(-1.0)), None, np.log1p(np.exp(-2.0))]
    for loss, value in zip(losses[1].tolist(), expected, strict=True):
        assert value is None or loss == pytest.approx(value, abs=1e-6)
    assert oracle.probabilities(logits)[0, 0].item() == pytest.approx(1 / (1 + np.exp(-0.3)))


def test_unknown_outcomes_of_several_do_not_count() -> None:
    labels = np.array([[1.0, NAN, 0.0]] * 4)
    oracle = Oracle().bind_target(labels, "multilabel")
    assert (oracle.kind, oracle.outputs) == ("multilabel", 3)
    logits = torch.tensor([[0.0, 9.0, 0.0]] * 4, requires_grad=True)
    losses = oracle.loss(logits, torch.from_numpy(labels).float())
    np.testing.assert_allclose(losses.detach(), np.log(2.0), rtol=1e-6)
    torch.autograd.backward(losses.sum())
    assert logits.grad is not None
    assert logits.grad[:, 1].tolist() == [0.0] * 4


def test_a_target_of_classes_has_an_output_for_each() -> None:
    oracle = Oracle().bind_target(np.array([0.0, 3.0, NAN, 1.0]), "ordinal")
    assert oracle.outputs == 4
    logits = torch.zeros(4, 4)
    losses = oracle.loss(logits, torch.tensor([0.0, 3.0, 0.0, 1.0]))
    np.testing.assert_allclose(losses, np.log(4.0), rtol=1e-6)
    np.testing.assert_allclose(oracle.probabilities(logits).sum(-1), 1.0)
