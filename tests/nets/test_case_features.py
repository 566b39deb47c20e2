"""Features of the table are those of each fit, and 0 for a modality that a case lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch

from lnmbench.nets.case_features import CaseFeatures, TableFeatures
from lnmbench.nets.fits import Fits, ModalityInput
from lnmbench.nets.stacked.dropout import DropoutMask, DropoutSampler

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


def draw_mask(rate: float, modalities: int) -> DropoutMask:
    """The dropout of 4000 cases of a fit."""
    return DropoutSampler(torch.tensor([rate]), [4], CPU).draw(
        torch.tensor([0]), 0, 4000, modalities
    )


def make_features(present: list[float], *, clinical: int, all_droppable: bool) -> CaseFeatures:
    """Features of 4000 cases with the same modalities."""
    return CaseFeatures(
        clinical=torch.zeros(1, 4000, clinical),
        present=torch.tensor(present).expand(1, 4000, -1),
        all_droppable=all_droppable,
    )


def test_modality_dropout_omits_whole_modalities_of_a_case() -> None:
    features = make_features([1.0, 1.0], clinical=3, all_droppable=True)
    assert torch.equal(features.draw_shares(DropoutMask()), features.present)
    shares = features.draw_shares(draw_mask(0.25, 2))[0]
    omitted = shares == 0
    assert omitted.float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert omitted.all(1).float().mean().item() == pytest.approx(0.25**2, abs=0.02)
    torch.testing.assert_close(shares[~omitted], torch.full_like(shares[~omitted], 1 / 0.75))


@pytest.mark.parametrize(
    "present", [[1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [0.0, 0.0]]
)
def test_a_case_without_clinical_features_keeps_a_modality(present: list[float]) -> None:
    features = make_features(present, clinical=0, all_droppable=False)
    shares = features.draw_shares(draw_mask(0.5, len(present)))[0]
    assert bool((shares > 0).any(1).all()) == any(present)
    torch.testing.assert_close(shares.mean(0), torch.tensor(present), rtol=0, atol=0.06)
    count = int(sum(present))
    if count > 1:
        remaining = (shares > 0).float().sum(0) / len(shares)
        expected = torch.tensor(present) * (0.5 + 0.5**count)
        torch.testing.assert_close(remaining, expected, rtol=0, atol=0.03)


def test_images_are_a_modality_that_dropout_may_omit_unless_they_are_alone(
    make_fits: Callable[[Sequence[int]], Fits],
) -> None:
    fits = make_fits([3])
    n = fits.training.shape[1]
    modality = ModalityInput(
        name="blood", features=torch.zeros(1, n, 4), present=torch.ones(n, dtype=torch.bool)
    )
    no_clinical = replace(fits, clinical=torch.zeros(1, n, 0))
    has_images = torch.arange(n) != 1
    for chosen, images, droppable, all_droppable in (
        (fits, None, 0, True),
        (fits, has_images, 1, True),
        (no_clinical, has_images, 0, False),
        (replace(fits, modalities=(modality,)), has_images, 2, True),
        (replace(no_clinical, modalities=(modality,)), has_images, 2, False),
        (replace(no_clinical, modalities=(modality,)), None, 1, True),
    ):
        table = TableFeatures(chosen, CPU, images)
        assert table.droppable == droppable
        selected = table.select(torch.tensor([0]), torch.tensor([[0, 1]]))
        assert selected.all_droppable is all_droppable
        if images is not None:
            assert selected.present[0, :, -1].tolist() == [1.0, 0.0]
