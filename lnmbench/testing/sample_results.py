"""Sample results for tests of report sections and checks, made without training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from lnmbench.records import (
    BaselineMethod,
    Card,
    Choice,
    Cost,
    Method,
    NetworkMethod,
    Protocol,
    Results,
    Training,
    Weights,
)
from lnmbench.registry import Registry
from lnmbench.stages.report import compare_methods, target_metrics
from lnmbench.stages.score import LabeledPredictions, Validation, score

PROTOCOL = Protocol(repeats=4, folds=5, seed=7)

CARD = Card(
    title="sample",
    license="none",
    source="none",
    citation="none",
    labels="drawn",
    synthetic=True,
    truth={"AUC of the risk": 0.8421},
)


def sample_network(
    label: str, *aux: str | Choice, encoder: str = "resnet50", learning_rate: float = 1e-3
) -> NetworkMethod:
    """Return a network that is not trained.

    Parameters
    ----------
    label
        Its name in tables.
    *aux
        Its auxiliary tasks; `pt` and `Choice(name="pt", parameters={"shuffled": 1})`.
    encoder
        The name of its encoder.
    learning_rate
        A setting in which networks can differ.
    """
    return NetworkMethod(
        label=label,
        encoder=Choice(name=encoder),
        level="slice",
        weights=Weights(source="random", note="random weights of a sample"),
        aux=tuple(Choice(name=task) if isinstance(task, str) else task for task in aux),
        weighting=Choice(name="fixed"),
        training=Training(learning_rate=learning_rate),
    )


MULTI_TASK = sample_network("resnet50 + pt", "pt")
SINGLE_TASK = sample_network("resnet50")
CONTROL = sample_network("resnet50 + pt:shuffled=1", Choice(name="pt", parameters={"shuffled": 1}))
LOGISTIC = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))

SAMPLE_METHODS: Sequence[tuple[Method, float]] = (
    (MULTI_TASK, 1.0),
    (SINGLE_TASK, 0.95),
    (LOGISTIC, 0.9),
    (CONTROL, 0.95),
)
"""Methods with the strength of the signal in their predictions."""


def empty_results() -> Results:
    """Return results of a cohort of 200 cases without any method.

    Examples
    --------
    >>> from dataclasses import replace
    >>> results = replace(empty_results(), notes=("a note",))
    >>> results.n, results.method_results, results.notes
    (200, (), ('a note',))
    """
    return Results(
        cohort="sample:n=200",
        card=replace(CARD, synthetic=False, truth={}),
        fingerprint="0123456789abcdef",
        protocol=PROTOCOL,
        n=200,
        positives=50,
        method_results=(),
        pair_comparisons=(),
        metrics=(),
        metric_titles={},
        comparison_titles={},
        comparison_roles={},
        primary="",
        truth=np.zeros(0),
        outer=np.zeros((PROTOCOL.repeats, 0), dtype=np.int16),
        patients=np.zeros(0, dtype=np.int64),
    )


def sample_predictions(
    methods: Sequence[tuple[Method, float]] = SAMPLE_METHODS, n: int = 200, seed: int = 0
) -> dict[str, NDArray[np.float64]]:
    """Return probabilities (repeats, n) that carry the label, by fingerprint.

    Parameters
    ----------
    methods
        Methods with the strength of the signal: 0 for none, 3 for an AUC of about .98. The noise is
        in part shared by all methods.
    n
        The number of cases; every fourth is positive.
    seed
        The seed of the noise.
    """
    random = np.random.default_rng(seed + 1)
    truth = np.arange(n) % 4 == 0
    noise = random.normal(size=(PROTOCOL.repeats, n))
    return {
        method.fingerprint: sigmoid(
            strength * truth + noise + 0.3 * random.normal(size=noise.shape) - 1
        )
        for method, strength in methods
    }


def sample_results(
    methods: Sequence[tuple[Method, float]] = SAMPLE_METHODS,
    *,
    n: int = 200,
    seed: int = 0,
    synthetic: bool = True,
    primary: tuple[str, ...] = ("auc", "ap"),
    margins: tuple[tuple[str, float], ...] = (),
    predictions: Mapping[str, NDArray[np.float64]] | None = None,
    units_done: Mapping[str, int] | None = None,
    registry: Registry | None = None,
) -> Results:
    """Return results of a small made-up run, scored and compared like a real one.

    By default a network with an auxiliary task, the same without it, a negative control and a
    baseline, on 4 × 5 folds. Use `dataclasses.replace` for other fields of the results.

    Parameters
    ----------
    methods
        Methods with the strength of the signal in their predictions.
    n
        The number of cases; every fourth is positive.
    seed
        The seed of the predictions, and the first digit of the cohort's fingerprint.
    synthetic
        Whether the cohort is a synthetic one.
    primary
        The names of the primary metrics.
    margins
        The declared margins by metric.
    predictions
        Probabilities (repeats, n) by fingerprint; by default `sample_predictions`.
    units_done
        The number of finished units of methods that are not complete, by label.
    registry
        The plugins with metrics and statistical tests; by default all that are installed.

    Examples
    --------
    >>> results = sample_results()
    >>> [result.method.label for result in results.method_results]
    ['resnet50 + pt', 'resnet50', 'logistic', 'resnet50 + pt:shuffled=1']
    >>> round(results.method_results[0].summary["auc"].value, 2)
    0.76
    """
    registry = Registry() if registry is None else registry
    protocol = replace(PROTOCOL, primary=primary, margins=margins)
    metrics = target_metrics(protocol, registry)
    probabilities = sample_predictions(methods, n, seed) if predictions is None else predictions
    truth = (np.arange(n) % 4 == 0).astype(float)
    fold = np.arange(n) // 4 % protocol.folds
    outer = np.array(
        [(fold + repeat) % protocol.folds for repeat in range(protocol.repeats)], dtype=np.int16
    )
    method_results = tuple(
        score(
            method,
            LabeledPredictions(
                predicted=probabilities[method.fingerprint],
                truth=truth,
                outer=outer,
                validation=as_validation(probabilities[method.fingerprint], outer),
            ),
            protocol=protocol,
            metrics=metrics,
            cost=Cost(),
            units_done=(units_done or {}).get(method.label, protocol.units),
        )
        for method, _ in methods
    )
    results = replace(
        empty_results(),
        cohort="synthetic:n=200" if synthetic else "sample:n=200",
        card=CARD if synthetic else replace(CARD, synthetic=False, truth={}),
        fingerprint=f"{seed}123456789abcdef",
        protocol=protocol,
        n=n,
        positives=int(truth.sum()),
        method_results=method_results,
        metrics=tuple(metrics),
        metric_titles={name: metric.title for name, metric in metrics.items()},
        metric_bounds={name: metric.bounds for name, metric in metrics.items()},
        metric_better={name: metric.greater_is_better for name, metric in metrics.items()},
        metric_functions=metrics,
        primary_metrics=primary,
        truth=truth,
        outer=outer,
    )
    return compare_methods(results, registry)


def as_validation(predicted: NDArray[np.float64], outer: NDArray[np.int16]) -> Validation:
    """Return out-of-fold predictions as if they were also those of the inner folds.

    Parameters
    ----------
    predicted
        Probabilities (repeats, n, …).
    outer
        (repeats, n): the outer fold in which a case is tested.
    """
    return [
        (repeat, fold, predicted[repeat][outer[repeat] != fold])
        for repeat, fold in np.ndindex(len(outer), int(outer.max()) + 1)
    ]


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities of log odds."""
    return np.asarray(scipy.special.expit(logits), dtype=np.float64)
