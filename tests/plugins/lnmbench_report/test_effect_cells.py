"""Cells of the effect of a question."""

from __future__ import annotations

from lnmbench_report.effect_cells import effect_cells

from lnmbench.results import question_effects
from lnmbench.results.questions import Question
from lnmbench.testing.sample_results import MULTI_TASK, SAMPLE_METHODS, SINGLE_TASK, sample_results


def test_the_cells_have_the_numbers_of_the_effect() -> None:
    results = sample_results(SAMPLE_METHODS)
    question = Question(method=MULTI_TASK, reference=SINGLE_TASK)
    effect = question_effects(results, question)[0]
    difference, p = effect_cells(effect)
    assert (difference.value, difference.low, difference.high) == (
        effect.estimate,
        effect.low,
        effect.high,
    )
    assert p.value == effect.corrected
    assert difference.text.count("to") == 1
    assert 0.0 <= float(p.text.lstrip("<")) <= 1.0
