"""Features of the table as inputs of networks, standardized on the training cases of each fit."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import CLINICAL_MODALITY, Cohort, Column
from lnmbench.stages.run.permutations import WIDEST

if TYPE_CHECKING:
    from lnmbench.nets.fits import ModalityInput


def clinical_inputs(
    cohort: Cohort, positions: NDArray[np.int64], training: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return clinical features (K, n, C), imputed and scaled on each fit's training cases.

    Parameters
    ----------
    cohort
        The cohort, with the features that the network gets.
    positions
        (n,), the positions of the cases in the cohort.
    training
        The cases on which each fit trains, (K, n).
    """
    columns = _columns_of(cohort, CLINICAL_MODALITY)
    if not columns:
        return np.zeros((*training.shape, 0), dtype=np.float32)
    return _standardize(columns, *_freeze(cohort, positions, columns, training), None).copy()


def modality_inputs(
    cohort: Cohort, positions: NDArray[np.int64], training: NDArray[np.bool_]
) -> tuple[ModalityInput, ...]:
    """Return the features of each other modality; more than `WIDEST` as principal components.

    Components are those of each fit's training cases that have the modality, divided by the
    standard deviation of the first one. A case has a modality if any of its features is known.

    Parameters
    ----------
    cohort, positions, training
        As for `clinical_inputs`.
    """
    import torch

    from lnmbench.nets.fits import ModalityInput

    inputs = []
    for name in cohort.modalities:
        if name == CLINICAL_MODALITY:
            continue
        columns = _columns_of(cohort, name)
        frame = feature_frame(cohort.select_modalities((name,)), positions)
        present = frame.notna().to_numpy().any(axis=1)  # (n,)
        known = training & present
        # without a case that has it, statistics are those of nothing; the case counts as missing
        known = np.where(known.any(axis=1, keepdims=True), known, training)
        features = _standardize(columns, *_freeze(cohort, positions, columns, known), WIDEST)
        inputs.append(
            ModalityInput(
                name=name,
                features=torch.from_numpy(features.copy()),
                present=torch.from_numpy(present),
            )
        )
    return tuple(inputs)


def _columns_of(cohort: Cohort, modality: str) -> tuple[Column, ...]:
    return tuple(column for column in cohort.features if column.modality == modality)


def _freeze(
    cohort: Cohort,
    positions: NDArray[np.int64],
    columns: tuple[Column, ...],
    training: NDArray[np.bool_],
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the values of columns and the training cases as keys of a cache."""
    values = (np.asarray(cohort.values[column.name], np.float64)[positions] for column in columns)
    return tuple(each.tobytes() for each in values), tuple(mask.tobytes() for mask in training)


# all networks of a repeat have the same features, as the negative controls of a task do
@lru_cache(maxsize=16)
def _standardize(
    columns: tuple[Column, ...],
    values: tuple[bytes, ...],
    training: tuple[bytes, ...],
    widest: int | None,
) -> NDArray[np.float32]:
    """Return features (K, n, C) from columns (n,) of float64 and training cases (n,) of bool."""
    import pandas as pd

    frame = pd.DataFrame(
        {
            column.name: np.frombuffer(content, dtype=np.float64)
            for column, content in zip(columns, values, strict=True)
        }
    )
    masks = [np.frombuffer(mask, dtype=np.bool_) for mask in training]
    fewest = min(int(mask.sum()) for mask in masks)
    features = []
    for mask in masks:
        scaled = preprocessor(columns).fit(frame[mask]).transform(frame)  # (n, C)
        if widest is not None and scaled.shape[1] > widest:
            scaled = _reduce(scaled, mask, max(1, min(widest, fewest - 1)))
        features.append(scaled.astype(np.float32))
    return np.stack(features)


def _reduce(
    features: NDArray[np.float64], training: NDArray[np.bool_], width: int
) -> NDArray[np.float64]:
    """Return principal components (n, width) of features (n, C), those of the training cases."""
    from sklearn.decomposition import PCA

    components = PCA(width, svd_solver="full").fit(features[training])
    scale = np.sqrt(components.explained_variance_[0]) or 1.0
    reduced: NDArray[np.float64] = components.transform(features) / scale
    return reduced
