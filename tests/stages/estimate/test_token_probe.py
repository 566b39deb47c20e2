"""Time of the tokens of frozen features."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmbench.records import Training
from lnmbench.stages.estimate.network_probe import random_inputs
from lnmbench.stages.estimate.token_probe import estimate_tokens
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork
from lnmbench.stages.run import list_fits, stack_fits


@pytest.fixture
def network(resolved: ResolvedBenchmark) -> ResolvedNetwork:
    network = resolved.methods[0]
    assert isinstance(network, ResolvedNetwork)
    return network


@pytest.mark.parametrize(
    ("settings", "averaged"), [(Training(), True), (Training(layers=1, token_dim=16), False)]
)
def test_principal_components_take_time(
    resolved: ResolvedBenchmark, network: ResolvedNetwork, settings: Training, averaged: bool
) -> None:
    inputs = random_inputs(network, resolved)
    fits = stack_fits(resolved.cohort, resolved.plan, list(list_fits(resolved.plan, 0)))
    tokens = estimate_tokens(network.method, settings, inputs, fits, resolved)
    assert tokens is not None
    assert (tokens.width, tokens.is_averaged) == (settings.token_dim, averaged)
    assert tokens.is_shared
    assert tokens.seconds > 0
    large = replace(resolved.plan.protocol, repeats=10**6)
    many = replace(resolved, plan=replace(resolved.plan, protocol=large))
    kept = estimate_tokens(network.method, settings, inputs, fits, many)
    assert kept is not None
    assert not kept.is_shared


@pytest.mark.parametrize("settings", [Training(projection="trained"), Training(token_dim=None)])
def test_other_tokens_are_trained(
    resolved: ResolvedBenchmark, network: ResolvedNetwork, settings: Training
) -> None:
    inputs = random_inputs(network, resolved)
    fits = stack_fits(resolved.cohort, resolved.plan, list(list_fits(resolved.plan, 0)))
    assert estimate_tokens(network.method, settings, inputs, fits, resolved) is None
