"""Learning curves of the networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from lnmbench_report.training import LearningCurves, draw_learning_curves

from lnmbench.records import Curve, Figure, NetworkMethod, Results
from lnmbench.results import (
    drawn_methods,
)


def find_figure(results: Results) -> Figure:
    (figure,) = draw_learning_curves(results)
    return figure


def test_learning_curves_show_the_quartiles_of_both_losses(scored: Results) -> None:
    figure = find_figure(scored)
    networks = [o for o in drawn_methods(scored) if o.curve is not None]
    assert [panel.title for panel in figure.panels] == [o.method.label for o in networks]
    assert all(isinstance(outcome.method, NetworkMethod) for outcome in networks)
    for panel, outcome in zip(figure.panels, networks, strict=True):
        assert outcome.curve is not None
        lines = {m.name: m for m in panel.marks if m.kind == "line"}
        size = lines["training"].x.size
        np.testing.assert_array_equal(lines["training"].y, outcome.curve.training[:size, 1])
        np.testing.assert_array_equal(lines["validation"].y, outcome.curve.validation[:size, 1])
    assert len({panel.y for panel in figure.panels}) == 1


def test_epochs_that_only_a_few_fits_reached_are_not_drawn(scored: Results) -> None:
    network = next(o for o in scored.method_results if o.curve is not None)
    losses = np.tile([0.4, 0.5, 0.6], (4, 1))
    curve = Curve(
        epochs=np.arange(1, 5),
        training=losses,
        validation=losses - 0.1 * np.arange(4)[:, None],
        fits=np.array([100, 60, 10, 1]),
    )
    figure = find_figure(replace(scored, method_results=(replace(network, curve=curve),)))
    assert figure.panels[0].marks[0].x.tolist() == [1.0, 2.0, 3.0]
    assert "100 fits, half of them still training in epoch 2, 10 in epoch 3" in figure.notes[1]
    assert ".300 in epoch 3" in figure.alt


def test_what_searched_nothing_and_what_has_no_epochs_has_no_panel(scored: Results) -> None:
    bare = tuple(replace(o, curve=None, search=None) for o in scored.method_results)
    assert not LearningCurves()(replace(scored, method_results=bare))
