"""Runs, methods, features and labels that the checks look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench.records import (
    AuxLabels,
    Choice,
    Label,
    LeakSigns,
    MethodResult,
    NetworkMethod,
    PairComparison,
    Profile,
    Protocol,
    Results,
    Summary,
    TestResult,
    Training,
    Variable,
    Weights,
)
from lnmbench.testing.sample_results import empty_results


@pytest.fixture(scope="session")
def cohort_run() -> Results:
    """A run without methods on 60 cases, every third positive, in 2 × 3 outer folds."""
    n = 60
    truth = (np.arange(n) % 3 == 0).astype(float)
    return replace(
        empty_results(),
        cohort="radiogenomics:root=x",
        protocol=Protocol(repeats=2, folds=3),
        n=n,
        positives=int(truth.sum()),
        metrics=("auc",),
        metric_titles={"auc": "AUC"},
        primary="corrected",
        primary_metrics=("auc",),
        metric_bounds={"auc": (0.0, 1.0)},
        metric_better={"auc": True},
        truth=truth,
        outer=np.array([np.arange(n) % 3, (np.arange(n) // 4) % 3], dtype=np.int16),
    )


@pytest.fixture(scope="session")
def feature_profile() -> Callable[..., Profile]:
    """Make a profile with one feature.

    `area` is its AUC, whose interval reaches .01 below it, `known` its number of values in either
    class.
    """

    def make(name: str, area: float, *, known: int = 20, **others: Any) -> Profile:
        summary = Summary(known=known, missing=20 - known)
        settings: dict[str, Any] = {
            "role": "feature",
            "kind": "continuous",
            "known": "before",
            "everyone": summary,
            "negative": summary,
            "positive": summary,
            "signs": LeakSigns(auc=area, low=area - 0.01) if known >= 8 else LeakSigns(),
            **others,
        }
        return Profile(variables=(Variable(name=name, **settings),))

    return make


@pytest.fixture(scope="session")
def image_network() -> Callable[..., MethodResult]:
    """Make the result of a network on images with auxiliary tasks and encoder parameters."""

    def make(*aux: Choice, source: str = "imagenet", **parameters: object) -> MethodResult:
        method = NetworkMethod(
            label="resnet18",
            encoder=Choice(name="resnet18", parameters=parameters),
            level="slice",
            weights=Weights(source=source),
            aux=aux,
        )
        return MethodResult(method=method, units_done=6, units_all=6)

    return make


@pytest.fixture(scope="session")
def clinical_network() -> MethodResult:
    """The result of a network on clinical features alone."""
    method = NetworkMethod(
        label="clinical network",
        encoder=Choice(name="none"),
        level="none",
        weights=Weights(source="none"),
    )
    return MethodResult(method=method, units_done=6, units_all=6)


@pytest.fixture(scope="session")
def aux_labels(image_network: Callable[..., MethodResult]) -> Callable[..., dict[str, Any]]:
    """Make the fields of a run with one network and the labels of its auxiliary task."""

    def make(
        values: NDArray[np.float64], kind: Label = "ordinal", *, shuffled: int = 0
    ) -> dict[str, Any]:
        task = Choice(name="pt", parameters={"shuffled": shuffled})
        known = int((~np.isnan(values.reshape(len(values), -1))).any(axis=1).sum())
        labels = AuxLabels(task=str(task), title="T", kind=kind, known=known, values=values)
        return {"method_results": (image_network(task),), "aux_labels": {str(task): labels}}

    return make


@pytest.fixture(scope="session")
def risk() -> NDArray[np.float64]:
    """The true probabilities, (400,), of the cases of `method_run`."""
    return 1 / (1 + np.exp(-np.random.default_rng(0).normal(0, 1.5, 400)))


@pytest.fixture(scope="session")
def method_run(risk: NDArray[np.float64]) -> Callable[..., Results]:
    """Make a run with method results and comparisons on 400 cases, in 2 × 10 outer folds."""
    n = len(risk)
    truth = (np.random.default_rng(1).random(n) < risk).astype(float)

    def make(
        *method_results: MethodResult,
        comparisons: tuple[PairComparison, ...] = (),
        **fields: Any,
    ) -> Results:
        results = replace(
            empty_results(),
            protocol=Protocol(repeats=2, folds=10),
            n=n,
            positives=int(truth.sum()),
            method_results=method_results,
            pair_comparisons=comparisons,
            metrics=("auc",),
            metric_titles={"auc": "AUC", "brier": "Brier score"},
            comparison_titles={"corrected": "corrected", "paired": "plain"},
            comparison_roles={"corrected": "primary", "paired": "as published"},
            primary="corrected",
            primary_metrics=("auc",),
            metric_bounds={"auc": (0.0, 1.0)},
            metric_better={"auc": True, "brier": False},
            truth=truth,
        )
        return replace(results, **fields)

    return make


@pytest.fixture(scope="session")
def network() -> Callable[..., MethodResult]:
    """Make the result of a clinical network with auxiliary tasks."""

    def make(label: str, *aux: Choice, **fields: Any) -> MethodResult:
        method = NetworkMethod(
            label=label,
            encoder=Choice(name="none"),
            level="none",
            weights=Weights(source="none"),
            aux=aux,
            weighting=Choice(name="fixed") if aux else None,
            training=Training(),
        )
        return MethodResult(method=method, **{"units_done": 20, "units_all": 20, **fields})

    return make


@pytest.fixture(scope="session")
def single(network: Callable[..., MethodResult]) -> MethodResult:
    """A network without auxiliary tasks."""
    return network("single")


@pytest.fixture(scope="session")
def with_pt(network: Callable[..., MethodResult]) -> MethodResult:
    """The same network with pT as an auxiliary task."""
    return network("with pT", Choice(name="pt", parameters={"edition": "auto", "shuffled": 0}))


@pytest.fixture(scope="session")
def compare() -> Callable[..., PairComparison]:
    """Make a comparison of b with a, with Holm's p and perhaps the p of the plain test."""

    def make(
        a: MethodResult,
        b: MethodResult,
        difference: float,
        holm: float,
        *,
        plain: float | None = None,
        metric: str = "auc",
    ) -> PairComparison:
        def test(p: float) -> TestResult:
            return TestResult(estimate=difference, low=0, high=0, statistic=0, df=19, pvalue=p)

        tests = {"corrected": test(holm / 3)}
        if plain is not None:
            tests["paired"] = test(plain)
        return PairComparison(
            metric=metric,
            method_a=a.method.fingerprint,
            method_b=b.method.fingerprint,
            tests=tests,
            holm=holm,
        )

    return make
