"""Every fit of a stack trains as if it were alone, however fits are split into stacks."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from lnmbench.errors import UserError
from lnmbench.nets import parallel
from lnmbench.nets.assembly import build_network
from lnmbench.nets.data.device_data import DeviceData
from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.fits import Fits, ModalityInput
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.memory import estimate_fit_bytes
from lnmbench.nets.parallel import split_into_stacks, train
from lnmbench.nets.stacked.parameters import ParameterLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.records import Training


@pytest.mark.parametrize(
    "change",
    [{}, {"slices": False}, {"missing": range(0, 40, 3)}],
    ids=["slices", "clinical", "slices of some"],
)
def test_a_fit_does_not_depend_on_its_stack(
    change: Mapping[str, object],
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
) -> None:
    inputs = make_inputs(**change)
    everything = train(inputs, make_fits(range(50)), settings, sum_losses())
    assert len(set(everything.epochs.tolist())) > 2, "all fits stopped together"
    few = train(inputs, make_fits([47, 3, 12, 31, 8]), settings, sum_losses())
    for j, k in enumerate([47, 3, 12, 31, 8]):
        assert_same_fit(everything, k, few, j, atol=1e-4)
        alone = train(inputs, make_fits([k]), settings, sum_losses())
        assert_same_fit(everything, k, alone, 0, atol=1e-4)


@pytest.mark.parametrize(
    "change",
    [{}, {"slices": False}, {"missing": range(0, 40, 3)}],
    ids=["slices", "clinical", "slices of some"],
)
def test_a_fit_with_other_modalities_learns_from_them_and_does_not_depend_on_its_stack(
    change: Mapping[str, object],
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
) -> None:
    inputs = make_inputs(**change)

    def with_modality(seeds: Sequence[int]) -> Fits:
        noise = torch.randn(len(inputs.target), 5, generator=torch.Generator().manual_seed(1))
        features = (noise + 3 * inputs.target[:, None]).expand(len(seeds), -1, -1)
        present = torch.arange(len(inputs.target)) % 7 > 0
        modality = ModalityInput(name="cfdna", features=features, present=present)
        return replace(make_fits(seeds), modalities=(modality,), learning_rate=None)

    settings = replace(settings, modality_dropout=0.2, max_epochs=15, learning_rate=1e-2)
    seeds = [47, 3, 12, 31, 8]
    together, fits = (
        train(inputs, with_modality(seeds), settings, sum_losses()),
        with_modality(seeds),
    )
    for k, seed in enumerate(seeds):
        alone = train(inputs, with_modality([seed]), settings, sum_losses())
        assert_same_fit(together, k, alone, 0, atol=1e-4)
    tested = (fits.predicted & ~fits.validation & fits.modalities[0].present).numpy()
    risk = together.probabilities["n2"][tested][:, 0]
    truth = np.broadcast_to(inputs.target.numpy(), tested.shape)[tested]
    assert ((risk > 0.5) == truth).mean() >= 0.8


@pytest.mark.parametrize("slices", [True, False], ids=["slices", "clinical"])
def test_splitting_fits_among_threads_changes_nothing(
    slices: bool,
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
) -> None:
    inputs, fits = make_inputs(slices=slices), make_fits(range(9))
    together = train(inputs, fits, settings, sum_losses(), threads=1)
    monkeypatch.setattr(parallel, "_MAX_SIZE", 100)  # every fit a stack of its own
    counts: list[int] = []
    apart = train(inputs, fits, settings, sum_losses(), threads=3, on_epoch=counts.append)
    for k in range(9):
        assert_same_fit(together, k, apart, k, atol=1e-4)
    assert counts == sorted(counts)
    assert counts[-1] == 9
    assert {(e.fit, e.epoch) for e in apart.history} == {(e.fit, e.epoch) for e in together.history}


def test_training_leaves_torchs_threads_as_they_were(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    before = torch.get_num_threads()
    train(make_inputs(), make_fits([0]), settings, sum_losses(), threads=2)
    assert torch.get_num_threads() == before


def test_an_interrupted_caller_ends_the_threads(
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    monkeypatch.setattr(parallel, "_MAX_SIZE", 100)

    def interrupt(finished: int) -> None:
        raise KeyboardInterrupt

    settings = replace(settings, max_epochs=10**6, patience=10**6)
    with pytest.raises(KeyboardInterrupt):
        train(
            make_inputs(),
            make_fits(range(6)),
            settings,
            sum_losses(),
            threads=2,
            on_epoch=interrupt,
        )
    assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPool")]


@pytest.mark.parametrize("fits", [1, 2, 5, 16, 50, 500])
@pytest.mark.parametrize("size", [1_500, 200_000, 10_000_000])
@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_fits_are_split_once_and_evenly(fits: int, size: int, threads: int) -> None:
    for most in (fits, 3):
        parts = split_into_stacks(fits, size, threads, most)
        assert [fit for part in parts for fit in part] == list(range(fits))
        assert max(map(len, parts)) - min(map(len, parts)) <= 1
        assert len(parts) == 1 or len(parts) % threads == 0 or len(parts) == fits
        assert max(map(len, parts)) <= most


def record_stacks(monkeypatch: pytest.MonkeyPatch, *, room: int) -> list[int]:
    """Record the sizes of the stacks from here on; a stack of more than `room` fits fails."""
    sizes, real = [], parallel.train_stack

    def limited(inputs: Inputs, fits: Fits, *rest: object) -> FitResults:
        sizes.append(len(fits))
        if len(fits) > room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(inputs, fits, *rest)

    monkeypatch.setattr(parallel, "train_stack", limited)
    return sizes


def test_a_budget_of_memory_bounds_the_stacks(
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
) -> None:
    inputs, fits = make_inputs(), make_fits(range(8))
    whole = train(inputs, fits, settings, sum_losses(), threads=1)
    layout = ParameterLayout(build_network(inputs, fits, settings, sum_losses()).parameters())
    sizes = record_stacks(monkeypatch, room=8)
    budget = 3 * estimate_fit_bytes(inputs, settings, layout.size)
    bounded = train(inputs, fits, settings, sum_losses(), threads=1, memory=budget)
    assert len(sizes) == 3
    assert max(sizes) == 3
    for k in range(8):
        assert_same_fit(bounded, k, whole, k, atol=1e-4)
    train(inputs, fits, settings, sum_losses(), threads=1, memory=1)
    assert sizes[3:] == [1] * 8, "a budget too small for one fit trains them one by one"


def test_out_of_memory_halves_the_stack(
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
) -> None:
    inputs, fits = make_inputs(), make_fits(range(7))
    whole = train(inputs, fits, settings, sum_losses(), threads=1)
    sizes, counts = record_stacks(monkeypatch, room=2), []
    halved = train(inputs, fits, settings, sum_losses(), threads=1, on_epoch=counts.append)
    assert sizes == [7, 3, 1, 2, 4, 2, 2]
    assert counts == sorted(counts)
    assert counts[-1] == 7
    assert not whole.notes
    (note,) = halved.notes
    assert "out of memory" in note
    for k in range(7):
        assert_same_fit(halved, k, whole, k, atol=1e-4)
    trained = [sum(row.fit == fit for row in halved.history) for fit in range(7)]
    assert trained == whole.epochs.tolist()


def test_one_fit_without_memory_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    record_stacks(monkeypatch, room=0)
    with pytest.raises(UserError, match="not enough for a single fit"):
        train(make_inputs(), make_fits([0, 1]), settings, sum_losses(), threads=1)


def test_the_same_call_gives_the_same_numbers_bit_by_bit(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    first, second = (
        train(make_inputs(), make_fits(range(7)), settings, sum_losses()) for _ in range(2)
    )
    for task, probabilities in first.probabilities.items():
        np.testing.assert_array_equal(probabilities, second.probabilities[task])
    assert first.history == second.history


def test_training_that_is_broken_off_is_the_beginning_of_the_whole(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    whole, short = (
        train(make_inputs(), make_fits(range(3)), settings, sum_losses(), last_epoch=last)
        for last in (None, 2)
    )
    assert short.epochs.tolist() == [2, 2, 2] < whole.epochs.tolist()
    assert short.history == tuple(epoch for epoch in whole.history if epoch.epoch <= 2)


def test_progress_counts_how_many_fits_are_finished(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    counts: list[int] = []
    results = train(
        make_inputs(), make_fits(range(9)), settings, sum_losses(), on_epoch=counts.append
    )
    assert len(counts) == results.epochs.max()
    assert counts == sorted(counts)
    assert counts[-1] == 9


@pytest.mark.parametrize(("device", "expected"), [("cpu", 1), ("meta", 4)])
def test_a_stack_on_a_gpu_computes_its_tokens_on_all_cores(
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    device: str,
    expected: int,
) -> None:
    """On a CPU, each of four stacks has a core."""

    def stop(*arguments: object) -> FitResults:
        data = arguments[4]
        assert isinstance(data, DeviceData)
        raise LookupError(f"{data.threads} threads")

    monkeypatch.setattr(parallel, "train_stack", stop)
    monkeypatch.setattr(parallel, "_MIN_SIZE", 1)
    with pytest.raises(LookupError, match=f"{expected} threads"):
        train(make_inputs(), make_fits(range(4)), settings, sum_losses(), device=device, threads=4)


def test_the_features_leave_memory_with_their_training(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs = make_inputs()
    assert inputs.slices is not None
    features = weakref.ref(inputs.slices.features)
    gc.disable()  # few objects are created in a run, so cycles would stay for many repeats
    try:
        train(inputs, make_fits([0, 1]), settings, sum_losses())
        del inputs
        assert features() is None
    finally:
        gc.enable()
