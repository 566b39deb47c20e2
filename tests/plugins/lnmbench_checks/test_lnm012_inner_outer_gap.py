from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_checks.lnm012_inner_outer_gap import InnerOuterGap

from lnmbench.records import FoldScores, MethodResult, Results

MakeRun = Callable[..., Results]
MakeScored = Callable[[float, float, float], MethodResult]


@pytest.fixture
def scored_network(single: MethodResult) -> MakeScored:
    """Make a method with inner scores and normally distributed outer scores."""

    def make(inner: float, outer: float, sd: float) -> MethodResult:
        values = outer + sd * np.random.default_rng(3).normal(size=(2, 10))
        scores = FoldScores(method="m", metric="auc", values=values)
        return replace(single, scores={"auc": scores}, inner=np.full((2, 10), inner))

    return make


@pytest.mark.parametrize(
    ("inner", "outer", "sd", "fires"),
    [
        (0.9, 0.7, 0.05, True),
        (0.7, 0.9, 0.05, True),
        (0.73, 0.7, 0.01, False),
        (0.78, 0.7, 0.3, False),
    ],
)
def test_inner_scores_far_from_outer_scores_are_reported(
    inner: float,
    outer: float,
    sd: float,
    fires: bool,
    method_run: MakeRun,
    scored_network: MakeScored,
) -> None:
    message = InnerOuterGap()(method_run(scored_network(inner, outer, sd)))
    assert message is not None
    assert (f"AUC {inner:.3f}".replace("0.", ".") in message) is fires


def test_methods_without_inner_scores_are_not_assessed(
    method_run: MakeRun, scored_network: MakeScored
) -> None:
    without = replace(scored_network(0.9, 0.7, 0.05), inner=None)
    undefined = replace(scored_network(0.9, 0.7, 0.05), inner=np.full((2, 10), np.nan))
    assert InnerOuterGap()(method_run(without, undefined)) is None
