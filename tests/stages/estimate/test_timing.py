"""Timing of a sample of fits."""

from __future__ import annotations

import pytest
import torch

from lnmbench.nets.fits import Fits
from lnmbench.stages.estimate import timing
from lnmbench.stages.estimate.timing import limit_cases, measure_seconds, time_fits


def make_fits(count: int) -> Fits:
    training = torch.zeros(count, 40, dtype=torch.bool)
    training[:, :24] = True
    validation = torch.zeros(count, 40, dtype=torch.bool)
    validation[:, 24:36] = True
    return Fits(
        training=training,
        validation=validation,
        predicted=~training,
        clinical=torch.zeros(count, 40, 2),
        seeds=tuple(range(count)),
    )


def test_start_and_epoch_are_timed_separately(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    counts = []

    def train(fits: Fits, epochs: int) -> None:
        counts.append(len(fits))
        clock[0] += 0.05 * len(fits) + 0.01 * len(fits) * epochs

    for name in ("thread_time", "perf_counter"):
        monkeypatch.setattr(timing.time, name, lambda: clock[0])
    times = time_fits(make_fits(40), train, "cpu", least=2, most=40)
    assert counts[0] == 2
    assert times.count == counts[-1] == 8, "more fits are tried until an epoch is long enough"
    assert times.epoch == pytest.approx(0.08)
    assert times.start == pytest.approx(0.4)


def test_what_the_first_call_computes_for_all_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, known = [0.0], set()

    def train(fits: Fits, epochs: int) -> None:
        clock[0] += 2.0 * len(set(fits.seeds) - known) + 0.1 * epochs
        known.update(fits.seeds)

    for name in ("thread_time", "perf_counter"):
        monkeypatch.setattr(timing.time, name, lambda: clock[0])
    times = time_fits(make_fits(40), train, "cpu", least=2, most=40, repeat_long=True)
    assert times.epoch == pytest.approx(0.1)
    assert times.start == pytest.approx(0.0)


def test_the_time_of_waiting_is_not_counted_on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    times = {"perf_counter": 9.0, "thread_time": 2.0, "process_time": 5.0}

    def measure(device: str) -> float:
        clocks = dict.fromkeys(times, 0.0)
        for name in times:
            monkeypatch.setattr(timing.time, name, lambda name=name: clocks[name])
        return measure_seconds(lambda: clocks.update(times), device)

    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert measure("cpu") == 2.5
    times["process_time"] = 3.0
    assert measure("cpu") == 2.0
    times["process_time"] = 99.0
    assert measure("cpu") == 9.0
    assert measure("cuda") == 9.0


def test_fewer_cases_are_in_proportion() -> None:
    fits, ratio = limit_cases(make_fits(3), 8)
    assert ratio == 3.0
    assert fits.training.sum(1).tolist() == [8, 8, 8]
    assert fits.validation.sum(1).tolist() == [4, 4, 4]
    assert torch.equal(fits.predicted, fits.validation)
    whole, ratio = limit_cases(make_fits(3), 99)
    assert ratio == 1.0
    assert whole.training.sum(1).tolist() == [24, 24, 24]
