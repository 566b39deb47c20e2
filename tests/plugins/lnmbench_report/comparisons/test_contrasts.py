"""Contrasts: the differences that figures draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.comparisons.contrasts import constant_notes, make_contrasts, select_drawn
from lnmbench_report.comparisons.fold_differences import Differences
from numpy.typing import NDArray

from lnmbench.records import Figure, Mark, Results
from lnmbench.registry import Registry
from lnmbench.results import (
    Question,
    aux_questions,
)
from lnmbench.stages.report import compare_methods


def find_figure(results: Results, key: str) -> Figure:
    (figure,) = [block for block in Differences()(results) if block.key == key]
    assert isinstance(figure, Figure)
    return figure


def fold_differences(results: Results, question: Question, metric: str) -> NDArray[np.float64]:
    scores = {r.method.fingerprint: r.scores[metric].values for r in results.method_results}
    return scores[question.method.fingerprint] - scores[question.reference.fingerprint]


def find_marks(figure: Figure, panel: int, kind: str, question: Question) -> list[Mark]:
    pair = (question.method.fingerprint, question.reference.fingerprint)
    return [m for m in figure.panels[panel].marks if m.kind == kind and m.methods == pair]


def test_a_metric_without_spread_is_told_beside_one_that_has_it(varied: Results) -> None:
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


def test_contrasts_have_the_differences_of_the_primary_test(varied: Results) -> None:
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
