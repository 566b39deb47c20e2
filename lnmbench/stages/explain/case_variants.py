"""Variants of one case: without each of its slices, and with each patch occluded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Encoder, PrecomputedFeatures, Progress
from lnmbench.records import Cohort, NetworkMethod
from lnmbench.stages.explain.case_images import CaseImages, read_case_images, scale_slices
from lnmbench.stages.explain.occlusion import PatchGrid
from lnmbench.stages.explain.variants import Variants
from lnmbench.stages.run import ImageEncoder
from lnmbench.store.feature_cache import Arrays, FeatureCache, make_features, read_features


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExplainedCase:
    """A case that is explained.

    Attributes
    ----------
    number
        Its number in the ledger, which is that among the cases of its networks.
    position
        Its position in the cohort.
    images
        Its images; None for features of a file.
    patches
        The patches that are occluded; None without images.
    """

    number: int
    position: int
    images: CaseImages | None = None
    patches: PatchGrid | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VariantMaker:
    """Makes the variants of the cases of a network.

    Attributes
    ----------
    method
        The network.
    encoder
        Its encoder.
    cohort, cohort_file
        The cohort and the file with its images.
    features
        The feature cache of the network, in whose folder features of occluded images are stored.
    patch_mm
        The side of a patch.
    progress
        Displays the number of encoded images.
    device
        The device that encodes.
    """

    method: NetworkMethod
    encoder: Encoder
    cohort: Cohort
    cohort_file: Path
    features: FeatureCache
    patch_mm: float
    progress: Progress
    device: str
    _stages: list[ImageEncoder] = field(default_factory=list)

    def read_case(self, number: int, position: int) -> ExplainedCase:
        """Return a case with its images, if the encoder takes images.

        Parameters
        ----------
        number
            Its number in the ledger.
        position
            Its position in the cohort.
        """
        if isinstance(self.encoder, PrecomputedFeatures):
            return ExplainedCase(number=number, position=position)
        images = read_case_images(self.method, self.cohort, self.cohort_file, position)
        height, width = images.hu.shape[1:]
        return ExplainedCase(
            number=number,
            position=position,
            images=images,
            patches=PatchGrid.of_size((height, width), images.pixel_mm, self.patch_mm),
        )

    def without_slices(
        self,
        case: ExplainedCase,
        features: NDArray[np.float32],
        activations: NDArray[np.float32] | None,
    ) -> Variants | None:
        """Return the variants of a case without each of its slices, None for a single slice.

        Parameters
        ----------
        case
            The case.
        features, activations
            Those of its slices, (S, …).
        """
        count = len(features)
        if count < 2:
            return None
        rows = np.concatenate([np.delete(np.arange(count), i) for i in range(count)])
        return Variants(
            sources=np.full(count, case.number),
            counts=np.full(count, count - 1),
            features=features[rows],
            activations=None if activations is None else activations[rows],
        )

    def occluded(self, case: ExplainedCase) -> Variants | None:
        """Return the variants of a case with each patch occluded, None for features of a file.

        Parameters
        ----------
        case
            The case, with its images.
        """
        if case.images is None or case.patches is None:
            return None
        is_volume = self.method.level == "volume"
        arrays = self._encode(case.images, case.patches, case.position, is_volume=is_volume)
        count, slices = len(case.patches.corners), 1 if is_volume else len(case.images.hu)
        return Variants(
            sources=np.full(count, case.number),
            counts=np.full(count, slices),
            features=arrays["features"][0],
            activations=arrays["maps"][0] if "maps" in arrays else None,
        )

    def _encode(
        self, images: CaseImages, patches: PatchGrid, position: int, *, is_volume: bool
    ) -> Arrays:
        """Return arrays (1, R, …): features and, of a trained encoder, what its stages get."""
        low, high = self.method.window_hu
        hu = np.clip(images.hu, low, high).astype(np.int16)
        count, slices = len(patches.corners), len(hu)
        rows = count if is_volume else count * slices

        def occlude(start: int, stop: int) -> NDArray[np.float32]:
            """Return slices (stop - start, H, W), patch after patch."""
            parts = [
                patches.occlude(hu[i % slices : i % slices + 1], i // slices)
                for i in range(start, stop)
            ]
            return scale_slices(self.method, np.concatenate(parts))

        def encode(start: int, stop: int) -> Arrays:
            if not is_volume:
                return self._encoder().encode_slices([occlude(start, stop)])
            volumes = [
                self._encoder().encode_volume(scale_slices(self.method, patches.occlude(hu, i)))
                for i in range(start, stop)
            ]
            return {"features": np.concatenate(volumes)[None]}

        self.progress.start("occlude", self.method.encoder.name, rows, "image")
        if not is_volume and self._encoder().has_two_parts:
            arrays = _encode_parts(encode, rows, self.progress.advance)
        else:
            cache = self._cache(patches, position)
            if cache.path.is_file():
                self.progress.advance(rows)
            else:
                make_features(cache, slices=rows, encode=encode, done=self.progress.advance)
            arrays = dict(read_features(cache))
            if not is_volume and self._encoder().trains_all:
                arrays["maps"] = occlude(0, rows)[None, :, None]
        self.progress.finish()
        return arrays

    def _encoder(self) -> ImageEncoder:
        if not self._stages:
            stages = ImageEncoder(
                self.encoder,
                self.method.trained_from,
                device=self.device,
                bfloat16=self.method.training.encodes_in_bfloat16,
            )
            self._stages.append(stages)
        return self._stages[0]

    def _cache(self, patches: PatchGrid, position: int) -> FeatureCache:
        key = f"{self.features.key}|case {position} occluded by {patches}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return FeatureCache(path=self.features.path.with_name(f"occluded-{digest}.h5"), key=key)


_ROWS = 64


def _encode_parts(
    encode: Callable[[int, int], Arrays], rows: int, done: Callable[[int], None]
) -> Arrays:
    """Return the encoded images in memory: what trained stages get is too large for a cache."""
    parts = []
    for start in range(0, rows, _ROWS):
        stop = min(start + _ROWS, rows)
        parts.append(encode(start, stop))
        done(stop - start)
    return {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}
