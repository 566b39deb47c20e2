"""Predictions with permuted inputs, against fits that are trained on permuted data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from lnmbench.nets.fits import Fits, ModalityInput, Permutations, PermutedInput
from lnmbench.nets.inputs import Inputs, SliceInputs, forget_labels
from lnmbench.nets.parallel import train
from lnmbench.records import Training

INPUTS = (
    PermutedInput(columns=(1,)),
    PermutedInput(columns=(0, 2), modality=0),
    PermutedInput(modality=0),
    PermutedInput(images=True),
)


def permute_cases(inputs: Inputs, source: Tensor) -> Inputs:
    """Return the inputs with the slices of other cases."""
    slices = inputs.slices
    assert slices is not None
    parts = [slices.features[slices.offsets[i] : slices.offsets[i + 1]] for i in source]
    lengths = torch.tensor([0, *map(len, parts)])
    moved = SliceInputs(features=torch.cat(parts), offsets=lengths.cumsum(0))
    return replace(inputs, slices=moved, aux=forget_labels(inputs.aux, moved.has_slices))


@pytest.mark.parametrize("missing", [(), range(0, 40, 3)], ids=["images", "images of some"])
def test_each_input_is_exchanged_between_the_tested_cases_alone(
    missing: Sequence[int],
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    sum_losses: type,
    settings: Training,
) -> None:
    inputs, fits = make_inputs(missing=missing), make_fits([1])
    n = len(inputs.target)
    random = torch.Generator().manual_seed(5)
    modality = ModalityInput(
        name="blood",
        features=torch.randn(1, n, 4, generator=random),
        present=torch.rand(n, generator=random) < 0.7,
    )
    fits = replace(fits, modalities=(modality,))
    tested = fits.predicted & ~fits.validation
    sources = torch.arange(n).repeat(3, 1, 1)  # (P, K, n)
    cases = tested[0].nonzero().flatten()
    for number in range(3):
        sources[number, 0, cases] = cases[torch.randperm(len(cases), generator=random)]
    permutations = Permutations(tested=tested, sources=sources, inputs=INPUTS, width=len(cases) + 2)
    whole = train(inputs, replace(fits, permutations=permutations), settings, sum_losses())
    plain = train(inputs, fits, settings, sum_losses())
    np.testing.assert_array_equal(whole.probabilities["n2"], plain.probabilities["n2"])
    assert plain.permuted is None
    assert whole.permuted is not None
    assert whole.permuted.shape == (1, 4, 3, len(cases) + 2, 1)
    assert np.isnan(whole.permuted[:, :, :, len(cases) :]).all()
    for number in range(3):
        source = sources[number, 0]
        clinical = fits.clinical.clone()
        clinical[:, :, 1] = clinical[:, source, 1]
        columns = modality.features.clone()
        columns[:, :, [0, 2]] = columns[:, source][:, :, [0, 2]]
        moved = replace(
            modality, features=modality.features[:, source], present=modality.present[source]
        )
        changed = [
            (inputs, replace(fits, clinical=clinical)),
            (inputs, replace(fits, modalities=(replace(modality, features=columns),))),
            (inputs, replace(fits, modalities=(moved,))),
            (permute_cases(inputs, source), fits),
        ]
        for position, (other_inputs, other_fits) in enumerate(changed):
            expected = train(other_inputs, other_fits, settings, sum_losses())
            np.testing.assert_allclose(
                whole.permuted[0, position, number, : len(cases)],
                expected.probabilities["n2"][0, cases],
                atol=2e-6,
                err_msg=str(position),
            )


def test_fits_of_several_stacks_keep_their_own_permutations(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    sum_losses: type,
    settings: Training,
) -> None:
    inputs, fits = make_inputs(slices=False), make_fits([1, 2, 3])
    tested = fits.predicted & ~fits.validation
    sources = torch.arange(len(inputs.target)).repeat(2, 3, 1)
    for fit in range(3):
        cases = tested[fit].nonzero().flatten()
        sources[0, fit, cases] = cases.flip(0)
    permutations = Permutations(
        tested=tested, sources=sources, inputs=INPUTS[:1], width=int(tested.sum(1).max())
    )
    fits = replace(fits, permutations=permutations)
    whole = train(inputs, fits, settings, sum_losses()).permuted
    assert whole is not None
    for fit in range(3):
        alone = train(inputs, fits.select([fit]), settings, sum_losses())
        assert alone.permuted is not None
        np.testing.assert_allclose(whole[fit], alone.permuted[0], atol=1e-4)
        cases = tested[fit].nonzero().flatten()
        unchanged = alone.probabilities["n2"][0, cases]
        np.testing.assert_allclose(alone.permuted[0, 0, 1, : len(cases)], unchanged, atol=1e-6)
        assert not np.allclose(alone.permuted[0, 0, 0, : len(cases)], unchanged, atol=1e-6)
