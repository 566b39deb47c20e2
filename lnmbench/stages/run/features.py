"""features: what the frozen stages of a method's encoder make of every slice, computed once."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Encoder, Progress
from lnmbench.errors import UserError
from lnmbench.imaging.geometry import window
from lnmbench.records import Choice, Cohort, Method, NetworkMethod
from lnmbench.registry import Registry
from lnmbench.store.cohort_file import read_slices
from lnmbench.store.feature_cache import FORMAT, Arrays, make_features

if TYPE_CHECKING:
    from lnmbench.nets.encoder.frozen import FrozenEncoder

# A cache that takes more than this is said before it is made.
_LARGE = 1e9


def method_features(
    method: Method,
    cohort: Cohort,
    registry: Registry,
    home: Path,
    progress: Progress,
    *,
    device: str = "cpu",
) -> Path | None:
    """Return the feature cache of a method's encoder, made now where it is not there.

    It holds `features` (views, slices, D), of volumes (views, cases, D); for an encoder that is
    trained from a stage on, the features of its start (1, slices, D), and beside them `maps`
    (views, slices, …), what stands before that stage. None where the method has no images. Raises
    `UserError` for an encoder that cannot be used.
    """
    if not isinstance(method, NetworkMethod):
        return None
    path = features_path(method, cohort, registry, home)
    if path is not None and not path.is_file():
        key = _key(method, cohort, registry)
        _make(path, key, method, cohort, planned_encoder(method, registry), progress, device)
    return path


def features_path(
    method: NetworkMethod, cohort: Cohort, registry: Registry, home: Path
) -> Path | None:
    """Return where the feature cache of a method is, or would be; None without images."""
    if method.level == "none":
        return None
    slug = re.sub(r"[^A-Za-z0-9]+", "-", method.encoder.name)
    digest = hashlib.sha256(_key(method, cohort, registry).encode()).hexdigest()[:16]
    return home / "features" / f"{slug}-{digest}.h5"


def planned_encoder(method: NetworkMethod, registry: Registry) -> Encoder:
    """Return a method's encoder; `UserError` where its weights are not those of the plan."""
    encoder = registry.encoders.build(method.encoder)
    if encoder.weights.sha256 != method.weights.sha256:
        raise UserError(
            f"the weights of {method.encoder.name} changed while the run was planned",
            then="run the same command again",
        )
    return encoder


def cached_views(method: NetworkMethod) -> int:
    """Return how many views of each slice a method's cache holds: 1 where nothing is changed.

    An encoder that is trained as a whole needs none: its images are changed while it trains.
    """
    training = method.training
    return training.views if training.augment != "none" and method.trained_from != "all" else 1


def _key(method: NetworkMethod, cohort: Cohort, registry: Registry) -> str:
    # trained as a whole, an encoder caches what it would if it were frozen
    train = "none" if method.trained_from == "all" else method.trained_from
    encoder = Choice(
        name=method.encoder.name, parameters={**method.encoder.parameters, "train": train}
    )
    views = cached_views(method)
    return "|".join(
        [
            cohort.fingerprint,
            str(encoder),
            method.plugins[registry.encoders.version(method.encoder.name)[0]],
            method.weights.sha256,
            str(method.window_hu),
            f"float32, format {FORMAT}",
            f"{views} views of {method.training.augment}" if views > 1 else "",
        ]
    )


def _make(
    path: Path,
    key: str,
    method: NetworkMethod,
    cohort: Cohort,
    encoder: Encoder,
    progress: Progress,
    device: str,
) -> None:
    from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages

    frozen, trained = split_stages(encoder.stages(), method.trained_from)
    volumes = encoder.level == "volume"
    if len(frozen) and len(trained):
        before, after = (FrozenEncoder(stages, device=device) for stages in (frozen, trained))
        _say_size(path, before, method, cohort, progress)

        def encode(start: int, stop: int) -> Arrays:
            views = _views(method, cohort, start, stop, cached_views(method))
            maps = np.stack([before(view) for view in views])
            return {"maps": maps, "features": after.encode(maps[0])[None]}

    else:
        whole = FrozenEncoder(frozen if len(frozen) else trained, device=device)
        count = cached_views(method) if len(frozen) else 1
        run: Callable[[NDArray[np.float32]], NDArray[np.float32]]
        run = whole.encode_volume if volumes else whole

        def encode(start: int, stop: int) -> Arrays:
            if not volumes:
                views = _views(method, cohort, start, stop, count)
                return {"features": np.stack([run(view) for view in views])}
            ends = [
                (int(cohort.offsets[i]), int(cohort.offsets[i + 1])) for i in range(start, stop)
            ]
            cases = [[run(view) for view in _views(method, cohort, *own, count)] for own in ends]
            return {"features": np.concatenate(cases, axis=1)}

    total = len(cohort) if volumes else int(cohort.offsets[-1])
    progress.start("encode", method.encoder.name, total, "cases" if volumes else "slices")
    make_features(path, slices=total, key=key, encode=encode, done=progress.advance)
    progress.finish()


def _views(
    method: NetworkMethod, cohort: Cohort, start: int, stop: int, count: int
) -> list[NDArray[np.float32]]:
    """Return so many views (slices, H, W) of slices start:stop: the plain one, then changed ones.

    What is changed depends on the case and on the number of the view alone.
    """
    assert cohort.path is not None
    plain = window(read_slices(cohort.path, start, stop), method.window_hu)
    if count == 1:
        return [plain]
    import torch

    from lnmbench.nets.data.augmentation import augment, draw_augmentations, parse_augmentations
    from lnmbench.nets.rng import seeded_generator

    kinds = parse_augmentations(method.training.augment)
    images = torch.from_numpy(plain)[:, None]
    case = np.searchsorted(cohort.offsets, np.arange(start, stop), side="right") - 1
    views = [plain]
    for view in range(1, count):
        drawn = torch.cat(
            [draw_augmentations(1, seeded_generator(int(own), f"view {view}")) for own in case]
        )
        views.append(augment(images, drawn, kinds)[:, 0].numpy())
    return views


def _say_size(
    path: Path, before: FrozenEncoder, method: NetworkMethod, cohort: Cohort, progress: Progress
) -> None:
    side = cohort.preprocessing.patch
    shape = before(np.zeros((1, side, side), np.float32)).shape[1:]
    size = 4 * cached_views(method) * int(cohort.offsets[-1]) * math.prod(shape)
    if size > _LARGE:
        progress.say(
            f"{method.encoder.name}: what stands before {method.trained_from} takes"
            f" {size / 1e9:.1f} GB in {path.parent}, twice that while it is made"
        )
