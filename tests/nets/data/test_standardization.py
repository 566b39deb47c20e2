"""Standardization: exact, and fitted to training cases alone."""

from __future__ import annotations

import torch
from torch import Tensor

from lnmbench.nets.data.standardization import FeatureMoments, SliceFeatures, split_cases

LENGTHS = torch.tensor([2, 1, 3, 2, 4, 1])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
TRAINING = torch.tensor([[1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 0]], dtype=torch.bool)
CPU = torch.device("cpu")


def make_slices() -> Tensor:
    """Features of very different size, far from zero."""
    source = torch.Generator().manual_seed(1)
    spread = torch.logspace(-2, 2, 5)
    return torch.randn(int(OFFSETS[-1]), 5, generator=source) * spread + 30 * spread


def standardize(slices: Tensor) -> Tensor:
    features = SliceFeatures(slices, OFFSETS, CPU)
    mean, gain = features.standardization(TRAINING)
    return (features.values - mean[:, None]) * gain[:, None]


def test_features_have_mean_0_and_deviation_1_over_the_training_slices_of_each_fit() -> None:
    of_case = torch.repeat_interleave(torch.arange(6), LENGTHS)
    for fit, values in enumerate(standardize(make_slices())):
        training = values[TRAINING[fit][of_case]]
        torch.testing.assert_close(training.mean(0), torch.zeros(5), rtol=0, atol=1e-4)
        torch.testing.assert_close(training.std(0, correction=0), torch.ones(5), rtol=0, atol=1e-4)


def test_cases_outside_the_training_part_change_no_other_values() -> None:
    slices = make_slices()
    before = standardize(slices)
    slices[OFFSETS[4] :] = 1e3 * slices[OFFSETS[4] :] - 7  # cases 4 and 5; fit 0 trains on 0 to 3
    after = standardize(slices)
    others = slice(0, int(OFFSETS[4]))
    torch.testing.assert_close(after[0, others], before[0, others], rtol=1e-3, atol=1e-3)
    assert not torch.allclose(after[1, others], before[1, others], rtol=1e-2)


def test_a_feature_that_is_constant_up_to_rounding_has_no_gain() -> None:
    slices = make_slices().double()
    slices[:, 2] = 1.0
    center = torch.zeros(5, dtype=torch.float64)
    moments = FeatureMoments(OFFSETS, center=center)
    for cases, rows, case in split_cases(OFFSETS, 5):
        moments.add(cases, case, slices[rows])
    _, gain = moments.standardization(TRAINING)
    assert (gain == 0).tolist() == [[False, False, True, False, False]] * 2


def test_blocks_of_cases_are_whole() -> None:
    blocks = list(split_cases(OFFSETS, dim=1 << 15))  # four slices in a block
    assert [(cases.start, cases.stop) for cases, _, _ in blocks] == [
        *((0, 2), (2, 3), (3, 4), (4, 5), (5, 6)),
    ]
    assert [int(OFFSETS[cases.start]) for cases, _, _ in blocks] == [r.start for _, r, _ in blocks]
    assert blocks[0][2].tolist() == [0, 0, 1]
    (whole,) = split_cases(OFFSETS, dim=1 << 15, on_cpu=False)
    assert whole[1] == slice(0, int(OFFSETS[-1]))
    assert [len(case) for _, _, case in split_cases(OFFSETS, dim=1 << 20)] == LENGTHS.tolist()
