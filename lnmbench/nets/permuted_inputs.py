"""Predictions of fits after the values of an input were permuted among the tested cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lnmbench.nets.model import EVALUATION_CASES, StackedModel
from lnmbench.nets.stacked.dropout import StepDropout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench.nets.case_features import CaseFeatures
    from lnmbench.nets.data.batches import Batch
    from lnmbench.nets.fits import PermutedInput
    from lnmbench.nets.stacked.active_fits import StackState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Evaluation:
    """The tested cases of a batch: their features, and those of the image body."""

    batch: Batch
    values: CaseFeatures
    image: Tensor


@torch.no_grad()
def predict_permuted(model: StackedModel, state: StackState) -> NDArray[np.float64]:
    """Return the probabilities of the tested cases for each permuted input.

    Parameters
    ----------
    model
        The fits, with their permutations.
    state
        The parameters of all K fits at the end of training.

    Returns
    -------
    array
        (K, inputs, P, T, m): T is the largest number of tested cases of a fit, and positions after
        those of a fit are NaN.
    """
    permutations = model.fits.permutations
    if permutations is None:
        raise ValueError("the fits have no permutations")
    tested = [row.nonzero().flatten() for row in permutations.tested]  # each (t,)
    count = len(permutations.sources)
    shape = (len(tested), len(permutations.inputs), count, permutations.width, model.outcomes)
    results = np.full(shape, np.nan)
    for start in range(0, max(map(len, tested)), EVALUATION_CASES):
        cases = [row[start : start + EVALUATION_CASES] for row in tested]
        evaluation = _evaluate(model, state, _pack(model, cases))
        row, column = evaluation.batch.case_mask.cpu().nonzero().unbind(1)
        for number, sources in enumerate(permutations.sources):
            others = [source[part] for source, part in zip(sources, cases, strict=True)]
            exchanged = _pack(model, others)
            values = model.case_features(state, exchanged.cases)
            for position, each in enumerate(permutations.inputs):
                p = _predict(model, state, evaluation, each, exchanged, values)
                results[row, position, number, start + column] = p[row, column].cpu().numpy()
    return results


def _pack(model: StackedModel, cases: list[Tensor]) -> Batch:
    (batch,) = model.make_batches([cases])
    return batch


def _evaluate(model: StackedModel, state: StackState, batch: Batch) -> _Evaluation:
    values = model.case_features(state, batch.cases)
    tokens = model.embed(state, batch)
    image = model.image_features(state, batch, tokens, values, StepDropout())
    return _Evaluation(batch=batch, values=values, image=image)


def _predict(
    model: StackedModel,
    state: StackState,
    evaluation: _Evaluation,
    each: PermutedInput,
    exchanged: Batch,
    others: CaseFeatures,
) -> Tensor:
    """Return probabilities (K, B, m) with the values of an input from the exchanged cases."""
    values, image = _exchange(evaluation.values, others, each), evaluation.image
    if each.images:
        image = _evaluate(model, state, exchanged).image
    elif evaluation.batch.packing is None:  # a network on these features alone
        image = model.image_features(state, evaluation.batch, None, values, StepDropout())
    return model.target_probabilities(state, image, values)


def _exchange(values: CaseFeatures, others: CaseFeatures, each: PermutedInput) -> CaseFeatures:
    if each.images:
        present = torch.cat([values.present[:, :, :-1], others.present[:, :, -1:]], dim=2)
        return replace(values, present=present)
    if each.modality is None:
        clinical = values.clinical.clone()
        columns = list(each.columns)
        clinical[:, :, columns] = others.clinical[:, :, columns]
        return replace(values, clinical=clinical)
    number = each.modality
    modalities = list(values.modalities)
    if each.columns:
        columns = list(each.columns)
        changed = modalities[number].clone()
        changed[:, :, columns] = others.modalities[number][:, :, columns]
        modalities[number] = changed * values.present[:, :, number, None]
        return replace(values, modalities=tuple(modalities))
    modalities[number] = others.modalities[number]
    present = values.present.clone()
    present[:, :, number] = others.present[:, :, number]
    return replace(values, modalities=tuple(modalities), present=present)
