"""Images for examples of auxiliary tasks: turned slices, and places of feature maps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Encoder, ImageTask, Progress
from lnmbench.imaging.geometry import window
from lnmbench.records import Cohort, EncodedImages, Examples, ImageInputs
from lnmbench.stages.plan import ResolvedNetwork
from lnmbench.stages.run.network_images import read_images
from lnmbench.store.cohort_file import read_masks
from lnmbench.store.feature_cache import Arrays, FeatureCache, make_features, read_features

if TYPE_CHECKING:
    from lnmbench.nets.encoder.frozen import FrozenEncoder

ENCODINGS: Mapping[ImageInputs, int] = {"rotations": 3, "places": 1}
"""The number of times that each slice is encoded for a kind of images."""
PLACES = 8
"""Places of a slice: up to half of them in the tumor, the others outside."""
_TURNS = 3


def make_example_caches(
    network: ResolvedNetwork,
    features: FeatureCache,
    cohort: Cohort,
    cohort_file: Path,
    progress: Progress,
    *,
    device: str = "cpu",
) -> dict[ImageInputs, FeatureCache]:
    """Return the caches of images that a network's tasks need, computed if they do not exist.

    That of `rotations` holds `features` (3, slices, D) of slices turned by 90, 180 and 270 degrees;
    that of `places` holds `features` (P, slices, D), `centers` (P, slices, 2) and `tumor`
    (P, slices, 1).

    Parameters
    ----------
    network
        The network with its encoder and tasks.
    features
        The feature cache of the network, in whose folder the others are.
    cohort
        The cohort, whose slices are encoded.
    cohort_file
        The file with the slices and masks.
    progress
        Displays the number of encoded slices.
    device
        The device that encodes.
    """
    caches = example_caches(network, features)
    for kind, cache in caches.items():
        if not cache.path.is_file():
            encoder = network.encoder.build()
            encode = _ENCODINGS[kind](encoder, network, cohort, cohort_file, device)
            total = int(cohort.offsets[-1])
            subject = f"{network.method.encoder.name}, {kind}"
            progress.start("encode", subject, total, "slice")
            make_features(
                cache, slices=total, encode=encode, done=progress.advance, say=progress.say
            )
            progress.finish()
    return caches


def example_caches(
    network: ResolvedNetwork, features: FeatureCache
) -> dict[ImageInputs, FeatureCache]:
    """Return the caches of images that a network's tasks need, existing or not.

    Parameters
    ----------
    network
        The network with its tasks.
    features
        The feature cache of the network, in whose folder the others are.
    """
    kinds = {task.images for task in network.tasks if isinstance(task, ImageTask)}
    caches: dict[ImageInputs, FeatureCache] = {}
    for kind in sorted(kinds - {"slices"}):
        key = f"{features.key}|{kind}" + (f" {PLACES} in random order" if kind == "places" else "")
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        path = features.path.with_name(f"{kind}-{digest}.h5")
        caches[kind] = FeatureCache(path=path, key=key)
    return caches


def _window(
    network: ResolvedNetwork, cohort: Cohort, cohort_file: Path, start: int, stop: int
) -> NDArray[np.float32]:
    """Return slices as the encoder takes them, (slices, H, W)."""
    images_hu = read_images(network.method, cohort, cohort_file, start, stop)
    return window(images_hu, network.method.window_hu)


def _encode_rotations(
    encoder: Encoder, network: ResolvedNetwork, cohort: Cohort, cohort_file: Path, device: str
) -> Callable[[int, int], Arrays]:
    from lnmbench.nets.encoder.frozen import FrozenEncoder

    bfloat16 = network.method.training.encodes_in_bfloat16
    whole = FrozenEncoder(encoder.stages(), device=device, bfloat16=bfloat16)

    def encode(start: int, stop: int) -> Arrays:
        images = _window(network, cohort, cohort_file, start, stop)
        turned = (np.rot90(images, turns, axes=(1, 2)) for turns in range(1, _TURNS + 1))
        return {"features": np.stack([whole(np.ascontiguousarray(view)) for view in turned])}

    return encode


def _encode_places(
    encoder: Encoder, network: ResolvedNetwork, cohort: Cohort, cohort_file: Path, device: str
) -> Callable[[int, int], Arrays]:
    from lnmbench.nets.encoder.feature_maps import split_at_maps
    from lnmbench.nets.encoder.frozen import FrozenEncoder

    parts = split_at_maps(encoder.stages(), cohort.preprocessing.patch)
    bfloat16 = network.method.training.encodes_in_bfloat16
    to_maps, to_vector = (FrozenEncoder(part, device=device, bfloat16=bfloat16) for part in parts)

    def encode(start: int, stop: int) -> Arrays:
        images = _window(network, cohort, cohort_file, start, stop)
        masks = read_masks(cohort_file, start, stop)
        return _encode_maps(to_maps(images), masks, to_vector, start)

    return encode


def _encode_maps(
    maps: NDArray[np.float32], masks: NDArray[np.uint8], to_vector: FrozenEncoder, start: int
) -> Arrays:
    """Return features, centers and tumor shares of some places of maps (slices, C, h, w)."""
    import torch

    from lnmbench.nets.encoder.feature_maps import share_of_cells

    slices, channels, height, width = maps.shape
    shares = share_of_cells(torch.from_numpy(masks), height, width).numpy()
    flat = shares.reshape(slices, -1)  # (slices, cells)
    cells = np.stack([choose_places(row, start + i) for i, row in enumerate(flat)], axis=1)
    vectors = maps.reshape(slices, channels, -1)[np.arange(slices), :, cells]  # (P, slices, C)
    features = to_vector.encode(np.ascontiguousarray(vectors.reshape(-1, channels, 1, 1)))
    rows, columns = np.divmod(cells, width)
    centers = np.stack([(2 * rows + 1) / height - 1, (2 * columns + 1) / width - 1], axis=2)
    return {
        "features": features.reshape(PLACES, slices, -1),
        "centers": centers.astype(np.float32),
        "tumor": flat[np.arange(slices), cells][..., None].astype(np.float32),
    }


def choose_places(shares: NDArray[np.float32], number: int) -> NDArray[np.int64]:
    """Return places of a slice, (P,): half of them in the tumor, as far as there are as many.

    They are in random order, so that the number of a place says nothing about the tumor.

    Parameters
    ----------
    shares
        The share of each cell that is in the tumor mask, (cells,).
    number
        The number of the slice, which seeds the choice. With fewer cells than places, some are
        chosen several times.
    """
    random = np.random.default_rng(number)
    inside, outside = (
        random.permutation(np.flatnonzero(cells)) for cells in (shares > 0, shares <= 0)
    )
    half = PLACES // 2
    first = min(len(inside), max(half, PLACES - len(outside)))
    chosen = np.concatenate([inside[:first], outside[: PLACES - first]])
    return random.permutation(np.resize(chosen, PLACES)).astype(np.int64)


_ENCODINGS = {"rotations": _encode_rotations, "places": _encode_places}


def encoded_images(
    features: NDArray[np.float32],
    offsets: NDArray[np.int64],
    rows: NDArray[np.int64],
    caches: Mapping[ImageInputs, FeatureCache],
) -> EncodedImages:
    """Return the encoded images of some cases.

    Parameters
    ----------
    features
        The features of the slices, one view after the other, (views · S, D).
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i in the first view, (n + 1,).
    rows
        The position of these slices in the cohort, (S,).
    caches
        The caches of turned slices and of places, where tasks need them.
    """
    slices, total = len(rows), len(features)
    parts = [features]
    rotations = places = np.zeros((slices, 0), np.int64)
    centers, tumor = np.zeros((slices, 0, 2)), np.zeros((slices, 0))
    if "rotations" in caches:
        turned = read_features(caches["rotations"])["features"][:, rows]  # (3, S, D)
        others = total + np.arange(_TURNS * slices).reshape(_TURNS, slices).T
        rotations = np.concatenate([np.arange(slices)[:, None], others], axis=1)
        parts.append(turned.reshape(-1, features.shape[1]))
        total += len(parts[-1])
    if "places" in caches:
        arrays = {name: array[:, rows] for name, array in read_features(caches["places"]).items()}
        count = len(arrays["features"])
        places = total + np.arange(count * slices).reshape(count, slices).T
        centers = arrays["centers"].transpose(1, 0, 2).astype(np.float64)
        tumor = arrays["tumor"][..., 0].T.astype(np.float64)
        parts.append(arrays["features"].reshape(-1, features.shape[1]))
    return EncodedImages(
        features=np.concatenate(parts) if len(parts) > 1 else features,
        offsets=offsets,
        rotations=rotations,
        places=places,
        centers=centers,
        tumor=tumor,
    )


def make_examples(task: ImageTask, images: EncodedImages) -> Examples:
    """Return the examples of a task, which is shown the cases with images alone.

    Parameters
    ----------
    task
        The task.
    images
        The encoded images of all cases.
    """
    has_images = np.diff(images.offsets) > 0
    if has_images.all():
        return task.examples(images)
    offsets = np.concatenate([images.offsets[:1], images.offsets[1:][has_images]])
    examples = task.examples(replace(images, offsets=offsets))
    return replace(examples, case=np.flatnonzero(has_images)[examples.case])


def random_images(
    features: NDArray[np.float32], offsets: NDArray[np.int64], kinds: set[ImageInputs]
) -> EncodedImages:
    """Return images with rows of their own for each kind, for a probe of time.

    Parameters
    ----------
    features
        Features of the slices, (S, D).
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,).
    kinds
        The images that tasks need.
    """
    slices = len(features)
    shape = (slices, PLACES if "places" in kinds else 0)
    return EncodedImages(
        features=features,
        offsets=offsets,
        rotations=np.tile(np.arange(slices), (4, 1)).T
        if "rotations" in kinds
        else np.zeros((slices, 0), np.int64),
        places=np.broadcast_to(np.arange(slices)[:, None], shape).copy(),
        centers=np.zeros((*shape, 2)),
        tumor=np.broadcast_to(np.arange(shape[1]) % 2, shape).astype(np.float64),
    )
