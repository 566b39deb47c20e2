"""Networks against their negative controls."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from lnmbench.records import Choice, Results
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
    assert f"networks against each of their negative controls {PERMUTED}: AUC (1 shown" in text
    assert "1 not shown to differ" in text


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
