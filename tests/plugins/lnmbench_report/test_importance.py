"""Permutation importance: tables and figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.importance import MOST_FEATURES, Importance

from lnmbench.records import Estimate, Figure, InputImportance, InputKind, Results, Table
from lnmbench.rendering import render
from lnmbench.testing.sample_results import LOGISTIC, SINGLE_TASK, sample_results


def importance(kind: InputKind, name: str, loss: float) -> InputImportance:
    return InputImportance(
        kind=kind,
        name=name,
        metric="auc",
        losses=np.full((4, 5), loss),
        loss=Estimate(value=loss, low=loss - 0.02, high=loss + 0.02),
    )


@pytest.fixture
def results() -> Results:
    """Results of two methods, of which one has the importance of its inputs."""
    results = sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 1.0)])
    inputs = (
        *(importance("feature", f"x{i}", 0.001 * i) for i in range(MOST_FEATURES + 2)),
        importance("modality", "image", 0.01),
        importance("modality", "cfdna", 0.09),
        importance("feature", "undefined", np.nan),
    )
    first, *others = results.method_results
    return replace(results, method_results=(replace(first, importance=inputs), *others))


def test_modalities_come_first_and_the_most_important_features_follow(
    results: Results, column_texts: Callable[[Table, str], list[str]]
) -> None:
    short, whole, figure = Importance()(results)
    assert isinstance(short, Table)
    assert isinstance(whole, Table)
    assert isinstance(figure, Figure)
    names = ["cfdna, all features", "images", *(f"x{i}" for i in range(11, 1, -1))]
    assert column_texts(short, "input") == names
    assert column_texts(whole, "input") == [*names, "x1", "x0"]
    assert whole.exhaustive
    assert short.rows[0][2].text == "+.090 (.070 to .110)"
    assert (short.rows[0][2].value, short.rows[0][2].low) == (0.09, pytest.approx(0.07))
    assert "2 more inputs" in short.notes[-1]
    assert figure.panels[0].y.categories == tuple(names)
    assert "images +.010" in figure.alt
    assert max(map(len, render([short], "table").splitlines())) <= 100


def test_there_is_no_section_without_permuted_inputs() -> None:
    assert Importance()(sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 1.0)])) == []


def test_all_panels_have_the_same_axis(results: Results) -> None:
    first, second = results.method_results
    smaller = (importance("feature", "x0", -0.2),)
    both = replace(results, method_results=(first, replace(second, importance=smaller)))
    *_, figure = Importance()(both)
    assert isinstance(figure, Figure)
    assert len(figure.panels) == 2
    assert len({(panel.x.low, panel.x.high) for panel in figure.panels}) == 1
    low, high = figure.panels[0].x.low, figure.panels[0].x.high
    assert low is not None
    assert high is not None
    assert low < -0.22
    assert high > 0.11
