"""Feature caches: the output of a network's frozen encoder stages for every slice."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Encoder, PrecomputedFeatures, Progress
from lnmbench.errors import UserError
from lnmbench.imaging.geometry import window
from lnmbench.records import (
    Cohort,
    EncoderGrid,
    NetworkMethod,
    choose_modalities,
    image_control,
    strip_image_control,
)
from lnmbench.registry import Registry
from lnmbench.stages.plan import ResolvedNetwork
from lnmbench.stages.run.network_images import read_images, read_volume
from lnmbench.store.feature_cache import FORMAT, Arrays, FeatureCache, make_features

if TYPE_CHECKING:
    from lnmbench.nets.encoder.frozen import FrozenEncoder

# The size of a larger cache is printed before it is written.
_LARGE_BYTES = 1e9


def make_feature_cache(
    network: ResolvedNetwork,
    cohort: Cohort,
    cohort_file: Path,
    home: Path,
    progress: Progress,
    *,
    device: str = "cpu",
) -> FeatureCache | None:
    """Return the feature cache of a network, which is computed if it does not exist.

    It holds `features` (views, slices, D), for encoders of volumes (views, cases, D). For an
    encoder that is trained from a stage on, it holds the features of the initial weights
    (1, slices, D), and `maps` (views, slices, …), the output of the stages before that one.

    Parameters
    ----------
    network
        The network with its encoder.
    cohort
        The cohort, whose slices are encoded.
    cohort_file
        The file with the slices.
    home
        The folder whose subfolder `features` has the caches.
    progress
        Displays the number of encoded slices.
    device
        The device that encodes.

    Returns
    -------
    FeatureCache or None
        The cache, None for a network without images.
    """
    cache = find_feature_cache(network, cohort, home)
    if cache is not None and not cache.path.is_file():
        encoder = _require_planned_weights(network.encoder.build(), network.method)
        if network.rows is None:
            _Encoding(network.method, encoder, cohort, cohort_file).write(cache, progress, device)
        else:
            _copy_features(network, encoder, network.rows.rows, cache, progress)
    return cache


def find_feature_cache(network: ResolvedNetwork, cohort: Cohort, home: Path) -> FeatureCache | None:
    """Return a network's feature cache, existing or not; None without images.

    Parameters
    ----------
    network, cohort, home
        As in `make_feature_cache`.
    """
    if network.method.level == "none":
        return None
    slug = re.sub(r"[^A-Za-z0-9]+", "-", network.method.encoder.name)
    key = _key(network, cohort)
    digest = sha256(key.encode()).hexdigest()[:16]
    return FeatureCache(path=home / "features" / f"{slug}-{digest}.h5", key=key)


def rebuild_encoder(method: NetworkMethod, registry: Registry) -> Encoder:
    """Return a network's encoder; `UserError` if its weights are not those of the plan."""
    return _require_planned_weights(registry.encoders.build(method.encoder), method)


def _require_planned_weights(encoder: Encoder, method: NetworkMethod) -> Encoder:
    if encoder.weights.sha256 != method.weights.sha256:
        raise UserError(
            f"the weights of {method.encoder.name} changed after the run was planned",
            then="run the same command again",
        )
    return encoder


def cached_views(method: NetworkMethod) -> int:
    """Return the number of views of each slice in a network's cache, 1 without augmentation.

    An encoder that is trained as a whole needs one view: its images are augmented in training.
    """
    training = method.training
    return training.views if training.augment != "none" and method.trained_from != "all" else 1


def _key(network: ResolvedNetwork, cohort: Cohort) -> str:
    method = network.method
    # an encoder that is trained as a whole has the same cache as a frozen one
    train = "none" if method.trained_from == "all" else method.trained_from
    encoder = method.encoder
    if image_control(encoder) == "other_patient":  # the same slices, for other cases
        encoder = strip_image_control(encoder)
    encoder = choose_modalities(encoder, None)
    encoder = replace(encoder, parameters={**encoder.parameters, "train": train})
    views = cached_views(method)
    return "|".join(
        [
            cohort.fingerprint,
            str(encoder),
            method.plugins[network.encoder.offer.plugin.name],
            method.weights.sha256,
            str(method.window_hu) if method.grid is None else str(method.grid),
            f"float32, format {FORMAT}",
            f"{views} views of {method.training.augment}" if views > 1 else "",
            *([] if network.rows is None else [sha256(network.rows.rows.tobytes()).hexdigest()]),
        ]
    )


def _copy_features(
    network: ResolvedNetwork,
    encoder: Encoder,
    rows: NDArray[np.int64],
    cache: FeatureCache,
    progress: Progress,
) -> None:
    """Write precomputed features in the order of the cohort, NaN for cases without any."""
    if not isinstance(encoder, PrecomputedFeatures):
        raise TypeError(f"{network.method.label} has no precomputed features")
    features = encoder.features()

    def copy(start: int, stop: int) -> Arrays:
        part = rows[start:stop]
        missing = (part < 0)[:, None]
        return {"features": np.where(missing, np.float32(np.nan), features[part])[None]}

    unit = "case" if network.method.level == "volume" else "slice"
    progress.start("read", network.method.encoder.name, len(rows), unit)
    make_features(cache, slices=len(rows), encode=copy, done=progress.advance, say=progress.say)
    progress.finish()


