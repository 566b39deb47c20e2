"""Estimates of a run and of its methods."""

from __future__ import annotations

from pathlib import Path

from lnmbench.stages.estimate.estimates import MethodEstimate, RunEstimate, Span


def test_a_run_takes_the_time_of_all_methods() -> None:
    method = MethodEstimate(
        label="m",
        units=6,
        units_all=6,
        fits=12,
        candidates=1,
        slices=0,
        seconds=Span(low=1.0, high=2.0),
        disk=10,
    )
    run = RunEstimate(folder=Path(), methods=(method, method), disk=30, basis=())
    assert run.seconds == Span(low=2.0, high=4.0)
    assert RunEstimate(folder=Path(), methods=(), disk=0, basis=()).seconds == Span()
