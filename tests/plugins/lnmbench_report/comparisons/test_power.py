"""The power of the corrected test."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_report.comparisons.power import draw_power
from numpy.typing import NDArray

from lnmbench.records import Figure, Mark, Results
from lnmbench.results import (
    Question,
    aux_questions,
)


def find_figure(results: Results, key: str) -> Figure:
    (figure,) = [block for block in draw_power(results) if block.key == key]
    assert isinstance(figure, Figure)
    return figure


def fold_differences(results: Results, question: Question, metric: str) -> NDArray[np.float64]:
    scores = {r.method.fingerprint: r.scores[metric].values for r in results.method_results}
    return scores[question.method.fingerprint] - scores[question.reference.fingerprint]


def find_marks(figure: Figure, panel: int, kind: str, question: Question) -> list[Mark]:
    pair = (question.method.fingerprint, question.reference.fingerprint)
    return [m for m in figure.panels[panel].marks if m.kind == kind and m.methods == pair]


def test_power_reaches_80_percent_at_the_difference_that_the_note_names(varied: Results) -> None:
    figure = find_figure(varied, "power")
    (question,) = aux_questions(varied)
    (curve,) = find_marks(figure, 0, "line", question)
    assert (np.diff(curve.y) > 0.0).all()
    least = float(np.interp(0.8, curve.y, curve.x))
    assert f"difference of {least:.3f} in AUC".replace("0.", ".") in figure.notes[1]
    (dot,) = find_marks(figure, 0, "points", question)
    assert dot.x[0] == pytest.approx(abs(fold_differences(varied, question, "auc").mean()))
    assert dot.y[0] == pytest.approx(np.interp(dot.x[0], curve.x, curve.y), abs=0.01)
