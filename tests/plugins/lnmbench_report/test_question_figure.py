"""Figure of effects with their controls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.questions import Questions

from lnmbench.records import Choice, Figure, Method, Results
from lnmbench.testing.sample_results import (
    MULTI_TASK,
    SINGLE_TASK,
    sample_network,
    sample_results,
)


def make_figure(results: Results) -> Figure:
    *_, figure = Questions()(results)
    assert isinstance(figure, Figure)
    return figure


def permuted(seed: int) -> Choice:
    return Choice(name="pt", parameters={"shuffled": seed})


def test_an_effect_has_every_control_as_a_difference() -> None:
    oracle = replace(sample_network("resnet50 + oracle", "oracle"), control="positive")
    controls = [sample_network(f"pt:shuffled={n}", permuted(n)) for n in range(1, 20)]
    results = sample_results(
        [
            (MULTI_TASK, 2.0),
            (SINGLE_TASK, 1.0),
            (oracle, 3.0),
            *((control, 1.0) for control in controls),
        ]
    )
    figure = make_figure(results)
    _, cloud, bound, interval, own = figure.panels[0].marks
    means = {
        r.method.fingerprint: float(r.scores["auc"].values.mean()) for r in results.method_results
    }
    alone = means[SINGLE_TASK.fingerprint]
    assert sorted(cloud.x) == pytest.approx(sorted(means[c.fingerprint] - alone for c in controls))
    assert own.x[0] == pytest.approx(means[MULTI_TASK.fingerprint] - alone)
    assert bound.x[0] == pytest.approx(means[oracle.fingerprint] - alone)
    assert (bound.name, cloud.name) == ("positive control", "negative controls")
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low[0] < own.x[0] < interval.high[0]
    assert own.methods == (MULTI_TASK.fingerprint,)
    assert "resnet50 + pt +" in figure.alt
    assert "19 controls" in figure.alt
    assert figure.title.startswith("Effects of auxiliary tasks and of their controls")
    assert "Below it each network with permuted labels" in figure.notes[0]
    assert "Above it the positive control" in figure.notes[0]


def test_a_figure_without_controls_does_not_mention_them() -> None:
    figure = make_figure(sample_results([(MULTI_TASK, 2.0), (SINGLE_TASK, 1.0)]))
    assert "control" not in figure.title + " ".join(figure.notes)


def test_of_many_questions_the_best_are_drawn() -> None:
    methods: list[tuple[Method, float]] = [(SINGLE_TASK, 1.0)]
    for number in range(33):
        methods.append((sample_network(f"+ t{number}", f"t{number}"), 0.5 + 0.05 * number))
    figure = make_figure(sample_results(methods, primary=("auc",)))
    rows = figure.panels[0].y.categories
    assert len(rows) == 30
    assert rows[0] in ("+ t32", "+ t31", "+ t30")
    assert "+ t0" not in rows
    assert any("3 more questions are in the table." in note for note in figure.notes)
    assert all(np.isfinite(mark.x).all() for mark in figure.panels[0].marks)
