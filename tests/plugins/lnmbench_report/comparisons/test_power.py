"""The power of the corrected test."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench.records import Figure, Mark, Results
from lnmbench.results import (
    Question,
    aux_questions,
)

FindFigure = Callable[[Results, str], Figure]
FindMarks = Callable[[Figure, int, str, Question], list[Mark]]
Subtract = Callable[[Results, Question, str], NDArray[np.float64]]


def test_power_reaches_80_percent_at_the_difference_that_the_note_names(
    varied: Results, find_figure: FindFigure, fold_differences: Subtract, find_marks: FindMarks
) -> None:
    figure = find_figure(varied, "power")
    (question,) = aux_questions(varied)
    (curve,) = find_marks(figure, 0, "line", question)
    assert (np.diff(curve.y) > 0.0).all()
    least = float(np.interp(0.8, curve.y, curve.x))
    assert f"difference of {least:.3f} in AUC".replace("0.", ".") in figure.notes[1]
    (dot,) = find_marks(figure, 0, "points", question)
    assert dot.x[0] == pytest.approx(abs(fold_differences(varied, question, "auc").mean()))
    assert dot.y[0] == pytest.approx(np.interp(dot.x[0], curve.x, curve.y), abs=0.01)
