from __future__ import annotations

from typing import Any

from torch import nn

from lnmbench import Weights
from lnmbench.contracts import Encoder
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.encoders import GuardedEncoder


class Flat:
    level, out_dim, weights = "slice", 4, Weights(source="none")

    def stages(self) -> Any:
        return nn.Sequential(nn.Flatten(), nn.Linear(16, 4))


def test_an_encoder_is_what_its_plugin_says(boundary: Boundary) -> None:
    encoder = GuardedEncoder(Flat(), boundary)
    assert isinstance(encoder, Encoder)
    assert (encoder.level, encoder.out_dim, encoder.weights) == ("slice", 4, Flat.weights)
    stages = encoder.stages()
    assert [name for name, _ in stages.named_parameters()] == ["1.weight", "1.bias"]
    assert not any(module.training for module in stages.modules())


def test_a_network_without_images_has_no_features(boundary: Boundary) -> None:
    class NoImages(Flat):
        level, out_dim = "none", 0

        def stages(self) -> Any:
            return nn.Sequential()

    encoder = GuardedEncoder(NoImages(), boundary)
    assert encoder.out_dim == 0
    assert len(encoder.stages()) == 0
