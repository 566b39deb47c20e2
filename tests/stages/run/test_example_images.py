"""Turned slices and places of feature maps, encoded for examples of auxiliary tasks."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.imaging.geometry import window
from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import ResolvedNetwork, resolve
from lnmbench.stages.run.example_images import (
    PLACES,
    choose_places,
    encoded_images,
    make_example_caches,
    random_images,
)
from lnmbench.stages.run.features import make_feature_cache
from lnmbench.store.cohort_file import read_masks, read_slices
from lnmbench.store.feature_cache import FeatureCache, read_features

ENCODER = """
from collections import OrderedDict
import torch
from torch import nn
from lnmbench import Weights, hookimpl

class Small:
    \"\"\"A convolution and a pooling.\"\"\"
    level, out_dim = "slice", 3
    weights = Weights(source="none needed", sha256="small")
    def stages(self):
        torch.manual_seed(0)
        maps = nn.Conv2d(1, 3, 28, stride=28)
        pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        return nn.Sequential(OrderedDict(maps=maps, pool=pool)).eval()

@hookimpl
def register_encoders():
    return {"small": Small}
"""


def test_turned_slices_and_places_are_those_of_the_images(
    home: Path, phantoms: Path, silent: Progress
) -> None:
    shutil.copytree(phantoms, home / "cohorts")
    Path("small.py").write_text(ENCODER, encoding="utf-8")
    registry = Registry(["small.py"])
    benchmark = read_benchmark(
        None,
        {
            "dataset": "synthetic:n=24",
            "encoder": ("small",),
            "aux": ("rotation+segment",),
            "only": True,
            "repeats": 1,
            "folds": 2,
            "inner": 2,
        },
    )
    resolved = resolve(
        benchmark,
        registry,
        lambda: ingest(benchmark.dataset, registry, home=home, workers=1, progress=silent),
    )
    (network,) = resolved.methods
    assert isinstance(network, ResolvedNetwork)
    cohort, file = resolved.cohort, resolved.cohort_file
    features = make_feature_cache(network, cohort, file, home, silent)
    assert features is not None
    caches = make_example_caches(network, features, cohort, file, silent)
    assert set(caches) == {"rotations", "places"}
    changed = {name: cache.path.stat().st_mtime_ns for name, cache in caches.items()}
    assert make_example_caches(network, features, cohort, file, silent) == caches
    assert changed == {name: cache.path.stat().st_mtime_ns for name, cache in caches.items()}

    stages = network.encoder.build().stages()
    whole = FrozenEncoder(stages)
    images = window(read_slices(file, 0, 5), network.method.window_hu)
    turned = read_features(caches["rotations"])["features"]
    for turns in (1, 2, 3):
        expected = whole(np.ascontiguousarray(np.rot90(images, turns, axes=(1, 2))))
        np.testing.assert_allclose(turned[turns - 1, :5], expected, atol=1e-5)

    places = read_features(caches["places"])
    masks = read_masks(file, 0, 5)
    with torch.inference_mode():
        maps = stages[0](torch.from_numpy(images)[:, None]).numpy()  # (5, 3, 8, 8)
    for number in range(5):
        for place in range(PLACES):
            y, x = places["centers"][place, number]
            row, column = round((y + 1) * 4 - 0.5), round((x + 1) * 4 - 0.5)
            np.testing.assert_allclose(
                places["features"][place, number], maps[number, :, row, column], atol=1e-4
            )
            cell = masks[number, 28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
            assert places["tumor"][place, number, 0] == pytest.approx(cell.mean(), abs=1e-6)
    assert isinstance(stages[0], nn.Conv2d)


def test_half_of_the_places_are_in_the_tumor_as_far_as_there_are_as_many() -> None:
    shares = np.zeros(49, np.float32)
    shares[[3, 4, 10, 11, 12, 20]] = 0.2
    chosen = choose_places(shares, 5)
    assert (shares[chosen] > 0).sum() == PLACES // 2
    assert len(set(chosen)) == PLACES
    assert chosen.tolist() == choose_places(shares, 5).tolist()
    assert chosen.tolist() != choose_places(shares, 6).tolist()
    first = [shares[choose_places(shares, number)[0]] > 0 for number in range(200)]
    assert 0.35 < np.mean(first) < 0.65, "the number of a place must not tell the tumor"
    shares[:] = 0
    shares[7] = 0.1
    assert (shares[choose_places(shares, 0)] > 0).sum() == 1
    assert (choose_places(np.ones(4, np.float32), 0) < 4).all()  # fewer cells than places


def test_rows_of_some_cases_follow_the_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    turned = np.arange(3 * 6 * 2, dtype=np.float32).reshape(3, 6, 2) + 1000
    places = {
        "features": np.arange(2 * 6 * 2, dtype=np.float32).reshape(2, 6, 2) + 2000,
        "centers": np.arange(2 * 6 * 2, dtype=np.float32).reshape(2, 6, 2),
        "tumor": np.arange(2 * 6, dtype=np.float32).reshape(2, 6, 1),
    }
    arrays = {"r": {"features": turned}, "p": places}
    monkeypatch.setattr(
        "lnmbench.stages.run.example_images.read_features", lambda cache: arrays[cache.key]
    )
    rows = np.array([4, 5, 1])  # the slices of two cases
    caches = {name: FeatureCache(path=Path("x"), key=name[0]) for name in ("rotations", "places")}
    views = np.zeros((2 * 3, 2), np.float32)
    images = encoded_images(views, np.array([0, 2, 3]), rows, caches)  # type: ignore[arg-type]
    assert images.rotations[:, 0].tolist() == [0, 1, 2]
    for slice_, position in enumerate(rows):
        for turns in (1, 2, 3):
            row = images.rotations[slice_, turns]
            np.testing.assert_array_equal(images.features[row], turned[turns - 1, position])
        for place in (0, 1):
            row = images.places[slice_, place]
            np.testing.assert_array_equal(images.features[row], places["features"][place, position])
            np.testing.assert_array_equal(
                images.centers[slice_, place], places["centers"][place, position]
            )
            assert images.tumor[slice_, place] == places["tumor"][place, position, 0]
    plain = encoded_images(views, np.array([0, 2, 3]), rows, {})
    assert plain.features is views
    assert plain.places.shape == (3, 0)


def test_images_of_a_probe_have_the_shapes_of_real_ones() -> None:
    features = np.zeros((5, 3), np.float32)
    images = random_images(features, np.array([0, 2, 5]), {"rotations", "places"})
    assert (images.rotations.shape, images.places.shape) == ((5, 4), (5, PLACES))
    assert 0 < images.tumor.mean() < 1
    assert random_images(features, np.array([0, 5]), set()).rotations.shape == (5, 0)
