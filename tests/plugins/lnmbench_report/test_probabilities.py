"""Predicted probabilities by outcome."""

from __future__ import annotations

import pytest
from lnmbench_report.probabilities import Probabilities, draw_distribution

from lnmbench.records import Results
from lnmbench.results import drawn_methods


def test_distribution_shows_every_case_once_in_its_class(scored: Results) -> None:
    (figure,) = draw_distribution(scored)
    assert [panel.title for panel in figure.panels] == [
        o.method.label for o in drawn_methods(scored)
    ]
    for mark in (m for panel in figure.panels for m in panel.marks):
        assert mark.color == mark.name
        assert mark.name in ("negative", "positive")
        assert mark.y.sum() == pytest.approx(1.0)


def test_figures_of_probabilities_are_read_together(scored: Results) -> None:
    keys = [block.key for block in Probabilities()(scored)]
    assert keys == ["calibration-curves", "decision-curves", "distribution"]
