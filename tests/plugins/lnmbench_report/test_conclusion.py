"""The conclusion: a line on each question, and runs that allow none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_report.conclusion import Conclusion

from lnmbench.records import BaselineMethod, Choice, Method, Paragraph, Results
from lnmbench.testing.sample_results import (
    CONTROL,
    LOGISTIC,
    MULTI_TASK,
    SAMPLE_METHODS,
    SINGLE_TASK,
    sample_network,
    sample_predictions,
    sample_results,
)

THREE = SAMPLE_METHODS[:3]


def write_lines(results: Results) -> tuple[str, ...]:
    (paragraph,) = Conclusion()(results)
    assert isinstance(paragraph, Paragraph)
    return paragraph.lines


def test_the_auxiliary_question_comes_first_with_power_and_plain_t(sample: Results) -> None:
    first, second, *_ = write_lines(sample)
    assert first.startswith(
        "Auxiliary task pt (resnet50 + pt against resnet50): no difference shown"
    )
    assert "Holm p = .67" in first
    assert "the comparison has 80 % power" in first
    assert "The plain paired t (p = .03 in AUC) is not confirmed by the corrected test." in first
    assert second.startswith("resnet50 + pt against logistic: ")


def test_a_shown_difference_has_no_power(gain: Results) -> None:
    first = write_lines(gain)[0]
    assert "scores better in this cohort (AUC +" in first
    assert "power" not in first
    assert "confirmed" not in first


def test_a_difference_that_holm_takes_away_is_said(sample: Results) -> None:
    comparison = sample.pair_comparisons[0]
    suggestive = replace(comparison.tests["corrected"], pvalue=0.0231)
    tests = {**comparison.tests, "corrected": suggestive}
    compared = (replace(comparison, tests=tests, holm=0.1386), *sample.pair_comparisons[1:])
    line = write_lines(replace(sample, pair_comparisons=compared))[0]
    assert "no difference shown (AUC" in line
    assert (
        "After Holm's correction for 2 tests, the corrected p = .02 in AUC is not significant."
    ) in line
    assert "confirmed" not in line


def test_identical_methods_are_the_same_in_every_fold() -> None:
    same = sample_predictions([(MULTI_TASK, 1.0)], 200)[MULTI_TASK.fingerprint]
    predictions = {MULTI_TASK.fingerprint: same, SINGLE_TASK.fingerprint: same}
    first = write_lines(sample_results(THREE[:2], predictions=predictions))[0]
    assert "the same in every fold (AUC .000, 95 % CI .000 to .000, Holm p > .99" in first
    assert "power" not in first


@pytest.mark.parametrize(
    ("unfinished", "expected"),
    [
        ({"resnet50": 3}, "The effect of pt on prediction of n2 is not known"),
        ({"resnet50": 3, "logistic": 0}, "Only resnet50 + pt is complete"),
        ({"resnet50 + pt": 19, "resnet50": 3, "logistic": 0}, "No method is complete yet"),
    ],
)
def test_unfinished_methods_allow_no_answer(unfinished: dict[str, int], expected: str) -> None:
    assert write_lines(sample_results(THREE, units_done=unfinished))[0].startswith(expected)


def test_controls_follow_the_tasks_and_are_called_controls() -> None:
    lines = write_lines(sample_results([*THREE, (CONTROL, 1.0)]))
    assert lines[0].startswith("Auxiliary task pt (resnet50 + pt against resnet50): ")
    assert lines[1].startswith(
        "pt against its negative control (resnet50 + pt against resnet50 + pt:shuffled=1): "
    )
    others = [line.partition(":")[0] for line in (lines[0], *lines[2:])]
    assert not any("shuffled" in line or "control" in line for line in others)


def test_without_networks_every_pair_has_a_line() -> None:
    other = BaselineMethod(label="forest", baseline=Choice(name="forest"))
    lines = write_lines(sample_results([(LOGISTIC, 1.0), (other, 1.0)]))
    assert lines[0].startswith("forest against logistic: ")


def test_a_pair_in_an_undefined_metric_is_not_compared(
    undefined_npv: Callable[[Results, int], Results],
) -> None:
    line = write_lines(undefined_npv(sample_results(THREE, primary=("npv", "auc")), 6))[0]
    assert "not compared (NPV at sens. .90 is undefined on 6 of 20 folds of resnet50 + pt)" in line
    assert "NPV" not in line.partition("80 % power")[2]
    nowhere = undefined_npv(sample_results(THREE[:2], primary=("npv",)), 20)
    message = "NPV at sens. .90 is undefined on 20 of 20 folds of resnet50 + pt"
    assert message in write_lines(nowhere)[0]


def test_lower_is_better_in_the_wording_of_such_a_metric() -> None:
    results = sample_results([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2)], primary=("brier",))
    assert results.pair_comparisons[0].tests["corrected"].estimate < 0.0
    line = write_lines(results)[0]
    assert "scores better in this cohort (Brier −" in line
    assert ", lower is better, 95 % CI −" in line


def test_a_synthetic_cohort_is_said_last(sample: Results) -> None:
    last = "Results on a synthetic cohort do not apply to patients."
    assert write_lines(sample)[-1] == last
    real = replace(sample, card=replace(sample.card, synthetic=False))
    assert last not in write_lines(real)


def test_without_a_primary_test_nothing_is_tested(sample: Results) -> None:
    results = replace(
        sample, pair_comparisons=(), comparison_titles={}, comparison_roles={}, primary=""
    )
    assert "no plugin in use offers a primary test" in write_lines(results)[0]


def test_the_order_of_storage_does_not_matter(sample: Results) -> None:
    reversed_results = replace(
        sample, metrics=sample.metrics[::-1], pair_comparisons=sample.pair_comparisons[::-1]
    )
    assert write_lines(reversed_results) == write_lines(sample)


def test_controls_alone_are_not_compared() -> None:
    controls = [
        (sample_network(f"control {seed}", Choice(name="pt", parameters={"shuffled": seed})), 0.9)
        for seed in (1, 2, 3)
    ]
    (line,) = write_lines(sample_results([(MULTI_TASK, 1.0), *controls]))
    assert line.startswith("Apart from negative controls, only resnet50 + pt is complete, so no")


def test_other_pairs_are_descriptive(sample: Results) -> None:
    line = next(line for line in write_lines(sample) if line.startswith("resnet50 + pt against"))
    assert line.startswith("resnet50 + pt against logistic: descriptive, without verdict (AUC +")
    assert "unadjusted p = .22" in line
    assert "power" not in line


def test_of_many_questions_those_with_a_verdict_come_first() -> None:
    strong = 9
    methods: list[tuple[Method, float]] = [(SINGLE_TASK, 0.95)]
    for number in range(20):
        signal = 3.0 if number == strong else 0.95
        methods.append((sample_network(f"resnet50 + t{number}", f"t{number}"), signal))
    (paragraph,) = Conclusion()(sample_results(methods, primary=("auc",)))
    assert isinstance(paragraph, Paragraph)
    lines = [line for line in paragraph.lines if line.startswith("Auxiliary task")]
    assert len(lines) == 12
    assert lines[0].startswith(f"Auxiliary task t{strong} ")
    assert "8 further comparisons are in the tables of questions" in " ".join(paragraph.lines)
