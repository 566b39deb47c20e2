"""Features of images that networks learn from other tasks, with further cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lnmbench.registry import Registry
from lnmbench.stages.run.chunk import list_fits
from lnmbench.stages.run.learned_features import FurtherCases, learn_features, task_inputs
from tests.stages.run.test_image_features import SEX, Setting, make_chunk, setting

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs

__all__ = ["setting"]

torch = pytest.importorskip("torch")


def test_features_of_further_cases_are_those_of_the_networks_that_test_the_source(
    setting: Setting,
    planted_registry: Registry,
) -> None:
    from lnmbench.stages.explain.variants import Variants, add_variants, add_variants_to_fits

    chunk = make_chunk(setting, SEX, folds=(0,))
    network = chunk.method.network
    assert network is not None
    case, other = np.flatnonzero(setting.plan.splits.outer[0] == 0)[:2].tolist()
    offsets = setting.cohort.offsets
    slices = [setting.features[offsets[i] : offsets[i + 1]] for i in (case, other)]
    variants = Variants(
        sources=np.array([case, case]),
        counts=np.array([len(part) for part in slices]),
        features=np.concatenate(slices),
    )
    inspected: list[int] = []

    def add(inputs: Inputs, fits: Fits, tested: Tensor) -> tuple[Inputs, Fits]:
        # the last network of each of the three inner fits predicts the test cases
        assert tested.any(dim=1).tolist() == [False, False, True] * 3
        assert np.flatnonzero(tested[2]).tolist() == np.flatnonzero(find_tested(chunk)).tolist()
        return add_variants(inputs, variants), add_variants_to_fits(fits, variants.sources, tested)

    further = FurtherCases(add=add, inspect=lambda tested, rows, *_: inspected.extend(rows))
    plain = learn_features(chunk, network, setting.cohort, planted_registry)
    learned = learn_features(chunk, network, setting.cohort, planted_registry, further)
    assert sorted(inspected) == list(range(9))
    assert sorted(learned) == sorted(plain) == [(0, 0), (0, 1), (0, 2)]
    for fit, features in learned.items():
        assert features.shape == (48 + 2, 3)
        np.testing.assert_allclose(features[:48], plain[fit], atol=1e-5)
        np.testing.assert_allclose(features[48], features[case], atol=1e-5)
        np.testing.assert_allclose(features[49], features[other], atol=1e-5)


def find_tested(chunk: object) -> np.ndarray:
    """Return the test cases of the first fit of a chunk."""
    plan = chunk.plan  # type: ignore[attr-defined]
    return next(fit.test for fit in list_fits(plan, 0))


def test_inputs_have_no_label_of_the_target(setting: Setting, planted_registry: Registry) -> None:
    chunk = make_chunk(setting, SEX)
    network = chunk.method.network
    assert network is not None
    inputs = task_inputs(chunk, network, setting.cohort, planted_registry)
    assert inputs.target.isnan().all()
    assert inputs.slices is not None
    assert len(inputs.aux) == 1
