"""Claims: better than the reference and better than the controls."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lnmbench.records import Choice, Results
from lnmbench.results import Claim, aux_questions, make_claims
from lnmbench.testing.sample_results import (
    MULTI_TASK,
    SINGLE_TASK,
    sample_network,
    sample_results,
)


def make_results(
    task: float, alone: float, permuted: float, controls: int, **changes: dict[str, int]
) -> Results:
    """Return results by the signal of the task, of the network alone and of its controls."""
    networks = [
        sample_network(f"pt:shuffled={seed}", Choice(name="pt", parameters={"shuffled": seed}))
        for seed in range(1, controls + 1)
    ]
    return sample_results(
        [(MULTI_TASK, task), (SINGLE_TASK, alone), *((n, permuted) for n in networks)], **changes
    )


def first_claim(results: Results) -> Claim:
    (question,) = aux_questions(results)
    return make_claims(results, question)[0]


@pytest.mark.parametrize(
    ("task", "alone", "permuted", "controls", "gain", "evidence"),
    [
        (3.0, 0.2, 0.2, 19, True, "beaten"),
        (3.0, 0.2, 3.3, 19, True, "not beaten"),
        (1.6, 1.6, 0.2, 19, False, "beaten"),
        (1.0, 1.0, 1.0, 19, False, "not beaten"),
        (3.0, 0.2, 0.2, 5, True, "beaten"),
        (3.0, 0.2, 3.0, 5, True, "not beaten"),
        (3.0, 0.2, 0.2, 1, True, "beaten"),
        (3.0, 0.2, 0.2, 0, True, "none"),
    ],
)
def test_a_task_helps_if_it_beats_the_reference_and_the_controls(
    task: float, alone: float, permuted: float, controls: int, gain: bool, evidence: str
) -> None:
    claim = first_claim(make_results(task, alone, permuted, controls))
    assert (claim.gain, claim.evidence, claim.controls) == (gain, evidence, controls)
    assert claim.helps == (gain and evidence == "beaten")
    assert claim.permuted == (controls >= 19)


def test_fewer_controls_are_tested_without_adjustment() -> None:
    claim = first_claim(make_results(3.0, 0.2, 0.2, 5))
    assert claim.hardest is not None
    assert claim.hardest.role == "control"
    assert claim.hardest.pvalue == claim.hardest.corrected
    assert "unadjusted p < .001" in claim.hardest.numbers


def test_controls_that_are_not_finished_allow_no_attribution() -> None:
    unfinished = {"pt:shuffled=19": 3}
    for planned in (19, 20):  # 19 of 20 are no 19 controls that were planned
        claim = first_claim(make_results(3.0, 0.2, 0.2, planned, units_done=unfinished))
        assert (claim.evidence, claim.decided, claim.permuted) == ("unfinished", False, False)
        assert (claim.controls, claim.planned) == (planned - 1, planned)
    single = {"pt:shuffled=1": 3}
    assert first_claim(make_results(3.0, 0.2, 0.2, 1, units_done=single)).evidence == "unfinished"
    # one of two controls is not yet both of them
    assert first_claim(make_results(3.0, 0.2, 0.2, 2, units_done=single)).evidence == "unfinished"


def test_controls_with_an_undefined_metric_allow_no_verdict() -> None:
    results = make_results(3.0, 0.2, 0.2, 19)
    last = results.method_results[-1]
    values = last.scores["auc"].values.copy()
    values[0, 0] = np.nan
    scores = {**last.scores, "auc": replace(last.scores["auc"], values=values)}
    changed = replace(
        results, method_results=(*results.method_results[:-1], replace(last, scores=scores))
    )
    (question,) = aux_questions(changed)
    auc, ap = make_claims(changed, question)
    assert (auc.evidence, auc.decided, auc.permuted) == ("undefined", False, False)
    assert (ap.evidence, ap.decided) == ("beaten", True)


def test_a_single_control_with_an_undefined_metric_allows_no_verdict() -> None:
    results = make_results(3.0, 0.2, 0.2, 1)
    control = results.method_results[-1].method.fingerprint
    compared = tuple(
        replace(c, tests={}, holm=math.nan)
        if c.metric == "auc" and control in (c.method_a, c.method_b)
        else c
        for c in results.pair_comparisons
    )
    (question,) = aux_questions(results)
    auc, ap = make_claims(replace(results, pair_comparisons=compared), question)
    assert (auc.evidence, ap.evidence) == ("undefined", "beaten")
