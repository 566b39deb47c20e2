from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch
from lnmbench_efficientnet_lite.encoder import Stage, efficientnet_lite0

from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.testing import check_contract

CUTS = get_args(Stage)


@pytest.mark.parametrize("cut", CUTS)
def test_an_encoder_can_be_cut_at_any_stage(cut: Stage) -> None:
    encoder = efficientnet_lite0(weights="random", cut=cut)
    check_contract("encoder", encoder)
    names = [name for name, _ in encoder.stages().named_children()]
    assert names == ["to_rgb", *CUTS[: CUTS.index(cut) + 1], "pool"]


def test_the_frozen_encoder_equals_torch() -> None:
    stages = efficientnet_lite0().stages()
    slices = np.random.default_rng(0).uniform(-1, 1, (3, 65, 64)).astype(np.float32)
    with torch.inference_mode():
        expected = stages(torch.from_numpy(slices)[:, None]).numpy()
    np.testing.assert_allclose(FrozenEncoder(stages)(slices), expected, rtol=1e-3, atol=1e-3)
