"""The figures of a real small run: what they draw must be what the run found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.arms import aux_questions, complete, shown
from lnmbench_report.figures.frame import MOST_POINTS, thinned
from lnmbench_report.figures.sections import (
    Differences,
    Discrimination,
    Fitting,
    Probabilities,
)
from sklearn.metrics import average_precision_score, roc_auc_score

from lnmbench.records import Figure, Mark, MethodResult, Panel, Results

SECTIONS = (Discrimination, Differences, Probabilities, Fitting)


def figures(results: Results) -> dict[str, Figure]:
    made = [block for section in SECTIONS for block in section()(results)]
    found = {one.key: one for one in made if isinstance(one, Figure)}
    assert len(found) == len(made)
    return found


def panel(figure: Figure, title: str = "") -> Panel:
    (found,) = [one for one in figure.panels if one.title == title]
    return found


def marks(figure: Figure, kind: str = "") -> list[Mark]:
    return [m for p in figure.panels for m in p.marks if not kind or m.kind == kind]


def with_predicted(results: Results, change: Callable[[MethodResult], object]) -> Results:
    outcomes = tuple(
        replace(o, predicted=np.asarray(change(o), dtype=float)) for o in results.method_results
    )
    return replace(results, method_results=outcomes)


def test_a_complete_run_has_its_figures_and_each_is_told_in_words(scored: Results) -> None:
    made = figures(scored)
    # in this run the auxiliary task changes no rank, so that no difference has a spread
    assert [key for key in made if key not in ("posterior", "power")] == [
        "roc",
        "precision-recall",
        "paired-differences",
        "forest",
        "calibration-curves",
        "decision-curves",
        "distribution",
        "learning-curves",
        "search-losses",
    ]
    for figure in made.values():
        assert "SYNTHETIC" in figure.title
        assert figure.alt.endswith(".")
        assert any(character.isdigit() for character in figure.alt), figure.key
        assert all(one.x.title for one in figure.panels)
        assert all(one.y.title or one.y.categories for one in figure.panels)


def test_every_mark_can_be_drawn_and_belongs_to_methods_that_are_there(scored: Results) -> None:
    known = {outcome.method.fingerprint for outcome in complete(scored)}
    for figure in figures(scored).values():
        for mark in marks(figure):
            bounds = [one for one in (mark.low, mark.high) if one is not None]
            assert all(one.shape == mark.x.shape == mark.y.shape for one in bounds or [mark.x])
            assert (len(bounds) == 2) == (mark.kind in ("band", "interval"))
            assert mark.x.size <= MOST_POINTS
            assert set(mark.methods) <= known
            assert mark.methods or mark.color not in known
        assert all(set(one.methods) <= known for one in figure.panels)


def test_real_cohorts_are_not_called_synthetic(scored: Results) -> None:
    real = replace(scored, card=replace(scored.card, synthetic=False))
    assert not [one.key for one in figures(real).values() if "SYNTHETIC" in one.title]


def test_curves_have_the_area_that_their_names_give(scored: Results) -> None:
    truth, made = scored.truth, figures(scored)
    assert truth is not None
    for outcome in complete(scored):
        key = (outcome.method.fingerprint,)
        (curve,) = [m for m in marks(made["roc"], "line") if m.methods == key]
        area = float(np.trapezoid(curve.y, curve.x))
        assert area == pytest.approx(roc_auc_score(truth, outcome.probability))
        assert curve.name.endswith(f"pooled AUC {area:.3f}".replace("0.", "."))
        (steps,) = [m for m in marks(made["precision-recall"], "steps") if m.methods == key]
        precision = float(np.sum(-np.diff(steps.x) * steps.y[:-1]))
        expected = average_precision_score(truth, outcome.probability)
        assert precision == pytest.approx(expected)
        assert steps.name.endswith(f"pooled AP {expected:.3f}".replace("0.", "."))


def test_the_methods_of_the_first_question_have_bands_about_their_curves(scored: Results) -> None:
    (question,) = aux_questions(scored)
    bands = {mark.methods[0]: mark for mark in marks(figures(scored)["roc"], "band")}
    assert set(bands) == question.couple
    for band in bands.values():
        assert band.low is not None
        assert band.high is not None
        assert (band.low <= band.high).all()
        assert float((band.high - band.low).max()) > 0.05


def test_long_curves_are_thinned_without_losing_their_shape() -> None:
    x = np.linspace(0.0, 1.0, 5001)
    y = np.sqrt(x)
    few_x, few_y = thinned(x, y)
    assert few_x.size <= MOST_POINTS
    assert (few_x[0], few_x[-1], few_y[-1]) == (0.0, 1.0, 1.0)
    assert np.abs(np.interp(x, few_x, few_y) - y).max() < 0.01


def test_decision_curves_end_where_nobody_is_treated_and_start_at_treating_all(
    scored: Results,
) -> None:
    figure = figures(scored)["decision-curves"]
    lines = {mark.name: mark for mark in marks(figure, "line")}
    prevalence = scored.positives / scored.n
    everybody = lines["treat all"]
    expected = prevalence - (1.0 - prevalence) * everybody.x / (1.0 - everybody.x)
    np.testing.assert_allclose(everybody.y, expected)
    for outcome in complete(scored):
        own = lines[outcome.method.label]
        treated = outcome.probability[:, None] >= own.x
        truth = scored.truth
        assert truth is not None
        gain = np.where(truth[:, None] == 1.0, 1.0, -own.x / (1.0 - own.x)) * treated
        np.testing.assert_allclose(own.y, gain.mean(axis=0), atol=1e-12)


def test_distribution_shows_every_case_once_in_its_class(scored: Results) -> None:
    figure = figures(scored)["distribution"]
    assert [one.title for one in figure.panels] == [o.method.label for o in shown(scored)]
    for mark in marks(figure):
        assert mark.color == mark.name
        assert mark.name in ("negative", "positive")
        assert mark.y.sum() == pytest.approx(1.0)


def test_calibration_has_a_panel_for_each_method_with_bins_that_hold_all_cases(
    scored: Results,
) -> None:
    truth, figure = scored.truth, figures(scored)["calibration-curves"]
    assert truth is not None
    for outcome in shown(scored):
        (dots,) = [m for m in panel(figure, outcome.method.label).marks if m.kind == "points"]
        # with bins of equal counts their means are those of all cases
        assert dots.x.mean() == pytest.approx(outcome.probability.mean())
        assert dots.y.mean() == pytest.approx(truth.mean())


def test_scores_that_are_no_probabilities_are_said_and_not_drawn(scored: Results) -> None:
    first = shown(scored)[0].method
    wild = with_predicted(
        scored,
        lambda o: 3.0 * o.predicted if o.method == first else o.predicted,  # type: ignore[operator]  # complete
    )
    made = figures(wild)
    for key in ("calibration-curves", "decision-curves", "distribution"):
        assert f"{first.label} is not drawn: its scores are no probabilities." in made[key].notes
        assert not [m for m in marks(made[key]) if first.fingerprint in m.methods]
    assert [m for m in marks(made["roc"]) if first.fingerprint in m.methods]


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_constant_scores_are_drawn_for_what_they_are(scored: Results, value: float) -> None:
    assert scored.truth is not None
    flat = np.full((scored.protocol.repeats, scored.n), value)
    made = figures(with_predicted(scored, lambda _: flat))
    for curve in marks(made["roc"], "line"):
        assert curve.name.endswith("pooled AUC .500")
    assert not marks(made["calibration-curves"], "line")
    assert marks(made["calibration-curves"], "points")
    assert "decision-curves" in made
    assert "distribution" in made


def test_sixteen_cases_are_enough(scored: Results) -> None:
    assert scored.truth is not None
    order = np.argsort(scored.truth, kind="stable")
    few = np.concatenate([order[:12], order[-4:]])
    tiny = replace(scored, truth=scored.truth[few], n=16, positives=4)
    tiny = with_predicted(
        tiny,
        lambda o: o.predicted[:, few],  # type: ignore[index]  # complete
    )
    made = figures(tiny)
    assert {"roc", "calibration-curves", "decision-curves", "distribution"} <= set(made)


def test_without_complete_methods_or_truth_nothing_is_drawn(scored: Results) -> None:
    unfinished = tuple(replace(o, units_done=o.units_all - 1) for o in scored.method_results)
    nothing = replace(scored, method_results=unfinished, compared=())
    assert figures(nothing) == {}
    blind = replace(scored, truth=None)
    assert not {"roc", "distribution", "decision-curves"} & set(figures(blind))


def test_one_method_alone_has_curves_and_no_differences(scored: Results) -> None:
    alone = replace(scored, method_results=scored.method_results[:1], compared=())
    made = figures(alone)
    assert {"roc", "precision-recall", "calibration-curves", "distribution"} <= set(made)
    assert not {"forest", "paired-differences", "posterior", "power"} & set(made)


def test_many_methods_are_cut_and_the_cut_is_told(scored: Results) -> None:
    base = scored.method_results[0]
    many = tuple(
        replace(base, method=replace(base.method, label=f"m{number}", plugins={"p": str(number)}))
        for number in range(11)
    )
    made = figures(replace(scored, method_results=many, compared=()))
    assert len(marks(made["roc"], "line")) == len(made["distribution"].panels) == 8
    assert "8 of 11 methods are drawn; the tables have all of them." in made["roc"].notes
