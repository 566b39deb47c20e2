"""Inputs of the networks of a chunk: labels and features of slices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import AuxTask, Encoder, ImageTask, OwnHead
from lnmbench.imaging.geometry import window
from lnmbench.records import TARGET, Cohort, EncodedImages, NetworkMethod, Plan
from lnmbench.stages.plan import head_names, network_positions
from lnmbench.stages.run.chunk import NetworkChunk
from lnmbench.stages.run.example_images import encoded_images, make_examples
from lnmbench.stages.run.network_images import image_positions, read_images
from lnmbench.store.feature_cache import read_features

if TYPE_CHECKING:
    from torch import nn

    from lnmbench.nets.inputs import Inputs, SliceInputs, TrainableEncoder


def label_inputs(
    method: NetworkMethod, tasks: Sequence[AuxTask], plan: Plan, cohort: Cohort
) -> Inputs:
    """Return the labels that all fits of a network share, without features of slices.

    Parameters
    ----------
    method
        The network.
    tasks
        Its auxiliary tasks, in the order of `method.aux`.
    plan
        The plan, which has the target's labels; the target of other cases is unknown.
    cohort
        The cohort, which has those of the auxiliary tasks.
    """
    import torch

    from lnmbench.nets.inputs import AuxInput, Inputs

    positions = network_positions(plan, cohort)
    labels = plan.truth if plan.outcomes is None else plan.outcomes.values
    target = torch.full((len(positions), *labels.shape[1:]), torch.nan)
    target[: len(labels)] = torch.from_numpy(labels).float()
    aux = tuple(
        AuxInput(
            name=str(choice),
            task=task,
            targets=torch.from_numpy(task.targets(cohort)[positions]).float(),
            head=head,
            head_module=_initial_head(task, method),
        )
        for choice, task, head in zip(method.aux, tasks, head_names(method.aux), strict=True)
    )
    return Inputs(target=target, aux=aux, target_name=TARGET, ordered=plan.kind == "ordinal")


def _initial_head(task: AuxTask, method: NetworkMethod) -> nn.Module | None:
    """Return the head that a task brings, with the same initial parameters in every run."""
    if not isinstance(task, OwnHead):
        return None
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return task.head(method.training.image_features)


def add_examples(labels: Inputs, slices: SliceInputs, images: EncodedImages) -> Inputs:
    """Return the inputs of a network with its slices and the examples of its tasks.

    Cases without slices have no labels of auxiliary tasks, and no examples.

    Parameters
    ----------
    labels
        The labels, from `label_inputs`.
    slices
        The slices, without rows for examples.
    images
        The slices, and the rows of turned slices and places.
    """
    import torch

    from lnmbench.nets.inputs import forget_labels

    aux = forget_labels(labels.aux, slices.has_slices)
    if not any(isinstance(each.task, ImageTask) for each in aux):
        return replace(labels, aux=aux, slices=slices)
    aux = tuple(
        replace(each, examples=make_examples(each.task, images))
        if isinstance(each.task, ImageTask)
        else each
        for each in aux
    )
    others = len(images.features) - len(slices.features)
    if others:
        features, key = torch.from_numpy(images.features), f"{slices.key}|{others} others"
        slices = replace(slices, features=features, others=others, key=key)
    return replace(labels, aux=aux, slices=slices)


def network_inputs(
    method: NetworkMethod,
    tasks: Sequence[AuxTask],
    chunk: NetworkChunk,
    cohort: Cohort,
    encoder: Encoder | None,
) -> Inputs:
    """Return the inputs that all fits of a network share.

    Parameters
    ----------
    method
        The network, a variant of the chunk's.
    tasks
        Its auxiliary tasks, in the order of `method.aux`.
    chunk
        The chunk with the plan and the feature cache.
    cohort
        The cohort of the chunk.
    encoder
        The encoder whose last stages are trained, None for a frozen one.
    """
    labels = label_inputs(method, tasks, chunk.plan, cohort)
    if chunk.features is None:
        return labels
    import torch

    from lnmbench.nets.inputs import SliceInputs

    positions = network_positions(chunk.plan, cohort)
    positions = image_positions(method, cohort, positions, chunk.plan.protocol)
    cache = read_features(chunk.features)
    counts, rows = case_rows(method, cohort, positions, cache["features"][0])
    trainable_encoder = None
    if encoder is not None:
        if "maps" in cache:
            maps, maps_rows = cache["maps"].reshape(-1, *cache["maps"].shape[2:]), rows
        else:
            maps = _images(method, cohort, chunk.cohort_file, positions)
            maps_rows = np.arange(len(rows))
        trainable_encoder = _trainable_encoder(
            method, encoder, maps, maps_rows, augment="maps" not in cache
        )
    features = select_slices(cache["features"][: None if trainable_encoder is None else 1], rows)
    flat = features.reshape(-1, features.shape[-1])  # (views · rows, D)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    slices = SliceInputs(
        features=torch.from_numpy(flat),
        offsets=torch.from_numpy(offsets),
        views=len(cache["maps"]) if "maps" in cache else len(features),
        trainable_encoder=trainable_encoder,
        key=f"{chunk.features.key}|{hashlib.sha256(positions.tobytes()).hexdigest()}",
    )
    return add_examples(labels, slices, encoded_images(flat, offsets, rows, chunk.examples))


def case_rows(
    method: NetworkMethod,
    cohort: Cohort,
    positions: NDArray[np.int64],
    features: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the number of rows of features of each case, and their numbers, case after case.

    A case without images has none, unless features of a file are those of the case.

    Parameters
    ----------
    method
        The network.
    cohort
        The cohort.
    positions
        The positions of the cases, (n,).
    features
        Features of all slices of the cohort (slices, D), of volumes (cases, D).

    Returns
    -------
    tuple of array
        (n,) and (rows,).
    """
    if method.level == "volume":
        has_images = cohort.case_has_images[positions]
        has_features = has_images | ~np.isnan(features[positions]).any(axis=1)
        return has_features.astype(np.int64), positions[has_features]
    bounds = zip(cohort.offsets[positions], cohort.offsets[positions + 1], strict=True)
    rows = [np.arange(start, stop) for start, stop in bounds]
    return np.array([len(part) for part in rows], np.int64), np.concatenate(rows)


