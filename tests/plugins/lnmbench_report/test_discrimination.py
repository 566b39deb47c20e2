"""ROC and precision-recall curves."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.discrimination import Discrimination
from sklearn.metrics import average_precision_score, roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from lnmbench.records import BaselineMethod, Choice, Figure, Mark, Results
from lnmbench.results import aux_questions, complete_methods
from lnmbench.testing.sample_results import SINGLE_TASK, sample_predictions, sample_results


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
        assert outcome.predicted is not None
        assert area == pytest.approx(np.mean([roc_auc_score(truth, p) for p in outcome.predicted]))
        assert curve.name.endswith(f"pooled AUC {area:.3f}".replace("0.", "."))
        (steps,) = [m for m in marks(drawn["precision-recall"], "steps") if m.methods == key]
        precision = float(np.sum(-np.diff(steps.x) * steps.y[:-1]))
        expected = np.mean([average_precision_score(truth, p) for p in outcome.predicted])
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


def test_the_pooled_auc_is_that_of_delongs_test(varied: Results) -> None:
    names = [mark.name for mark in marks(figures(varied)["roc"], "line")]
    labels = {o.method.fingerprint: o.method.label for o in varied.method_results}
    details = {
        (labels[c.method_a], labels[c.method_b]): c.tests["delong"].detail
        for c in varied.pair_comparisons
        if "delong" in c.tests
    }
    assert details
    for methods, detail in details.items():
        areas = [float(area) for area in re.findall(r"[01]\.\d{4}", detail)]
        for label, area in zip(methods, areas, strict=True):
            (name,) = [name for name in names if name.startswith(f"{label}, pooled AUC ")]
            assert float(name.rpartition(" ")[2]) == pytest.approx(area, abs=0.00051)


def test_calls_are_a_point_with_wilsons_intervals() -> None:
    reader = BaselineMethod(
        label="reader", baseline=Choice(name="reader"), trained=False, scale="call"
    )
    lacking = replace(reader, label="other", baseline=Choice(name="other"), partial=True)
    truth = np.arange(200) % 4 == 0
    calls = np.where(np.arange(200) % 10 == 0, ~truth, truth).astype(float)
    predictions = sample_predictions([(SINGLE_TASK, 1.0)])
    predictions[reader.fingerprint] = np.tile(calls, (4, 1))
    predictions[lacking.fingerprint] = np.where(np.arange(200) < 9, np.nan, np.tile(calls, (4, 1)))
    results = sample_results(
        [(SINGLE_TASK, 1.0), (reader, 0.0), (lacking, 0.0)], predictions=predictions
    )
    roc = figures(results)["roc"]
    point, of_some = marks(roc, "points")
    hits, alarms = int(calls[truth].sum()), int(calls[~truth].sum())
    assert (point.x[0], point.y[0]) == pytest.approx((alarms / 150, hits / 50))
    assert point.name == "reader, calls"
    across, up, *_ = marks(roc, "interval")
    for mark, count, total in ((across, alarms, 150), (up, hits, 50)):
        assert mark.low is not None
        assert mark.high is not None
        expected = proportion_confint(count, total, method="wilson")
        assert (mark.low[0], mark.high[0]) == pytest.approx(expected)
    assert "Calls of reader: sensitivity" in roc.alt
    hits, alarms = int(calls[9:][truth[9:]].sum()), int(calls[9:][~truth[9:]].sum())
    positive = int(truth[9:].sum())
    expected_point = (alarms / (191 - positive), hits / positive)
    assert (of_some.x[0], of_some.y[0]) == pytest.approx(expected_point)
    assert of_some.name == "other (191 of 200 cases), calls"
    assert "Calls of other (191 of 200 cases): sensitivity" in roc.alt
    assert any("lack the others" in note for note in roc.notes)
    alone = replace(results, method_results=results.method_results[1:2])
    assert "Pooled AUC: none" in figures(alone)["roc"].alt
    assert "precision-recall" not in figures(alone)
    assert not any("lack the others" in note for note in figures(alone)["roc"].notes)


def test_ratings_of_some_cases_have_the_curve_of_these() -> None:
    truth = np.arange(200) % 4 == 0
    rating = np.where(np.arange(200) < 50, np.nan, (truth + np.arange(200) % 3) / 3)
    reader = BaselineMethod(
        label="reader",
        baseline=Choice(name="reader"),
        trained=False,
        scale="rating",
        partial=True,
    )
    blind = replace(reader, label="blind", baseline=Choice(name="blind"))
    predictions = sample_predictions([(SINGLE_TASK, 1.0)])
    predictions[reader.fingerprint] = np.tile(rating, (4, 1))
    predictions[blind.fingerprint] = np.tile(np.where(truth, 0.5, np.nan), (4, 1))
    results = sample_results(
        [(SINGLE_TASK, 1.0), (reader, 0.0), (blind, 0.0)], predictions=predictions
    )
    roc = figures(results)["roc"]
    curves = [mark for mark in marks(roc, "line") if mark.methods == (reader.fingerprint,)]
    expected = roc_auc_score(truth[50:], rating[50:])
    assert [float(np.trapezoid(mark.y, mark.x)) for mark in curves] == pytest.approx([expected])
    assert curves[0].name.startswith("reader (150 of 200 cases), pooled AUC ")
    assert "blind" not in roc.alt, "it has positive cases alone"
    steps = marks(figures(results)["precision-recall"], "steps")
    assert reader.fingerprint not in {key for mark in steps for key in mark.methods}
