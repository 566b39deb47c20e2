"""Networks against their negative controls."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.conclusion import Conclusion

from lnmbench.records import Choice, Method, Paragraph, Results
from lnmbench.results import control_questions
from lnmbench.testing.sample_results import (
    CONTROL,
    MULTI_TASK,
    SINGLE_TASK,
    sample_network,
    sample_results,
)

Write = Callable[[Results], str]
AGAIN = sample_network("resnet50 + pt:shuffled=2", Choice(name="pt", parameters={"shuffled": 2}))
PERMUTED = "(labels randomly permuted)"


def test_a_gain_that_the_control_shares_is_not_attributed_to_labels(write_answer: Write) -> None:
    text = write_answer(sample_results([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2), (CONTROL, 3.0)]))
    assert "improved prediction of n2" in text
    assert f"against its negative control {PERMUTED}: no difference shown (AUC " in text
    assert "so 2 of 2 gains are not shown to come from the labels" in text
    beaten = write_answer(sample_results([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2), (CONTROL, 0.2)]))
    assert f"negative control {PERMUTED}: scores better in this cohort (AUC +" in beaten
    assert "not shown to come" not in beaten


def test_every_one_of_several_controls_of_a_network_must_be_beaten(write_answer: Write) -> None:
    methods = [(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2), (CONTROL, 0.2)]
    lead = f"against its 2 negative controls {PERMUTED}, in each metric the strongest one: "
    shared = write_answer(sample_results([*methods, (AGAIN, 3.0)]))
    assert f"{lead}no difference shown (AUC " in shared
    assert "so 2 of 2 gains are not shown to come from the labels" in shared
    beaten = write_answer(sample_results([*methods, (AGAIN, 0.2)]))
    assert f"{lead}scores better in this cohort (AUC +" in beaten
    assert "not shown to come" not in beaten


def test_worse_than_the_control_is_said_and_every_metric_is_named(write_answer: Write) -> None:
    results = sample_results([(MULTI_TASK, 0.2), (SINGLE_TASK, 0.2), (CONTROL, 3.0)])
    worse = write_answer(results)
    assert re.search(r"control \([^)]*\): scores worse in this cohort \(AUC −[^)]*; AP −", worse)
    pair = {MULTI_TASK.fingerprint, CONTROL.fingerprint}
    compared = tuple(
        replace(c, holm=0.6) if c.metric == "auc" and {c.method_a, c.method_b} == pair else c
        for c in results.pair_comparisons
    )
    mixed = write_answer(replace(results, pair_comparisons=compared))
    assert re.search(
        r"control \([^)]*\): no difference shown \(AUC −[^)]*\), "
        r"scores worse in this cohort \(AP −",
        mixed,
    )


def test_of_several_networks_those_worse_than_their_controls_are_counted(
    write_answer: Write,
) -> None:
    shuffled = Choice(name="pt", parameters={"shuffled": 1})
    methods = [
        (sample_network(f"{encoder}{label}", *aux, encoder=encoder), strength)
        for encoder, strengths in (("a", (0.2, 3.0, 0.2)), ("b", (0.2, 0.2, 3.0)))
        for (label, aux), strength in zip(
            (("", ()), (" + pt", ("pt",)), (" + dealt", (shuffled,))), strengths, strict=True
        )
    ]
    text = write_answer(sample_results(methods))
    assert (
        f"of 2 networks against their negative controls {PERMUTED}: "
        "AUC (1 shown to be better, 1 shown to be worse), "
        "AP (1 shown to be better, 1 shown to be worse)" in text
    )
    again = sample_network("a + again", Choice(name="pt", parameters={"shuffled": 2}), encoder="a")
    text = write_answer(sample_results([*methods, (again, 3.0)]))
    assert f"networks against each of their negative controls {PERMUTED}: AUC (1 not shown" in text
    assert "1 not shown to be better, 1 shown to be worse" in text


def test_labels_of_several_networks_matter_without_correction(write_answer: Write) -> None:
    shuffled = Choice(name="pt", parameters={"shuffled": 1})
    text = write_answer(
        sample_results(
            [
                (sample_network(f"{encoder}{label}", *aux, encoder=encoder), strength)
                for encoder in "ab"
                for label, aux, strength in (
                    ("", (), 1.6),
                    (" + pt", ("pt",), 1.6),
                    (" + permuted", (shuffled,), 0.2),
                )
            ]
        )
    )
    assert (
        ", which suggests, without correction for the 4 tests, that labels matter where a network "
        "is better, but a gain over the network without the task is not demonstrated"
    ) in text


def test_a_gain_in_one_metric_is_not_confirmed_by_a_control_beaten_in_another(
    write_answer: Write,
) -> None:
    results = sample_results([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2), (CONTROL, 0.2)])
    control = CONTROL.fingerprint
    compared = tuple(
        replace(c, holm=0.5)
        if (c.metric, control in (c.method_a, c.method_b)) in {("auc", True), ("ap", False)}
        else c
        for c in results.pair_comparisons
    )
    text = write_answer(replace(results, pair_comparisons=compared))
    assert "scores better in this cohort (AP +" in text
    assert "so the gain is not shown to come from the labels" in text


def test_without_a_control_of_the_whole_a_half_permuted_network_is_no_control(
    write_answer: Write,
) -> None:
    size = Choice(name="size", parameters={"shuffled": 1})
    both, half = sample_network("both", "pt", "size"), sample_network("half", "pt", size)
    alone = sample_results([(SINGLE_TASK, 0.2), (both, 3.0), (half, 1.0)])
    assert control_questions(alone) == []
    text = write_answer(alone)
    assert f"no negative control {PERMUTED} was run" in text
    assert "adding pt + size as auxiliary tasks" in text


def with_controls(
    task: float, alone: float, permuted: float, count: int = 19, **changes: dict[str, int]
) -> Results:
    controls = [
        sample_network(f"pt:shuffled={seed}", Choice(name="pt", parameters={"shuffled": seed}))
        for seed in range(1, count + 1)
    ]
    return sample_results(
        [(MULTI_TASK, task), (SINGLE_TASK, alone), *((control, permuted) for control in controls)],
        **changes,
    )


def test_a_task_helps_if_it_gains_and_all_controls_are_worse(write_answer: Write) -> None:
    results = with_controls(3.0, 0.2, 0.2)
    text = write_answer(results)
    assert "adding pt as an auxiliary task improved prediction of n2 (AUC +" in text
    assert (
        f"against its 19 negative controls {PERMUTED}: better than all of them in AUC and AP "
        "(permutation p = .05)"
    ) in text
    assert "not shown to come" not in text
    (line,) = [line for line in write_conclusion(results) if line.startswith("Auxiliary task")]
    assert line.endswith(
        f"Against its 19 negative controls {PERMUTED}: better than all of them in AUC and AP "
        "(permutation p = .05)."
    )


def test_a_gain_that_controls_share_is_no_more_than_with_permuted_labels(
    write_answer: Write,
) -> None:
    text = write_answer(with_controls(3.0, 0.2, 3.3))
    assert (
        "improved prediction of n2, but not demonstrably more than permuted labels did (AUC +"
    ) in text
    assert re.search(r" \d+ (is|are) as good or better in AUC( and AP)? \(permutation p", text)
    assert "so 2 of 2 gains are not shown to come from the labels" in text


def test_labels_that_matter_without_a_gain_over_the_network_alone_are_described(
    write_answer: Write,
) -> None:
    text = write_answer(with_controls(1.6, 1.6, 0.2))
    assert "did not demonstrably improve prediction of n2 (AUC " in text
    assert "better than all of them in AUC and AP (permutation p = .05)" in text
    assert (
        ", which suggests that its labels matter in AUC and AP, but a gain over the network "
        "without the task is not demonstrated"
    ) in text


def test_without_controls_a_gain_is_not_attributed(gain: Results, write_answer: Write) -> None:
    missing = "no negative control (labels randomly permuted) was run, so the gain cannot be"
    assert f"{missing} attributed to the labels; add --controls 19" in write_answer(gain)
    assert f"N{missing[1:]} attributed to the labels; add --controls 19." in " ".join(
        write_conclusion(gain)
    )


@pytest.mark.parametrize(("task", "verb"), [(3.0, "the gain cannot"), (0.2, "a gain could not")])
def test_controls_that_are_not_finished_are_counted_without_a_verdict(
    task: float, verb: str, write_answer: Write
) -> None:
    results = with_controls(task, 0.2, 0.2, 20, units_done={"pt:shuffled=20": 3})
    text = (
        f"he negative controls {PERMUTED} are not finished (19 of 20), so {verb} be attributed to"
        " the labels yet; resume the run"
    )
    answer, conclusion = write_answer(results), " ".join(write_conclusion(results))
    assert f"t{text}" in answer
    assert f"T{text}." in conclusion
    for written in (answer, conclusion):
        assert "permutation p" not in written
        assert "as good or better" not in written
        assert "permuted labels did" not in written


def test_finished_and_unfinished_controls_and_none_are_counted_apart(write_answer: Write) -> None:
    methods: list[tuple[Method, float]] = []
    for encoder in "abcd":
        methods.append((sample_network(encoder, encoder=encoder), 0.2))
        methods.append((sample_network(f"{encoder} + pt", "pt", encoder=encoder), 3.0))
    for encoder in "abc":
        permuted = Choice(name="pt", parameters={"shuffled": 1})
        methods.append((sample_network(f"{encoder} + permuted", permuted, encoder=encoder), 0.2))
    done = {"b + permuted": 3, "c + permuted": 0}
    text = write_answer(sample_results(methods, units_done=done))
    assert f"against its negative control {PERMUTED}: scores better in this cohort" in text
    assert f"controls {PERMUTED} are not finished for 2 of 4 networks (0 of 2), so the" in text
    assert f"no negative control {PERMUTED} was run for 1 of 4 networks, so the gain" in text


def test_controls_with_an_undefined_metric_are_no_verdict(write_answer: Write) -> None:
    results = with_controls(3.0, 0.2, 0.2)
    last = results.method_results[-1]
    scores = {
        metric: replace(score, values=np.full_like(score.values, np.nan))
        for metric, score in last.scores.items()
    }
    changed = (*results.method_results[:-1], replace(last, scores=scores))
    text = write_answer(replace(results, method_results=changed))
    assert "improved prediction of n2 (AUC +" in text
    assert (
        f"the metrics of the negative controls {PERMUTED} are undefined on some folds, so the gain"
        " cannot be attributed to the labels"
    ) in text


def write_conclusion(results: Results) -> tuple[str, ...]:
    (paragraph,) = Conclusion()(results)
    assert isinstance(paragraph, Paragraph)
    return paragraph.lines