def average_slices(
    method: NetworkMethod,
    cohort: Cohort,
    positions: NDArray[np.int64],
    features: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Return features averaged over the slices of each case, (n, D), NaN without images.

    Parameters
    ----------
    method, cohort, positions, features
        As for `case_rows`.
    """
    counts, rows = case_rows(method, cohort, positions, features)
    means = np.full((len(positions), features.shape[1]), np.nan)
    starts = np.cumsum(counts) - counts
    for case in np.flatnonzero(counts).tolist():
        first = int(rows[starts[case]])  # the rows of a case follow each other
        slices = features[first : first + int(counts[case])]
        means[case] = slices.mean(axis=0, dtype=np.float64)
    return means


def select_slices(features: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the features of some slices: not a copy, if the slices follow each other.

    Parameters
    ----------
    features
        Features (views, slices, D).
    rows
        The slices, (S,).

    Returns
    -------
    array
        (views, S, D).
    """
    if len(rows) and (np.diff(rows) == 1).all():
        return features[:, int(rows[0]) : int(rows[-1]) + 1]
    return features[:, rows]


def _trainable_encoder(
    method: NetworkMethod,
    encoder: Encoder,
    maps: NDArray[np.float32],
    rows: NDArray[np.int64],
    *,
    augment: bool,
) -> TrainableEncoder:
    """Return the trained stages with their inputs, which are images if these are augmented."""
    import torch

    from lnmbench.nets.data.augmentation import parse_augmentations
    from lnmbench.nets.encoder.frozen import split_stages
    from lnmbench.nets.inputs import TrainableEncoder

    _, trained = split_stages(encoder.stages(), method.trained_from)
    return TrainableEncoder(
        network=trained,
        activations=torch.from_numpy(maps),
        rows=torch.from_numpy(rows),
        augmentations=parse_augmentations(method.training.augment) if augment else frozenset(),
    )


def _images(
    method: NetworkMethod, cohort: Cohort, cohort_file: Path, positions: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return all slices of the cases (slices, 1, H, W), in [-1, 1]."""
    side, filled = cohort.preprocessing.patch, 0
    total = int(np.diff(cohort.offsets)[positions].sum())
    images = np.empty((total, 1, side, side), np.float32)
    for case in positions:
        bounds = int(cohort.offsets[case]), int(cohort.offsets[case + 1])
        slices_hu = read_images(method, cohort, cohort_file, *bounds)
        images[filled : filled + len(slices_hu), 0] = window(slices_hu, method.window_hu)
        filled += len(slices_hu)
    return images
