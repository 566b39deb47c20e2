"""Explanation of the predictions of one network: variants of its cases, and their effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.imaging.pictures import largest_slice
from lnmbench.stages.explain.case_variants import ExplainedCase, VariantMaker
from lnmbench.stages.explain.explanations import (
    CaseExplanation,
    NetworkExplanation,
    OcclusionMap,
    SliceExplanation,
)
from lnmbench.stages.explain.repeated_training import RepeatedTraining, VariantPredictions
from lnmbench.stages.explain.variants import Variants, join_variants


def explain_network(
    training: RepeatedTraining,
    maker: VariantMaker,
    positions: Sequence[int],
    stored: Mapping[int, float],
) -> NetworkExplanation:
    """Return the explanations of the predictions of a network.

    Parameters
    ----------
    training
        The training of the network.
    maker
        Makes the variants of its cases.
    positions
        The position of each case of the run in the cohort, (n,).
    stored
        The predictions of the run by the numbers of the cases to explain.

    Raises
    ------
    UserError
        If the features of the network belong to whole cases of a file.
    """
    method, numbers = maker.method, list(stored)
    slices = training.read_inputs(method).slices
    if slices is None:
        raise TypeError(f"{method.label} has no images")
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
            then="name other networks with --method",
        )
    predictions = training.predict(numbers, join_variants(parts))
    return NetworkExplanation(
        method=method, cases=tuple(_read_cases(explained, predictions, stored))
    )


def _read_cases(
    explained: Sequence[tuple[ExplainedCase, Variants | None, Variants | None]],
    predictions: VariantPredictions,
    stored: Mapping[int, float],
) -> list[CaseExplanation]:
    """Return the explanation of each case from the predictions of its variants, in their order."""
    cases, first = [], 0
    for case, without, occluded in explained:
        predicted = predictions.cases[case.number]
        effects = []
        for variants in (without, occluded):
            count = 0 if variants is None else len(variants)
            effects.append(predicted - predictions.variants[first : first + count])
            first += count
        weights = predictions.slice_weights.get(case.number)
        cases.append(
            CaseExplanation(
                case=case.number,
                stored=stored[case.number],
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
