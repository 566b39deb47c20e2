"""Claims: the verdict on an auxiliary task, from its reference and its negative controls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from lnmbench.records import Results
from lnmbench.results.control_groups import FEWEST_CONTROLS
from lnmbench.results.controls import (
    ControlTest,
    complete_controls,
    control_tests,
    planned_controls,
)
from lnmbench.results.effects import Effect, question_effects
from lnmbench.results.formatting import ALPHA
from lnmbench.results.questions import Question

Evidence = Literal["beaten", "not beaten", "unfinished", "undefined", "none"]
"""A task against its negative controls. `unfinished` (a planned control is not complete),
`undefined` (a fold does not define the metric) and `none` allow neither verdict nor attribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The verdict on an auxiliary task in one metric.

    The task helps if the network is better than the same network without it (`effect`: corrected
    test, Holm over the questions) and better than its negative controls (`evidence`). Both must
    hold, so that neither needs a further correction (intersection–union test).

    With 19 controls or more, the permutation test decides (`test`, p ≤ .05); with fewer, the
    corrected test against each of them without adjustment, of which `hardest` is the one that the
    task is least clearly better than. `controls` of `planned` are complete.
    """

    question: Question
    effect: Effect
    evidence: Evidence
    controls: int = 0
    planned: int = 0
    test: ControlTest | None = None
    hardest: Effect | None = None

    @property
    def gain(self) -> bool:
        """True if the network is shown to be better than the one without the task."""
        return self.effect.direction == "better"

    @property
    def helps(self) -> bool:
        """True if the labels of the task are shown to help."""
        return self.gain and self.evidence == "beaten"

    @property
    def decided(self) -> bool:
        """True if the controls allow a verdict on the labels."""
        return self.evidence in ("beaten", "not beaten")

    @property
    def permuted(self) -> bool:
        """True if the permutation test decides on the controls."""
        return self.test is not None and not math.isnan(self.test.pvalue)


def make_claims(results: Results, question: Question) -> list[Claim]:
    """Return the claim of an auxiliary question in each metric in which it was compared."""
    planned = len(planned_controls(results, question.method))
    controls = complete_controls(results, question.method)
    tests = {test.metric: test for test in control_tests(results, question.method)}
    hardest: dict[str, Effect] = {}
    if planned < FEWEST_CONTROLS:
        for control in controls:
            against = Question(method=question.method, reference=control.method)
            for effect in question_effects(results, against):
                rival = hardest.get(effect.metric, effect)
                hardest[effect.metric] = max(rival, effect, key=_hardness)
    return [
        _claim(question, effect, planned, len(controls), tests, hardest)
        for effect in question_effects(results, question)
    ]


def _claim(
    question: Question,
    effect: Effect,
    planned: int,
    complete: int,
    tests: dict[str, ControlTest],
    hardest: dict[str, Effect],
) -> Claim:
    test, strongest = tests.get(effect.metric), hardest.get(effect.metric)
    evidence: Evidence
    if planned == 0:
        evidence = "none"
    elif complete < planned:
        evidence = "unfinished"
    elif planned >= FEWEST_CONTROLS:
        evidence = _judge_permutation(test)
    else:
        evidence = _judge_strongest(strongest)
    return Claim(
        question=question,
        effect=effect,
        evidence=evidence,
        controls=complete,
        planned=planned,
        test=test,
        hardest=strongest,
    )


def _judge_permutation(test: ControlTest | None) -> Evidence:
    if test is None or math.isnan(test.pvalue):
        return "undefined"
    return "beaten" if test.pvalue <= ALPHA else "not beaten"


def _judge_strongest(effect: Effect | None) -> Evidence:
    if effect is None or effect.undefined:
        return "undefined"
    return "beaten" if effect.direction == "better" else "not beaten"


_HARDEST = ("worse", "same", "open", "descriptive", "better")


def _hardness(effect: Effect) -> tuple[int, int, float]:
    """Return a sort key, the greater the less clearly the network is better than the control."""
    worse = effect.direction == "worse"
    p = -effect.pvalue if worse else effect.pvalue
    return int(bool(effect.undefined)), -_HARDEST.index(effect.direction), p
