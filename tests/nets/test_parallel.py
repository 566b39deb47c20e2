"""Every fit of a stack trains as if it were alone, and as an ordinary network would."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.errors import UserError
from lnmbench.nets import parallel as training
from lnmbench.nets.fits import AuxInput, FitResults, Fits, Inputs
from lnmbench.nets.memory import estimate_fit_bytes, is_out_of_memory
from lnmbench.nets.objective import build_network
from lnmbench.nets.parallel import split_into_stacks, train
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.records import Cohort, Training

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CASES, DIM, CLINICAL = 40, 24, 3
SETTINGS = Training(
    learning_rate=3e-3,
    dropout=0.2,
    token_dim=16,
    heads=2,
    batch_size=8,
    max_epochs=9,
    patience=2,
)


class Classes:
    """An auxiliary task of three classes."""

    title = "three classes"
    outputs = 3

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        raise NotImplementedError

    def notes(self, cohort: Cohort) -> Sequence[str]:
        return ()

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        scores = logits.log_softmax(-1)
        return -scores.gather(-1, targets.long().unsqueeze(-1)).squeeze(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        return logits.softmax(-1)


class Sum:
    """Adds the losses, the auxiliary ones times a weight."""

    def __init__(self, aux: float = 1.0) -> None:
        self.aux = aux

    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        return ()

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        return losses[:, 0] + self.aux * losses[:, 1:].sum(1)


class Uncertainty:
    """Learns a log-variance for each task of each fit (Kendall, Gal & Cipolla 2018)."""

    def __init__(self) -> None:
        self.seen: list[Tensor] = []

    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        return [0.5] * len(tasks)

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        self.seen.append(learned.detach().clone())
        return (torch.exp(-learned) * losses + learned).sum(1)


def inputs_with(*, aux: bool = True, slices: bool = True) -> Inputs:
    """Ragged cases with a learnable target; a third of the auxiliary labels are unknown."""
    source = torch.Generator().manual_seed(0)
    lengths = torch.randint(1, 7, (CASES,), generator=source)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
    target = (torch.rand(CASES, generator=source) < 0.4).float()
    features = torch.randn(int(offsets[-1]), DIM, generator=source) + 5.0
    features[:, :4] += 2.0 * target.repeat_interleave(lengths)[:, None]
    labels = torch.randint(0, 3, (CASES,), generator=source).float()
    labels[torch.rand(CASES, generator=source) < 0.33] = math.nan
    task = AuxInput(name="classes", task=Classes(), targets=labels)
    return Inputs(
        target=target,
        slices=features if slices else None,
        offsets=offsets if slices else None,
        aux=(task,) if aux else (),
        target_name="n2",
    )


def fits_of(seeds: Sequence[int]) -> Fits:
    """A fit is its seed: that decides its cases, how many they are, and its settings."""
    parts = torch.zeros(3, len(seeds), CASES, dtype=torch.bool)
    clinical = torch.zeros(len(seeds), CASES, CLINICAL)
    for k, seed in enumerate(seeds):
        source = torch.Generator().manual_seed(1000 + seed)
        order = torch.randperm(CASES, generator=source)
        tested, validated = 4 + seed % 3, 6 + seed % 9
        parts[2, k, order[: tested + validated]] = True
        parts[1, k, order[tested : tested + validated]] = True
        parts[0, k, order[tested + validated :]] = True
        clinical[k] = torch.randn(CASES, CLINICAL, generator=source)
    return Fits(
        training=parts[0],
        validation=parts[1],
        predicted=parts[2],
        clinical=clinical,
        seeds=tuple(seeds),
        learning_rate=torch.tensor([3e-3 * (1 + seed % 4) for seed in seeds]),
        weight_decay=torch.tensor([0.05 * (seed % 2) for seed in seeds]),
        dropout=torch.tensor([(0.0, 0.1, 0.25)[seed % 3] for seed in seeds]),
        loss_weights=torch.tensor([[1.0, 0.5 * (1 + seed % 2)] for seed in seeds]),
    )


def one_task(fits: Fits) -> Fits:
    return replace(fits, loss_weights=None)


def assert_same_fit(found: FitResults, k: int, other: FitResults, j: int, atol: float) -> None:
    assert found.best_epoch[k] == other.best_epoch[j]
    assert found.epochs[k] == other.epochs[j]
    for task, probabilities in found.probabilities.items():
        np.testing.assert_allclose(
            probabilities[k], other.probabilities[task][j], rtol=0, atol=atol
        )


@pytest.mark.parametrize("slices", [True, False], ids=["slices", "clinical"])
def test_a_fit_does_not_depend_on_its_stack(slices: bool) -> None:
    inputs = inputs_with(slices=slices)
    everything = train(inputs, fits_of(range(50)), SETTINGS, Sum())
    assert len(set(everything.epochs.tolist())) > 2, "all fits stopped together"
    few = train(inputs, fits_of([47, 3, 12, 31, 8]), SETTINGS, Sum())
    for j, k in enumerate([47, 3, 12, 31, 8]):
        assert_same_fit(everything, k, few, j, atol=1e-4)
        alone = train(inputs, fits_of([k]), SETTINGS, Sum())
        assert_same_fit(everything, k, alone, 0, atol=1e-4)


@pytest.mark.parametrize("slices", [True, False], ids=["slices", "clinical"])
def test_dealing_fits_out_to_threads_changes_nothing(
    slices: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, fits = inputs_with(slices=slices), fits_of(range(9))
    together = train(inputs, fits, SETTINGS, Sum(), threads=1)
    monkeypatch.setattr(training, "_MOST", 100)  # every fit a stack of its own
    told: list[int] = []
    apart = train(inputs, fits, SETTINGS, Sum(), threads=3, on_epoch=told.append)
    for k in range(9):
        assert_same_fit(together, k, apart, k, atol=1e-4)
    assert told == sorted(told)
    assert told[-1] == 9
    assert {(e.fit, e.epoch) for e in apart.history} == {(e.fit, e.epoch) for e in together.history}


def test_training_leaves_torchs_threads_as_they_were() -> None:
    before = torch.get_num_threads()
    train(inputs_with(), fits_of([0]), SETTINGS, Sum(), threads=2)
    assert torch.get_num_threads() == before


def test_an_interrupted_caller_ends_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_MOST", 100)

    def interrupt(finished: int) -> None:
        raise KeyboardInterrupt

    settings = replace(SETTINGS, max_epochs=10**6, patience=10**6)
    with pytest.raises(KeyboardInterrupt):
        train(inputs_with(), fits_of(range(6)), settings, Sum(), threads=2, on_epoch=interrupt)
    assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPool")]


@pytest.mark.parametrize("fits", [1, 2, 5, 16, 50, 500])
@pytest.mark.parametrize("size", [1_500, 200_000, 10_000_000])
@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_fits_are_dealt_out_once_and_evenly(fits: int, size: int, threads: int) -> None:
    for most in (fits, 3):
        parts = split_into_stacks(fits, size, threads, most)
        assert [fit for part in parts for fit in part] == list(range(fits))
        assert max(map(len, parts)) - min(map(len, parts)) <= 1
        assert len(parts) == 1 or len(parts) % threads == 0 or len(parts) == fits
        assert max(map(len, parts)) <= most


def stacks_seen(monkeypatch: pytest.MonkeyPatch, *, room: int) -> list[int]:
    """The sizes of the stacks that are tried from here on; a stack beyond `room` fails."""
    tried, real = [], training.train_stack

    def limited(inputs: Inputs, fits: Fits, *rest: object) -> FitResults:
        tried.append(len(fits))
        if len(fits) > room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(inputs, fits, *rest)

    monkeypatch.setattr(training, "train_stack", limited)
    return tried


def test_a_budget_of_memory_bounds_the_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs, fits = inputs_with(), fits_of(range(8))
    whole = train(inputs, fits, SETTINGS, Sum(), threads=1)
    layout = ParameterLayout(build_network(inputs, fits, SETTINGS, Sum()).parameters())
    tried = stacks_seen(monkeypatch, room=8)
    budget = 3 * estimate_fit_bytes(inputs, SETTINGS, layout.size)
    bounded = train(inputs, fits, SETTINGS, Sum(), threads=1, memory=budget)
    assert len(tried) == 3
    assert max(tried) == 3
    for k in range(8):
        assert_same_fit(bounded, k, whole, k, atol=1e-4)
    train(inputs, fits, SETTINGS, Sum(), threads=1, memory=1)
    assert tried[3:] == [1] * 8, "a budget too small for one fit trains them one by one"


def test_out_of_memory_halves_the_stack_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs, fits = inputs_with(), fits_of(range(7))
    whole = train(inputs, fits, SETTINGS, Sum(), threads=1)
    tried, told = stacks_seen(monkeypatch, room=2), []
    halved = train(inputs, fits, SETTINGS, Sum(), threads=1, on_epoch=told.append)
    assert tried == [7, 3, 1, 2, 4, 2, 2]
    assert told == sorted(told)
    assert told[-1] == 7
    assert not whole.notes
    (note,) = halved.notes
    assert "out of memory" in note
    for k in range(7):
        assert_same_fit(halved, k, whole, k, atol=1e-4)
    trained = [sum(row.fit == fit for row in halved.history) for fit in range(7)]
    assert trained == whole.epochs.tolist()


def test_one_fit_without_memory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    stacks_seen(monkeypatch, room=0)
    with pytest.raises(UserError, match="not even one fit"):
        train(inputs_with(), fits_of([0, 1]), SETTINGS, Sum(), threads=1)


def test_memory_that_runs_out_is_known_from_other_errors() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(raised.value)
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


def test_the_same_call_gives_the_same_numbers_bit_by_bit() -> None:
    first, second = (train(inputs_with(), fits_of(range(7)), SETTINGS, Sum()) for _ in range(2))
    for task, probabilities in first.probabilities.items():
        np.testing.assert_array_equal(probabilities, second.probabilities[task])
    assert first.history == second.history


def test_auxiliary_weight_zero_is_single_task() -> None:
    fits = one_task(fits_of(range(6)))
    single = train(inputs_with(aux=False), fits, SETTINGS, Sum())
    weightless = train(inputs_with(), fits, SETTINGS, Sum(aux=0.0))
    weighted = train(inputs_with(), fits, SETTINGS, Sum(aux=1.0))
    np.testing.assert_allclose(
        weightless.probabilities["n2"], single.probabilities["n2"], rtol=0, atol=1e-6
    )
    assert np.nanmax(np.abs(weighted.probabilities["n2"] - single.probabilities["n2"])) > 1e-3


def test_a_loss_weight_of_each_fit_acts_on_that_fit() -> None:
    fits = replace(fits_of([0, 1]), loss_weights=torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
    mixed = train(inputs_with(), fits, SETTINGS, Sum())
    off = train(inputs_with(), one_task(fits), SETTINGS, Sum(aux=0.0))
    on = train(inputs_with(), one_task(fits), SETTINGS, Sum())
    assert_same_fit(mixed, 0, off, 0, atol=1e-6)
    assert_same_fit(mixed, 1, on, 1, atol=1e-6)


def test_predictions_are_probabilities_where_asked_for_and_nan_elsewhere() -> None:
    fits = fits_of(range(4))
    results = train(inputs_with(), fits, SETTINGS, Sum())
    assert {task: p.shape for task, p in results.probabilities.items()} == {
        "n2": (4, CASES, 1),
        "classes": (4, CASES, 3),
    }
    for probabilities in results.probabilities.values():
        asked = fits.predicted.numpy()
        assert np.isnan(probabilities[~asked]).all()
        assert ((probabilities[asked] >= 0) & (probabilities[asked] <= 1)).all()
    np.testing.assert_allclose(results.probabilities["classes"][asked].sum(-1), 1.0, atol=1e-6)


def test_labels_outside_the_training_part_change_no_weights() -> None:
    inputs, fits = inputs_with(), fits_of([0])
    settings = replace(SETTINGS, patience=99)
    tested = (fits.predicted & ~fits.validation)[0]
    swapped = torch.where(tested, 1 - inputs.target, inputs.target)
    labels = torch.where(fits.training[0], inputs.aux[0].targets, torch.tensor(math.nan))
    masked = replace(inputs, target=swapped, aux=(replace(inputs.aux[0], targets=labels),))
    first = train(inputs, fits, settings, Sum())
    second = train(masked, fits, settings, Sum())
    assert first.history == second.history
    np.testing.assert_array_equal(first.probabilities["n2"], second.probabilities["n2"])


def test_the_history_leads_to_the_best_epoch_and_patience_ends_it() -> None:
    settings = replace(SETTINGS, max_epochs=30, patience=2, learning_rate=1e-2)
    fits = replace(one_task(fits_of(range(8))), learning_rate=None)
    results = train(inputs_with(aux=False), fits, settings, Sum())
    for k in range(8):
        own = [e for e in results.history if e.fit == k]
        assert [e.epoch for e in own] == list(range(1, int(results.epochs[k]) + 1))
        losses = [e.validation_loss for e in own]
        best = int(np.argmin(losses)) + 1
        assert results.best_epoch[k] == best
        assert results.epochs[k] in (best + 2, 30)


def test_what_is_predicted_is_the_best_epoch_not_the_last() -> None:
    """The validation loss recomputed from the predictions is the history's lowest."""
    settings = replace(SETTINGS, max_epochs=12, patience=5, learning_rate=1e-2)
    inputs, fits = inputs_with(), fits_of(range(8))
    results = train(inputs, fits, settings, Sum())
    assert (results.best_epoch < results.epochs).any()
    for k in range(8):
        risk = torch.as_tensor(results.probabilities["n2"][k, :, 0])[fits.validation[k]]
        loss = functional.binary_cross_entropy(risk, inputs.target[fits.validation[k]].double())
        lowest = min(e.validation_loss for e in results.history if e.fit == k)
        assert float(loss) == pytest.approx(lowest, abs=1e-5)


