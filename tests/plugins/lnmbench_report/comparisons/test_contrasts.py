"""Contrasts: the differences that figures draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.comparisons.contrasts import constant_notes, make_contrasts, select_drawn
from numpy.typing import NDArray

from lnmbench.records import Figure, Results
from lnmbench.registry import Registry
from lnmbench.results import (
    Question,
    aux_questions,
)
from lnmbench.stages.report import compare_methods

FindFigure = Callable[[Results, str], Figure]
Subtract = Callable[[Results, Question, str], NDArray[np.float64]]


def test_a_metric_without_spread_is_named_in_the_figure_of_the_other(
    varied: Results, find_figure: FindFigure
) -> None:
    (question,) = aux_questions(varied)
    keys = question.fingerprints
    scores = next(o.scores for o in varied.method_results if o.method == question.reference)
    outcomes = tuple(
        replace(o, scores={**o.scores, "ap": scores["ap"]}) if o.method.fingerprint in keys else o
        for o in varied.method_results
    )
    half = compare_methods(replace(varied, method_results=outcomes), Registry())
    for key in ("posterior", "power"):
        figure = find_figure(half, key)
        assert [panel.title for panel in figure.panels] == ["AUC"]
        assert figure.notes[-1].endswith("is not drawn in AP: the same in every fold.")


def test_contrasts_have_the_differences_of_the_primary_test(
    varied: Results, fold_differences: Subtract
) -> None:
    questions = select_drawn(varied, [*aux_questions(varied), *aux_questions(varied)])
    assert len(questions) == 1, "each pair once"
    contrasts = dict(make_contrasts(varied, questions))
    assert list(contrasts) == ["auc", "ap"]
    (contrast,) = contrasts["auc"]
    np.testing.assert_allclose(
        contrast.differences, fold_differences(varied, questions[0], "auc"), atol=1e-12
    )
    assert contrast.test.estimate == pytest.approx(contrast.differences.mean())
    assert not contrast.constant
    assert not list(constant_notes(varied, list(contrasts.items())))
