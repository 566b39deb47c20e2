"""Baselines of a chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from lnmbench import Cohort
from lnmbench.records import BaselineMethod, Choice, Plan
from lnmbench.registry import Registry
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.stages.run.baselines import baseline_results
from lnmbench.stages.run.chunk import BaselineChunk

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


class Trees:
    """A classifier that is no pipeline."""

    def estimator(self, columns: Sequence[object]) -> object:
        return HistGradientBoostingClassifier(max_iter=3)

    def candidates(self) -> Sequence[Mapping[str, object]]:
        return [{"learning_rate": 0.1}, {"learning_rate": 0.3}]


LOGISTIC = Registry().baselines.select(METHOD.baseline)


@pytest.mark.parametrize(
    "baseline", [GuardedBaseline(Trees(), LOGISTIC.boundary), LOGISTIC.build()]
)
def test_each_unit_takes_the_settings_with_the_lowest_inner_loss(
    make_cohort: Callable[..., Cohort], plan: Plan, baseline: GuardedBaseline
) -> None:
    chunk = BaselineChunk(method=METHOD, repeat=0, plan=plan, cohort_file=Path())
    cohort = make_cohort(30)
    results = baseline_results(chunk, cohort, baseline)
    assert [result.unit.fold for result in results] == [0, 1, 2]
    for result in results:
        best = min(result.search, key=lambda trial: trial.loss)
        assert dict(best.settings) == result.settings
        assert result.fits == 2 * len(baseline.candidates()) == 2 * len(result.search)
        tested = plan.splits.outer[0] == result.unit.fold
        assert (np.isfinite(result.test["target"][:, 0]) == tested).all()
    turned = replace(plan, truth=np.where(plan.splits.outer[0] == 1, 1 - plan.truth, plan.truth))
    again = baseline_results(replace(chunk, plan=turned), cohort, baseline)[1]
    np.testing.assert_array_equal(again.test["target"], results[1].test["target"])
