"""Features of the table are those of each fit, and 0 for a modality that a case lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from lnmbench.nets.case_features import TableFeatures
from lnmbench.nets.fits import Fits, ModalityInput

CPU = torch.device("cpu")


def test_features_are_those_of_each_fits_cases(
    make_fits: Callable[[Sequence[int]], Fits],
) -> None:
    fits = make_fits([3, 5, 8])
    cases = torch.tensor([[4, 0, 7], [7, 7, 1]])
    selected = TableFeatures(fits, CPU).select(torch.tensor([2, 0]), cases)
    for row, fit in enumerate((2, 0)):
        assert torch.equal(selected.clinical[row], fits.clinical[fit, cases[row]])
    assert selected.present.shape == (2, 3, 0)
    assert torch.equal(selected.join(), selected.clinical)


def test_a_modality_is_zero_for_cases_without_it(
    make_fits: Callable[[Sequence[int]], Fits],
) -> None:
    fits = make_fits([3])
    present = torch.arange(fits.training.shape[1]) % 2 == 0
    features = torch.full((1, len(present), 4), 2.0)
    modality = ModalityInput(name="blood", features=features, present=present)
    table = TableFeatures(replace(fits, modalities=(modality,)), CPU)
    selected = table.select(torch.tensor([0]), torch.tensor([[0, 1, 2]]))
    assert selected.present[0, :, 0].tolist() == [1.0, 0.0, 1.0]
    (blood,) = selected.modalities
    assert torch.equal(blood[0], torch.tensor([2.0, 0.0, 2.0])[:, None].expand(3, 4))
    assert selected.join().shape == (1, 3, fits.clinical.shape[2] + 4)
