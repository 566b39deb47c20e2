"""The losses of the candidate settings."""

from __future__ import annotations

import math
from dataclasses import replace

from lnmbench_report.search.losses import draw_search_losses

from lnmbench.records import Figure, NetworkMethod, Results, Search, Trial


def find_figure(results: Results) -> Figure:
    (figure,) = draw_search_losses(results)
    return figure


def test_candidates_stand_in_the_order_of_their_loss_with_how_often_they_won(
    scored: Results,
) -> None:
    tried = tuple(
        Trial(candidate=number, settings={}, losses=losses)
        for number, losses in enumerate([(0.5, 0.7), (0.4, 0.6), (math.inf, 0.1), ()], start=1)
    )
    search = Search(
        candidates=4, dropped=(0, 0, 0, 1), trials=tried, chosen=(tried[1], tried[1], tried[0])
    )
    network = next(o for o in scored.method_results if isinstance(o.method, NetworkMethod))
    figure = find_figure(replace(scored, method_results=(replace(network, search=search),)))
    (panel,) = figure.panels
    assert panel.y.categories == ("2: 2×", "given: 1×")
    interval, points = panel.marks
    assert interval.low is not None
    assert (points.x.tolist(), interval.low.tolist()) == ([0.5, 0.6], [0.4, 0.5])
    undrawn = "1 that diverged in some fold and 1 that were dropped early in some fold, not drawn"
    assert any(undrawn in note for note in figure.notes)
