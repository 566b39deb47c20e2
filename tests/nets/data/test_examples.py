"""Examples of auxiliary tasks that learn from images: their choice, bags and targets."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lnmbench.nets.data.examples import ExampleSet, ExampleTargets
from lnmbench.nets.data.packing import ChosenExamples, pack_steps
from lnmbench.records import Examples

CPU = torch.device("cpu")
OFFSETS = torch.tensor([0, 2, 5, 6])
CASE = np.array([2, 0, 0, 0])  # case 1 has no example


def make_examples(targets: NDArray[np.float64] | None = None) -> Examples:
    rows = np.array([[[5, -1], [5, -1]], [[0, 1], [1, -1]], [[1, -1], [0, -1]], [[0, -1], [0, 1]]])
    return Examples(case=CASE, rows=rows, targets=np.arange(4.0) if targets is None else targets)


def test_a_random_example_of_each_case_is_drawn_by_each_fit_alone() -> None:
    examples = ExampleSet([make_examples()], OFFSETS, [1, 2])
    drawn = torch.stack([torch.stack(examples.draw([0, 1])) for _ in range(300)])  # (300, 2, 1, 3)
    assert (drawn[..., 1] == -1).all()
    assert (drawn[..., 2] == 0).all()
    counts = torch.bincount(drawn[..., 0].flatten())
    assert counts[0] == 0
    assert (counts[1:] - 200).abs().max() < 50
    alone = ExampleSet([make_examples()], OFFSETS, [1, 2])
    assert torch.equal(
        torch.stack([alone.draw([1])[0] for _ in range(300)]), drawn[:, 1]
    )  # as if fit 0 had stopped


def test_predictions_are_those_of_a_fixed_example() -> None:
    examples = ExampleSet([make_examples(), make_examples()], OFFSETS, [1])
    (fixed,) = examples.evaluated([0])
    assert fixed.tolist() == [[1, -1, 0]] * 2


def test_bags_follow_the_cases_in_a_batch() -> None:
    examples = ExampleSet([make_examples()], OFFSETS, [1, 2])
    chosen = ChosenExamples(
        examples=examples, by_fit=[torch.tensor([[3, -1, 0]]), torch.tensor([[1, -1, 0]])]
    )
    (batch,) = pack_steps([[torch.tensor([0, 2]), torch.tensor([1])]], OFFSETS, CPU, chosen=chosen)
    assert batch.examples is not None
    assert batch.packing is not None
    assert batch.examples.tolist() == [[[3, 0], [-1, -1]]]
    assert batch.lists == 2 + 2 * 2
    values = torch.arange(6.0)[batch.packing.slice_rows].unsqueeze(2)  # each slice has its number
    means = batch.packing.average(values).squeeze(2)
    # cases 0 and 2, the bags [0] and [0, 1] of example 3, those of example 0; case 1 has no example
    assert means[0].tolist() == pytest.approx([0.5, 5.0, 0.0, 0.5, 5.0, 5.0])
    assert means[1].tolist() == pytest.approx([3.0, 0.0, 0.0, 0.0, 0.0, 0.0])


def test_continuous_targets_are_standardized_by_training_cases_and_restored() -> None:
    values = np.array([[7.0, 1.0], [1.0, 10.0], [3.0, 10.0], [8.0, 10.0]])
    training = torch.tensor([[True, True, False], [False, True, True]])
    targets = ExampleTargets(make_examples(values), training, CPU, continuous=True)
    examples = torch.tensor([[0, 1, -1], [3, 0, 0]])
    selected = targets.select(torch.tensor([0, 1]), examples)
    mean, deviation = values[1:].mean(0), values[1:].std(0)
    deviation[1] = 1.0  # a constant target is centered only
    expected = (values[[0, 1]] - mean) / deviation
    np.testing.assert_allclose(selected[0, :2], expected, rtol=1e-5)
    assert (selected[0, 2] == 0).all()
    np.testing.assert_allclose(selected[1], [[1.0, 9.0], [0, 0], [0, 0]], atol=1e-6)  # one example
    restored = targets.restore(torch.tensor([0, 1]), selected)
    np.testing.assert_allclose(restored[0, :2], values[[0, 1]], rtol=1e-5)
    np.testing.assert_allclose(targets.truth(examples)[1], values[[3, 0, 0]])
    assert targets.size == 2


def test_classes_stay_as_they_are() -> None:
    training = torch.ones(1, 3, dtype=torch.bool)
    targets = ExampleTargets(make_examples(), training, CPU, continuous=False)
    fit, examples = torch.tensor([0]), torch.tensor([[3, -1]])
    assert targets.select(fit, examples).tolist() == [[3.0, 0.0]]
    logits = torch.randn(1, 2, 4)
    assert torch.equal(targets.restore(fit, logits), logits)
    assert targets.size == 1
