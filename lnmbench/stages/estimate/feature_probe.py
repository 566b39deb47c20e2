"""Time and disk space of a feature cache, from encoding some random slices."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cohort, NetworkMethod
from lnmbench.stages.estimate.estimates import Span
from lnmbench.stages.estimate.timing import measure_seconds
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
    seconds: Span = field(default_factory=Span)
    bytes: int = 0

    def times(self, count: int) -> CacheEstimate:
        """Return the estimate of encoding all slices so many times."""
        return CacheEstimate(
            slices=self.slices * count,
            seconds=self.seconds.times(count),
            bytes=self.bytes * count,
        )


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
    if network.rows is not None:  # features of a file are copied
        width = network.encoder.build().out_dim
        return CacheEstimate(bytes=len(network.rows.rows) * width * _BYTES_OF_FLOAT)
    from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages

    method = network.method
    frozen, trained = split_stages(network.encoder.build().stages(), method.trained_from)
    images = random_images(method, cohort, 1 if method.level == "volume" else _batch(device))
    views = cached_views(method) if len(frozen) else 1
    encoder = partial(FrozenEncoder, device=device, bfloat16=method.training.encodes_in_bfloat16)
    if len(frozen) and len(trained):
        maps, seconds_before = _time_encoder(encoder(frozen), images, device)
        features, seconds_after = _time_encoder(encoder(trained), maps, device)
        seconds = seconds_before.times(views) + seconds_after
        floats = views * maps[0].size + features[0].size
    else:
        whole = encoder(frozen if len(frozen) else trained)
        features, seconds_once = _time_encoder(whole, images, device)
        seconds, floats = seconds_once.times(views), views * features[0].size
    volumes = int(cohort.case_has_images.sum())
    total = volumes if method.level == "volume" else int(cohort.offsets[-1])
    return CacheEstimate(
        slices=int(cohort.offsets[-1]),
        seconds=seconds.times(total / len(images)),
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
        Slices (count, 1, H, W), or volumes (count, 1, S, H, W) of the cohort's mean depth or of
        the encoder's own grid.
    """
    if method.grid is not None:
        shape_of_grid, limits = (count, 1, *method.grid.shape), method.grid.intensity
        return np.random.default_rng(0).uniform(*limits, shape_of_grid).astype(np.float32)
    side = cohort.preprocessing.patch
    counts = np.diff(cohort.offsets)[cohort.case_has_images]
    depth = (round(float(counts.mean())),) if method.level == "volume" else ()
    shape = (count, 1, *depth, side, side)
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


def _batch(device: str) -> int:
    return _SLICES if device == "cpu" else _SLICES_ON_GPU


def _time_encoder(
    encoder: FrozenEncoder, images: NDArray[np.float32], device: str
) -> tuple[NDArray[np.float32], Span]:
    """Return the features of images, and the seconds of encoding them.

    Cores that share an operation wait for each other, and much longer if another process holds one
    of them. The range is that from cores which lose no time in this to those of this moment.
    """
    import torch

    threads = torch.get_num_threads()
    features: list[NDArray[np.float32]] = []

    def measure() -> float:
        seconds: list[float] = []
        while len(seconds) < 2 and sum(seconds) < _ENOUGH_SECONDS:  # the first allocates memory
            seconds.append(measure_seconds(lambda: features.append(encoder.encode(images)), device))
        return min(seconds)

    together = measure()
    if device != "cpu" or threads == 1:
        return features[-1], Span(low=together, high=together)
    torch.set_num_threads(1)
    try:
        alone = measure()
    finally:
        torch.set_num_threads(threads)
    low = alone / threads
    return features[-1], Span(low=low, high=max(low, min(alone, together)))
