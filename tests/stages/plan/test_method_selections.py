"""Selection of the methods of a benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.records import is_shuffled
from lnmbench.registry import Registry
from lnmbench.stages.plan.method_selections import MethodSelections, select_methods

REGISTRY = Registry()


def select(**options: object) -> MethodSelections:
    return select_methods(read_benchmark(None, options), REGISTRY)


def names(selections: MethodSelections) -> tuple[list[str], list[list[str]], list[str]]:
    return (
        [encoder.bound.name for encoder in selections.encoders],
        [[task.bound.name for task in tasks] for tasks in selections.aux],
        [baseline.bound.name for baseline in selections.baselines],
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (["resnet50"], [["pt"], []], ["logistic"])),
        ({"aux": "none"}, (["resnet50"], [[]], ["logistic"])),
        ({"encoder": "none", "only": True}, (["none"], [[]], [])),
        ({"aux": ("pt", "pt:shuffled=1"), "only": True}, (["resnet50"], [["pt"], ["pt"]], [])),
        ({"baseline": "logistic", "only": True}, ([], [], ["logistic"])),
    ],
)
def test_references_are_added_unless_only_the_named_methods_are_wanted(
    options: dict[str, object], expected: tuple[list[str], list[list[str]], list[str]]
) -> None:
    assert names(select(**options)) == expected


def test_each_method_with_tasks_has_its_controls_all_tasks_permuted_by_one_seed() -> None:
    selections = select(aux=("pt+pt:edition=7", "none", "pt:shuffled=7"), controls=2)
    *named, positive = selections.aux
    seeds = [[str(task.bound.parameters["shuffled"]) for task in tasks] for tasks in named]
    assert seeds == [["0", "0"], [], ["7"], ["1", "1"], ["2", "2"]]
    assert [task.bound.parameters["edition"] for task in named[-1]] == ["auto", "7"]
    assert [task.offer.control for task in positive] == ["positive"]
    assert len(select(controls=19).aux) == 2 + 19 + 1


def test_controls_of_controls_are_not_added() -> None:
    selections = select(aux=("pt", "random", "oracle", "pt+oracle"), controls=1)
    names = ["+".join(str(task.written) for task in tasks) for tasks in selections.aux]
    assert names == ["pt", "random", "oracle", "pt+oracle", "", "pt:shuffled=1"]
    with pytest.raises(UserError, match="without an auxiliary task to permute"):
        select(aux=("random", "oracle"), controls=1)
    assert len(select(controls=0).aux) == 2


def test_the_benchmark_of_many_tasks_has_twelve_of_them_by_four_weightings() -> None:
    file = Path(__file__).parents[3] / "benchmarks" / "auxiliary_zoo.toml"
    selections = select_methods(read_benchmark(file, {}), REGISTRY)
    tested = [
        tasks
        for tasks in selections.aux
        if tasks and all(t.offer.control == "none" and not is_shuffled(t.bound) for t in tasks)
    ]
    assert len(tested) == 13
    assert len(selections.weightings) == 4
    controls = [
        tasks for tasks in selections.aux if tasks and all(is_shuffled(t.bound) for t in tasks)
    ]
    assert len(controls) == len(tested)


def test_an_image_control_brings_the_encoder_with_unchanged_images() -> None:
    controls = ("resnet18:control=noise", "resnet18:control_seed=2,control=other_patient")
    expected = [{"control": "noise"}, {"control": "other_patient", "control_seed": 2}, {}]
    for encoders in (controls, (*controls, "resnet18")):
        bound = [e.bound.parameters for e in select(encoder=encoders, aux="none").encoders]
        changes = [{n: v for n, v in each.items() if n.startswith("control")} for each in bound]
        assert changes == expected
    assert len(select(encoder=controls, only=True).encoders) == 2


def test_a_sweep_gives_each_set_of_tasks_each_value_with_controls_of_its_own() -> None:
    selections = select(aux=("pt+pt:edition=7", "none"), sweep="keep=0.25+1", controls=1)
    *named, _ = selections.aux
    kept = [[task.bound.parameters.get("keep") for task in tasks] for tasks in named]
    assert kept == [[0.25, 0.25], [None, None], [], [0.25, 0.25], [None, None]]
    assert [str(task.written) for task in selections.aux[1]] == ["pt", "pt:edition=7"]
    seeded = select(aux="pt:keep_seed=3", sweep="keep=.5+1", only=True).aux
    assert [str(tasks[0].written) for tasks in seeded] == ["pt:keep_seed=3,keep=.5", "pt"]
    weights = select(aux="pt", sweep="weight=0.5+2", only=True).aux
    assert [tasks[0].bound.parameters["weight"] for tasks in weights] == [0.5, 2.0]


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"sweep": "kep=1"}, "cannot sweep 'kep'.*keep, keep_seed, weight; did you mean keep"),
        ({"sweep": "shuffled=1+2"}, "cannot sweep 'shuffled'.*for shuffled, use --controls"),
        ({"sweep": "keep=1", "aux": "none"}, "no auxiliary task to sweep keep of"),
        ({"sweep": "keep=1", "aux": "pt:keep=.5"}, "pt:keep=.5 sets keep, which the sweep keep=1"),
        ({"sweep": "keep=.5+half"}, "wrong value for keep.*expected float, got 'half'"),
    ],
)
def test_a_sweep_of_no_parameter_of_every_task_is_refused(
    options: dict[str, object], match: str
) -> None:
    with pytest.raises(UserError, match=match):
        select(**options)


@pytest.mark.parametrize("options", [{"aux": "none"}, {"aux": "pt:shuffled=1"}, {"only": True}])
def test_controls_of_no_task_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(
        UserError, match=r"2 negative controls without an auxiliary task to permute; name a task"
    ):
        select(**options, encoder="none", controls=2)


def test_choices_are_bound_to_all_their_parameters() -> None:
    (encoder,) = select(encoder="resnet50").encoders
    assert str(encoder.written) == "resnet50"
    assert encoder.bound.parameters["train"] == "none"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("signs:names=spiculation+lobulation+pt", ["signs:names=spiculation+lobulation", "pt"]),
        ("pt+signs:shuffled=2,names=a+b+pn", ["pt", "signs:shuffled=2,names=a+b", "pn"]),
        ("pt_binary:from=T3+size", ["pt_binary:from=T3", "size"]),
        ("growth_pattern:patterns=solid+lepidic", ["growth_pattern:patterns=solid+lepidic"]),
    ],
)
def test_a_name_of_no_task_belongs_to_the_text_before_it(written: str, expected: list[str]) -> None:
    (tasks,) = select(aux=written, only=True, encoder="none").aux
    assert [str(task.written) for task in tasks] == expected


def test_a_misspelled_task_is_no_part_of_a_number() -> None:
    with pytest.raises(UserError, match="unknown aux task 'sizee'; did you mean size"):
        select(aux="pt:shuffled=1+sizee")
    with pytest.raises(UserError, match="unknown aux task 'sizee'; did you mean size"):
        select(aux="pt+sizee")


def test_a_parameter_named_as_a_keyword_reaches_its_factory() -> None:
    ((task,),) = select(aux="pt_binary:from=T3", only=True, encoder="none").aux
    assert task.build().title == "pathological T stage, T3 or higher"


def test_a_benchmark_without_a_method_is_refused() -> None:
    with pytest.raises(UserError, match="names no method"):
        select(only=True)


@pytest.mark.parametrize("name", ["stage", "overall_stage", "pTNM", "ajcc_stage"])
def test_the_overall_stage_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(UserError, match="the overall stage, which contains the N category"):
        select(aux=(name,))
    with pytest.raises(UserError, match="unknown aux task 'pts'"):
        select(aux=("pts",))
