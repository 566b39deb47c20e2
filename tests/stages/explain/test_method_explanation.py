"""Effects of the variants of each case."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import Choice, MethodResult, NetworkMethod, Weights
from lnmbench.stages.explain.case_images import CaseImages
from lnmbench.stages.explain.case_selection import ChosenCases
from lnmbench.stages.explain.case_variants import ExplainedCase
from lnmbench.stages.explain.method_explanation import explain_method
from lnmbench.stages.explain.occlusion import PatchGrid
from lnmbench.stages.explain.variant_predictions import VariantPredictions
from lnmbench.stages.explain.variants import Variants

GRID = PatchGrid(height=2, width=4, rows=2, columns=2)
OFFSETS = np.array([0, 2, 5])


class Training:
    """Predicts each variant with its number, so that every effect is known."""

    def read_slices(self) -> Any:
        return SimpleNamespace(
            offsets=OFFSETS, features=_Rows(np.zeros((5, 1), np.float32)), trainable_encoder=None
        )

    def predict(self, cases: Any, variants: Variants) -> VariantPredictions:
        return VariantPredictions(
            cases={0: np.array([0.5, 0.9]), 1: np.array([0.25, 0.9])},
            variants=np.arange(float(len(variants)))[:, None] * [1.0, 2.0],
            slice_weights={0: np.array([0.4, 0.6]), 1: np.array([0.2, 0.3, 0.5])},
        )


class _Rows:
    def __init__(self, values: Any) -> None:
        self.values = values

    def __getitem__(self, rows: slice) -> Any:
        return SimpleNamespace(numpy=lambda: self.values[rows])


class Maker:
    """Makes variants without encoding anything."""

    method = SimpleNamespace(label="network")

    def __init__(self, *, images: bool = True, slices: bool = True) -> None:
        self.images, self.slices = images, slices

    def read_case(self, number: int, position: int) -> ExplainedCase:
        if not self.images:
            return ExplainedCase(number=number, position=position)
        masks = np.zeros((3, 2, 4), np.uint8)
        masks[1, 0, :2] = masks[2, 1, 3] = 1
        hu = np.arange(24, dtype=np.int16).reshape(3, 2, 4)
        images = CaseImages(hu=hu, mask=masks, pixel_mm=(1.0, 1.0))
        return ExplainedCase(number=number, position=position, images=images, patches=GRID)

    def without_slices(self, case: Any, features: Any, activations: Any) -> Variants | None:
        count = len(features)
        return _variants(case.number, count) if self.slices else None

    def occluded(self, case: Any) -> Variants | None:
        return _variants(case.number, 3) if self.images else None


def _variants(case: int, count: int) -> Variants:
    return Variants(
        sources=np.full(count, case),
        counts=np.ones(count, dtype=np.int64),
        features=np.zeros((count, 1), np.float32),
    )


METHOD = NetworkMethod(
    label="network", encoder=Choice(name="e"), level="slice", weights=Weights(source="none")
)
STORED = np.array([[[0.1, 0.1], [0.1, 0.1]], [[0.5, 0.8], [0.3, 0.7]]])  # repeats, cases, outcomes


def explain(maker: Maker, *outcomes: int) -> Any:
    result = MethodResult(method=METHOD, units_done=4, units_all=4, outcome_predictions=STORED)
    cases = ChosenCases(numbers=[0, 1], repeat=1, outcomes=outcomes or (0,))
    explanations = explain_method(
        result,
        Training(),
        maker,  # type: ignore[arg-type]
        [0, 1],
        cases,
    )
    return explanations if outcomes else explanations[0]


def test_effects_belong_to_the_variants_of_each_case_in_order() -> None:
    first, second = explain(Maker()).cases
    assert (first.case, first.stored, first.predicted) == (0, 0.5, 0.5)
    assert first.slices.effects.tolist() == [0.5, -0.5]
    np.testing.assert_allclose(first.occlusion.effects[0], GRID.spread(0.5 - np.arange(2, 5))[0])
    assert second.slices.effects.tolist() == [0.25 - n for n in (5, 6, 7)]
    assert second.slices.weights.tolist() == [0.2, 0.3, 0.5]
    np.testing.assert_allclose(second.occlusion.effects, GRID.spread(0.25 - np.arange(8.0, 11)))
    assert second.occlusion.slice_hu[0, 0] == 8  # the second slice has the largest tumor area
    assert second.occlusion.tumor.tolist() == [[True, True, False, False], [False] * 3 + [True]]


def test_each_outcome_has_effects_of_its_own() -> None:
    second, first = explain(Maker(), 1, 0)
    assert (second.outcome, first.outcome) == (1, 0)
    assert first.cases[1].stored == 0.3
    assert (second.cases[0].stored, second.cases[0].predicted) == (0.8, 0.9)
    assert second.cases[0].slices.effects.tolist() == pytest.approx([0.9, 0.9 - 2])
    assert second.cases[1].slices.weights.tolist() == [0.2, 0.3, 0.5]
    np.testing.assert_allclose(
        second.cases[0].occlusion.effects, GRID.spread(0.9 - 2.0 * np.arange(2, 5))
    )


def test_features_of_whole_cases_cannot_be_explained() -> None:
    (case, _) = explain(Maker(images=False)).cases
    assert case.occlusion is None
    assert case.slices.effects.tolist() == [0.5, -0.5]
    with pytest.raises(UserError, match="network: nothing to leave out of features of whole cases"):
        explain(Maker(images=False, slices=False))
