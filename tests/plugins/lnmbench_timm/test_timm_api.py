from __future__ import annotations

import pytest
import torch
from lnmbench_timm.timm_api import (
    feature_layers,
    forward_features,
    forward_pool,
    pretrained_config,
)

timm = pytest.importorskip("timm", reason="pip install 'lnmbench[timm]'")


def test_members_of_timms_networks() -> None:
    network = timm.create_model("mobilenetv3_small_050", num_classes=0).eval()
    assert pretrained_config(network)["architecture"] == "mobilenetv3_small_050"
    assert feature_layers(network)[1:] == ["blocks.0", "blocks.1", "blocks.3", "blocks.5"]
    with torch.no_grad():
        maps = forward_features(network, torch.zeros(2, 3, 32, 32))
        assert maps.ndim == 4
        assert forward_pool(network, maps).shape == (2, network.head_hidden_size)
    assert feature_layers(torch.nn.Linear(2, 2)) == []
