"""How long the frozen stages of an encoder take for a slice, and what they leave in the cache."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cohort, NetworkMethod
from lnmbench.registry import Registry
from lnmbench.stages.run.features import cached_views, planned_encoder

if TYPE_CHECKING:
    from lnmbench.nets.encoder.frozen import FrozenEncoder

_ENOUGH = 0.5
_FLOAT = 4
_SLICES, _SLICES_ON_GPU = 16, 128

_Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """What filling a feature cache takes: slices to encode, seconds, and bytes on the disk."""

    slices: int
    seconds: float
    bytes: int


NOTHING = Encoding(slices=0, seconds=0.0, bytes=0)


def encoding(method: NetworkMethod, cohort: Cohort, registry: Registry, device: str) -> Encoding:
    """Return what it takes to fill the feature cache of a method, from some random slices."""
    from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages

    stages = planned_encoder(method, registry).stages()
    before, after = (
        FrozenEncoder(some, device=device) if len(some) else None
        for some in split_stages(stages, method.trained_from)
    )
    images = random_images(method, cohort, 1 if method.level == "volume" else _batch(device))
    views = cached_views(method) if before else 1
    if before and after:
        maps, first = _timed(before, images)
        made, last = _timed(after, maps)
        seconds, floats = views * first + last, views * maps[0].size + made[0].size
    else:
        whole = before or after
        assert whole is not None
        made, once = _timed(whole, images)
        seconds, floats = views * once, views * made[0].size
    total = len(cohort) if method.level == "volume" else int(cohort.offsets[-1])
    return Encoding(
        slices=int(cohort.offsets[-1]),
        seconds=total * seconds / len(images),
        bytes=total * floats * _FLOAT,
    )


def random_images(method: NetworkMethod, cohort: Cohort, count: int) -> _Array:
    """Return so many slices (count, 1, H, W) of the cohort's size, or volumes of its mean depth."""
    side = cohort.preprocessing.patch
    depth = (round(float(np.diff(cohort.offsets).mean())),) if method.level == "volume" else ()
    shape = (count, 1, *depth, side, side)
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


def _batch(device: str) -> int:
    return _SLICES if device == "cpu" else _SLICES_ON_GPU


def _timed(encoder: FrozenEncoder, images: _Array) -> tuple[_Array, float]:
    """What an encoder makes of images, and in how many seconds once it is warm."""
    for _ in range(2):
        started = time.perf_counter()
        made = encoder.encode(images)
        seconds = time.perf_counter() - started
        if seconds > _ENOUGH:
            break
    return made, seconds
