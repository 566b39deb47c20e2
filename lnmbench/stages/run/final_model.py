"""The final model of a linear baseline, fitted to all cases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np

from lnmbench.records import BaselineMethod, Cohort, FinalModel, Plan, printable_settings
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.stages.run.baselines import cohort_table, fit_equations
from lnmbench.stages.run.chunk import Fit


def fit_final_model(
    method: BaselineMethod,
    baseline: GuardedBaseline,
    cohort: Cohort,
    plan: Plan,
    settings: Sequence[str],
) -> FinalModel | None:
    """Return the model with the settings chosen most often, None if it has no equation.

    Of settings that units chose equally often, the first candidate is taken.

    Parameters
    ----------
    method, baseline
        A baseline without features of images.
    cohort
        The cohort.
    plan
        The plan.
    settings
        The settings that each unit chose, as JSON.
    """
    counts = Counter(settings)
    candidates = list(baseline.candidates())
    stored = [printable_settings(each) for each in candidates]
    chosen = [counts[json.dumps(each, sort_keys=True)] for each in stored]
    best = int(np.argmax(chosen))
    everything = np.ones(len(plan.ids), dtype=np.bool_)
    fit = Fit(
        fold=0, inner=0, training=everything, validation=~everything, test=~everything, seed=0
    )
    table = cohort_table(method, cohort, plan)
    equations = fit_equations(baseline, table, plan, fit, candidates[best])
    if not equations:
        return None
    return FinalModel(
        settings=stored[best],
        chosen=chosen[best],
        units=len(settings),
        cases=len(plan.ids),
        equations=equations,
    )
