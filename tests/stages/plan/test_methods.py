"""Methods of a benchmark, with the objects of their choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.config import read_benchmark
from lnmbench.records import NetworkMethod, Plan, Resources
from lnmbench.registry import Registry
from lnmbench.stages.plan.aux_tasks import LabelSource
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import ResolvedBaseline, resolve_methods
from lnmbench.testing import sample_cohort

MakeCohort = Callable[..., Cohort]
REGISTRY = Registry()


def labels(cohort: Cohort, **options: object) -> list[str]:
    benchmark = read_benchmark(None, options)
    selections = select_methods(benchmark, REGISTRY)
    methods, failures = resolve_methods(selections, benchmark, REGISTRY, cohort, Resources())
    assert failures == ()
    return [resolved.method.label for resolved in methods]


def test_a_method_brings_its_references(make_cohort: MakeCohort) -> None:
    cohort = make_cohort()
    assert labels(cohort, encoder=("none",), aux=("none",)) == ["clinical network", "logistic"]
    assert labels(cohort, only=True, baseline=("logistic",)) == ["logistic"]
    assert labels(cohort, only=True, encoder=("none",)) == ["clinical network"]


def test_an_encoder_needs_images(make_cohort: MakeCohort) -> None:
    with pytest.raises(UserError, match="no images.*--encoder none"):
        labels(make_cohort(), encoder=("resnet18:weights=random",), aux=("none",))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder": ("resnet5",)}, "unknown encoder 'resnet5'; did you mean resnet50"),
        ({"encoder": ("none",), "aux": ("p",)}, "unknown aux task 'p'; did you mean pt"),
        ({"encoder": ("none",), "aux": ("pt",)}, "no column for aux task pt"),
        ({"baseline": ("logistic:max_iter=0",), "only": True}, "max_iter.*expected 1 or more"),
        ({"baseline": ("logistc",), "only": True}, "unknown baseline 'logistc'"),
        ({"encoder": ("none",), "weighting": "fixd"}, "unknown weighting 'fixd'"),
        ({"encoder": ("none:x=1",), "only": True}, "unknown parameter 'x' of encoder none"),
    ],
)
def test_names_that_are_not_there(
    make_cohort: MakeCohort, options: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        labels(make_cohort(), **options)


def test_the_label_names_a_weighting_that_is_not_the_default(
    make_cohort: MakeCohort, planted_registry: Registry
) -> None:
    def network(**options: object) -> str:
        benchmark = read_benchmark(None, {"encoder": "none", "aux": "sex", "only": True, **options})
        selections = select_methods(benchmark, planted_registry)
        (resolved,), _ = resolve_methods(
            selections, benchmark, planted_registry, make_cohort(), Resources()
        )
        return resolved.method.label

    assert network() == "clinical network + sex"
    assert network(weighting="planted") == "clinical network + sex + planted"
    assert network(tune=3) == "clinical network + sex (best of 3)"


def test_each_set_of_tasks_is_trained_by_each_weighting(
    make_cohort: MakeCohort, planted_registry: Registry
) -> None:
    """A network without tasks has no weighting, and is there once."""
    options = {"encoder": "none", "aux": ("sex", "none"), "weighting": ("fixed", "planted")}
    benchmark = read_benchmark(None, {**options, "only": True})
    selections = select_methods(benchmark, planted_registry)
    methods, _ = resolve_methods(
        selections, benchmark, planted_registry, make_cohort(), Resources()
    )
    weightings = {resolved.method.label: resolved.method.weighting for resolved in methods}
    assert {label: choice and choice.name for label, choice in weightings.items()} == {
        "clinical network + sex": "fixed",
        "clinical network + sex + planted": "planted",
        "clinical network": None,
    }


def test_a_task_is_built_once_for_all_methods(
    make_cohort: MakeCohort, planted_registry: Registry
) -> None:
    options = {"encoder": "none", "aux": ("sex", "sex+sex:shuffled=1"), "only": True}
    benchmark = read_benchmark(None, options)
    selections = select_methods(benchmark, planted_registry)
    (single, both), _ = resolve_methods(
        selections, benchmark, planted_registry, make_cohort(), Resources()
    )
    assert both.tasks[0] is single.tasks[0]
    assert both.tasks[1] is not single.tasks[0]


def test_a_task_named_twice_is_refused(make_cohort: MakeCohort) -> None:
    with pytest.raises(UserError, match="name the same task twice"):
        labels(make_cohort(), encoder=("none",), aux=("pt+pt:shuffled=0",))


FAULTY = """
from lnmbench import UserError, hookimpl

class Early:
    title, kind, outputs = "t", "binary", 1
    def __init__(self, refuses: bool = False) -> None:
        self.refuses = refuses
    def targets(self, cohort):
        if self.refuses:
            raise UserError("no column of this label")
        raise KeyError("t")
    def notes(self, cohort): return ()
    def loss(self, logits, targets): ...
    def probabilities(self, logits): ...

