"""The caveats of the answer: power, corrections, controls and unfinished methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from lnmbench_report.caveats import (
    describe_caveats,
    describe_corrected,
    describe_margins,
    describe_power,
    describe_unconfirmed,
    describe_unfinished,
)

from lnmbench.records import AuxScore, Estimate, Results
from lnmbench.results import (
    Question,
    aux_questions,
    control_questions,
    detectable_in_new_cohort,
    format_decimal,
    other_questions,
    question_effects,
)
from lnmbench.testing.sample_outcomes import sample_outcome_results
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
THREE = SAMPLE_METHODS[:3]


def test_an_answer_of_a_run_that_is_not_finished_says_so(write_answer: Write) -> None:
    results = sample_results(THREE, units_done={"logistic": 4})
    assert describe_unfinished(results) == "1 of 3 methods is not finished"
    text = write_answer(results)
    assert "did not demonstrably improve" in text
    assert "; 1 of 3 methods is not finished; results" in text, "no question is waiting"
    size = sample_network("resnet50 + size", "size")
    more = write_answer(sample_results([*THREE, (size, 1.0)], units_done={size.label: 4}))
    assert "1 of 4 methods is not finished, so the family of tests will grow" in more
    waiting = sample_results([*THREE, (CONTROL, 1.0)], units_done={CONTROL.label: 4})
    assert (
        "the negative controls (labels randomly permuted) are not finished (0 of 1), so a gain "
        "could not be attributed to the labels yet; resume the run"
    ) in write_answer(waiting)


def test_a_synthetic_cohort_is_a_caveat(sample: Results, write_answer: Write) -> None:
    text = write_answer(sample)
    assert "In the synthetic cohort synthetic:n=200" in text
    assert text.endswith("results on a synthetic cohort do not apply to patients.")
    real = write_answer(replace(sample, card=replace(sample.card, synthetic=False)))
    assert "synthetic cohort" not in real


def test_p_values_are_listed_up_to_a_limit_and_counted_beyond(sample: Results) -> None:
    (question,) = aux_questions(sample)
    auc, ap = question_effects(sample, question)
    lost = [replace(effect, corrected=0.023, holm=0.14) for effect in (auc, ap)]
    (clause,) = describe_corrected(sample, lost)
    assert clause == (
        "after Holm's correction for 2 tests, the corrected p = .02 in AUC and p = .02 in AP "
        "is not significant"
    )
    (clause,) = describe_corrected(sample, lost, most=1)
    assert "the corrected p < .05 in 2 of 2 tests is not" in clause
    plain = [replace(effect, published={"plain t": 0.01}) for effect in (auc, ap)]
    (clause,) = describe_unconfirmed([*plain, *plain])
    assert clause == "the plain t (p < .05 in 4 of 4 tests) is not confirmed by the corrected test"


def test_power_is_that_of_open_effects_alone(sample: Results, gain: Results) -> None:
    questions = aux_questions(sample)
    (clause,) = describe_power(sample, questions)
    sizes = [
        detectable_in_new_cohort(sample, questions[0], effect)
        for effect in question_effects(sample, questions[0])
    ]
    assert clause == (
        "with a new cohort of this size, the comparison has 80 % power for a difference of "
        f"{format_decimal(sizes[0])} in AUC and {format_decimal(sizes[1])} in AP (corrected test "
        "at .025, Holm's threshold for the smallest p of 2 tests); smaller effects cannot be "
        "excluded"
    )
    assert not list(describe_power(gain, aux_questions(gain)))


def test_the_power_against_a_control_has_the_threshold_of_the_corrected_test() -> None:
    results = sample_results()
    (question,) = control_questions(results)
    (clause,) = describe_power(results, [question])
    assert "(corrected test at .05);" in clause


def test_a_metric_in_which_nothing_can_be_detected_says_so() -> None:
    results = sample_results(THREE, n=40)
    clauses = list(describe_power(results, aux_questions(results)))
    assert "the comparison does not reach 80 % power for any difference in " in clauses[-1]


def test_methods_that_predict_alike_have_no_power_to_state() -> None:
    method, reference = (m for m, _ in THREE[:2])
    predictions = sample_predictions(THREE)
    predictions[method.fingerprint] = predictions[reference.fingerprint] ** 1.01
    results = sample_results(THREE, predictions=predictions)
    clauses = list(describe_power(results, aux_questions(results)))
    assert clauses == [
        "the predictions of resnet50 + pt are almost those of resnet50 (correlation 1.000, mean "
        "absolute change .003), so the comparison could not have shown an effect"
    ]


def test_a_network_that_does_not_learn_its_task_has_no_power_to_state() -> None:
    results = sample_results(THREE)
    method = THREE[0][0]
    score = AuxScore(
        task=method.aux[0].key,
        title="pathological T stage",
        kind="ordinal",
        known=200,
        metrics={"macro_auc": Estimate(value=0.531, low=0.472, high=0.589)},
        chance={"macro_auc": 0.5},
    )
    unlearned = replace(
        results,
        metric_titles={**results.metric_titles, "macro_auc": "Macro AUC"},
        method_results=tuple(
            replace(result, aux=(score,)) if result.method == method else result
            for result in results.method_results
        ),
    )
    clauses = list(describe_power(unlearned, aux_questions(unlearned)))
    assert clauses == [
        "pathological T stage (Macro AUC .531, 95 % CI .472 to .589, chance .500) is not learned "
        "by resnet50 + pt, so the comparison could not have shown an effect"
    ]


def test_an_effect_that_was_shown_is_not_called_impossible() -> None:
    results = sample_results([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2)])
    (question,) = aux_questions(results)
    alike = replace(
        results,
        method_results=tuple(
            replace(result, predicted=results.method_results[0].predicted)
            for result in results.method_results
        ),
    )
    assert list(describe_power(alike, [question])) == []


def test_margins_are_judged_for_one_question_and_counted_for_several() -> None:
    results = sample_results(THREE, margins=(("auc", 0.1),))
    questions = aux_questions(results)
    (clause,) = describe_margins(results, questions)
    assert clause.startswith(
        "by the declared margins, without Holm's correction: equivalent in AUC (margin .100, "
        "90 % CI of the improvement "
    )
    results = sample_results(THREE, margins=(("auc", 0.065),))
    (clause,) = describe_margins(results, [*questions, *other_questions(results)])
    assert clause == (
        "by the declared margins, without Holm's correction: in AUC (margin .065) 1 non-inferior "
        "and 1 equivalent"
    )
    assert not list(describe_margins(sample_results(THREE), questions))


def test_predictions_that_change_little_are_said_to_allow_a_small_gain() -> None:
    predictions = sample_predictions()
    plain = predictions[SINGLE_TASK.fingerprint]
    noise = np.random.default_rng(0).normal(0.0, 0.05, plain.shape)
    predictions[MULTI_TASK.fingerprint] = 1.0 / (1.0 + (1.0 / plain - 1.0) * np.exp(noise))
    results = sample_results(predictions=predictions)
    questions = aux_questions(results)
    power, change = describe_power(results, questions)
    assert "80 % power" in power
    assert change.startswith("the task moves the predictions too little (correlation .99")
    assert "in AUC, so the comparison could hardly have shown its effect" in change


def test_of_several_questions_the_one_with_power_is_named(sample: Results) -> None:
    (question,) = aux_questions(sample)
    alike = replace(question, method=question.reference)
    power, insensitive = describe_power(sample, [question, alike])
    assert f"the comparison of {question.method.label} has 80 % power" in power
    assert "are almost those of" in insensitive
    power = next(iter(describe_power(sample, [question, question])))
    assert "each comparison has 80 % power" in power


def test_a_positive_control_without_effect_is_said_unless_a_gain_is_shown() -> None:
    oracle = replace(sample_network("resnet50 + oracle", "oracle"), control="positive")
    text = "has not shown that it can find the effect of a label"
    for task, signal, is_stated in ((1.0, 1.0, True), (1.0, 3.0, False), (3.0, 1.0, False)):
        results = sample_results([(MULTI_TASK, task), (SINGLE_TASK, 0.95), (oracle, signal)])
        assert (text in describe_caveats(results, aux_questions(results))) == is_stated


def test_the_power_for_a_target_with_several_outcomes_is_that_of_the_folds() -> None:
    results = sample_outcome_results("ordinal")
    question = Question(method=MULTI_TASK, reference=SINGLE_TASK)
    (effect,) = question_effects(results, question)
    assert effect.open
    (clause,) = describe_power(results, [question])
    size = f"{effect.detectable:.3f}"[1:]
    expected = "with the spread over these folds, the comparison has 80 % power for a difference of"
    assert clause.startswith(f"{expected} {size} in C-index")
