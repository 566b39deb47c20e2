"""The training loop: order, early stopping, best weights, and learning itself."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs, SliceInputs, has_case_tokens
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.parallel import train
from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.stacked.dropout import DropoutSampler
from lnmbench.nets.train_loop import TrainLoop, rate_factor, shuffle_into_batches
from lnmbench.records import Training
from lnmbench.records.training import PoolingKind
from lnmbench.stages.plan.weighting import TargetOnly, TasksAlone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting


def without_loss_weights(fits: Fits) -> Fits:
    return replace(fits, loss_weights=None)


def test_batches_hold_every_case_once_and_evenly() -> None:
    cases = torch.arange(100, 215)
    batches = shuffle_into_batches(cases, seeded_generator(0, "order"), 32)
    assert sorted(torch.cat(batches).tolist()) == cases.tolist()
    assert sorted(len(batch) for batch in batches) == [28, 29, 29, 29]
    again = shuffle_into_batches(cases, seeded_generator(0, "order"), 32)
    assert all(torch.equal(a, b) for a, b in zip(batches, again, strict=True))


def test_rates_rise_over_the_warm_up_and_fall_to_zero_at_the_end() -> None:
    settings = Training(warmup_epochs=3, max_epochs=7)
    factors = [rate_factor(settings, epoch) for epoch in range(1, 9)]
    expected = [0.25, 0.5, 0.75, 1.0, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0.0]
    assert factors == pytest.approx(expected)
    constant = replace(settings, schedule="constant")
    assert [rate_factor(constant, epoch) for epoch in range(3, 9)] == [0.75, 1, 1, 1, 1, 1]
    short = replace(settings, max_epochs=2)
    assert [rate_factor(short, epoch) for epoch in (1, 2)] == [0.25, 0.5]


def test_labels_outside_the_training_part_change_no_weights(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(), make_fits([0])
    settings = replace(settings, patience=99)
    tested = (fits.predicted & ~fits.validation)[0]
    swapped = torch.where(tested, 1 - inputs.target, inputs.target)
    labels = torch.where(fits.training[0], inputs.aux[0].targets, torch.tensor(math.nan))
    masked = replace(inputs, target=swapped, aux=(replace(inputs.aux[0], targets=labels),))
    first = train(inputs, fits, settings, sum_losses())
    second = train(masked, fits, settings, sum_losses())
    assert first.history == second.history
    np.testing.assert_array_equal(first.probabilities["n2"], second.probabilities["n2"])


def test_the_history_leads_to_the_best_epoch_and_patience_ends_it(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    settings = replace(settings, max_epochs=30, patience=2, learning_rate=1e-2)
    fits = replace(without_loss_weights(make_fits(range(8))), learning_rate=None)
    results = train(make_inputs(aux=False), fits, settings, sum_losses())
    for k in range(8):
        epochs = [e for e in results.history if e.fit == k]
        assert [e.epoch for e in epochs] == list(range(1, int(results.epochs[k]) + 1))
        losses = [e.validation_loss for e in epochs]
        best = int(np.argmin(losses)) + 1
        assert results.best_epoch[k] == best
        assert results.epochs[k] in (best + 2, 30)


def test_predictions_are_those_of_the_best_epoch(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    """A training that ends at the best epoch of a fit predicts the same."""
    settings = replace(settings, max_epochs=12, patience=5, learning_rate=1e-2, schedule="constant")
    inputs, fits = make_inputs(), make_fits(range(8))
    results = train(inputs, fits, settings, sum_losses())
    assert (results.best_epoch < results.epochs).any()
    for best in np.unique(results.best_epoch):
        ended = train(inputs, fits, replace(settings, max_epochs=int(best)), sum_losses())
        rows = np.flatnonzero(results.best_epoch == best)
        for task, values in results.probabilities.items():
            np.testing.assert_array_equal(values[rows], ended.probabilities[task][rows])
    for k in range(8):
        risk = torch.as_tensor(results.probabilities["n2"][k, :, 0])[fits.validation[k]]
        loss = functional.binary_cross_entropy(risk, inputs.target[fits.validation[k]].double())
        assert float(loss) == pytest.approx(results.best_loss[k], abs=1e-5)


@pytest.mark.parametrize("slices", [True, False], ids=["slices", "clinical"])
def test_it_learns(
    slices: bool,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(slices=slices), without_loss_weights(make_fits(range(6)))
    fits = replace(
        fits, learning_rate=None, clinical=fits.clinical + 2 * inputs.target[None, :, None]
    )
    settings = replace(settings, max_epochs=15, patience=15, learning_rate=1e-2)
    results = train(inputs, fits, settings, sum_losses())
    tested = (fits.predicted & ~fits.validation).numpy()
    risk = results.probabilities["n2"][tested][:, 0]
    truth = np.broadcast_to(inputs.target.numpy(), tested.shape)[tested]
    assert ((risk > 0.5) == truth).mean() >= 0.8


def test_a_diverging_fit_predicts_nan_and_does_not_change_others(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(aux=False), without_loss_weights(make_fits([0, 1]))
    alone = train(inputs, fits.select([1]), settings, sum_losses())
    assert fits.learning_rate is not None
    rates = torch.stack([torch.tensor(math.inf), fits.learning_rate[1]])
    results = train(inputs, replace(fits, learning_rate=rates), settings, sum_losses(), threads=1)
    assert results.best_loss[0] == math.inf
    assert results.best_epoch[0] == 0
    assert np.isnan(results.probabilities["n2"][0]).all()
    np.testing.assert_allclose(
        results.probabilities["n2"][1], alone.probabilities["n2"][0], atol=1e-5, equal_nan=True
    )
    assert results.best_loss[1] == pytest.approx(alone.best_loss[0], abs=1e-5)
    assert all(math.isfinite(row.validation_loss) for row in results.history if row.fit == 1)


def test_the_dropout_of_features_is_the_same_with_and_without_tasks(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inputs, fits = make_inputs(), replace(make_fits(range(2)), feature_penalty=None)
    known = fits.validation.any(0) | (torch.arange(len(inputs.target)) % 3 == 0)
    inputs = replace(inputs, target=torch.where(known, inputs.target, torch.nan))
    rates: list[Tensor] = []

    class Recorded(DropoutSampler):
        def __init__(self, *args: Any) -> None:
            rates.append(args[0])
            super().__init__(*args)

    monkeypatch.setattr("lnmbench.nets.train_loop.DropoutSampler", Recorded)
    settings = replace(settings, feature_penalty=30.0, max_epochs=1)
    train(inputs, fits, settings, sum_losses())
    train(replace(inputs, aux=()), replace(fits, loss_weights=None), settings, sum_losses())
    _, with_task, _, _, _, alone, _, _ = rates
    torch.testing.assert_close(with_task, 30 / (30.0 + fits.training.sum(1).double()))
    assert torch.equal(with_task, alone), "a task without information must not change the rate"


def test_tokens_of_cases_train_as_those_of_slices_do(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inputs, fits = make_inputs(), make_fits(range(4))
    settings = replace(settings, layers=0, projection="principal")
    assert has_case_tokens(inputs, settings)
    by_case = train(inputs, fits, settings, sum_losses())
    for module in ("model", "assembly"):
        monkeypatch.setattr(f"lnmbench.nets.{module}.has_case_tokens", lambda *_: False)
    by_slice = train(inputs, fits, settings, sum_losses())
    for task, probabilities in by_case.probabilities.items():
        np.testing.assert_allclose(probabilities, by_slice.probabilities[task], rtol=0, atol=1e-4)


class CopiedTensors(TorchFunctionMode):
    """The number of copies from the CPU to the device `meta`."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        leaves = [*tree_leaves((args, kwargs)), result]
        devices = {x.device.type for x in leaves if isinstance(x, Tensor)}
        indexes = func in {Tensor.__getitem__, Tensor.__setitem__}
        listed = func in {torch.tensor, torch.as_tensor} or (indexes and isinstance(args[1], list))
        self.count += devices == {"cpu", "meta"} or (listed and devices == {"meta"})
        return result


