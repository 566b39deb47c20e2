"""The network whose encoder a method needs."""

from __future__ import annotations

from collections.abc import Callable

from lnmbench import Cohort
from lnmbench.config import read_benchmark
from lnmbench.records import Resources
from lnmbench.registry import Registry
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import resolve_methods
from lnmbench.stages.plan.resolved_methods import ResolvedNetwork, image_network

REGISTRY = Registry()


def test_a_network_needs_its_own_encoder_and_a_baseline_on_the_table_none(
    make_cohort: Callable[..., Cohort],
) -> None:
    benchmark = read_benchmark(None, {"encoder": "none", "aux": "none"})
    selections = select_methods(benchmark, REGISTRY)
    methods, _ = resolve_methods(selections, benchmark, REGISTRY, make_cohort(30), Resources())
    network, baseline = methods
    assert isinstance(network, ResolvedNetwork)
    assert image_network(network) is network
    assert image_network(baseline) is None
    assert (network.candidates, baseline.candidates) == (1, 8)
