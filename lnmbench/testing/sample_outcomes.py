"""Sample results of a target with several outcomes."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import scipy

from lnmbench.defaults import DEFAULTS
from lnmbench.records import Cost, Outcomes, Plan, Preprocessing, Results, Splits, mark_positive
from lnmbench.registry import Registry
from lnmbench.stages.report import build_metrics, compare_methods
from lnmbench.stages.target_score import score_target
from lnmbench.testing.sample_results import as_validation, sample_results, sigmoid


def sample_outcome_results(
    kind: Literal["multilabel", "ordinal"] = "multilabel", *, registry: Registry | None = None
) -> Results:
    """Return results as `sample_results`, of a target with three outcomes.

    The outcomes `low`, `middle` and `high` are positive in a quarter, an eighth and a twentieth of
    the 200 cases, and each implies those before it. In some cases `high` is unknown.

    Parameters
    ----------
    kind
        The kind of the target.
    registry
        The plugins with metrics and statistical tests; by default all that are installed.

    Examples
    --------
    >>> results = sample_outcome_results()
    >>> results.outcomes.names
    ('low', 'middle', 'high')
    """
    registry = Registry() if registry is None else registry
    primary = DEFAULTS.primary_metrics[kind]
    single = sample_results(registry=registry)
    protocol = replace(single.protocol, primary=primary)
    number = np.arange(single.n)
    values = np.stack([number % 4 == 0, number % 8 == 0, number % 40 == 0], axis=1).astype(float)
    values[3::20, 2] = np.nan
    outcomes = Outcomes(kind=kind, names=("low", "middle", "high"), values=values)
    plan = Plan(
        dataset="sample",
        fingerprint=single.fingerprint,
        card=single.card,
        preprocessing=Preprocessing(),
        protocol=protocol,
        ids=tuple(map(str, number)),
        truth=mark_positive(values),
        patients=number,
        splits=Splits(outer=single.outer, inner=np.zeros((4, 5, single.n), dtype=np.int16)),
        outcomes=outcomes,
    )
    offers = build_metrics(protocol, registry, kind)
    method_results = []
    for result in single.method_results:
        logits = np.zeros(0) if result.predicted is None else scipy.special.logit(result.predicted)
        predicted = sigmoid(logits[..., None] - [0.0, 1.0, 2.5])  # (repeats, n, 3)
        method_results.append(
            score_target(
                result.method,
                predicted,
                as_validation(predicted, single.outer),
                plan,
                metrics=offers.of_target,
                outcome_metrics=offers.of_outcome,
                units_done=protocol.units,
                cost=Cost(),
            )
        )
    metrics = {**offers.without_parameters, **offers.of_target}
    results = replace(
        single,
        protocol=protocol,
        method_results=tuple(method_results),
        metrics=tuple(offers.of_target),
        metric_titles={name: metric.title for name, metric in metrics.items()},
        metric_bounds={name: metric.bounds for name, metric in metrics.items()},
        metric_better={name: metric.greater_is_better for name, metric in metrics.items()},
        metric_functions=offers.of_target,
        primary_metrics=primary,
        patients=number,
        truth=plan.truth,
        outcomes=outcomes,
    )
    return compare_methods(results, registry)
