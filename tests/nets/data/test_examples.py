"""Examples of auxiliary tasks that learn from images: their choice, bags and targets."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lnmbench.nets.data.examples import ExampleSet, ExampleTargets, TargetScale
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


def test_means_over_bags_are_the_same_without_blocks() -> None:
    examples = ExampleSet([make_examples(), make_examples()], OFFSETS, [1, 2])
    cases = [[torch.tensor([2, 0, 1]), torch.tensor([1])]]
    batches = [
        next(
            iter(
                pack_steps(
                    cases,
                    OFFSETS,
                    CPU,
                    chosen=ChosenExamples(
                        examples=examples,
                        by_fit=[torch.tensor([[3, -1, 0], [1, -1, 0]])] * 2,
                        attention=attention,
                    ),
                )
            )
        )
        for attention in (True, False)
    ]
    values, means = torch.randn(6, 4, dtype=torch.float64).float(), []
    for batch in batches:
        assert batch.packing is not None
        assert batch.lists == 3 + 3 * 4
        tokens = values[batch.packing.slice_rows].requires_grad_()
        means.append(batch.packing.average(tokens))
        (gradient,) = torch.autograd.grad(means[-1].square().sum(), tokens)
        assert (gradient[~batch.packing.token_mask] == 0).all()
    torch.testing.assert_close(means[0], means[1])
    columns = batches[1].packing.list_columns() if batches[1].packing is not None else []
    assert [c.tolist() for c in columns] == [list(range(15)), [0, 3, 4, 5, 6]]


def test_continuous_targets_are_standardized_by_training_cases_and_restored() -> None:
    values = torch.tensor([[7.0, 1.0], [1.0, 10.0], [3.0, 10.0], [8.0, 10.0], [torch.nan, 0.0]])
    training = torch.tensor([[False, True, True, True, True], [True, False, False, False, True]])
    scale, fits = TargetScale(values, training, CPU), torch.tensor([0, 1])
    selected = scale.standardize(fits, values[:2].expand(2, 2, 2))
    mean, deviation = values[1:4].mean(0), values[1:4].std(0, correction=0)
    deviation[1] = 1.0  # a constant target is centered only
    torch.testing.assert_close(selected[0], (values[:2] - mean) / deviation)
    torch.testing.assert_close(selected[1], torch.tensor([[0.0, 0.0], [-6.0, 9.0]]))  # one case
    torch.testing.assert_close(scale.restore(fits, selected), values[:2].expand(2, 2, 2))


def test_targets_are_those_of_the_examples() -> None:
    targets = ExampleTargets(make_examples(np.arange(8.0).reshape(4, 2)), CPU)
    examples = torch.tensor([[3, -1]])
    assert targets.select(examples).tolist() == [[[6.0, 7.0], [0.0, 0.0]]]
    assert targets.flatten(torch.tensor([[2]])).tolist() == [[[4.0, 5.0]]]
    assert targets.size == 2
    classes = ExampleTargets(make_examples(), CPU)
    assert classes.select(examples).tolist() == [[3.0, 0.0]]
    assert classes.size == 1
