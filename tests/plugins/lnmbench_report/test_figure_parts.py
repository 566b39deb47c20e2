"""The figures of a real small run: what they share, and what they draw of odd results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.comparisons.fold_differences import Differences
from lnmbench_report.discrimination import Discrimination
from lnmbench_report.figure_parts import (
    MOST_POINTS,
    describe_bootstrap,
    describe_predictions,
    draw_estimate,
    thin_curve,
)
from lnmbench_report.probabilities import Probabilities
from lnmbench_report.training import LearningCurves

from lnmbench.records import Figure, Mark, MethodResult, Results
from lnmbench.results import complete_methods, drawn_methods

SECTIONS = (Discrimination, Differences, Probabilities, LearningCurves)


def figures(results: Results) -> dict[str, Figure]:
    drawn = [block for section in SECTIONS for block in section()(results)]
    figures_by_key = {item.key: item for item in drawn if isinstance(item, Figure)}
    assert len(figures_by_key) == len(drawn)
    return figures_by_key


def marks(figure: Figure, kind: str = "") -> list[Mark]:
    return [m for p in figure.panels for m in p.marks if not kind or m.kind == kind]


def with_predicted(results: Results, change: Callable[[MethodResult], object]) -> Results:
    outcomes = tuple(
        replace(o, predicted=np.asarray(change(o), dtype=float)) for o in results.method_results
    )
    return replace(results, method_results=outcomes)


def test_a_complete_run_has_its_figures_and_each_has_a_text(scored: Results) -> None:
    drawn = figures(scored)
    # in this run the auxiliary task changes no rank, so that no difference has a spread
    assert [key for key in drawn if key not in ("posterior", "power")] == [
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
    for figure in drawn.values():
        assert "SYNTHETIC" in figure.title
        assert figure.alt.endswith(".")
        assert any(character.isdigit() for character in figure.alt), figure.key
        assert all(item.x.title for item in figure.panels)
        assert all(item.y.title or item.y.categories for item in figure.panels)


def test_every_mark_can_be_drawn_and_belongs_to_methods_that_are_there(scored: Results) -> None:
    known = {outcome.method.fingerprint for outcome in complete_methods(scored)}
    for figure in figures(scored).values():
        for mark in marks(figure):
            bounds = [item for item in (mark.low, mark.high) if item is not None]
            assert all(item.shape == mark.x.shape == mark.y.shape for item in bounds or [mark.x])
            assert (len(bounds) == 2) == (mark.kind in ("band", "interval"))
            assert mark.x.size <= MOST_POINTS
            assert set(mark.methods) <= known
            assert mark.methods or mark.color not in known
        assert all(set(item.methods) <= known for item in figure.panels)


def test_real_cohorts_are_not_called_synthetic(scored: Results) -> None:
    real = replace(scored, card=replace(scored.card, synthetic=False))
    assert not [item.key for item in figures(real).values() if "SYNTHETIC" in item.title]


def test_long_curves_are_thinned_without_losing_their_shape() -> None:
    x = np.linspace(0.0, 1.0, 5001)
    y = np.sqrt(x)
    few_x, few_y = thin_curve(x, y)
    assert few_x.size <= MOST_POINTS
    assert (few_x[0], few_x[-1], few_y[-1]) == (0.0, 1.0, 1.0)
    assert np.abs(np.interp(x, few_x, few_y) - y).max() < 0.01


def test_scores_that_are_no_probabilities_are_said_and_not_drawn(scored: Results) -> None:
    first = drawn_methods(scored)[0].method
    wild = with_predicted(
        scored,
        lambda o: 3.0 * o.predicted if o.method == first else o.predicted,  # type: ignore[operator]  # complete
    )
    drawn = figures(wild)
    for key in ("calibration-curves", "decision-curves", "distribution"):
        assert f"{first.label} is not drawn: its scores are not probabilities." in drawn[key].notes
        assert not [m for m in marks(drawn[key]) if first.fingerprint in m.methods]
    assert [m for m in marks(drawn["roc"]) if first.fingerprint in m.methods]


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_constant_scores_are_drawn_for_what_they_are(scored: Results, value: float) -> None:
    flat = np.full((scored.protocol.repeats, scored.n), value)
    drawn = figures(with_predicted(scored, lambda _: flat))
    for curve in marks(drawn["roc"], "line"):
        assert curve.name.endswith("pooled AUC .500")
    assert not marks(drawn["calibration-curves"], "line")
    assert marks(drawn["calibration-curves"], "points")
    assert "decision-curves" in drawn
    assert "distribution" in drawn


def test_sixteen_cases_are_enough(scored: Results) -> None:
    order = np.argsort(scored.truth, kind="stable")
    few = np.concatenate([order[:12], order[-4:]])
    tiny = replace(
        scored, truth=scored.truth[few], patients=scored.patients[few], n=16, positives=4
    )
    tiny = with_predicted(
        tiny,
        lambda o: o.predicted[:, few],  # type: ignore[index]  # complete
    )
    drawn = figures(tiny)
    assert {"roc", "calibration-curves", "decision-curves", "distribution"} <= set(drawn)


def test_without_complete_methods_or_truth_nothing_is_drawn(scored: Results) -> None:
    unfinished = tuple(replace(o, units_done=o.units_all - 1) for o in scored.method_results)
    nothing = replace(scored, method_results=unfinished, pair_comparisons=())
    assert figures(nothing) == {}
    blind = replace(scored, truth=np.zeros(0))
    assert not {"roc", "distribution", "decision-curves"} & set(figures(blind))


def test_one_method_alone_has_curves_and_no_differences(scored: Results) -> None:
    alone = replace(scored, method_results=scored.method_results[:1], pair_comparisons=())
    drawn = figures(alone)
    assert {"roc", "precision-recall", "calibration-curves", "distribution"} <= set(drawn)
    assert not {"forest", "paired-differences", "posterior", "power"} & set(drawn)


def test_methods_that_are_not_drawn_are_named(scored: Results) -> None:
    base = scored.method_results[0]
    many = tuple(
        replace(base, method=replace(base.method, label=f"m{number}", plugins={"p": str(number)}))
        for number in range(11)
    )
    drawn = figures(replace(scored, method_results=many, pair_comparisons=()))
    assert len(marks(drawn["roc"], "line")) == len(drawn["distribution"].panels) == 8
    assert "8 of 11 methods are drawn; the tables show all of them." in drawn["roc"].notes


def test_notes_speak_of_repeats_only_if_there_are_several(scored: Results) -> None:
    once = replace(scored, protocol=replace(scored.protocol, repeats=1))
    assert describe_predictions(once) == "Out-of-fold probabilities of every case."
    assert "then averaged" in describe_predictions(scored)
    assert "repeat" not in describe_bootstrap(once)
    assert "each resample in every repeat" in describe_bootstrap(scored)
    for results in (once, scored):
        assert "treat the trained models as fixed" in describe_bootstrap(results)


def test_an_estimate_is_a_point_with_its_interval_in_a_row() -> None:
    interval, point = draw_estimate(0.7, 0.6, 0.9, 2, methods=("a", "b"), color="a", name="net")
    assert (interval.kind, interval.along, interval.name) == ("interval", "x", "")
    assert interval.low is not None
    assert interval.high is not None
    assert [*interval.low, *interval.x, *interval.high, *interval.y] == [0.6, 0.7, 0.9, 2.0]
    assert (point.kind, point.name, point.color) == ("points", "net", "a")
    assert [*point.x, *point.y] == [0.7, 2.0]
    assert interval.methods == point.methods == ("a", "b")
