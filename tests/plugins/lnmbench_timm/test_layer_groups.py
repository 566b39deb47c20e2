from __future__ import annotations

import pytest
import torch
from lnmbench_timm.layer_groups import candidate_stems, group_layers, stage_name

timm = pytest.importorskip("timm", reason="pip install 'lnmbench[timm]'")


def test_layers_are_grouped_between_features() -> None:
    network = timm.create_model("mobilenetv3_small_050", num_classes=0).eval()
    groups, last_layers = group_layers(network)
    assert list(groups) == ["stem", "blocks_0", "blocks_1", "blocks_3", "blocks_5"]
    assert len(groups["blocks_3"]) == 2
    paths = [path for path, _ in last_layers]
    assert "global_pool" in paths
    images = torch.zeros(1, 3, 32, 32)
    with torch.no_grad():
        first, second = (stem(images) for stem in candidate_stems(network, groups))
    torch.testing.assert_close(first, second)


def test_a_network_without_features_has_no_groups() -> None:
    assert group_layers(torch.nn.Linear(2, 2)) == ({}, [])
    assert stage_name("blocks.3") == "blocks_3"
