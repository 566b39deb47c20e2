"""The figures of comparisons, and those of training and search, of a real small run."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.arms import Question, aux_questions, questions, shown
from lnmbench_report.figures.sections import Differences, Fitting
from lnmbench_report.printed import probability
from lnmbench_report.reading_order import turned
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from lnmbench.records import Curve, Figure, Mark, NetworkMethod, Results, Search, Trial
from lnmbench.registry import Registry
from lnmbench.stages.report import compare_methods, target_metrics
from lnmbench.stages.score import score


@pytest.fixture(scope="module")
def varied(scored: Results) -> Results:
    """The run as if the auxiliary task had changed ranks: noise on what it predicts, rescored."""
    registry, random = Registry(), np.random.default_rng(3)
    assert scored.truth is not None
    assert scored.outer is not None
    outcomes = []
    for outcome in scored.method_results:
        if not outcome.method.aux:
            outcomes.append(outcome)
            continue
        assert outcome.predicted is not None
        noise = random.normal(0.0, 0.05, outcome.predicted.shape)
        again = score(
            outcome.method,
            np.clip(outcome.predicted + noise, 0.0, 1.0),
            scored.truth,
            scored.outer,
            protocol=scored.protocol,
            metrics={
                name: target_metrics(scored.protocol, registry)[name] for name in ("auc", "ap")
            },
            units_done=outcome.units_all,
            cost=outcome.cost,
        )
        outcomes.append(replace(again, curve=outcome.curve, search=outcome.search))
    return compare_methods(replace(scored, method_results=tuple(outcomes)), registry)


def figure(section: type[Differences | Fitting], results: Results, key: str) -> Figure:
    (found,) = [one for one in section()(results) if one.key == key]
    assert isinstance(found, Figure)
    return found


def folds(results: Results, question: Question, metric: str) -> NDArray[np.float64]:
    scores = {o.method.fingerprint: o.scores[metric].values for o in results.method_results}
    return scores[question.method.fingerprint] - scores[question.reference.fingerprint]


def of_pair(found: Figure, place: int, kind: str, question: Question) -> list[Mark]:
    pair = (question.method.fingerprint, question.reference.fingerprint)
    return [m for m in found.panels[place].marks if m.kind == kind and m.methods == pair]


def test_every_question_has_a_row_with_its_folds_its_mean_and_interval(varied: Results) -> None:
    found = figure(Differences, varied, "paired-differences")
    assert [one.title for one in found.panels] == ["AUC", "AP"]
    for place, metric in enumerate(("auc", "ap")):
        for row, question in enumerate(questions(varied)):
            values = folds(varied, question, metric)
            dots, mean = of_pair(found, place, "points", question)
            np.testing.assert_allclose(np.sort(dots.x), np.sort(values.ravel()), atol=1e-9)
            assert np.abs(dots.y - row).max() < 0.5
            assert mean.x[0] == pytest.approx(values.mean())
            (interval,) = of_pair(found, place, "interval", question)
            ratio = varied.protocol.test_train_ratio
            half = float(values.std(ddof=1)) * math.sqrt(1 / values.size + ratio)
            assert interval.high is not None
            # t at 97.5 % with 7 degrees of freedom
            assert interval.high[0] - mean.x[0] == pytest.approx(2.364624 * half, rel=1e-5)
            label = found.panels[place].y.categories[row]
            assert label == f"{question.method.label} against {question.reference.label}"


def test_differences_keep_their_direction_however_pairs_are_stored(varied: Results) -> None:
    backwards = replace(varied, compared=tuple(turned(one) for one in varied.compared[::-1]))
    for key in ("paired-differences", "forest"):
        one, other = (figure(Differences, r, key) for r in (varied, backwards))
        assert key == "forest" or one.alt == other.alt
        (question,) = aux_questions(varied)
        for place in (0, 1):
            left, right = (of_pair(f, place, "points", question)[-1] for f in (one, other))
            assert left.x[0] == right.x[0]


def test_the_better_side_is_named_for_each_metric(varied: Results) -> None:
    down = replace(varied, metric_better={**varied.metric_better, "ap": False})
    panels = figure(Differences, down, "paired-differences").panels
    assert [one.x.title.partition("(")[2] for one in panels] == [
        "right: first is better)",
        "left: first is better)",
    ]


def test_forest_has_every_pair_once(varied: Results) -> None:
    found = figure(Differences, varied, "forest")
    pairs = {frozenset((one.method_a, one.method_b)) for one in varied.compared}
    for panel in found.panels:
        assert {frozenset(m.methods) for m in panel.marks if m.kind == "interval"} == pairs
        assert len(panel.y.categories) == len(pairs) == 6


def test_more_pairs_than_a_page_holds_are_counted(varied: Results) -> None:
    first, base = varied.compared[0], varied.method_results[0]
    others = [
        replace(
            base,
            units_done=0,
            method=replace(base.method, label=f"m{number}", plugins={"p": str(number)}),
        )
        for number in range(100, 145)
    ]
    many = tuple(replace(first, method_a=one.method.fingerprint) for one in others)
    crowd = replace(varied, compared=many, method_results=(*varied.method_results, *others))
    found = figure(Differences, crowd, "forest")
    assert len(found.panels[0].y.categories) == 40
    assert "5 more pairs are in the tables." in found.notes


def test_posterior_is_a_density_about_the_mean_with_the_rope_shaded(varied: Results) -> None:
    found = figure(Differences, varied, "posterior")
    (question,) = aux_questions(varied)
    for place, metric in enumerate(("auc", "ap")):
        (curve,) = of_pair(found, place, "line", question)
        assert trapezoid(curve.y, curve.x) == pytest.approx(1.0, abs=0.02)
        middle = curve.x[np.argmax(curve.y)]
        step = curve.x[1] - curve.x[0]
        assert middle == pytest.approx(folds(varied, question, metric).mean(), abs=step)
        (region,) = [m for m in found.panels[place].marks if m.kind == "band"]
        assert region.x.tolist() == [-0.01, 0.01]
        assert not region.methods
    test = next(
        one.tests["bayes"]
        for one in varied.compared
        if {one.method_a, one.method_b} == question.couple and one.metric == "auc"
    )
    assert f"AUC worse {probability(test.worse)}, practically" in found.notes[1]
    assert f"equivalent {probability(test.equivalent)}, better" in found.notes[1]


def test_in_a_metric_of_which_less_is_better_the_posterior_says_worse_above_zero(
    varied: Results,
) -> None:
    down = replace(varied, metric_better={"auc": False, "ap": False})
    up, other = (
        dict(re.findall(r"(worse|better) ([<>. \d]+)", figure(Differences, one, "posterior").alt))
        for one in (varied, down)
    )
    assert up["worse"].strip(" .") != up["better"].strip(" .")
    assert other["worse"].strip(" .") == up["better"].strip(" .")
    assert other["better"].strip(" .") == up["worse"].strip(" .")


def test_power_reaches_80_percent_at_the_difference_that_the_note_names(varied: Results) -> None:
    found = figure(Differences, varied, "power")
    (question,) = aux_questions(varied)
    (curve,) = of_pair(found, 0, "line", question)
    assert (np.diff(curve.y) > 0.0).all()
    least = float(np.interp(0.8, curve.y, curve.x))
    assert f"difference of {least:.3f} in AUC".replace("0.", ".") in found.notes[1]
    (dot,) = of_pair(found, 0, "points", question)
    assert dot.x[0] == pytest.approx(abs(folds(varied, question, "auc").mean()))
    assert dot.y[0] == pytest.approx(np.interp(dot.x[0], curve.x, curve.y), abs=0.01)


def test_pairs_without_any_spread_have_no_density_and_no_power(scored: Results) -> None:
    same = tuple(
        replace(
            o, scores=scored.method_results[0].scores, predicted=scored.method_results[0].predicted
        )
        for o in scored.method_results
    )
    equal = compare_methods(replace(scored, method_results=same), Registry())
    assert [one.key for one in Differences()(equal)] == ["paired-differences", "forest"]


def test_a_metric_without_spread_is_told_beside_one_that_has_it(varied: Results) -> None:
    (question,) = aux_questions(varied)
    keys = question.couple
    scores = next(o.scores for o in varied.method_results if o.method == question.reference)
    outcomes = tuple(
        replace(o, scores={**o.scores, "ap": scores["ap"]}) if o.method.fingerprint in keys else o
        for o in varied.method_results
    )
    half = compare_methods(replace(varied, method_results=outcomes), Registry())
    for key in ("posterior", "power"):
        found = figure(Differences, half, key)
        assert [one.title for one in found.panels] == ["AUC"]
        assert found.notes[-1].endswith("is not drawn in AP: the same in every fold.")


def test_without_a_primary_test_there_are_no_differences(varied: Results) -> None:
    assert not Differences()(replace(varied, compared=(), primary=""))


def test_without_an_auxiliary_task_other_pairs_are_drawn(varied: Results) -> None:
    plain = tuple(o for o in varied.method_results if not o.method.aux)
    results = compare_methods(replace(varied, method_results=plain), Registry())
    keys = [one.key for one in Differences()(results)]
    assert keys == ["paired-differences", "forest"]


def test_learning_curves_show_the_quartiles_of_both_losses(scored: Results) -> None:
    found = figure(Fitting, scored, "learning-curves")
    networks = [o for o in shown(scored) if o.curve is not None]
    assert [one.title for one in found.panels] == [o.method.label for o in networks]
    assert all(isinstance(outcome.method, NetworkMethod) for outcome in networks)
    for panel, outcome in zip(found.panels, networks, strict=True):
        assert outcome.curve is not None
        lines = {m.name: m for m in panel.marks if m.kind == "line"}
        size = lines["training"].x.size
        np.testing.assert_array_equal(lines["training"].y, outcome.curve.training[:size, 1])
        np.testing.assert_array_equal(lines["validation"].y, outcome.curve.validation[:size, 1])
    assert len({panel.y for panel in found.panels}) == 1


def test_epochs_that_only_a_few_fits_reached_are_not_drawn(scored: Results) -> None:
    network = next(o for o in scored.method_results if o.curve is not None)
    losses = np.tile([0.4, 0.5, 0.6], (4, 1))
    curve = Curve(
        epochs=np.arange(1, 5),
        training=losses,
        validation=losses - 0.1 * np.arange(4)[:, None],
        fits=np.array([100, 60, 10, 1]),
    )
    found = figure(
        Fitting, replace(scored, method_results=(replace(network, curve=curve),)), "learning-curves"
    )
    assert found.panels[0].marks[0].x.tolist() == [1.0, 2.0, 3.0]
    assert "100 fits, half of them still training in epoch 2, 10 in epoch 3" in found.notes[1]
    assert ".300 in epoch 3" in found.alt


def test_candidates_stand_in_the_order_of_their_loss_with_how_often_they_won(
    scored: Results,
) -> None:
    tried = tuple(
        Trial(candidate=number, settings={}, losses=losses)
        for number, losses in enumerate([(0.5, 0.7), (0.4, 0.6), (math.inf, 0.1)], start=1)
    )
    search = Search(candidates=3, trials=tried, chosen=(tried[1], tried[1], tried[0]))
    network = next(o for o in scored.method_results if isinstance(o.method, NetworkMethod))
    found = figure(
        Fitting, replace(scored, method_results=(replace(network, search=search),)), "search-losses"
    )
    (panel,) = found.panels
    assert panel.y.categories == ("2: 2×", "given: 1×")
    interval, points = panel.marks
    assert interval.low is not None
    assert (points.x.tolist(), interval.low.tolist()) == ([0.5, 0.6], [0.4, 0.5])
    assert any("1 that diverged in some fold" in note for note in found.notes)


def test_what_searched_nothing_and_what_has_no_epochs_has_no_panel(scored: Results) -> None:
    bare = tuple(replace(o, curve=None, search=None) for o in scored.method_results)
    assert not Fitting()(replace(scored, method_results=bare))
