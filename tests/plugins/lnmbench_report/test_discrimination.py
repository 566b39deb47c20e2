"""ROC and precision-recall curves."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_report.discrimination import Discrimination
from sklearn.metrics import average_precision_score, roc_auc_score

from lnmbench.records import Figure, Mark, Results
from lnmbench.results import aux_questions, complete_methods


def figures(results: Results) -> dict[str, Figure]:
    return {block.key: block for block in Discrimination()(results) if isinstance(block, Figure)}


def marks(figure: Figure, kind: str) -> list[Mark]:
    return [m for p in figure.panels for m in p.marks if m.kind == kind]


def test_curves_have_the_area_that_their_names_give(scored: Results) -> None:
    truth, drawn = scored.truth, figures(scored)
    for outcome in complete_methods(scored):
        key = (outcome.method.fingerprint,)
        (curve,) = [m for m in marks(drawn["roc"], "line") if m.methods == key]
        area = float(np.trapezoid(curve.y, curve.x))
        assert area == pytest.approx(roc_auc_score(truth, outcome.probability))
        assert curve.name.endswith(f"pooled AUC {area:.3f}".replace("0.", "."))
        (steps,) = [m for m in marks(drawn["precision-recall"], "steps") if m.methods == key]
        precision = float(np.sum(-np.diff(steps.x) * steps.y[:-1]))
        expected = average_precision_score(truth, outcome.probability)
        assert precision == pytest.approx(expected)
        assert steps.name.endswith(f"pooled AP {expected:.3f}".replace("0.", "."))


def test_the_methods_of_the_first_question_have_bands_about_their_curves(scored: Results) -> None:
    (question,) = aux_questions(scored)
    bands = {mark.methods[0]: mark for mark in marks(figures(scored)["roc"], "band")}
    assert set(bands) == question.fingerprints
    for band in bands.values():
        assert band.low is not None
        assert band.high is not None
        assert (band.low <= band.high).all()
        assert float((band.high - band.low).max()) > 0.05
