"""Differences on the outer folds, and the forest of all pairs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.comparisons.fold_differences import Differences
from numpy.typing import NDArray

from lnmbench.records import Figure, Mark, Results
from lnmbench.registry import Registry
from lnmbench.results import (
    Question,
    all_questions,
    aux_questions,
    reverse_comparison,
)
from lnmbench.stages.report import compare_methods

FindFigure = Callable[[Results, str], Figure]
FindMarks = Callable[[Figure, int, str, Question], list[Mark]]
Subtract = Callable[[Results, Question, str], NDArray[np.float64]]


def test_every_question_has_a_row_with_its_folds_its_mean_and_interval(
    varied: Results, find_figure: FindFigure, fold_differences: Subtract, find_marks: FindMarks
) -> None:
    figure = find_figure(varied, "paired-differences")
    assert [item.title for item in figure.panels] == ["AUC", "AP"]
    for place, metric in enumerate(("auc", "ap")):
        for row, question in enumerate(all_questions(varied)):
            values = fold_differences(varied, question, metric)
            dots, mean = find_marks(figure, place, "points", question)
            np.testing.assert_allclose(np.sort(dots.x), np.sort(values.ravel()), atol=1e-9)
            assert np.abs(dots.y - row).max() < 0.5
            assert mean.x[0] == pytest.approx(values.mean())
            (interval,) = find_marks(figure, place, "interval", question)
            ratio = varied.protocol.test_train_ratio
            half = float(values.std(ddof=1)) * math.sqrt(1 / values.size + ratio)
            assert interval.high is not None
            # t at 97.5 % with 7 degrees of freedom
            assert interval.high[0] - mean.x[0] == pytest.approx(2.364624 * half, rel=1e-5)
            label = figure.panels[place].y.categories[row]
            assert label == f"{question.method.label} against {question.reference.label}"


def test_differences_keep_their_direction_however_pairs_are_stored(
    varied: Results, find_figure: FindFigure, find_marks: FindMarks
) -> None:
    backwards = replace(
        varied,
        pair_comparisons=tuple(reverse_comparison(item) for item in varied.pair_comparisons[::-1]),
    )
    for key in ("paired-differences", "forest"):
        item, other = (find_figure(r, key) for r in (varied, backwards))
        assert key == "forest" or item.alt == other.alt
        (question,) = aux_questions(varied)
        for place in (0, 1):
            left, right = (find_marks(f, place, "points", question)[-1] for f in (item, other))
            assert left.x[0] == right.x[0]


def test_the_better_side_is_named_for_each_metric(varied: Results, find_figure: FindFigure) -> None:
    down = replace(varied, metric_better={**varied.metric_better, "ap": False})
    panels = find_figure(down, "paired-differences").panels
    assert [item.x.title.partition("(")[2] for item in panels] == [
        "right: first is better)",
        "left: first is better)",
    ]


def test_forest_has_every_pair_once(varied: Results, find_figure: FindFigure) -> None:
    figure = find_figure(varied, "forest")
    pairs = {frozenset((item.method_a, item.method_b)) for item in varied.pair_comparisons}
    for panel in figure.panels:
        assert {frozenset(m.methods) for m in panel.marks if m.kind == "interval"} == pairs
        assert len(panel.y.categories) == len(pairs) == 6


def test_more_pairs_than_a_page_holds_are_counted(varied: Results, find_figure: FindFigure) -> None:
    first, base = varied.pair_comparisons[0], varied.method_results[0]
    others = [
        replace(
            base,
            units_done=0,
            method=replace(base.method, label=f"m{number}", plugins={"p": str(number)}),
        )
        for number in range(100, 145)
    ]
    many = tuple(replace(first, method_a=item.method.fingerprint) for item in others)
    crowd = replace(varied, pair_comparisons=many, method_results=(*varied.method_results, *others))
    figure = find_figure(crowd, "forest")
    assert len(figure.panels[0].y.categories) == 40
    assert "5 more pairs are in the tables." in figure.notes


def test_without_a_primary_test_there_are_no_differences(varied: Results) -> None:
    assert not Differences()(replace(varied, pair_comparisons=(), primary=""))


def test_without_an_auxiliary_task_other_pairs_are_drawn(varied: Results) -> None:
    plain = tuple(o for o in varied.method_results if not o.method.aux)
    results = compare_methods(replace(varied, method_results=plain), Registry())
    keys = [item.key for item in Differences()(results)]
    assert keys == ["paired-differences", "forest"]


def test_pairs_without_any_spread_have_no_density_and_no_power(scored: Results) -> None:
    same = tuple(
        replace(
            o, scores=scored.method_results[0].scores, predicted=scored.method_results[0].predicted
        )
        for o in scored.method_results
    )
    equal = compare_methods(replace(scored, method_results=same), Registry())
    assert [item.key for item in Differences()(equal)] == ["paired-differences", "forest"]