@pytest.mark.parametrize("slices", [True, False], ids=["slices", "clinical"])
def test_it_learns(slices: bool) -> None:
    inputs, fits = inputs_with(slices=slices), one_task(fits_of(range(6)))
    fits = replace(
        fits, learning_rate=None, clinical=fits.clinical + 2 * inputs.target[None, :, None]
    )
    settings = replace(SETTINGS, max_epochs=15, patience=15, learning_rate=1e-2)
    results = train(inputs, fits, settings, Sum())
    for k in range(6):
        tested = (fits.predicted & ~fits.validation)[k].numpy()
        risk, truth = results.probabilities["n2"][k, tested, 0], inputs.target.numpy()[tested]
        assert ((risk > 0.5) == truth).mean() >= 0.75


def test_learned_weights_are_learned_by_each_fit_for_itself() -> None:
    weighting = Uncertainty()
    train(inputs_with(), one_task(fits_of([0, 1])), replace(SETTINGS, patience=9), weighting)
    assert weighting.seen[0].tolist() == [[0.5, 0.5]] * 2
    moved = weighting.seen[-1]
    assert (moved != 0.5).all()
    assert (moved[0] != moved[1]).all()


def test_progress_tells_how_many_fits_are_finished() -> None:
    told: list[int] = []
    results = train(inputs_with(), fits_of(range(9)), SETTINGS, Sum(), on_epoch=told.append)
    assert len(told) == results.epochs.max()
    assert told == sorted(told)
    assert told[-1] == 9


