from __future__ import annotations

from pathlib import Path

import pytest
import torch
from lnmbench_efficientnet_lite.encoder import efficientnet_lite0

from lnmbench.nets.encoder.weight_files import read_weights


@pytest.mark.parametrize("size", [224, 75])
def test_the_network_equals_that_of_the_package(size: int, packaged: Path) -> None:
    """The "same" padding depends on the size of the image; 75 is odd at several stages."""
    reference = pytest.importorskip("efficientnet_lite_pytorch").EfficientNet
    state = read_weights(packaged, what="the test")
    network = reference.from_name("efficientnet-lite0", image_size=size)
    network.load_state_dict(state)
    slices = torch.rand(2, 1, size, size, generator=torch.Generator().manual_seed(0)) * 2 - 1
    pixels = (slices + 1) / 2 * 255
    with torch.inference_mode():
        expected = network.eval()(((pixels - 127) / 128).expand(-1, 3, -1, -1))
        features = efficientnet_lite0(weights="imagenet").stages()(slices)
        logits = torch.nn.functional.linear(features, state["_fc.weight"], state["_fc.bias"])
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-4)


def test_random_features_differ_between_slices() -> None:
    """The usual initialization loses the signal without statistics of batches."""
    slices = torch.rand(4, 1, 96, 96, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        features = efficientnet_lite0(weights="random").stages()(slices)
    assert features.std(0).mean() > 0.01
