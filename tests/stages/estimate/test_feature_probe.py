"""Time and disk space of a feature cache."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmbench.records import Choice, Training
from lnmbench.stages.estimate.feature_probe import estimate_cache
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork


@pytest.mark.parametrize(
    ("train", "floats"),
    [
        # two views of the features
        ("none", 2 * 24),
        # features of the initial weights, and two views of the 4 × 8 × 8 maps before `body`
        ("body", 24 + 2 * 4 * 8 * 8),
        # features of the initial weights
        ("all", 24),
    ],
)
def test_a_cache_has_the_features_of_every_slice(
    resolved: ResolvedBenchmark, train: str, floats: int
) -> None:
    network = resolved.methods[0]
    assert isinstance(network, ResolvedNetwork)
    method = replace(
        network.method,
        encoder=Choice(name="sliced", parameters={"train": train}),
        training=Training(augment="flip", views=2),
    )
    estimated = estimate_cache(replace(network, method=method), resolved.cohort, "cpu")
    slices = int(resolved.cohort.offsets[-1])
    assert estimated.slices == slices
    assert estimated.bytes == 4 * slices * floats
    assert 0 < estimated.seconds.low <= estimated.seconds.high
