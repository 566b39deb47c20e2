"""What the networks of a chunk learn from: features of slices, labels, clinical features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.imaging.geometry import window
from lnmbench.records import TARGET, Cohort, NetworkMethod
from lnmbench.registry import Registry
from lnmbench.stages.plan.aux_tasks import aux_task, heads
from lnmbench.stages.run.chunk import Chunk, Fit
from lnmbench.stages.run.features import planned_encoder
from lnmbench.store.cohort_file import read_slices
from lnmbench.store.feature_cache import read_features

if TYPE_CHECKING:
    from lnmbench.nets.fits import Inputs, TrainableEncoder


def network_inputs(
    method: NetworkMethod, chunk: Chunk, cohort: Cohort, at: NDArray[np.int64], registry: Registry
) -> Inputs:
    """Return what all fits share, for the plan's cases.

    `at` (n,) are their places in the cohort.
    """
    import torch

    from lnmbench.nets.fits import AuxInput, Inputs

    tasks = [(choice, aux_task(choice, registry)) for choice in method.aux]
    aux = tuple(
        AuxInput(
            name=str(choice),
            task=task,
            targets=torch.from_numpy(task.targets(cohort)[at]).float(),
            head=head,
        )
        for (choice, task), head in zip(tasks, heads(method.aux), strict=True)
    )
    target = torch.from_numpy(chunk.plan.truth).float()
    if chunk.features is None:
        return Inputs(target=target, aux=aux, target_name=TARGET)
    counts = np.diff(cohort.offsets)[at]
    rows = np.concatenate([np.arange(cohort.offsets[i], cohort.offsets[i + 1]) for i in at])
    if method.level == "volume":
        counts, rows = np.ones(len(at), np.int64), at
    cached = read_features(chunk.features)
    trainable_encoder = _trainable_encoder(method, cohort, at, rows, cached.get("maps"), registry)
    features = cached["features"][: None if trainable_encoder is None else 1, rows]
    return Inputs(
        target=target,
        aux=aux,
        slices=torch.from_numpy(features.reshape(-1, features.shape[-1])),
        offsets=torch.from_numpy(np.concatenate([[0], np.cumsum(counts)])),
        views=len(cached["maps"]) if "maps" in cached else len(features),
        trainable_encoder=trainable_encoder,
        target_name=TARGET,
    )


def _trainable_encoder(
    method: NetworkMethod,
    cohort: Cohort,
    at: NDArray[np.int64],
    rows: NDArray[np.int64],
    maps: NDArray[np.float32] | None,
    registry: Registry,
) -> TrainableEncoder | None:
    """Return the trained stages and the maps before them; without any, the images themselves."""
    if method.trained_from == "none":
        return None
    import torch

    from lnmbench.nets.data.augmentation import parse_augmentations
    from lnmbench.nets.encoder.frozen import split_stages
    from lnmbench.nets.fits import TrainableEncoder

    _, trained = split_stages(planned_encoder(method, registry).stages(), method.trained_from)
    if maps is not None:
        everything = torch.from_numpy(maps.reshape(-1, *maps.shape[2:]))
        return TrainableEncoder(
            network=trained, activations=everything, rows=torch.from_numpy(rows)
        )
    return TrainableEncoder(
        network=trained,
        activations=torch.from_numpy(_images(method, cohort, at, len(rows))),
        rows=torch.arange(len(rows)),
        augmentations=parse_augmentations(method.training.augment),
    )


def _images(
    method: NetworkMethod, cohort: Cohort, at: NDArray[np.int64], slices: int
) -> NDArray[np.float32]:
    """Return all slices of the cases (slices, 1, H, W), in [-1, 1]."""
    assert cohort.path is not None
    side, done = cohort.preprocessing.patch, 0
    images = np.empty((slices, 1, side, side), np.float32)
    for case in at:
        own = read_slices(cohort.path, int(cohort.offsets[case]), int(cohort.offsets[case + 1]))
        images[done : done + len(own), 0] = window(own, method.window_hu)
        done += len(own)
    return images


def clinical_inputs(
    cohort: Cohort, at: NDArray[np.int64], planned: Sequence[Fit]
) -> NDArray[np.float32]:
    """Return clinical features (K, n, C), each fit's fitted on its own training cases alone."""
    if not cohort.features:
        return np.zeros((len(planned), len(at), 0), dtype=np.float32)
    frame = feature_frame(cohort, at)
    made = [
        preprocessor(cohort.features).fit(frame[fit.training]).transform(frame) for fit in planned
    ]
    return np.stack(made).astype(np.float32)