class _Encoding:
    """The encoding of all slices of a cohort for one network."""

    def __init__(
        self, method: NetworkMethod, encoder: Encoder, cohort: Cohort, cohort_file: Path
    ) -> None:
        self._method, self._encoder = method, encoder
        self._cohort, self._cohort_file = cohort, cohort_file

    def write(self, cache: FeatureCache, progress: Progress, device: str) -> None:
        """Write the feature cache."""
        from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages

        frozen, trained = split_stages(self._encoder.stages(), self._method.trained_from)
        volumes = self._encoder.level == "volume"
        say_once = functools.cache(progress.say)
        if len(frozen) and len(trained):
            before, after = (
                FrozenEncoder(stages, device=device, say=say_once) for stages in (frozen, trained)
            )
            self._say_size(cache.path, before, progress)
            encode = self._encode_in_two_parts(before, after)
        else:
            stages = frozen if len(frozen) else trained
            whole = FrozenEncoder(stages, device=device, say=say_once)
            views = cached_views(self._method) if len(frozen) else 1
            grid = self._method.grid
            if grid is not None:
                encode = self._encode_own_grid(whole, grid)
            else:
                encode = (self._encode_volumes if volumes else self._encode_slices)(whole, views)
        total = len(self._cohort) if volumes else int(self._cohort.offsets[-1])
        unit = "case" if volumes else "slice"
        progress.start("encode", self._method.encoder.name, total, unit)
        make_features(cache, slices=total, encode=encode, done=progress.advance, say=progress.say)
        progress.finish()

    def _encode_in_two_parts(
        self, before: FrozenEncoder, after: FrozenEncoder
    ) -> Callable[[int, int], Arrays]:
        def encode(start: int, stop: int) -> Arrays:
            views = self._views(start, stop, cached_views(self._method))
            maps = np.stack([before(view) for view in views])  # (views, slices, …)
            return {"maps": maps, "features": after.encode(maps[0])[None]}

        return encode

    def _encode_slices(self, whole: FrozenEncoder, views: int) -> Callable[[int, int], Arrays]:
        def encode(start: int, stop: int) -> Arrays:
            features = [whole(view) for view in self._views(start, stop, views)]
            return {"features": np.stack(features)}  # (views, slices, D)

        return encode

    def _encode_volumes(self, whole: FrozenEncoder, views: int) -> Callable[[int, int], Arrays]:
        offsets = self._cohort.offsets

        def encode(start: int, stop: int) -> Arrays:
            bounds = [(int(offsets[case]), int(offsets[case + 1])) for case in range(start, stop)]
            cases = [
                [whole.encode_volume(view) for view in self._views(*slices, views)]
                for slices in bounds
            ]
            return {"features": np.concatenate(cases, axis=1)}  # (views, cases, D)

        return encode

    def _encode_own_grid(
        self, whole: FrozenEncoder, grid: EncoderGrid
    ) -> Callable[[int, int], Arrays]:
        def encode(start: int, stop: int) -> Arrays:
            features = [
                whole.encode(
                    read_volume(self._method, grid, self._cohort, self._cohort_file, case)[
                        None, None
                    ]
                )
                for case in range(start, stop)
            ]
            return {"features": np.concatenate(features)[None]}  # (1, cases, D)

        return encode

    def _views(self, start: int, stop: int, count: int) -> list[NDArray[np.float32]]:
        """Return views (slices, H, W) of slices start:stop: the unchanged one, then augmented ones.

        The augmentation depends only on the case and on the number of the view.
        """
        images_hu = read_images(self._method, self._cohort, self._cohort_file, start, stop)
        plain = window(images_hu, self._method.window_hu)
        if count == 1:
            return [plain]
        import torch

        from lnmbench.nets.data.augmentation import (
            augment,
            draw_augmentations,
            parse_augmentations,
        )
        from lnmbench.nets.rng import seeded_generator

        kinds = parse_augmentations(self._method.training.augment)
        images = torch.from_numpy(plain)[:, None]  # (slices, 1, H, W)
        positions = np.arange(start, stop)
        cases = np.searchsorted(self._cohort.offsets, positions, side="right") - 1
        views = [plain]
        for view in range(1, count):
            draws = [
                draw_augmentations(1, seeded_generator(int(case), f"view {view}")) for case in cases
            ]
            views.append(augment(images, torch.cat(draws), kinds)[:, 0].numpy())
        return views

    def _say_size(self, path: Path, before: FrozenEncoder, progress: Progress) -> None:
        side = self._cohort.preprocessing.patch
        shape = before(np.zeros((1, side, side), np.float32)).shape[1:]
        slices = cached_views(self._method) * int(self._cohort.offsets[-1])
        size = 4 * slices * math.prod(shape)
        if size > _LARGE_BYTES:
            progress.say(
                f"{self._method.encoder.name}: the output of the encoder stages before"
                f" {self._method.trained_from} takes {size / 1e9:.1f} GB in {path.parent}, and"
                " twice that while it is written"
            )
