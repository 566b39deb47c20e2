"""Each fit stops by its own losses and keeps the weights of its best epoch."""

from __future__ import annotations

import math

import torch

from lnmbench.nets.early_stopping import BestWeights


def test_a_fit_stops_after_patience_epochs_without_a_lower_loss() -> None:
    best = BestWeights(torch.zeros(2, 3), patience=2)
    losses = [[3.0, 1.0], [2.0, 1.0], [2.5, 5.0]]
    stopped = [
        best.update(
            [0, 1],
            torch.full((2, 3), float(epoch)),
            torch.tensor(values),
            epoch,
            torch.tensor([True, True]),
        )
        for epoch, values in enumerate(losses, start=1)
    ]
    assert stopped == [[], [], [1]]
    # fit 1 has been removed: its row is gone
    assert (
        best.update([0], torch.full((1, 3), 4.0), torch.tensor([1.5]), 4, torch.tensor([True]))
        == []
    )
    assert best.epoch.tolist() == [4, 1]
    assert best.epochs.tolist() == [4, 3]
    assert best.loss.tolist() == [1.5, 1.0]
    assert best.weights.tolist() == [[4.0] * 3, [1.0] * 3]


def test_a_fit_without_a_finite_loss_keeps_its_initial_weights() -> None:
    best = BestWeights(torch.ones(1, 2), patience=1)
    assert best.update(
        [0], torch.zeros(1, 2), torch.tensor([math.nan]), 1, torch.tensor([True])
    ) == [0]
    assert best.epoch.tolist() == [0]
    assert best.loss.tolist() == [math.inf]
    assert best.weights.tolist() == [[1.0, 1.0]]


def test_epochs_without_the_target_do_not_count() -> None:
    best = BestWeights(torch.zeros(1, 2), patience=2)
    losses = [0.1, 0.1, 0.1, 0.9, 0.8, 0.85, 0.9]
    trained = [epoch > 3 for epoch in range(1, 8)]
    stopped = [
        best.update([0], torch.full((1, 2), float(i)), torch.tensor([loss]), i, torch.tensor([on]))
        for i, (loss, on) in enumerate(zip(losses, trained, strict=True), start=1)
    ]
    assert stopped == [[], [], [], [], [], [], [0]]
    assert best.epoch.tolist() == [5]
    assert best.weights.tolist() == [[5.0, 5.0]]
