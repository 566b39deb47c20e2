"""Baselines of a benchmark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from lnmbench import Cohort, UserError
from lnmbench.config import read_benchmark
from lnmbench.estimators import estimator
from lnmbench.records import BaselineMethod, Plan, Resources
from lnmbench.registry import Registry
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import resolve_methods
from lnmbench.stages.plan.resolved_methods import ResolvedBaseline

MakeCohort = Callable[..., Cohort]
Labels = Callable[..., list[str]]
REGISTRY = Registry()


READER = """
import numpy as np
from lnmbench import hookimpl
from lnmbench.records import CasePredictions

class Reader:
    def predict_cases(self, cohort, find_case):
        values = np.full(len(cohort), np.nan)
        for number in range(30):
            values[find_case(f"case-{number}")] = number % 2
        return CasePredictions(values=values, scale="call")

@hookimpl
def register_baselines():
    return {"reader": Reader}
"""


def test_a_baseline_that_is_not_trained_is_resolved_once_for_all_modalities(
    make_cohort: MakeCohort, plan: Plan, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(READER)
    registry = Registry([str(tmp_path / "mine.py")])
    options = {"baseline": "reader", "only": True, "modalities": ["clinical", "clinical"]}
    benchmark = read_benchmark(None, options)
    selections = select_methods(benchmark, registry)
    (resolved,), failures = resolve_methods(
        selections, benchmark, registry, make_cohort(30), Resources(), plan=plan
    )
    assert failures == ()
    assert isinstance(resolved, ResolvedBaseline)
    assert resolved.fixed is not None
    np.testing.assert_array_equal(resolved.fixed.values[1], np.arange(30) % 2)
    method = resolved.method
    assert (method.label, method.trained, method.scale, method.partial) == (
        "reader",
        False,
        "call",
        False,
    )


def test_a_baseline_that_is_not_trained_has_no_modalities(
    make_cohort: MakeCohort, plan: Plan, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(READER)
    registry = Registry([str(tmp_path / "mine.py")])
    benchmark = read_benchmark(None, {"baseline": "reader:modalities=clinical", "only": True})
    selections = select_methods(benchmark, registry)
    with pytest.raises(UserError, match="reader:modalities=clinical gets no features"):
        resolve_methods(selections, benchmark, registry, make_cohort(30), Resources(), plan=plan)


def test_the_version_of_an_imported_package_belongs_to_the_method(
    make_cohort: MakeCohort, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sklearn

    def resolve() -> ResolvedBaseline:
        options = {"baseline": "sklearn:path=sklearn.dummy.DummyClassifier", "only": True}
        benchmark = read_benchmark(None, options)
        selections, cohort = select_methods(benchmark, REGISTRY), make_cohort(30)
        (resolved,), _ = resolve_methods(
            selections, benchmark, REGISTRY, cohort, Resources(), plan=plan
        )
        assert isinstance(resolved, ResolvedBaseline)
        return resolved

    first = resolve().method
    assert first.plugins["sklearn"] == sklearn.__version__
    monkeypatch.setattr(sklearn, "__version__", "99.0")
    assert resolve().method.fingerprint != first.fingerprint


def test_an_object_belongs_to_the_method_by_its_checksum(
    make_cohort: MakeCohort, plan: Plan
) -> None:
    def resolve(model: LogisticRegression) -> BaselineMethod:
        passed = estimator("mine", model, search={"tol": [1e-3, 1e-4]})
        registry = Registry([passed])
        benchmark = read_benchmark(None, {"baseline": passed, "only": True})
        selections = select_methods(benchmark, registry)
        (resolved,), _ = resolve_methods(
            selections, benchmark, registry, make_cohort(30), Resources(), plan=plan
        )
        assert isinstance(resolved, ResolvedBaseline)
        return resolved.method

    method, same, other = (resolve(LogisticRegression(C=number)) for number in (1.0, 1.0, 2.0))
    assert method.fingerprint == same.fingerprint != other.fingerprint
    assert method.fingerprint == replace(method, estimator="described otherwise").fingerprint
    assert method.label == "mine"
    assert "LogisticRegression(random_state=0); search: tol=0.001+0.0001" in method.estimator
    assert {"estimator mine", "sklearn", "lnmbench"} == set(method.plugins)