def test_a_diverging_fit_is_told_and_leaves_its_neighbors_alone() -> None:
    inputs, fits = inputs_with(aux=False), one_task(fits_of([0, 1]))
    alone = train(inputs, fits.select([1]), SETTINGS, Sum())
    assert fits.learning_rate is not None
    rates = torch.stack([torch.tensor(math.inf), fits.learning_rate[1]])
    made = train(inputs, replace(fits, learning_rate=rates), SETTINGS, Sum(), threads=1)
    assert made.best_loss[0] == math.inf
    assert made.best_epoch[0] == 0
    assert np.isnan(made.probabilities["n2"][0]).all()
    np.testing.assert_allclose(
        made.probabilities["n2"][1], alone.probabilities["n2"][0], atol=1e-5, equal_nan=True
    )
    best = [row.validation_loss for row in made.history if row.fit == 1]
    assert made.best_loss[1] == pytest.approx(min(best))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"validation": "training"}, "trains on"),
        ({"predicted": "training"}, "trains on"),
    ],
)
def test_a_fit_is_never_judged_on_its_training_cases(change: dict[str, str], match: str) -> None:
    fits = fits_of([0])
    with pytest.raises(ValueError, match=match):
        replace(fits, **{name: getattr(fits, source) for name, source in change.items()})
