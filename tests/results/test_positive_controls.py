"""Positive controls of a question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmbench.records import Choice
from lnmbench.results import aux_questions, lacks_positive_effect, positive_effects
from lnmbench.testing.sample_results import (
    MULTI_TASK,
    SINGLE_TASK,
    sample_network,
    sample_results,
)

ORACLE = replace(sample_network("resnet50 + oracle", "oracle"), control="positive")


@pytest.mark.parametrize(("signal", "lacks"), [(3.0, False), (0.95, True)])
def test_a_positive_control_shows_that_labels_can_have_an_effect(
    signal: float, lacks: bool
) -> None:
    results = sample_results([(MULTI_TASK, 1.0), (SINGLE_TASK, 0.95), (ORACLE, signal)])
    (question,) = aux_questions(results)
    assert question.method.label == "resnet50 + pt"
    effects = positive_effects(results, question)
    assert [effect.metric for effect in effects] == ["auc", "ap"]
    assert {effect.role for effect in effects} == {"control"}
    assert lacks_positive_effect(results, question) == lacks


def test_the_control_of_another_weighting_does_not_count() -> None:
    other = replace(ORACLE, weighting=Choice(name="equal"))
    results = sample_results([(MULTI_TASK, 1.0), (SINGLE_TASK, 0.95), (other, 0.95)])
    (question,) = aux_questions(results)
    assert positive_effects(results, question) == []
    assert not lacks_positive_effect(results, question)
