"""Parts that methods share, and methods that cannot be built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.config import read_benchmark
from lnmbench.records import NetworkMethod, Resources
from lnmbench.registry import Registry
from lnmbench.stages.plan.aux_tasks import LabelSource
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import resolve_methods
from lnmbench.testing import sample_cohort

MakeCohort = Callable[..., Cohort]
Labels = Callable[..., list[str]]
REGISTRY = Registry()


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


def test_a_task_named_twice_is_refused(resolve_labels: Labels, make_cohort: MakeCohort) -> None:
    with pytest.raises(UserError, match="name the same task twice"):
        resolve_labels(make_cohort(), encoder=("none",), aux=("pt+pt:shuffled=0",))


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
