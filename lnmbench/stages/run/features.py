"""Feature caches: the output of a network's frozen encoder stages for every slice."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Encoder, PrecomputedFeatures, Progress
from lnmbench.errors import UserError
from lnmbench.imaging.geometry import window
from lnmbench.records import (
    Cohort,
    NetworkMethod,
    choose_modalities,
    image_control,
    strip_image_control,
)
from lnmbench.registry import Registry
from lnmbench.stages.plan import ResolvedNetwork
from lnmbench.stages.run.image_encoder import ImageEncoder
from lnmbench.stages.run.network_images import read_images, read_volume
from lnmbench.store.feature_cache import FORMAT, Arrays, FeatureCache, make_features

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

    It holds `features` (views, slices, D), for encoders of volumes (views, cases, D), of which the
    rows of cases without images are NaN. For an
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
    precision = "bfloat16" if method.training.encodes_in_bfloat16 else "float32"
    return "|".join(
        [
            cohort.fingerprint,
            str(encoder),
            method.plugins[network.encoder.offer.plugin.name],
            method.weights.sha256,
            str(method.window_hu) if method.grid is None else str(method.grid),
            f"{precision}, format {FORMAT}",
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
        encoder = ImageEncoder(
            self._encoder,
            self._method.trained_from,
            device=device,
            bfloat16=self._method.training.encodes_in_bfloat16,
            say=functools.cache(progress.say),
        )
        volumes = self._encoder.level == "volume"
        if encoder.has_two_parts:
            self._say_size(cache.path, encoder, progress)
        views = 1 if encoder.trains_all else cached_views(self._method)
        encode = (self._encode_volumes if volumes else self._encode_slices)(encoder, views)
        total = len(self._cohort) if volumes else int(self._cohort.offsets[-1])
        unit = "case" if volumes else "slice"
        progress.start("encode", self._method.encoder.name, total, unit)
        make_features(cache, slices=total, encode=encode, done=progress.advance, say=progress.say)
        progress.finish()

    def _encode_slices(self, encoder: ImageEncoder, views: int) -> Callable[[int, int], Arrays]:
        return lambda start, stop: encoder.encode_slices(self._views(start, stop, views))

    def _encode_volumes(self, encoder: ImageEncoder, views: int) -> Callable[[int, int], Arrays]:
        has_images = self._cohort.case_has_images
        missing = [np.full((1, self._encoder.out_dim), np.nan, np.float32)] * views

        def encode(start: int, stop: int) -> Arrays:
            cases = [
                [encoder.encode_volume(volume) for volume in self._volumes(case, views)]
                if has_images[case]
                else missing
                for case in range(start, stop)
            ]
            return {"features": np.concatenate(cases, axis=1)}  # (views, cases, D)

        return encode

    def _volumes(self, case: int, views: int) -> list[NDArray[np.float32]]:
        """Return the views of a case; one on the encoder's own grid has a single view."""
        if self._method.grid is not None:
            return [
                read_volume(self._method, self._method.grid, self._cohort, self._cohort_file, case)
            ]
        offsets = self._cohort.offsets
        return self._views(int(offsets[case]), int(offsets[case + 1]), views)

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

    def _say_size(self, path: Path, encoder: ImageEncoder, progress: Progress) -> None:
        shape = encoder.maps_shape(self._cohort.preprocessing.patch)
        slices = cached_views(self._method) * int(self._cohort.offsets[-1])
        size = 4 * slices * math.prod(shape)
        if size > _LARGE_BYTES:
            progress.say(
                f"{self._method.encoder.name}: the output of the encoder stages before"
                f" {self._method.trained_from} takes {size / 1e9:.1f} GB in {path.parent}, and"
                " twice that while it is written"
            )
