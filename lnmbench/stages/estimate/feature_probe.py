"""Time and disk space of a feature cache, from encoding some random slices."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cohort, NetworkMethod
from lnmbench.stages.plan import ResolvedNetwork
from lnmbench.stages.run import cached_views

if TYPE_CHECKING:
    from lnmbench.nets.encoder.frozen import FrozenEncoder

_ENOUGH_SECONDS = 0.5
_BYTES_OF_FLOAT = 4
_SLICES, _SLICES_ON_GPU = 16, 128


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEstimate:
    """The slices that a feature cache lacks, with seconds and bytes of encoding them."""

    slices: int = 0
    seconds: float = 0.0
    bytes: int = 0


def estimate_cache(network: ResolvedNetwork, cohort: Cohort, device: str) -> CacheEstimate:
    """Return the estimate of filling a network's feature cache.

    Parameters
    ----------
    network
        The network with its encoder.
    cohort
        The cohort whose slices are to be encoded.
    device
        The device that encodes.
    """
    from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages

    method = network.method
    frozen, trained = split_stages(network.encoder.build().stages(), method.trained_from)
    images = random_images(method, cohort, 1 if method.level == "volume" else _batch(device))
    views = cached_views(method) if len(frozen) else 1
    if len(frozen) and len(trained):
        maps, seconds_before = _time_encoder(FrozenEncoder(frozen, device=device), images)
        features, seconds_after = _time_encoder(FrozenEncoder(trained, device=device), maps)
        seconds = views * seconds_before + seconds_after
        floats = views * maps[0].size + features[0].size
    else:
        whole = FrozenEncoder(frozen if len(frozen) else trained, device=device)
        features, seconds_once = _time_encoder(whole, images)
        seconds, floats = views * seconds_once, views * features[0].size
    total = len(cohort) if method.level == "volume" else int(cohort.offsets[-1])
    return CacheEstimate(
        slices=int(cohort.offsets[-1]),
        seconds=total * seconds / len(images),
        bytes=total * floats * _BYTES_OF_FLOAT,
    )


def random_images(method: NetworkMethod, cohort: Cohort, count: int) -> NDArray[np.float32]:
    """Return random images in [-1, 1].

    Parameters
    ----------
    method
        The network that uses them.
    cohort
        The cohort, which has the size of slices.
    count
        The number of images.

    Returns
    -------
    array
        Slices (count, 1, H, W), or volumes (count, 1, S, H, W) of the cohort's mean depth.
    """
    side = cohort.preprocessing.patch
    depth = (round(float(np.diff(cohort.offsets).mean())),) if method.level == "volume" else ()
    shape = (count, 1, *depth, side, side)
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


def _batch(device: str) -> int:
    return _SLICES if device == "cpu" else _SLICES_ON_GPU


def _time_encoder(
    encoder: FrozenEncoder, images: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Return the features of images, and the seconds of the last of at most two calls."""
    for _ in range(2):
        started = time.perf_counter()
        features = encoder.encode(images)
        seconds = time.perf_counter() - started
        if seconds > _ENOUGH_SECONDS:
            break
    return features, seconds
