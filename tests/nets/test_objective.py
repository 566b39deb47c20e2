"""Losses of a stack: auxiliary tasks, weights of losses, and predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.parallel import train
from lnmbench.nets.stacked.active_fits import StackState
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.stacked.parameters import ParameterLayout
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


def test_intercepts_make_probabilities_right_on_average_in_training_cases(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(), make_fits(range(6))
    target = inputs.target.clone()
    target[fits.training.all(0).nonzero()[:3]] = torch.nan  # some cases train the tasks alone
    inputs = replace(inputs, target=target)
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, sum_losses(), data)
    layout = ParameterLayout(objective.network.parameters())
    values = layout.named_views(layout.initialize(fits.seeds))
    objective.initialize(values)
    values["target.weight"].normal_(generator=torch.Generator().manual_seed(0))
    state = StackState(fits=tuple(range(6)), values=values)
    objective.fit_intercepts(state)
    (batch,) = objective.make_batches([objective.training_cases])
    risk, *_ = objective.logits(state, batch, objective.embed(state, batch), StepDropout())
    for k in range(6):
        count = batch.case_counts[k]
        truth, risks = target[batch.cases[k, :count]], risk[k, :count, 0].detach().sigmoid()
        known = ~truth.isnan()
        assert float(risks[known].mean()) == pytest.approx(float(truth[known].mean()), abs=1e-6)


@pytest.mark.parametrize("ordered", [False, True])
def test_each_outcome_has_an_intercept_fitted_to_the_cases_in_which_it_is_known(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    ordered: bool,
) -> None:
    inputs, fits = make_inputs(), without_loss_weights(make_fits(range(4)))
    higher = inputs.target * (torch.arange(len(inputs.target)) % 3 > 0)
    target = torch.stack([inputs.target, higher], dim=1)  # (n, 2)
    target[::4, 1] = torch.nan
    inputs = replace(inputs, target=target, ordered=ordered)
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, sum_losses(), data)
    layout = ParameterLayout(objective.network.parameters())
    values = layout.named_views(layout.initialize(fits.seeds))
    objective.initialize(values)
    values["target.weight"].normal_(generator=torch.Generator().manual_seed(0))
    state = StackState(fits=tuple(range(4)), values=values)
    objective.fit_intercepts(state)
    (batch,) = objective.make_batches([objective.training_cases])
    risk = objective.target_logits(state, batch).detach()
    assert risk.shape[2] == 2
    for fit, outcome in np.ndindex(4, 2):
        count = batch.case_counts[fit]
        truth = target[batch.cases[fit, :count], outcome]
        mean = risk[fit, :count, outcome].sigmoid()[~truth.isnan()].mean()
        assert float(mean) == pytest.approx(float(truth.nanmean()), abs=1e-5)
    probabilities = train(inputs, fits, settings, sum_losses()).probabilities["n2"]
    predicted = probabilities[fits.predicted.numpy()]
    assert ((predicted >= 0) & (predicted <= 1)).all()
    if ordered:
        assert (predicted[:, 0] >= predicted[:, 1]).all()
        differences = np.diff(np.log(predicted / (1 - predicted)), axis=1)[:, 0]
        by_fit = np.split(differences, np.cumsum(fits.predicted.sum(1).numpy())[:-1])
        assert max(np.ptp(values) for values in by_fit) < 0.02  # float32


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


def test_the_gradient_of_an_own_head_is_that_of_the_module(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    torch.manual_seed(1)
    head = nn.Sequential(nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))
    task = replace(make_inputs().aux[0], head_module=head)
    inputs, fits = replace(make_inputs(), aux=(task,)), make_fits([0, 2])
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, sum_losses(), data)
    features = torch.randn(2, 5, 8)
    layout = ParameterLayout(objective.network.parameters())
    values = layout.named_views(layout.initialize(fits.seeds))
    (logits,) = objective.network.aux_logits(values, features, cases=5)
    torch.testing.assert_close(logits, head(features))
    values["aux.classes.2.bias"][1] += 1.0  # each fit has its own parameters
    (moved,) = objective.network.aux_logits(values, features, cases=5)
    torch.testing.assert_close(
        moved - logits, torch.tensor([0.0, 1.0]).view(2, 1, 1).expand(2, 5, 3)
    )


MISSING = (1, 5, 6, 17, 30)
POOLINGS = ("mean", "max", "attention", "gated_attention", "transformer")


def start(
    inputs: Inputs, fits: Fits, settings: Training, weighting: Weighting
) -> tuple[StackedObjective, StackState]:
    """An objective, and random parameters of its fits, those of the heads as well."""
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, weighting, data)
    layout = ParameterLayout(objective.network.parameters())
    values = layout.named_views(layout.initialize(fits.seeds))
    objective.initialize(values)
    source = torch.Generator().manual_seed(7)
    for name, value in values.items():
        if name.startswith(("target.", "aux.", "pool.")):
            value.copy_(torch.randn(value.shape, generator=source))
    leaves = {name: value.requires_grad_() for name, value in values.items()}
    fits_of_state = tuple(range(len(fits)))
    return objective, StackState(fits=fits_of_state, values=leaves, device=torch.device("cpu"))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_case_without_images_is_predicted_by_its_other_features(
    pooling: str,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    """Masking the images of a tested case changes its prediction alone."""
    if pooling == "transformer" and not settings.layers:
        pytest.skip("the class token is one of the transformer layers")
    settings, fits = replace(settings, pooling=pooling), make_fits([0, 1])
    tested = (fits.predicted & ~fits.validation).any(0) & ~fits.training.any(0)
    missing = tested.nonzero().flatten().tolist()
    assert missing
    whole, state = start(make_inputs(), fits, settings, sum_losses())
    masked, _ = start(make_inputs(missing=missing), fits, settings, sum_losses())
    before, after = whole.predict(state), masked.predict(state)
    rest = ~np.isin(np.arange(len(tested)), missing)
    for task, values in after.items():
        np.testing.assert_allclose(values[:, rest], before[task][:, rest], atol=1e-5)
    assert np.isnan(after["classes"][:, missing]).all()
    features = masked.predict_features(state)
    assert np.abs(features[:, missing][fits.predicted[:, missing].numpy()]).max() == 0.0
    weight, bias = (state.values[f"target.{part}"].detach() for part in ("weight", "bias"))
    for fit in range(2):
        logits = weight[fit, 0, 8:] @ fits.clinical[fit, missing].mT + bias[fit, 0]
        predicted = after["n2"][fit, missing, 0]
        seen = fits.predicted[fit, missing].numpy()
        np.testing.assert_allclose(predicted[seen], logits.sigmoid().numpy()[seen], atol=1e-6)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_cases_without_images_have_no_part_in_the_gradients_of_images(
    pooling: str,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    if pooling == "transformer" and not settings.layers:
        pytest.skip("the class token is one of the transformer layers")
    settings = replace(settings, pooling=pooling)
    fits, inputs = make_fits([0]), make_inputs(missing=MISSING)
    objective, state = start(inputs, fits, settings, sum_losses())

    def step(cases: list[int]) -> dict[str, Tensor]:
        """Gradients of the sums of all losses, by parameter."""
        (batch,) = objective.make_batches([[torch.tensor(cases)]])
        tokens = objective.embed(state, batch, training=True)
        counts = [len(cases), int((~torch.isnan(inputs.aux[0].targets[cases])).sum())]
        _, losses = objective.losses(state, batch, tokens, StepDropout())
        total = (losses * torch.tensor(counts)).sum()
        gradients = objective.gradients(state, tokens, total)
        buffers = {name: torch.full_like(v, 9.0) for name, v in state.values.items()}
        stepped = StackState(
            fits=state.fits, values=state.values, device=state.device, gradients=buffers
        )
        objective.write_gradients(stepped, batch, gradients)
        return buffers

    with_images = [case for case in range(12) if case not in MISSING]
    alone, together = step(with_images), step([*with_images, *MISSING])
    without = step(list(MISSING))
    for name, gradient in alone.items():
        if name.startswith(("target.", "weighting.")):
            assert not torch.allclose(together[name], gradient)
        else:
            torch.testing.assert_close(together[name], gradient, rtol=1e-5, atol=1e-5)
            assert not without[name].any()
    assert any(gradient.any() for name, gradient in alone.items() if "target" not in name)
