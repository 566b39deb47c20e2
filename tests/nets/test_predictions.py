"""Predictions of trained fits: requested cases, and cases without images."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.parallel import train
from lnmbench.nets.predictions import predict, predict_features
from lnmbench.nets.stacked.active_fits import StackState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training


POOLINGS = ("mean", "max", "attention", "gated_attention", "transformer")


def test_predictions_are_probabilities_where_requested_and_nan_elsewhere(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    fits = make_fits(range(4))
    inputs = make_inputs()
    results = train(inputs, fits, settings, sum_losses())
    assert {task: p.shape for task, p in results.probabilities.items()} == {
        "n2": (4, len(inputs.target), 1),
        "classes": (4, len(inputs.target), 3),
    }
    for probabilities in results.probabilities.values():
        predicted = fits.predicted.numpy()
        assert np.isnan(probabilities[~predicted]).all()
        assert ((probabilities[predicted] >= 0) & (probabilities[predicted] <= 1)).all()
    np.testing.assert_allclose(results.probabilities["classes"][predicted].sum(-1), 1.0, atol=1e-6)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_case_without_images_is_predicted_by_its_other_features(
    pooling: str,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    start_objective: Callable[..., tuple[StackedObjective, StackState]],
) -> None:
    """Masking the images of a tested case changes its prediction alone."""
    if pooling == "transformer" and not settings.layers:
        pytest.skip("the class token is one of the transformer layers")
    settings, fits = replace(settings, pooling=pooling), make_fits([0, 1])
    tested = (fits.predicted & ~fits.validation).any(0) & ~fits.training.any(0)
    missing = tested.nonzero().flatten().tolist()
    assert missing
    whole, state = start_objective(make_inputs(), fits, settings, sum_losses())
    masked, _ = start_objective(make_inputs(missing=missing), fits, settings, sum_losses())
    before, after = predict(whole, state), predict(masked, state)
    rest = ~np.isin(np.arange(len(tested)), missing)
    for task, values in after.items():
        np.testing.assert_allclose(values[:, rest], before[task][:, rest], atol=1e-5)
    assert np.isnan(after["classes"][:, missing]).all()
    features = predict_features(masked.model, state)
    assert np.abs(features[:, missing][fits.predicted[:, missing].numpy()]).max() == 0.0
    weight, bias = (state.values[f"target.{part}"].detach() for part in ("weight", "bias"))
    for fit in range(2):
        logits = weight[fit, 0, 8:] @ fits.clinical[fit, missing].mT + bias[fit, 0]
        predicted = after["n2"][fit, missing, 0]
        seen = fits.predicted[fit, missing].numpy()
        np.testing.assert_allclose(predicted[seen], logits.sigmoid().numpy()[seen], atol=1e-6)