class Exits:
    def __init__(self) -> None:
        raise SystemExit(0)
    def estimator(self, columns): ...
    def candidates(self): ...

@hookimpl
def register_aux_tasks(): return {"early": Early}

@hookimpl
def register_baselines(): return {"exits": Exits}
"""


def test_a_fault_costs_the_methods_that_use_its_plugin(
    make_cohort: MakeCohort, tmp_path: Path
) -> None:
    path = tmp_path / "faulty.py"
    path.write_text(FAULTY, encoding="utf-8")
    registry = Registry([str(path)])

    def resolve(**options: object) -> tuple[list[str], list[str]]:
        benchmark = read_benchmark(None, {"encoder": "none", **options})
        selections = select_methods(benchmark, registry)
        methods, failures = resolve_methods(
            selections, benchmark, registry, make_cohort(), Resources()
        )
        return [m.method.label for m in methods], [failure.label for failure in failures]

    assert resolve(aux=("none", "early"), baseline=("exits", "logistic")) == (
        ["clinical network", "logistic"],
        ["clinical network + early", "exits"],
    )
    with pytest.raises(UserError, match=r"clinical network \+ early failed: .*KeyError"):
        resolve(aux="early", only=True)
    with pytest.raises(UserError, match="^aux task early of plugin faulty: no column of this"):
        resolve(aux=("none", "early:refuses=true"))


@pytest.mark.parametrize(
    ("tasks", "control"),
    [
        ("pt", "none"),
        ("pt+random", "none"),
        ("random", "negative"),
        ("random+pt:shuffled=1", "negative"),
        ("pt:shuffled=1", "none"),  # known by its tasks, as in older ledgers
        ("oracle", "positive"),
        ("pt+oracle", "positive"),
        ("oracle:shuffled=1", "negative"),
    ],
)
def test_a_control_is_declared_by_its_tasks(tasks: str, control: str) -> None:
    cohort = sample_cohort(40)
    benchmark = read_benchmark(None, {"encoder": ["none"], "aux": [tasks], "only": True})
    selections = select_methods(benchmark, REGISTRY)
    source = LabelSource(cases=np.arange(40), target=np.arange(40.0) % 2)
    (resolved,), _ = resolve_methods(selections, benchmark, REGISTRY, cohort, Resources(), source)
    assert isinstance(resolved.method, NetworkMethod)
    assert resolved.method.control == control
    assert resolved.method.is_control == (tasks not in ("pt", "pt+random"))
    plain = replace(resolved.method, control="none", label="other")
    assert plain.fingerprint == resolved.method.fingerprint


def test_an_image_control_has_no_label_controls(make_cohort: MakeCohort) -> None:
    cohort = make_cohort()
    cohort = replace(cohort, offsets=np.arange(len(cohort) + 1))
    network, task = "resnet18:weights=random", "column:name=sex"
    names = labels(cohort, encoder=(f"{network},control=noise",), aux=(task, f"{task},shuffled=1"))
    assert names == [
        f"{network} + {task}",
        network,
        "logistic",
        f"{network},control=noise + {task}",
        f"{network},control=noise",
        f"{network} + {task},shuffled=1",
    ]


READER = """
import numpy as np
from lnmbench import hookimpl
from lnmbench.records import CasePredictions

class Reader:
    def predict_cases(self, cohort, find_case):
        values = np.full(len(cohort), np.nan)
        for number in range(30):
            values[find_case(f"case-{number}")] = number % 2
        return CasePredictions(values=values, scale="call")

@hookimpl
def register_baselines():
    return {"reader": Reader}
"""


def test_a_baseline_that_is_not_trained_is_resolved_once_for_all_modalities(
    make_cohort: MakeCohort, plan: Plan, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(READER)
    registry = Registry([str(tmp_path / "mine.py")])
    options = {"baseline": "reader", "only": True, "modalities": ["clinical", "clinical"]}
    benchmark = read_benchmark(None, options)
    selections = select_methods(benchmark, registry)
    (resolved,), failures = resolve_methods(
        selections, benchmark, registry, make_cohort(30), Resources(), plan=plan
    )
    assert failures == ()
    assert isinstance(resolved, ResolvedBaseline)
    assert resolved.fixed is not None
    np.testing.assert_array_equal(resolved.fixed.values[1], np.arange(30) % 2)
    method = resolved.method
    assert (method.label, method.trained, method.scale, method.partial) == (
        "reader",
        False,
        "call",
        False,
    )


def test_a_baseline_that_is_not_trained_has_no_modalities(
    make_cohort: MakeCohort, plan: Plan, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(READER)
    registry = Registry([str(tmp_path / "mine.py")])
    benchmark = read_benchmark(None, {"baseline": "reader:modalities=clinical", "only": True})
    selections = select_methods(benchmark, registry)
    with pytest.raises(UserError, match="reader:modalities=clinical gets no features"):
        resolve_methods(selections, benchmark, registry, make_cohort(30), Resources(), plan=plan)
