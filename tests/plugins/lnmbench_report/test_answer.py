"""The answer: what it says of each task, and of runs that cannot answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.answer import Answer, conclude

from lnmbench.records import AuxLabels, CheckResult, Choice, Method, Paragraph, Results
from lnmbench.results import aux_questions, make_claims
from lnmbench.testing.sample_results import (
    CONTROL,
    MULTI_TASK,
    SAMPLE_METHODS,
    SINGLE_TASK,
    sample_network,
    sample_predictions,
    sample_results,
)

Write = Callable[[Results], str]
ORACLE = replace(sample_network("resnet50 + oracle", "oracle"), control="positive")
THREE = SAMPLE_METHODS[:3]


def test_it_says_how_much_in_which_metric_with_which_power_and_what_is_not_confirmed(
    write_answer: Write,
) -> None:
    text = write_answer(sample_results(THREE, synthetic=False))
    assert text.startswith(
        "In sample:n=200 (200 cases, 50 positive for n2), adding pt as an auxiliary task "
        "did not demonstrably improve prediction of n2 (AUC +.0"
    )
    assert "Holm p = .67; AP +.0" in text
    assert (
        "With a new cohort of this size, the comparison has 80 % power for a difference of .1"
        in text
    )
    assert "Holm's threshold for the smallest p of 2 tests); smaller effects" in text
    assert "; smaller effects cannot be excluded" in text
    assert "the plain paired t (p = .03 in AUC) is not confirmed by the corrected test" in text
    assert "no negative control (labels randomly permuted) was run" in text
    assert "so a gain could not be attributed to the labels; add --controls 19" in text
    assert "patients" not in text


def test_target_and_task_have_their_titles_with_the_option_once_in_parentheses(
    sample: Results, write_answer: Write
) -> None:
    labels = AuxLabels(
        task="pt",
        title="pathological T stage",
        kind="ordinal",
        known=200,
        values=np.zeros(200),
    )
    text = write_answer(replace(sample, target_title="pN2 or higher", aux_labels={"pt": labels}))
    assert text.startswith(
        "In the synthetic cohort synthetic:n=200 (200 cases, 50 positive for n2), adding "
        "pathological T stage (pt) as an auxiliary task did not demonstrably improve prediction "
        "of pN2 or higher (AUC +.0"
    )


def test_the_folders_of_a_machine_are_not_printed(sample: Results, write_answer: Write) -> None:
    text = write_answer(replace(sample, cohort="table:path=/home/jane/study/cohort.csv"))
    assert "table:path=cohort.csv" in text
    assert "jane" not in text


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2)], "improved prediction of n2 (AUC +"),
        ([(MULTI_TASK, 0.2), (SINGLE_TASK, 3.0)], "worsened prediction of n2 (AUC −"),
    ],
)
def test_a_shown_difference_is_answered_either_way(
    methods: Sequence[tuple[Method, float]], expected: str, write_answer: Write
) -> None:
    text = write_answer(sample_results(methods))
    assert f"adding pt as an auxiliary task {expected}" in text
    assert "The differences shown hold for this cohort and these settings" in text
    assert "power" not in text


def test_metrics_that_disagree_are_described_separately(gain: Results, write_answer: Write) -> None:
    compared = tuple(replace(c, holm=0.2) if c.metric == "ap" else c for c in gain.pair_comparisons)
    text = write_answer(replace(gain, pair_comparisons=compared))
    assert " improved prediction of n2 (AUC +" in text
    assert " and did not demonstrably improve it (AP +" in text


def test_identical_methods_are_the_same_in_every_fold(write_answer: Write) -> None:
    same = sample_predictions([(MULTI_TASK, 1.0)], 200)[MULTI_TASK.fingerprint]
    predictions = {MULTI_TASK.fingerprint: same, SINGLE_TASK.fingerprint: same}
    text = write_answer(sample_results(THREE[:2], predictions=predictions))
    assert (
        "adding pt as an auxiliary task left prediction of n2 unchanged in every fold (AUC and AP)"
    ) in text
    assert "power" not in text


def test_the_metrics_of_a_question_have_one_conclusion(sample: Results, gain: Results) -> None:
    (question,) = aux_questions(gain)
    better, other = make_claims(gain, question)
    effect = other.effect
    worse = replace(
        other,
        effect=replace(effect, estimate=-effect.estimate, low=-effect.high, high=-effect.low),
    )
    assert conclude([better, other]) == "better"
    assert conclude([worse]) == "worse"
    assert conclude([better, worse]) == "mixed"
    shared = replace(better, evidence="not beaten")
    assert conclude([shared, shared]) == "shared"
    assert conclude([shared, better]) == "better"
    assert conclude([shared, worse]) == "mixed"
    assert conclude(make_claims(sample, question)) == "open"
    same = replace(better, effect=replace(better.effect, estimate=0.0, low=0.0, high=0.0, holm=1.0))
    assert conclude([same]) == "same"
    assert conclude([]) == "open"


def test_the_networks_of_each_task_are_counted(write_answer: Write) -> None:
    methods = [
        (
            sample_network(
                f"{encoder}{' + ' + task if task else ''}", *filter(None, [task]), encoder=encoder
            ),
            strength,
        )
        for encoder, task, strength in [
            ("a", "", 0.2),
            ("b", "", 1.0),
            ("a", "pt", 3.0),
            ("b", "pt", 1.0),
            ("a", "size", 0.2),
            ("b", "size", 1.0),
        ]
    ]
    text = write_answer(sample_results(methods))
    assert "adding pt as an auxiliary task improved prediction of n2 in 1 of 2 pairs of " in text
    assert "networks (a + pt: AUC +" in text
    assert "and did not demonstrably improve it in 1 of 2 pairs of networks (AUC " in text
    assert (
        "; adding size as an auxiliary task did not demonstrably improve prediction of n2 "
        "in 2 of 2 pairs of networks (AUC "
    ) in text
    assert "smallest Holm p" in text


def test_tasks_beyond_three_are_counted_and_those_with_a_difference_named(
    write_answer: Write,
) -> None:
    methods: list[tuple[Method, float]] = [(sample_network("plain"), 0.2)]
    methods += [(sample_network(f"plain + {t}", t), 0.2) for t in ("t1", "t2", "t3", "t4")]
    methods += [(sample_network("plain + t5", "t5"), 3.0)]
    text = write_answer(sample_results(methods))
    assert "adding t5 as an auxiliary task improved prediction of n2" in text
    assert "for 2 further tasks see the conclusion" in text


@pytest.mark.parametrize(
    ("methods", "unfinished", "expected"),
    [
        (THREE, {"resnet50 + pt": 1, "resnet50": 2, "logistic": 0}, "3 of 60 units are done"),
        (THREE, {"resnet50": 3}, "is not known yet: 1 of 3 methods is not finished"),
        (THREE[::2], {}, "no network of this run has equal settings and no auxiliary task"),
        (THREE[1:], {}, "none of its methods has one. See the tables for 2 methods in the"),
        (THREE[2:], {}, "none of its methods has one. Only logistic is complete: AUC "),
        (((CONTROL, 1.0), THREE[1]), {}, "none of its methods has one with its own labels"),
        (((ORACLE, 1.0), THREE[1]), {}, "none of its methods has one that is no control. See"),
    ],
)
def test_a_run_that_cannot_answer_says_why(
    methods: Sequence[tuple[Method, float]],
    unfinished: dict[str, int],
    expected: str,
    write_answer: Write,
) -> None:
    assert expected in write_answer(sample_results(methods, units_done=unfinished))


def test_a_pair_without_defined_folds_is_not_compared(
    undefined_npv: Callable[[Results, int], Results], write_answer: Write
) -> None:
    results = undefined_npv(sample_results(THREE[:2], primary=("npv",)), 20)
    message = "NPV at sens. .90 is undefined on 20 of 20 folds of resnet50 + pt"
    assert message in write_answer(results)
    some = undefined_npv(sample_results(THREE, primary=("npv", "auc")), 6)
    assert "–" not in write_answer(some)


def test_without_a_primary_test_nothing_is_tested(sample: Results, write_answer: Write) -> None:
    results = replace(
        sample, pair_comparisons=(), comparison_titles={}, comparison_roles={}, primary=""
    )
    assert "no plugin in use offers a primary test" in write_answer(results)


def test_tasks_of_one_title_are_distinguished_by_a_label(write_answer: Write) -> None:
    other = Choice(name="pt", parameters={"edition": "auto"})
    methods = [(SINGLE_TASK, 0.9), (MULTI_TASK, 1.0), (sample_network("seventh", other), 1.0)]
    text = write_answer(sample_results(methods))
    assert "adding pt as an auxiliary task" in text
    assert "adding pt in seventh as an auxiliary task" in text


def test_an_error_of_a_check_stands_before_the_answer(gain: Results) -> None:
    error = CheckResult(name="LNM900", subject="s", result="error", message="leak", remedy="stop")
    warning = replace(error, name="LNM901", result="warning")
    (paragraph,) = Answer()(replace(gain, check_results=(error, warning)))
    (usual,) = Answer()(gain)
    assert isinstance(paragraph, Paragraph)
    assert isinstance(usual, Paragraph)
    sentence = "Do not use the scores: LNM900 found an error (leak); stop."
    assert paragraph.lines == (sentence, *usual.lines)
