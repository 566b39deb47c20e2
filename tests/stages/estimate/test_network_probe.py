"""Time and memory of the networks of a repeat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lnmbench.records import Choice, NetworkMethod, Training, Weights
from lnmbench.stages.estimate.network_probe import (
    epoch_bounds,
    estimate_networks,
    random_inputs,
    searched_epochs,
)
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork


def network_of(resolved: ResolvedBenchmark) -> ResolvedNetwork:
    network = resolved.methods[0]
    assert isinstance(network, ResolvedNetwork)
    return network


def test_random_inputs_have_the_shapes_of_real_ones(resolved: ResolvedBenchmark) -> None:
    network, cohort, plan = network_of(resolved), resolved.cohort, resolved.plan
    inputs = random_inputs(network, resolved)
    counts = np.diff(cohort.offsets)[cohort.positions(plan.ids)]
    assert inputs.slices is not None
    assert inputs.slices.features.shape == (counts.sum(), 24)
    assert inputs.slices.counts.tolist() == counts.tolist()
    assert [task.name for task in inputs.aux] == [str(network.method.aux[0])]
    trained = Choice(name="sliced", parameters={"train": "body"})
    method = replace(network.method, encoder=trained)
    slices = random_inputs(replace(network, method=method), resolved).slices
    assert slices is not None
    assert slices.trainable_encoder is not None
    assert slices.trainable_encoder.activations.shape[1:] == (4, 8, 8)


def test_a_search_takes_the_time_of_all_candidates(resolved: ResolvedBenchmark) -> None:
    network = network_of(resolved)
    (group,) = network.groups
    twice = replace(group, candidates=group.candidates * 2)
    estimated = estimate_networks(replace(network, groups=(twice,)), resolved, 0)
    assert 0 < estimated.seconds.low <= estimated.seconds.high
    assert estimated.memory is not None
    assert estimated.memory > 0


def test_dropped_candidates_take_the_time_of_their_epochs() -> None:
    training = Training(patience=6, max_epochs=40)
    method = NetworkMethod(
        label="", encoder=Choice(name="none"), level="none", weights=Weights(source="none"), tune=8
    )
    assert list(searched_epochs(replace(method, training=training))) == [(1, 7), (1, 40)]
    halving = replace(method, training=replace(training, search_epochs=3))
    assert list(searched_epochs(halving)) == [(1.5, 6.5), (1.5, 23)]
    assert list(searched_epochs(replace(halving, tune=1))) == [(1, 7), (1, 40)]


def test_fits_train_for_their_patience_at_least() -> None:
    assert epoch_bounds(Training(patience=6, max_epochs=40)) == (7, 40)
    assert epoch_bounds(Training(patience=6, max_epochs=3)) == (3, 3)
