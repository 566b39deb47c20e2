"""The report's table of calibration."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.calibration import CalibrationTable, draw_calibration_curves
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from lnmbench.records import (
    BaselineMethod,
    Cell,
    Choice,
    MethodResult,
    NetworkMethod,
    Protocol,
    Results,
    Table,
    Weights,
)
from lnmbench.results import drawn_methods
from lnmbench.testing.sample_results import empty_results

LOGISTIC = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
NETWORK = NetworkMethod(
    label="net",
    encoder=Choice(name="none"),
    level="none",
    weights=Weights(source="none"),
)
N = 400


def drawn(*, sharper: float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Labels drawn with known log odds, and probabilities of two repeats around these."""
    random = np.random.default_rng(3)
    logits = random.normal(-1.0, 1.0, N)
    truth = (random.random(N) < 1.0 / (1.0 + np.exp(-logits))).astype(float)
    noise = random.normal(0.0, 0.1, (2, N))
    return truth, 1.0 / (1.0 + np.exp(-sharper * (logits + noise)))


def make_results(
    truth: NDArray[np.float64], predicted: NDArray[np.float64], *, done: int = 4
) -> Results:
    return replace(
        empty_results(),
        protocol=Protocol(repeats=2, folds=2, inner=3),
        n=len(truth),
        positives=int(truth.sum()),
        method_results=(
            MethodResult(method=LOGISTIC, units_done=done, units_all=4, predicted=predicted),
        ),
        truth=truth,
    )


def make_table(results: Results) -> Table:
    (table,) = CalibrationTable()(results)
    assert isinstance(table, Table)
    return table


def cells(table: Table) -> dict[str, Cell]:
    return dict(zip((column.key for column in table.columns), table.rows[0], strict=True))


def test_each_repeat_is_assessed_and_the_numbers_are_averaged() -> None:
    truth, predicted = drawn()
    row = cells(make_table(make_results(truth, predicted)))
    brier = np.mean([((repeat - truth) ** 2).mean() for repeat in predicted])
    prevalence = truth.mean()
    assert row["brier"].value == pytest.approx(brier, abs=1e-12)
    assert row["scaled_brier"].value == pytest.approx(1 - brier / (prevalence * (1 - prevalence)))
    ratio = np.mean([truth.sum() / repeat.sum() for repeat in predicted])
    assert row["observed_expected"].value == pytest.approx(ratio)
    slopes = [
        LogisticRegression(C=math.inf).fit(logit(repeat)[:, None], truth).coef_[0, 0]
        for repeat in predicted
    ]
    assert row["slope"].value == pytest.approx(np.mean(slopes), abs=1e-3)


def test_scores_that_are_no_probabilities_are_dashes_with_a_note() -> None:
    truth, predicted = drawn()
    table = make_table(make_results(truth, 3.0 * predicted))
    assert {cell.text for name, cell in cells(table).items() if name != "method"} == {"–"}
    assert any(note.endswith("scores are not probabilities.") for note in table.notes)


def test_slope_and_intercept_tell_of_probabilities_that_are_too_extreme() -> None:
    fair, extreme = (cells(make_table(make_results(*drawn(sharper=by)))) for by in (1.0, 3.0))
    slope = fair["slope"]
    assert slope.low is not None
    assert slope.high is not None
    assert slope.low < 1.0 < slope.high
    assert extreme["slope"].high is not None
    assert extreme["slope"].high < 1.0
    assert slope.text.startswith(f"{slope.value:.2f}".removeprefix("0"))
    assert f"to {slope.high:.2f})" in slope.text


def test_a_slope_that_is_not_there_is_a_dash_and_explained() -> None:
    truth, _ = drawn()
    note = make_table(make_results(truth, np.tile(0.1 + 0.8 * truth, (2, 1))))
    assert cells(note)["slope"].text == "–"
    assert cells(note)["brier"].text == ".010"
    assert any(note.startswith("–: no slope") for note in note.notes)
    same = make_table(make_results(truth, np.full((2, N), 0.3)))
    assert cells(same)["intercept"].text == "–"
    assert not any("no slope" in note for note in make_table(make_results(*drawn())).notes)


def test_every_method_is_said_to_be_the_average_of_its_inner_folds() -> None:
    table = make_results(*drawn())
    network = replace(table.method_results[0], method=NETWORK)
    for results in (table, replace(table, method_results=(network,))):
        note = make_table(results).notes[0]
        assert "assessed in each of the 2 repeats and then averaged" in note
        assert "Each probability is the mean over the 3 fits of the inner folds" in note
        assert "They treat the trained models as fixed" in note


def test_cases_of_one_patient_are_drawn_together() -> None:
    truth, predicted = drawn()
    truth, predicted = np.repeat(truth, 2), np.repeat(predicted, 2, axis=1)
    apart = make_results(truth, predicted)
    together = replace(apart, patients=np.arange(2 * N) // 2)
    wide, narrow = (cells(make_table(results))["slope"] for results in (together, apart))
    assert None not in (wide.low, wide.high, narrow.low, narrow.high)
    # the same cases twice are no further patients
    ratio = (wide.high - wide.low) / (narrow.high - narrow.low)  # type: ignore[operator]  # not None
    assert ratio == pytest.approx(math.sqrt(2.0), rel=0.1)


def test_there_is_no_table_while_no_method_is_complete() -> None:
    assert not CalibrationTable()(make_results(*drawn(), done=3))


def test_calibration_has_a_panel_for_each_method_with_bins_that_hold_all_cases(
    scored: Results,
) -> None:
    truth = scored.truth
    (figure,) = draw_calibration_curves(scored)
    panels = {panel.title: panel for panel in figure.panels}
    for outcome in drawn_methods(scored):
        (dots,) = [m for m in panels[outcome.method.label].marks if m.kind == "points"]
        # with bins of equal counts their means are those of all cases
        assert dots.x.mean() == pytest.approx(np.mean(outcome.predicted))
        assert dots.y.mean() == pytest.approx(truth.mean())
