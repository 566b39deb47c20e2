"""Explanation of the predictions of one method: variants of its cases, and their effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.imaging.pictures import largest_slice
from lnmbench.records import MethodResult
from lnmbench.stages.explain.case_selection import ChosenCases, read_predictions
from lnmbench.stages.explain.case_variants import ExplainedCase, VariantMaker
from lnmbench.stages.explain.explanations import (
    CaseExplanation,
    MethodExplanation,
    OcclusionMap,
    SliceExplanation,
)
from lnmbench.stages.explain.variant_predictions import RepeatedMethod, VariantPredictions
from lnmbench.stages.explain.variants import Variants, join_variants


def explain_method(
    result: MethodResult,
    repeated: RepeatedMethod,
    maker: VariantMaker,
    positions: Sequence[int],
    cases: ChosenCases,
) -> list[MethodExplanation]:
    """Return the explanations of the predictions of a method, one for each outcome.

    Parameters
    ----------
    result
        The results of the method, with the predictions of the run.
    repeated
        The method, whose units are trained again.
    maker
        Makes the variants of its cases.
    positions
        The position of each case of the run in the cohort, (n,).
    cases
        The cases to explain, the repeat, and the outcomes.

    Raises
    ------
    UserError
        If the features of the method belong to whole cases of a file.
    """
    method, numbers = result.method, cases.numbers
    slices = repeated.read_slices()
    explained, parts = [], []
    for number in numbers:
        case = maker.read_case(number, positions[number])
        rows = slice(*slices.offsets[number : number + 2].tolist())
        encoder = slices.trainable_encoder
        activations = None if encoder is None else encoder.activations[encoder.rows[rows]].numpy()
        without = maker.without_slices(case, slices.features[rows].numpy(), activations)
        occluded = maker.occluded(case)
        explained.append((case, without, occluded))
        parts += [each for each in (without, occluded) if each is not None]
    if not parts:
        raise UserError(
            f"{method.label}: nothing to leave out of features of whole cases",
            then="name other methods with --method",
        )
    predictions = repeated.predict(numbers, join_variants(parts))
    stored = read_predictions(result)[cases.repeat]  # (n, m)
    return [
        MethodExplanation(
            method=method,
            outcome=outcome,
            cases=tuple(_read_cases(explained, predictions, stored[:, outcome], outcome)),
        )
        for outcome in cases.outcomes
    ]


def _read_cases(
    explained: Sequence[tuple[ExplainedCase, Variants | None, Variants | None]],
    predictions: VariantPredictions,
    stored: NDArray[np.float64],
    outcome: int,
) -> list[CaseExplanation]:
    """Return the explanation of each case from the predictions of its variants, in their order."""
    cases, first = [], 0
    for case, without, occluded in explained:
        predicted = float(predictions.cases[case.number][outcome])
        effects = []
        for variants in (without, occluded):
            count = 0 if variants is None else len(variants)
            effects.append(predicted - predictions.variants[first : first + count, outcome])
            first += count
        weights = predictions.slice_weights.get(case.number)
        cases.append(
            CaseExplanation(
                case=case.number,
                stored=float(stored[case.number]),
                predicted=predicted,
                slices=None
                if weights is None or without is None
                else SliceExplanation(weights=weights, effects=effects[0]),
                occlusion=_map_effects(case, effects[1]),
            )
        )
    return cases


def _map_effects(case: ExplainedCase, effects: NDArray[np.float64]) -> OcclusionMap | None:
    if case.images is None or case.patches is None:
        return None
    masks = case.images.mask
    shown = largest_slice(masks)
    return OcclusionMap(
        effects=case.patches.spread(effects),
        slice_hu=case.images.hu[shown],
        slice_mask=masks[shown],
        tumor=np.asarray(masks.any(axis=0)),
    )
