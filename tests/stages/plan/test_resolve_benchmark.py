"""Resolution of a benchmark over one cohort."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Resources
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan.resolve_benchmark import ResolvedBenchmark, resolve
from lnmbench.store.ledger.stored_plan import plan_facts

REGISTRY = Registry()


@pytest.fixture(scope="module")
def cohort_file(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> Path:
    dataset = Choice(name="synthetic", parameters={"n": 60, "images": False})
    home = tmp_path_factory.mktemp("home")
    return ingest(dataset, REGISTRY, home=home, workers=1, progress=silent)


def test_the_protocol_of_a_run_has_each_metric_once(cohort_file: Path) -> None:
    asked = {
        "primary": ("net_benefit:threshold=.20", "net_benefit", "auc"),
        "encoder": "none",
        "repeats": 1,
        "folds": 3,
        "inner": 2,
    }
    resolved = resolve(read_benchmark(None, asked), REGISTRY, lambda: cohort_file)
    assert resolved.plan.protocol.primary == ("net_benefit", "auc")


def test_controls_come_last_and_too_few_are_noted(cohort_file: Path) -> None:
    options = {"encoder": "none", "folds": 3, "inner": 2}
    few, many = (
        resolve(
            read_benchmark(None, {**options, "controls": controls}), REGISTRY, lambda: cohort_file
        )
        for controls in (3, 19)
    )
    assert [each.method.is_control for each in few.methods] == [False] * 3 + [True] * 4
    assert len(many.methods) == 3 + 19 + 1
    (notice,) = [notice for notice in few.notices if "too few" in notice]
    assert notice.startswith("3 negative controls: too few for a permutation test")
    assert not any("too few" in note for note in (*many.notices, *few.notes))


def test_settings_without_effect_are_noted(cohort_file: Path) -> None:
    options = {"encoder": "none", "folds": 3, "inner": 2, "training": {"heads": 2, "clip": 2.0}}
    resolved = resolve(read_benchmark(None, options), REGISTRY, lambda: cohort_file)
    (notice,) = [notice for notice in resolved.notices if "without effect" in notice]
    assert notice == "settings without effect in this run: heads (no images)"
    assert notice not in resolved.notes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dataset": "synthetc"}, "unknown dataset 'synthetc'"),
        ({"target": "n3"}, "unknown target 'n3'"),
        ({"primary": ("aucc",)}, "unknown metric 'aucc'"),
        ({"encoder": "resnet5"}, "unknown encoder 'resnet5'"),
        ({"aux": "p"}, "unknown aux task 'p'"),
        ({"only": True}, "names no method"),
    ],
)
def test_unknown_names_are_refused_before_the_cohort_is_ingested(
    options: dict[str, object], message: str
) -> None:
    def find_cohort() -> Path:
        raise AssertionError("the cohort was ingested")

    with pytest.raises(UserError, match=message):
        resolve(read_benchmark(None, options), REGISTRY, find_cohort)


def test_methods_have_their_objects_and_workers_share_the_memory(cohort_file: Path) -> None:
    options = {"encoder": "none", "aux": ("pt", "pt:shuffled=1"), "repeats": 1, "folds": 3}
    resolved = resolve(
        read_benchmark(None, {**options, "inner": 2}),
        REGISTRY,
        lambda: cohort_file,
        executor=Choice(name="processes", parameters={"workers": 2}),
        resources=Resources(memory_gb=3.0),
    )
    assert len(resolved.methods) == 4
    assert list(resolved.tasks) == ["pt:edition=auto,shuffled=0", "pt:edition=auto,shuffled=1"]
    assert resolved.resources.memory_gb == 3.0
    assert resolved.worker_resources.memory_gb == 1.5
    assert set(resolved.plan.notes) < set(resolved.notes) <= set(resolved.notices)
    assert sum("negative control" in note for note in resolved.notes) == 1


def test_another_family_of_tests_is_declared_with_the_protocol(cohort_file: Path) -> None:
    options = {"encoder": "none", "folds": 3, "inner": 2, "controls": 1}

    def resolve_family(**family: object) -> ResolvedBenchmark:
        benchmark = read_benchmark(None, {**options, **family})
        return resolve(benchmark, REGISTRY, lambda: cohort_file)

    default, pairs = resolve_family(), resolve_family(family="all-pairs")
    assert default.plan.protocol == resolve_family(family="auxiliary").plan.protocol
    assert pairs.plan.protocol.family == "all-pairs"
    assert not any("family" in notice for notice in default.notices)
    # logistic, the network and the network with pT: three pairs in two metrics
    expected = "family of tests (Holm): every pair of methods, 6 tests in auc and ap"
    assert expected in pairs.notices
    assert plan_facts(default.plan)["protocol"] != plan_facts(pairs.plan)["protocol"]
    assert "family" not in plan_facts(default.plan)["protocol"]
    with pytest.raises(UserError, match="no pair of methods is in the family versus-baseline"):
        resolve_family(family="versus-baseline", only=True, aux=["pt"])
    with pytest.raises(UserError, match="wrong value for family"):
        read_benchmark(None, {"family": "all"})
