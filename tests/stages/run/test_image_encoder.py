"""Encoder of a network's images, in one part or two."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from lnmbench.records import Weights
from lnmbench.stages.run.image_encoder import ImageEncoder

torch = pytest.importorskip("torch")


class Small:
    """Two convolutions and their mean."""

    level: Literal["slice"] = "slice"
    out_dim = 5
    weights = Weights(source="seed 0", sha256="small")

    def stages(self) -> object:
        torch.manual_seed(0)
        nn = torch.nn
        return nn.Sequential(
            *(nn.Conv2d(1, 3, 3), nn.Conv2d(3, 5, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        )


IMAGES = np.random.default_rng(0).uniform(-1, 1, (4, 12, 12)).astype(np.float32)


def test_an_encoder_in_two_parts_has_the_features_of_the_whole() -> None:
    whole = ImageEncoder(Small(), "none")  # type: ignore[arg-type]
    parts = ImageEncoder(Small(), "1")  # type: ignore[arg-type]
    everything = ImageEncoder(Small(), "all")  # type: ignore[arg-type]
    assert [e.has_two_parts for e in (whole, parts, everything)] == [False, True, False]
    assert [e.trains_all for e in (whole, parts, everything)] == [False, False, True]
    views = [IMAGES, IMAGES[:, ::-1].copy()]
    arrays = parts.encode_slices(views)
    assert arrays["maps"].shape == (2, 4, *parts.maps_shape(12)) == (2, 4, 3, 10, 10)
    expected = whole.encode_slices(views)["features"]
    assert expected.shape == (2, 4, 5)
    assert not np.allclose(expected[0], expected[1])
    np.testing.assert_allclose(arrays["features"], expected[:1], atol=1e-6)
    np.testing.assert_array_equal(everything.encode_slices(views)["features"], expected)


def test_a_whole_encoder_has_no_maps() -> None:
    with pytest.raises(ValueError, match="no stages before"):
        ImageEncoder(Small(), "none").maps_shape(12)  # type: ignore[arg-type]


def test_a_volume_is_one_image() -> None:
    class Volumes(Small):
        def stages(self) -> object:
            torch.manual_seed(0)
            nn = torch.nn
            return nn.Sequential(nn.Conv3d(1, 5, 3), nn.AdaptiveAvgPool3d(1), nn.Flatten())

    features = ImageEncoder(Volumes(), "none").encode_volume(IMAGES)  # type: ignore[arg-type]
    assert features.shape == (1, 5)
