"""Questions: which methods are references and controls of which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lnmbench.records import Choice, Method, MethodResult, Results, Weights
from lnmbench.results import (
    all_questions,
    aux_questions,
    control_questions,
    drawn_methods,
    has_aux_effect,
    image_control_questions,
    other_questions,
)
from lnmbench.testing.sample_results import (
    CONTROL,
    LOGISTIC,
    MULTI_TASK,
    SAMPLE_METHODS,
    SINGLE_TASK,
    empty_results,
    sample_network,
)

THREE = SAMPLE_METHODS[:3]


def make_results(
    methods: Sequence[tuple[Method, float]], units_done: Mapping[str, int] | None = None
) -> Results:
    """Return results of methods without scores; the strengths do not matter."""
    method_results = tuple(
        MethodResult(
            method=method, units_done=(units_done or {}).get(method.label, 20), units_all=20
        )
        for method, _ in methods
    )
    return replace(empty_results(), method_results=method_results)


def test_a_half_permuted_method_has_a_question_and_the_whole_as_control() -> None:
    size = Choice(name="size", parameters={"shuffled": 1})
    both, half = sample_network("both", "pt", "size"), sample_network("half", "pt", size)
    whole = sample_network("whole", CONTROL.aux[0], size)
    results = make_results([(SINGLE_TASK, 0.2), (both, 3.0), (half, 1.0), (whole, 1.0)])
    assert [question.method for question in aux_questions(results)] == [both, half]
    controls = [(q.method, q.reference) for q in control_questions(results)]
    assert controls == [(both, whole), (half, whole)]
    assert control_questions(make_results([(SINGLE_TASK, 0.2), (both, 3.0), (half, 1.0)])) == []


def test_the_folder_of_a_weight_file_makes_no_other_network() -> None:
    weights = Weights(source="file:w.pt", sha256="ab" * 32)
    first, second = (
        replace(
            method,
            weights=weights,
            encoder=Choice(name="resnet50", parameters={"weights": f"{folder}/w.pt"}),
        )
        for method, folder in ((MULTI_TASK, "a"), (SINGLE_TASK, "b"))
    )
    assert len(aux_questions(make_results([(first, 1.0), (second, 1.0)]))) == 1


def test_a_control_has_no_question_of_its_own() -> None:
    results = make_results([*THREE, (CONTROL, 1.0)])
    assert [question.method for question in aux_questions(results)] == [MULTI_TASK]
    (question,) = control_questions(results)
    assert (question.method, question.reference) == (MULTI_TASK, CONTROL)
    assert question.fingerprints == {MULTI_TASK.fingerprint, CONTROL.fingerprint}


def test_controls_with_other_settings_or_tasks_control_nothing() -> None:
    shuffled = Choice(name="pt", parameters={"shuffled": 1})
    for control in (
        sample_network("a", shuffled, encoder="resnet18"),
        sample_network("b", Choice(name="size", parameters={"shuffled": 1})),
        sample_network("c", Choice(name="pt", parameters={"shuffled": 1, "edition": "7"})),
    ):
        assert control_questions(make_results([(MULTI_TASK, 1.0), (control, 1.0)])) == []


def test_networks_that_differ_in_more_than_the_task_have_no_auxiliary_question() -> None:
    others = (
        sample_network("b", encoder="resnet18"),
        sample_network("b", learning_rate=1e-2),
        LOGISTIC,
    )
    for other in others:
        assert aux_questions(make_results([(MULTI_TASK, 1.0), (other, 1.0)])) == []
    unweighted = replace(SINGLE_TASK, weighting=None)
    assert len(aux_questions(make_results([(MULTI_TASK, 1.0), (unweighted, 1.0)]))) == 1


def test_figures_draw_the_methods_of_questions_first_and_always_a_baseline() -> None:
    single = [(sample_network(f"net {n}", encoder=f"e{n}"), 0.9) for n in range(5)]
    multi = [(sample_network(f"net {n} + pt", "pt", encoder=f"e{n}"), 1.0) for n in range(5)]
    results = make_results([(LOGISTIC, 0.8), *single, *multi])
    labels = [result.method.label for result in drawn_methods(results)]
    assert labels[:4] == ["net 0 + pt", "net 0", "net 1 + pt", "net 1"]
    assert labels[-1] == "logistic"
    assert len(labels) == 8
    assert len(drawn_methods(results, limit=20)) == 11
    few = make_results([*THREE, (CONTROL, 1.0)], units_done={"resnet50": 1})
    assert [r.method for r in drawn_methods(few)] == [LOGISTIC, CONTROL, MULTI_TASK]


def test_all_questions_are_in_reading_order_with_references_of_their_kind() -> None:
    results = make_results(SAMPLE_METHODS)
    assert [(q.method, q.reference) for q in all_questions(results)] == [
        (MULTI_TASK, SINGLE_TASK),
        (MULTI_TASK, CONTROL),
        (MULTI_TASK, LOGISTIC),
    ]


def test_without_other_questions_every_pair_is_one() -> None:
    other = replace(LOGISTIC, label="forest", baseline=Choice(name="forest"))
    (question,) = other_questions(make_results([(LOGISTIC, 1.0), (other, 1.0)]))
    assert (question.method, question.reference) == (other, LOGISTIC)


def test_an_image_control_asks_no_question_and_is_compared_with_its_own_network() -> None:
    noise, aux_noise = (
        replace(
            method,
            label=f"{method.label} noise",
            encoder=replace(method.encoder, parameters={"control": "noise", "control_seed": 2}),
        )
        for method in (SINGLE_TASK, MULTI_TASK)
    )
    methods = [(m, 1.0) for m in (SINGLE_TASK, MULTI_TASK, LOGISTIC, noise, aux_noise)]
    results = make_results(methods)
    assert [question.method for question in aux_questions(results)] == [MULTI_TASK]
    pairs = [(q.method, q.reference) for q in image_control_questions(results)]
    assert pairs == [(SINGLE_TASK, noise), (MULTI_TASK, aux_noise)]
    assert [question.method for question in other_questions(results)] == [MULTI_TASK]
    assert control_questions(results) == []
    assert noise.is_control
    assert not has_aux_effect(aux_noise)
    assert noise.fingerprint != SINGLE_TASK.fingerprint
