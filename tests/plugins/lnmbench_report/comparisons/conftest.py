"""Figures of the comparisons, their marks, and the differences that they show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_report.comparisons.fold_differences import Differences
from numpy.typing import NDArray

from lnmbench.records import Figure, Mark, Results
from lnmbench.results import Question


@pytest.fixture
def find_figure() -> Callable[[Results, str], Figure]:
    """Return the figure of the section with a key."""

    def find(results: Results, key: str) -> Figure:
        (figure,) = [block for block in Differences()(results) if block.key == key]
        assert isinstance(figure, Figure)
        return figure

    return find


@pytest.fixture
def fold_differences() -> Callable[[Results, Question, str], NDArray[np.float64]]:
    """Return the differences of a question in a metric on the outer folds."""

    def subtract(results: Results, question: Question, metric: str) -> NDArray[np.float64]:
        scores = {r.method.fingerprint: r.scores[metric].values for r in results.method_results}
        return scores[question.method.fingerprint] - scores[question.reference.fingerprint]

    return subtract


@pytest.fixture
def find_marks() -> Callable[[Figure, int, str, Question], list[Mark]]:
    """Return the marks of a kind that a panel has for a question."""

    def find(figure: Figure, panel: int, kind: str, question: Question) -> list[Mark]:
        pair = (question.method.fingerprint, question.reference.fingerprint)
        return [m for m in figure.panels[panel].marks if m.kind == kind and m.methods == pair]

    return find
