"""Predictions of trained fits: probabilities of all tasks, and image features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from lnmbench.nets.model import case_indices
from lnmbench.nets.stacked.dropout import StepDropout

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from lnmbench.nets.data.batches import Batch
    from lnmbench.nets.model import StackedModel
    from lnmbench.nets.objective import StackedObjective
    from lnmbench.nets.stacked.active_fits import StackState


@torch.no_grad()
def predict(objective: StackedObjective, state: StackState) -> dict[str, NDArray[np.float64]]:
    """Return the probabilities of all K fits by task, (K, n, outputs); NaN if not predicted.

    Auxiliary tasks are not predicted for cases without images. Those of a task with examples are
    followed by the targets of the examples.
    """
    model, labels = objective.model, objective.task_labels
    shape = model.fits.predicted.shape
    results = {
        name: np.full((*shape, width), np.nan)
        for name, width in zip(objective.tasks, [model.outcomes, *labels.sizes], strict=True)
    }
    chosen = labels.fixed_examples(range(len(model.fits)))
    for batch in model.evaluation_batches(case_indices(model.fits.predicted), chosen):
        logits = model.logits(state, batch, model.embed(state, batch), StepDropout())
        row, column, cases = _positions(batch)
        predictions = _predictions(objective, state, batch, logits)
        for name, values in zip(objective.tasks, predictions, strict=True):
            results[name][row, cases] = values.double().cpu().numpy()[row, column]
    return results


@torch.no_grad()
def predict_features(model: StackedModel, state: StackState) -> NDArray[np.float64]:
    """Return the image features of all K fits, (K, n, F); NaN if not predicted."""
    width = model.network.body.settings.image_features
    results = np.full((*model.fits.predicted.shape, width), np.nan)
    for batch in model.evaluation_batches(case_indices(model.fits.predicted)):
        tokens, values = model.embed(state, batch), model.case_features(state, batch.cases)
        features = model.image_features(state, batch, tokens, values, StepDropout())  # (K, B, F)
        row, column, cases = _positions(batch)
        results[row, cases] = features.double().cpu().numpy()[row, column]
    return results


def _positions(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the row and the column of each case in a batch, and its number."""
    row, column = (index.numpy() for index in batch.case_mask.cpu().nonzero().unbind(1))
    return row, column, batch.cases.cpu().numpy()[row, column]


def _predictions(
    objective: StackedObjective, state: StackState, batch: Batch, logits: tuple[Tensor, ...]
) -> list[Tensor]:
    """Return the predictions of each task (k, B, outputs), with the targets of examples."""
    risk, *aux_logits = logits
    predictions = [objective.model.probabilities(risk)]
    for task, values in enumerate(aux_logits):
        predicted = objective.task_labels.predict(state.rows, batch, task, values)
        predictions.append(objective.model.mask_missing_images(predicted, batch.cases))
    return predictions
