"""The power of the corrected test."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_report.comparisons.fold_differences import Differences
from numpy.typing import NDArray

from lnmbench.records import Figure, Mark, Results
from lnmbench.results import (
    Question,
    aux_questions,
    detectable_in_new_cohort,
    format_decimal,
    question_effects,
)
from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_predictions, sample_results

FindFigure = Callable[[Results, str], Figure]
FindMarks = Callable[[Figure, int, str, Question], list[Mark]]
Subtract = Callable[[Results, Question, str], NDArray[np.float64]]


def test_power_reaches_80_percent_at_the_difference_that_the_note_names(
    sample: Results, find_figure: FindFigure, fold_differences: Subtract, find_marks: FindMarks
) -> None:
    figure = find_figure(sample, "power")
    (question,) = aux_questions(sample)
    (curve,) = find_marks(figure, 0, "line", question)
    assert (np.diff(curve.y) > 0.0).all()
    least = float(np.interp(0.8, curve.y, curve.x))
    effects = question_effects(sample, question)
    size = detectable_in_new_cohort(sample, question, effects[0])
    assert least == pytest.approx(size, abs=5e-4)
    assert f"a difference of {format_decimal(size)} in AUC" in figure.notes[1]
    assert "p < .025, Holm's threshold for the smallest p" in figure.notes[0], "two metrics"
    here = [format_decimal(effect.detectable) for effect in effects]
    assert f"over these folds alone, {here[0]} in AUC and {here[1]} in AP" in figure.notes[1]
    (dot,) = find_marks(figure, 0, "points", question)
    assert dot.x[0] == pytest.approx(abs(fold_differences(sample, question, "auc").mean()))
    assert dot.y[0] == pytest.approx(np.interp(dot.x[0], curve.x, curve.y), abs=0.01)


def test_a_task_that_hardly_changes_predictions_has_no_power_to_draw(
    find_figure: FindFigure,
) -> None:
    method, reference = SAMPLE_METHODS[:2]
    predictions = sample_predictions([method, reference])
    same = predictions[reference[0].fingerprint]
    predictions[method[0].fingerprint] = same + 1e-3 * predictions[method[0].fingerprint]
    results = sample_results([method, reference], predictions=predictions)
    assert not [block for block in Differences()(results) if block.key == "power"]


def test_a_metric_without_a_detectable_difference_says_so(
    varied: Results, find_figure: FindFigure
) -> None:
    note = find_figure(varied, "power").notes[1]
    start = r"80 % power in a new cohort of this size for none in AUC \(observed [−+]\.\d{3}\)"
    assert re.search(start, note)
