"""The report's table of calibration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.calibration import CalibrationTable, draw_calibration_curves
from numpy.typing import NDArray

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
    noise = random.normal(0.0, 0.3, (2, N))
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


def test_what_is_judged_is_the_average_over_the_repeats() -> None:
    truth, predicted = drawn()
    row = cells(make_table(make_results(truth, predicted)))
    mean = predicted.mean(axis=0)
    brier = float(((mean - truth) ** 2).mean())
    prevalence = truth.mean()
    assert row["brier"].value == pytest.approx(brier, abs=1e-12)
    assert row["scaled_brier"].value == pytest.approx(1 - brier / (prevalence * (1 - prevalence)))
    assert row["observed_expected"].value == pytest.approx(truth.sum() / mean.sum())


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
        assert "each the mean over the 3 fits of the inner folds" in make_table(results).notes[0]


def test_several_cases_of_a_patient_are_said() -> None:
    table = make_results(*drawn())
    twice = replace(table, patients=np.arange(N) // 2)
    note = "200 patients have several cases: the intervals treat them as independent."
    assert note in make_table(twice).notes
    assert note not in make_table(replace(table, patients=np.arange(N))).notes


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
        assert dots.x.mean() == pytest.approx(outcome.probability.mean())
        assert dots.y.mean() == pytest.approx(truth.mean())
