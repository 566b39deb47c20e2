"""Baselines of a chunk: classical models, tuned on the inner folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame
from lnmbench.contracts import Baseline
from lnmbench.records import TARGET, BaselineMethod, Cohort, Trial, UnitResult
from lnmbench.registry import Registry
from lnmbench.stages.run.chunk import Chunk, Fit, fits, unit_result
from lnmbench.stages.run.search.best_candidate import leader, with_choice


def baseline_results(
    method: BaselineMethod, chunk: Chunk, cohort: Cohort, registry: Registry
) -> list[UnitResult]:
    """Return the results of the chunk's units."""
    from threadpoolctl import threadpool_limits

    baseline = registry.baselines.build(method.baseline)
    frame = feature_frame(cohort, cohort.positions(chunk.plan.ids))
    planned = list(fits(chunk.plan, chunk.repeat))
    folds = range(chunk.plan.protocol.folds)
    with threadpool_limits(1):  # small matrices: more threads only wait for each other
        return [
            _unit(chunk, [fit for fit in planned if fit.fold == fold], baseline, cohort, frame)
            for fold in folds
        ]


def _unit(
    chunk: Chunk, unit: Sequence[Fit], baseline: Baseline, cohort: Cohort, frame: Any
) -> UnitResult:
    tried = [_tried(baseline, cohort, frame, chunk.plan.truth, fit) for fit in unit]
    by_candidate = zip(*(losses for losses, _ in tried), strict=True)
    search = [
        Trial(candidate=number, settings=dict(settings), losses=losses)
        for number, (settings, losses) in enumerate(
            zip(baseline.candidates(), by_candidate, strict=True), start=1
        )
    ]
    chosen = leader(search).candidate - 1
    return unit_result(
        chunk,
        unit,
        {TARGET: np.stack([p[chosen] for _, p in tried])[..., None]},
        fits=len(unit) * len(search),
        search=with_choice(search),
    )


def _tried(
    baseline: Baseline,
    cohort: Cohort,
    frame: Any,
    truth: NDArray[np.float64],
    fit: Fit,
) -> tuple[list[float], list[NDArray[np.float64]]]:
    """Each candidate's log loss on the inner validation fold, and its probabilities (n,)."""
    from sklearn.base import clone
    from sklearn.metrics import log_loss
    from sklearn.pipeline import Pipeline

    model, ready = baseline.estimator(cohort.features), frame
    if isinstance(model, Pipeline) and len(model) > 1:  # what comes before is fitted once
        before, model = model[:-1], model[-1]
        ready = before.fit(frame[fit.training], truth[fit.training]).transform(frame)
    losses, probabilities = [], []
    for candidate in baseline.candidates():
        fitted = clone(model).set_params(**candidate).fit(ready[fit.training], truth[fit.training])
        p = fitted.predict_proba(ready)[:, 1]
        losses.append(float(log_loss(truth[fit.validation], p[fit.validation], labels=[0.0, 1.0])))
        probabilities.append(p)
    return losses, probabilities
