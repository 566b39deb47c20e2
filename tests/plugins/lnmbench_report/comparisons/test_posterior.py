"""The posterior of the differences."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from lnmbench.records import Figure, Mark, Results
from lnmbench.results import (
    Question,
    aux_questions,
    format_probability,
)

FindFigure = Callable[[Results, str], Figure]
FindMarks = Callable[[Figure, int, str, Question], list[Mark]]
Subtract = Callable[[Results, Question, str], NDArray[np.float64]]


def test_posterior_is_a_density_about_the_mean_with_the_rope_shaded(
    varied: Results, find_figure: FindFigure, fold_differences: Subtract, find_marks: FindMarks
) -> None:
    figure = find_figure(varied, "posterior")
    (question,) = aux_questions(varied)
    for place, metric in enumerate(("auc", "ap")):
        (curve,) = find_marks(figure, place, "line", question)
        assert trapezoid(curve.y, curve.x) == pytest.approx(1.0, abs=0.02)
        middle = curve.x[np.argmax(curve.y)]
        step = curve.x[1] - curve.x[0]
        assert middle == pytest.approx(fold_differences(varied, question, metric).mean(), abs=step)
        (region,) = [m for m in figure.panels[place].marks if m.kind == "band"]
        assert region.x.tolist() == [-0.01, 0.01]
        assert not region.methods
    test = next(
        changed.tests["bayes"]
        for changed in varied.pair_comparisons
        if {changed.method_a, changed.method_b} == question.fingerprints and changed.metric == "auc"
    )
    assert f"AUC worse {format_probability(test.worse)}, practically" in figure.notes[1]
    assert f"equivalent {format_probability(test.equivalent)}, better" in figure.notes[1]


def test_in_a_metric_of_which_less_is_better_the_posterior_says_worse_above_zero(
    varied: Results, find_figure: FindFigure
) -> None:
    down = replace(varied, metric_better={"auc": False, "ap": False})
    up, other = (
        dict(re.findall(r"(worse|better) ([<>. \d]+)", find_figure(changed, "posterior").alt))
        for changed in (varied, down)
    )
    assert up["worse"].strip(" .") != up["better"].strip(" .")
    assert other["worse"].strip(" .") == up["better"].strip(" .")
    assert other["better"].strip(" .") == up["worse"].strip(" .")
