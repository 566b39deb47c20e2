"""Records of explanations."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench.records import Choice, NetworkMethod, Weights
from lnmbench.stages.explain.explanations import (
    CaseExplanation,
    MethodExplanation,
    OcclusionMap,
)


def make_map(tumor: object) -> OcclusionMap:
    return OcclusionMap(
        effects=np.array([[0.1, -0.3], [0.0, 0.1]]),
        slice_hu=np.zeros((2, 2), np.int16),
        slice_mask=np.zeros((2, 2), np.uint8),
        tumor=np.asarray(tumor, dtype=bool),
    )


def test_the_share_in_the_tumor_is_that_of_absolute_effects() -> None:
    occlusion = make_map([[0, 1], [0, 0]])
    assert occlusion.tumor_share == pytest.approx(0.6)
    assert occlusion.tumor_area == 0.25
    scan = make_map(np.zeros((2, 2)))
    assert np.isnan([scan.tumor_share, scan.tumor_area]).all()


def test_the_largest_deviation_is_that_of_any_case() -> None:
    method = NetworkMethod(
        label="x", encoder=Choice(name="x"), level="slice", weights=Weights(source="s", sha256="w")
    )
    cases = tuple(
        CaseExplanation(case=i, stored=0.5, predicted=p) for i, p in enumerate((0.5, 0.4, 0.52))
    )
    network = MethodExplanation(method=method, cases=cases)
    assert network.largest_deviation == pytest.approx(0.1)
    assert MethodExplanation(method=method).largest_deviation == 0.0
