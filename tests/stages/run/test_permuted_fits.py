"""Permutations of the inputs of networks, against networks that are trained on permuted data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from lnmbench import Cohort
from lnmbench.records import Choice, Column, NetworkMethod, Plan, Training, UnitResult, Weights
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.groups import search_groups
from lnmbench.stages.run.chunk import NetworkChunk
from lnmbench.stages.run.networks import network_results
from lnmbench.stages.run.permutations import permute_tested

NO_IMAGES = NetworkMethod(
    label="none",
    encoder=Choice(name="none"),
    level="none",
    weights=Weights(source="none"),
    training=Training(max_epochs=3, patience=3),
)


def run(cohort: Cohort, plan: Plan, importance: int) -> list[UnitResult]:
    registry = Registry()
    chunk = NetworkChunk(
        method=NO_IMAGES,
        groups=search_groups(NO_IMAGES, plan.protocol.seed, registry),
        repeat=0,
        plan=plan,
        cohort_file=Path(),
        features=None,
        importance=importance,
    )
    return network_results(chunk, cohort, registry)


def test_a_network_predicts_with_the_values_of_others(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    cohort = make_cohort(30)
    random = np.random.default_rng(2)
    absent = np.arange(30) % 4 == 1
    blood = [Column(name=f"blood {i}", role="feature", modality="cfdna") for i in range(3)]
    values = {c.name: np.where(absent, np.nan, random.normal(size=30)) for c in blood}
    cohort = replace(cohort, columns=(*cohort.columns, *blood), values={**cohort.values, **values})
    results = run(cohort, plan, 2)
    assert [(each.kind, each.name) for each in results[0].permuted] == [
        ("modality", "clinical"),
        ("modality", "cfdna"),
        ("feature", "age"),
        ("feature", "sex"),
        *(("feature", c.name) for c in blood),
    ]
    exchanged = {name: (name,) for name in ("age", "sex")}
    exchanged |= {"clinical": ("age", "sex"), "cfdna": tuple(values)}
    fold = 1
    tested = np.flatnonzero(plan.splits.outer[0] == fold)
    source = permute_tested(plan, 0, fold, 2)[1]
    for each in results[fold].permuted[:4]:
        changed = dict(cohort.values)
        for name in exchanged[each.name]:
            column = np.array(changed[name])
            column[tested] = column[source]
            changed[name] = column
        expected = run(replace(cohort, values=changed), plan, 0)[fold].test["target"][tested]
        np.testing.assert_allclose(each.values[1], expected, atol=1e-6, err_msg=each.name)
