"""Baselines of a chunk: classical models, tuned on the inner folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame
from lnmbench.records import TARGET, Cohort, Trial, UnitResult
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.stages.run.chunk import BaselineChunk, Fit, list_fits, unit_result
from lnmbench.stages.run.outer_fold import best_trial, mark_best

if TYPE_CHECKING:
    import pandas as pd


def baseline_results(
    chunk: BaselineChunk, cohort: Cohort, baseline: GuardedBaseline
) -> list[UnitResult]:
    """Return the results of the chunk's units.

    Parameters
    ----------
    chunk
        The method and the repeat.
    cohort
        The cohort of the chunk.
    baseline
        The baseline of the method.
    """
    from threadpoolctl import threadpool_limits

    frame = feature_frame(cohort, cohort.positions(chunk.plan.ids))
    planned = list(list_fits(chunk.plan, chunk.repeat))
    folds = range(chunk.plan.protocol.folds)
    with threadpool_limits(1):  # small matrices: more threads only wait for each other
        return [
            _unit(chunk, [fit for fit in planned if fit.fold == fold], baseline, cohort, frame)
            for fold in folds
        ]


def _unit(
    chunk: BaselineChunk,
    unit: Sequence[Fit],
    baseline: GuardedBaseline,
    cohort: Cohort,
    frame: pd.DataFrame,
) -> UnitResult:
    fitted = [_fit_candidates(baseline, cohort, frame, chunk.plan.truth, fit) for fit in unit]
    by_candidate = zip(*(losses for losses, _ in fitted), strict=True)
    trials = [
        Trial(candidate=number, settings=dict(settings), losses=losses)
        for number, (settings, losses) in enumerate(
            zip(baseline.candidates(), by_candidate, strict=True), start=1
        )
    ]
    chosen = best_trial(trials).candidate - 1
    return unit_result(
        chunk,
        unit,
        {TARGET: np.stack([p[chosen] for _, p in fitted])[..., None]},  # (fits, n, 1)
        fits=len(unit) * len(trials),
        search=mark_best(trials),
    )


def _fit_candidates(
    baseline: GuardedBaseline,
    cohort: Cohort,
    frame: pd.DataFrame,
    truth: NDArray[np.float64],
    fit: Fit,
) -> tuple[list[float], list[NDArray[np.float64]]]:
    """Return each candidate's log loss on the inner validation fold, and probabilities (n,)."""
    from sklearn.metrics import log_loss

    estimator = baseline.estimator(cohort.features)
    model, features = estimator.fit_steps(frame, truth, fit.training)  # once for all candidates
    losses, probabilities = [], []
    for candidate in baseline.candidates():
        p = model.probabilities(candidate, features, truth, fit.training)
        losses.append(float(log_loss(truth[fit.validation], p[fit.validation], labels=[0.0, 1.0])))
        probabilities.append(p)
    return losses, probabilities
