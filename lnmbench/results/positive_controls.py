"""Positive controls: the effect of an auxiliary label that has all information."""

from __future__ import annotations

from lnmbench.records import Results
from lnmbench.results.complete_methods import complete_methods
from lnmbench.results.effects import Effect, question_effects
from lnmbench.results.method_relations import is_bound_of
from lnmbench.results.questions import Question
from lnmbench.results.task_titles import aux_title


def positive_controls(results: Results, question: Question) -> list[Question]:
    """Return the complete positive controls of a question, each against the same reference."""
    return [
        Question(method=result.method, reference=question.reference, aux=aux_title(result.method))
        for result in complete_methods(results)
        if is_bound_of(result.method, question.method)
    ]


def positive_effects(results: Results, question: Question) -> list[Effect]:
    """Return the effects of the positive controls of a question in each primary metric."""
    controls = positive_controls(results, question)
    return [effect for control in controls for effect in question_effects(results, control)]


def lacks_positive_effect(results: Results, question: Question) -> bool:
    """Return whether a question has a positive control, and none is shown to be better.

    The experiment has then not shown that it can find the effect of a label.
    """
    effects = positive_effects(results, question)
    return bool(effects) and all(effect.direction != "better" for effect in effects)
