"""Probes of the methods of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.estimate.probe import Probe
from lnmbench.stages.estimate.workload import list_workloads
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork

REGISTRY = Registry()


def test_methods_share_a_cache_and_a_complete_method_takes_nothing(
    resolved: ResolvedBenchmark, tmp_path: Path
) -> None:
    workloads = list_workloads(resolved.methods, resolved.plan, tmp_path)
    probe = Probe(benchmark=resolved, home=tmp_path)
    aux, _, baseline = (probe.estimate_method(workload) for workload in workloads)
    assert aux.slices == int(resolved.cohort.offsets[-1])
    assert baseline.slices == 0
    assert baseline.memory is None
    assert baseline.seconds.low == baseline.seconds.high > 0
    assert len(probe.counted) == len(probe.tokens) == 1
    again = probe.estimate_method(workloads[0])
    assert again.slices == 0
    complete = probe.estimate_method(replace(workloads[0], repeats=(), units=0, fits=0))
    assert (complete.units, complete.fits, complete.disk) == (0, 0, 0)
    assert complete.seconds.high == 0


def test_turned_slices_and_places_are_encoded_once_more(
    resolved: ResolvedBenchmark, tmp_path: Path
) -> None:
    (workload, *_) = list_workloads(resolved.methods, resolved.plan, tmp_path)
    network = workload.resolved
    assert isinstance(network, ResolvedNetwork)
    tasks = tuple(
        REGISTRY.aux_tasks.build(Choice(name=name)) for name in ("rotation", "segment", "pt")
    )
    probe, slices = Probe(benchmark=resolved, home=tmp_path), int(resolved.cohort.offsets[-1])
    estimates = [
        probe._estimate_cache(replace(network, tasks=chosen)).slices
        for chosen in ((), tasks[:1], tasks)
    ]
    assert estimates == [slices, 3 * slices, slices]
