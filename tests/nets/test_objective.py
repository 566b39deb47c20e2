"""Losses of a stack: auxiliary tasks, weights of losses, labels and examples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lnmbench.nets.parallel import train
from lnmbench.records import Examples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training


class Uncertainty:
    """Learns a log-variance for each task of each fit (Kendall, Gal & Cipolla 2018)."""

    def __init__(self) -> None:
        self.scalars: list[Tensor] = []

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        return [0.5] * len(tasks)

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        self.scalars.append(scalars.detach().clone())
        return (torch.exp(-scalars) * losses + scalars).sum(1)


def without_loss_weights(fits: Fits) -> Fits:
    return replace(fits, loss_weights=None)


def test_auxiliary_weight_zero_is_single_task(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    fits = without_loss_weights(make_fits(range(6)))
    single = train(make_inputs(aux=False), fits, settings, sum_losses())
    weightless = train(make_inputs(), fits, settings, sum_losses(aux=0.0))
    weighted = train(make_inputs(), fits, settings, sum_losses(aux=1.0))
    np.testing.assert_allclose(
        weightless.probabilities["n2"], single.probabilities["n2"], rtol=0, atol=1e-6
    )
    assert np.nanmax(np.abs(weighted.probabilities["n2"] - single.probabilities["n2"])) > 1e-3


def test_a_loss_weight_of_each_fit_acts_on_that_fit(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
) -> None:
    fits = replace(make_fits([0, 1]), loss_weights=torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
    mixed = train(make_inputs(), fits, settings, sum_losses())
    off = train(make_inputs(), without_loss_weights(fits), settings, sum_losses(aux=0.0))
    on = train(make_inputs(), without_loss_weights(fits), settings, sum_losses())
    assert_same_fit(mixed, 0, off, 0, atol=1e-6)
    assert_same_fit(mixed, 1, on, 1, atol=1e-6)


def test_one_outcome_trains_as_a_binary_target_does(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
) -> None:
    inputs, fits = make_inputs(), make_fits(range(2))
    binary = train(inputs, fits, settings, sum_losses())
    column = replace(inputs, target=inputs.target.unsqueeze(1))
    results = train(column, fits, settings, sum_losses())
    for fit in range(2):
        assert_same_fit(results, fit, binary, fit, atol=1e-5)


def test_learned_weights_are_learned_by_each_fit_for_itself(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
) -> None:
    weighting = Uncertainty()
    train(
        make_inputs(),
        without_loss_weights(make_fits([0, 1])),
        replace(settings, patience=9),
        weighting,
    )
    assert weighting.scalars[0].tolist() == [[0.5, 0.5]] * 2
    moved = weighting.scalars[-1]
    assert (moved != 0.5).all()
    assert (moved[0] != moved[1]).all()


def test_a_case_without_the_target_does_not_count_in_its_loss(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    """Each fit has one batch, in which half of the cases are unlabeled or absent."""
    whole = replace(
        settings, batch_size=64, dropout=0.0, feature_penalty=0.0, max_epochs=4, patience=4
    )
    fits = replace(without_loss_weights(make_fits(range(4))), dropout=None, feature_penalty=None)
    inputs = make_inputs(slices=False)
    validated = fits.validation.any(0)
    unlabeled = ~validated & (torch.arange(len(validated)) % 2 == 0)
    assert (fits.training & unlabeled).any(1).all()
    target = inputs.target.masked_fill(unlabeled, torch.nan)
    absent = replace(fits, training=fits.training & ~unlabeled)

    results = train(replace(inputs, target=target), fits, whole, sum_losses(aux=0.0))
    expected = train(inputs, absent, whole, sum_losses(aux=0.0))
    np.testing.assert_allclose(
        results.probabilities["n2"], expected.probabilities["n2"], rtol=0, atol=1e-5
    )
    for epoch, other in zip(results.history, expected.history, strict=True):
        assert epoch.training_loss == pytest.approx(other.training_loss, abs=1e-5)

    taught = train(replace(inputs, target=target), fits, whole, sum_losses(aux=1.0))
    untaught = train(inputs, absent, whole, sum_losses(aux=1.0))
    differences = taught.probabilities["classes"] - untaught.probabilities["classes"]
    assert np.nanmax(np.abs(differences)) > 1e-3


def test_a_fit_is_validated_on_cases_with_the_target(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(), make_fits([0])
    target = inputs.target.masked_fill(fits.validation[0], torch.nan)
    with pytest.raises(ValueError, match="validated on cases whose target is unknown"):
        train(replace(inputs, target=target), fits, settings, sum_losses())


def own_slices(inputs: Inputs, *, extra: bool = False) -> Examples:
    """The slices of each labeled case as the one bag of its example, or with all others, too."""
    assert inputs.slices is not None
    offsets, labels = inputs.slices.offsets, inputs.aux[0].targets
    case = (~torch.isnan(labels)).nonzero().flatten()
    rows = torch.full((len(case), 2 if extra else 1, int(offsets.diff().max())), -1)
    for example, number in enumerate(case.tolist()):
        slices = torch.arange(int(offsets[number]), int(offsets[number + 1]))
        rows[example, :, : len(slices)] = slices
    return Examples(case=case.numpy(), rows=rows.numpy(), targets=labels[case].double().numpy())


def with_examples(inputs: Inputs, examples: Examples, **changes: object) -> Inputs:
    task = replace(inputs.aux[0], examples=examples, **changes)  # type: ignore[arg-type]
    return replace(inputs, aux=(task,))


def without_dropout(fits: Fits) -> Fits:
    zero = torch.zeros(len(fits))
    return replace(fits, dropout=zero, feature_penalty=zero)


def test_examples_of_a_cases_own_slices_train_as_its_label_does(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(), without_dropout(make_fits(range(4)))
    by_label = train(inputs, fits, settings, sum_losses())
    by_example = train(with_examples(inputs, own_slices(inputs)), fits, settings, sum_losses())
    for task, atol in (("n2", 1e-4), ("classes", 1e-4)):
        predicted = by_example.probabilities[task][..., : by_label.probabilities[task].shape[2]]
        known = ~np.isnan(predicted)
        assert known.any()
        np.testing.assert_allclose(
            predicted[known], by_label.probabilities[task][known], rtol=0, atol=atol
        )
    truth = by_example.probabilities["classes"][..., -1]
    labels = inputs.aux[0].targets.numpy()
    is_predicted = fits.predicted.numpy()
    np.testing.assert_array_equal(truth[is_predicted], np.stack([labels] * 4)[is_predicted])


@pytest.mark.parametrize("own_head", [False, True])
def test_a_fit_with_examples_does_not_depend_on_its_stack(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
    own_head: bool,
) -> None:
    torch.manual_seed(0)
    head = nn.Sequential(nn.Flatten(), nn.Linear(16, 5), nn.ReLU(), nn.Linear(5, 3))
    inputs = make_inputs()
    examples = own_slices(inputs, extra=True)
    inputs = with_examples(inputs, examples, head_module=head if own_head else None)
    together = train(inputs, make_fits(range(4)), settings, sum_losses(), threads=1)
    for seed in (1, 3):
        alone = train(inputs, make_fits([seed]), settings, sum_losses(), threads=1)
        assert_same_fit(together, seed, alone, 0, atol=1e-4)
    if own_head:
        plain = train(
            replace(inputs, aux=()),
            without_loss_weights(make_fits([1])),
            settings,
            sum_losses(),
            threads=1,
        )
        assert np.nanmax(np.abs(plain.probabilities["n2"] - together.probabilities["n2"][1:2])) > 0
