"""Time of permuted inputs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench.stages.estimate.estimates import Span
from lnmbench.stages.estimate.importance_probe import extrapolate
from lnmbench.stages.estimate.network_probe import estimate_networks
from lnmbench.stages.estimate.probe import Probe
from lnmbench.stages.estimate.workload import list_workloads
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork


def test_few_permutations_are_measured_and_many_extrapolated() -> None:
    measured = []

    def measure(count: int) -> float:
        measured.append(count)
        return 0.25 + 0.125 * count

    assert extrapolate(measure, 1) == 0.375
    assert extrapolate(measure, 2) == 0.5
    assert max(measured) == 2
    assert extrapolate(measure, 1000) == 125.25
    assert max(measured) <= 20


@pytest.mark.parametrize("train", ["none", "body"])
def test_permuted_inputs_of_networks_take_time_of_their_own(
    resolved: ResolvedBenchmark, train: str
) -> None:
    network = resolved.methods[1]
    assert isinstance(network, ResolvedNetwork)
    encoder = replace(network.method.encoder, parameters={"train": train})
    network = replace(network, method=replace(network.method, encoder=encoder))
    few, many = (
        estimate_networks(network, replace(resolved, importance=count), 0, importance=count)
        for count in (1, 200)
    )
    assert estimate_networks(network, resolved, 0).importance == Span()
    assert 0 < few.importance.low < many.importance.low / 10


def test_each_method_has_time_and_space_for_its_permuted_inputs(
    resolved: ResolvedBenchmark, tmp_path: Path
) -> None:
    permuting = replace(resolved, importance=3)
    workloads = list_workloads(resolved.methods, resolved.plan, tmp_path, importance=3)
    _, network, baseline = workloads
    for workload in (network, baseline):
        without = Probe(benchmark=resolved, home=tmp_path).estimate_method(workload)
        with_permuted = Probe(benchmark=permuting, home=tmp_path).estimate_method(workload)
        assert without.importance == Span()
        assert with_permuted.importance.low > 0
        features = len(resolved.cohort.features)
        inputs = features + 2 if workload is network else features  # both modalities as wholes
        numbers = inputs * 3 * 2 * len(resolved.plan.ids)
        assert with_permuted.disk - without.disk == 8 * numbers