def make_loop_without_numbers(
    inputs: Inputs,
    fits: Fits,
    settings: Training,
    weighting: Weighting,
    monkeypatch: pytest.MonkeyPatch,
) -> TrainLoop:
    """Return a loop on a device that holds no numbers: reading one there raises an error."""
    meta = torch.device("meta")
    assert settings.token_dim is not None
    total = len(inputs.target) if inputs.slices is None else inputs.slices.total
    count = len(inputs.target) if has_case_tokens(inputs, settings) else total
    tokens = torch.empty(count, settings.token_dim, device=meta)
    monkeypatch.setattr("lnmbench.nets.stacked.principal._compute_tokens", lambda *_: tokens)
    data = load_device_data(inputs, meta)
    return TrainLoop(StackedObjective(inputs, fits, settings, weighting, data), settings)


@pytest.mark.parametrize("slices", [True, False])
@pytest.mark.parametrize("layers", [0, 1])
def test_steps_wait_for_nothing_and_copy_no_more_than_their_packing(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    monkeypatch: pytest.MonkeyPatch,
    slices: bool,
    layers: int,
) -> None:
    inputs, fits = make_inputs(slices=slices), make_fits(range(6))
    settings = replace(settings, layers=layers)
    steps = {-(-int(count) // settings.batch_size) for count in fits.training.sum(1)}
    assert len(steps) > 1, "some fits have fewer steps than others"
    loop = make_loop_without_numbers(inputs, fits, settings, sum_losses(), monkeypatch)
    with CopiedTensors() as copied:
        losses = loop._train_epoch(1)
    assert losses.shape == (6,)
    assert losses.is_meta
    packed = slices and not has_case_tokens(inputs, settings)
    assert copied.count == 1 + packed * 3 * max(steps)


def test_a_training_mixes_no_devices(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the device is read, numbers are zero; every other use of it from the CPU fails."""
    read = Tensor.cpu

    def read_zeros(tensor: Tensor) -> Tensor:
        return torch.zeros(tensor.shape, dtype=tensor.dtype) if tensor.is_meta else read(tensor)

    inputs, fits = make_inputs(), make_fits(range(3))
    loop = make_loop_without_numbers(inputs, fits, settings, sum_losses(), monkeypatch)
    monkeypatch.setattr(Tensor, "cpu", read_zeros)
    for epoch in range(1, 2 + settings.patience):
        loop.run_epoch(epoch)
    assert loop.stopped_count == 3
    assert loop.results().probabilities["n2"].shape == (3, len(inputs.target), 1)


def test_steps_that_wait_or_copy_are_noticed(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    sum_losses: Callable[..., Weighting],
    settings: Training,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Changed:
        def __init__(self, change: Callable[[Tensor], Tensor]) -> None:
            self._change = change

        def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
            return ()

        def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
            return self._change(losses.sum(1))

    def count_copies(change: Callable[[Tensor], Tensor]) -> int:
        weighting = Changed(change)
        loop = make_loop_without_numbers(inputs, make_fits([0]), settings, weighting, monkeypatch)
        with CopiedTensors() as copied:
            loop._train_epoch(1)
        return copied.count

    inputs, settings = make_inputs(), replace(settings, layers=0, projection="principal")
    assert count_copies(lambda losses: losses) == 1
    assert count_copies(lambda losses: losses * torch.tensor([2.0], device="meta")) > 1
    assert count_copies(lambda losses: losses[[0]]) > 1
    assert count_copies(lambda losses: losses + torch.ones(1).to("meta")) > 1
    with pytest.raises(RuntimeError, match="meta"):
        count_copies(lambda losses: losses / float(losses))
    with pytest.raises(RuntimeError, match="meta"):
        count_copies(lambda losses: losses[losses > 0])


def test_tasks_alone_stop_a_fit_by_their_own_loss(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
) -> None:
    """The image features that come back give the predictions of the head, whose loss is best."""
    inputs, fits = make_inputs(), make_fits([0, 1])
    inputs = replace(inputs, target=torch.full_like(inputs.target, math.nan))
    results = train(inputs, without_loss_weights(fits), settings, TasksAlone())
    features = results.image_features
    assert features is not None
    predicted = fits.predicted.numpy()
    assert (np.isfinite(features).all(2) == predicted).all()
    labels = inputs.aux[0].targets.numpy()
    for fit in range(2):
        p = results.probabilities["classes"][fit]
        counted = fits.validation[fit].numpy() & ~np.isnan(labels)
        losses = -np.log(p[counted, labels[counted].astype(int)])
        assert results.best_loss[fit] == pytest.approx(losses.mean(), rel=1e-4)
        epochs = [e.validation_loss for e in results.history if e.fit == fit]
        assert results.best_loss[fit] == pytest.approx(min(epochs), rel=1e-5)
        assert epochs.index(min(epochs)) + 1 == results.best_epoch[fit]
        # logits are a linear function of the image features
        logits = np.log(p[predicted[fit]])
        logits -= logits.mean(1, keepdims=True)
        design = np.column_stack([features[fit, predicted[fit]], np.ones(predicted[fit].sum())])
        fitted = design @ np.linalg.lstsq(design, logits, rcond=None)[0]
        np.testing.assert_allclose(fitted, logits, atol=1e-4)


def test_a_projection_is_prepared_on_other_cases_than_the_training_cases(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(), make_fits([0])
    plain = train(inputs, fits, settings, sum_losses())
    same = train(inputs, replace(fits, prepared=fits.training), settings, sum_losses())
    np.testing.assert_array_equal(same.probabilities["n2"], plain.probabilities["n2"])
    everyone = replace(fits, prepared=torch.ones_like(fits.training))
    other = train(inputs, everyone, settings, sum_losses())
    assert not np.allclose(
        other.probabilities["n2"], plain.probabilities["n2"], atol=1e-4, equal_nan=True
    )


@pytest.mark.parametrize("pooling", ["max", "attention", "gated_attention", "transformer"])
def test_fits_with_any_pooling_train_as_if_alone(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
    pooling: PoolingKind,
) -> None:
    if pooling == "transformer" and not settings.layers:
        pytest.skip("the class token is one of the transformer layers")
    inputs, settings = make_inputs(), replace(settings, pooling=pooling)
    together = train(inputs, make_fits([0, 1, 2]), settings, sum_losses())
    for k in range(3):
        alone = train(inputs, make_fits([k]), settings, sum_losses())
        assert_same_fit(together, k, alone, 0, atol=1e-4)


def test_attention_finds_the_slice_that_matters() -> None:
    """One slice of ten carries the label and is marked; the mean is mostly noise."""
    source = torch.Generator().manual_seed(0)
    n, slices = 160, 10
    target = (torch.rand(n, generator=source) < 0.4).float()
    features = torch.randn(n, slices, 12, generator=source)
    marked = torch.randint(0, slices, (n,), generator=source)
    features[torch.arange(n), marked, 0] += 3.0 * target
    features[torch.arange(n), marked, 1] += 4.0
    offsets = torch.arange(n + 1) * slices
    inputs = Inputs(
        target=target, slices=SliceInputs(features=features.flatten(0, 1), offsets=offsets)
    )
    training = (torch.arange(n) < 100).unsqueeze(0)
    validation = ((torch.arange(n) >= 100) & (torch.arange(n) < 125)).unsqueeze(0)
    tested = ~training & ~validation
    fits = Fits(
        training=training,
        validation=validation,
        predicted=tested,
        clinical=torch.zeros(1, n, 0),
        seeds=(0,),
    )

    def auc(pooling: PoolingKind) -> float:
        settings = Training(token_dim=12, pooling=pooling, feature_penalty=24.0, max_epochs=40)
        results = train(inputs, fits, settings, TargetOnly())
        p = results.probabilities["target"][0, tested[0].numpy(), 0]
        labels = target[tested[0]].numpy()
        return float((p[labels == 1][:, None] > p[labels == 0]).mean())

    assert auc("attention") > 0.85 > auc("mean") + 0.1
