"""Claims: better than the reference and better than the controls."""

from __future__ import annotations

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
    assert first_claim(make_results(3.0, 0.2, 0.2, 19, units_done=unfinished)).evidence == (
        "unfinished"
    )
    assert first_claim(make_results(3.0, 0.2, 0.2, 20, units_done=unfinished)).evidence == "beaten"
    single = {"pt:shuffled=1": 3}
    assert first_claim(make_results(3.0, 0.2, 0.2, 1, units_done=single)).evidence == "unfinished"
    # one of two controls is not yet both of them
    assert first_claim(make_results(3.0, 0.2, 0.2, 2, units_done=single)).evidence == "unfinished"
